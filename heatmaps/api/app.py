"""REST under ``/api``: what other systems and the address box ask.

The functions that know the answers come in as arguments, so the API needs no store of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

import heatmaps
from heatmaps.api.guard import RequestGuard
from heatmaps.api.models import (
    ErrorAnswer,
    LookupAnswer,
    LookupRequest,
    SuggestAnswer,
    SuggestionAnswer,
    SuggestRequest,
)
from heatmaps.errors import HeatmapsError, RuleError, StoreError
from heatmaps.ui.assets import SWAGGER_CSS, SWAGGER_ICON, SWAGGER_JS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from heatmaps.geocoding.result import Suggestion
    from heatmaps.region.technology import Technology

MAX_BODY_BYTES = 64 * 1024
_DOCS_OPTIONS = {"validatorUrl": None}  # else the page would show its schema to a public validator

_ERROR_STATUSES = (400, 403, 409, 413, 422, 503)
_PLAIN = {
    404: "There is nothing at this address; see /api/docs.",
    405: "This address does not know that method; see /api/docs.",
}


def create_api(
    *,
    lookup: Callable[[str, str | None, Technology | None], LookupAnswer],
    suggest: Callable[[str, int], Sequence[Suggestion]],
    allowed_hosts: Sequence[str],
) -> FastAPI:
    """Give the ASGI app to mount at ``/api``.

    `lookup` answers an address, its city and the customer's technology, `suggest` completes a text
    with at most so many suggestions; both may raise a `HeatmapsError`, whose sentence becomes the
    answer. They run in worker threads. Requests to hosts other than `allowed_hosts` (without port)
    are refused.
    """
    api = FastAPI(
        title="Теплокарты",
        version=heatmaps.__version__,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses={status: {"model": ErrorAnswer} for status in _ERROR_STATUSES},
    )
    api.add_middleware(
        RequestGuard, allowed_hosts=tuple(allowed_hosts), max_body_bytes=MAX_BODY_BYTES
    )
    _answer_errors_in_a_sentence(api)
    _serve_docs(api)

    @api.post("/v1/lookup", summary="What an agent sees for an address")
    def post_lookup(request: LookupRequest) -> LookupAnswer:
        return lookup(request.address, request.city, request.technology)

    @api.post("/v1/suggest", summary="Completions of an address being typed")
    def post_suggest(request: SuggestRequest) -> SuggestAnswer:
        found = suggest(request.text, request.limit)
        return SuggestAnswer(
            suggestions=tuple(SuggestionAnswer.model_validate(one) for one in found)
        )

    return api


def _serve_docs(api: FastAPI) -> None:
    @api.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=f"{request.scope.get('root_path', '')}{api.openapi_url}",
            title=f"{api.title} · API",
            swagger_js_url=SWAGGER_JS,
            swagger_css_url=SWAGGER_CSS,
            swagger_favicon_url=SWAGGER_ICON,
            swagger_ui_parameters=_DOCS_OPTIONS,
        )


def _answer_errors_in_a_sentence(api: FastAPI) -> None:
    @api.exception_handler(HeatmapsError)
    def known(_request: Request, error: HeatmapsError) -> JSONResponse:
        return _sentence(_status_of(error), str(error))

    @api.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        return _sentence(422, _first_fault(error))

    @api.exception_handler(HTTPException)
    def refused(_request: Request, error: HTTPException) -> JSONResponse:
        return _sentence(error.status_code, _PLAIN.get(error.status_code, error.detail))

    @api.exception_handler(Exception)
    def broken(_request: Request, _error: Exception) -> JSONResponse:
        return _sentence(500, "This is a fault of ours; it is in the log, try again later.")


def _sentence(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status)


def _status_of(error: HeatmapsError) -> int:
    if isinstance(error, StoreError):
        return 503
    return 409 if isinstance(error, RuleError) else 400


def _first_fault(error: RequestValidationError) -> str:
    """Name the field and the rule, never the value: an address must not reach a log."""
    fault = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"][1:]) or "body"
    reason = fault["msg"][:1].lower() + fault["msg"][1:]
    return f"Field {where} cannot be used: {reason}; see /api/docs."
