"""``/healthz`` says the process lives, ``/readyz`` that it can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

from heatmaps.errors import HeatmapsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request


def health_routes(ready: Callable[[], None]) -> list[Route]:
    """Give both routes; `ready` raises a `HeatmapsError` that says what is missing."""

    async def healthz(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def readyz(_request: Request) -> JSONResponse:
        try:
            await run_in_threadpool(ready)
        except HeatmapsError as error:
            return JSONResponse({"error": str(error)}, status_code=503)
        return JSONResponse({"status": "ready"})

    return [Route("/healthz", healthz), Route("/readyz", readyz)]
