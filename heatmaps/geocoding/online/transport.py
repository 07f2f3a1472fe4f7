"""One HTTP request to a provider, bounded in time and size, that follows nobody elsewhere.

geopy's own adapters wait for each piece of an answer anew, read without end, follow redirects to
any host and try again by themselves; this one does none of it.
"""

from __future__ import annotations

import json
import queue
import threading
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
    getproxies,
)

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderTimedOut, GeocoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from ssl import SSLContext

LARGEST_ANSWER = 2**20
"""Bytes; a dozen places take some tens of thousands."""
_PIECE = 2**16


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: the address asked about goes to the host that was chosen, no other."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Give no request, so that a redirect ends as the status it is."""


class Transport(BaseSyncAdapter):  # type: ignore[misc]  # geopy carries no types
    """What geopy, and our own DaData, ask through.

    `is_answer` tells whether a JSON document has the provider's shape: what has not, such as an
    empty object, is a fault and never "nothing found".
    """

    def __init__(
        self,
        *,
        proxies: Mapping[str, str] | None = None,
        ssl_context: SSLContext | None = None,
        is_answer: Callable[[Any], bool],
    ) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        routes = dict(getproxies() if proxies is None else proxies)
        self._opener = build_opener(_Stay, ProxyHandler(routes), HTTPSHandler(context=ssl_context))
        self._is_answer = is_answer

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:  # noqa: ANN401 - a JSON document
        """Give the document at `url`; see `post_json` for what is raised."""
        return self._document(Request(url, headers=dict(headers)), timeout)  # noqa: S310 - `account` allows http and https only

    def post_json(
        self, url: str, body: object, *, timeout: float, headers: Mapping[str, str]
    ) -> Any:  # noqa: ANN401 - a JSON document
        """Send `body` and give the document answered, all within `timeout` seconds.

        Raises GeocoderTimedOut, GeocoderUnavailable where the line broke, AdapterHTTPError for
        every status but 2xx, and GeocoderParseError where the answer is none.
        """
        data = json.dumps(body, ensure_ascii=False).encode()
        typed = {**headers, "Content-Type": "application/json", "Accept": "application/json"}
        return self._document(Request(url, data=data, headers=typed, method="POST"), timeout)  # noqa: S310 - as above

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """Give the body at `url`; no provider asked here answers in anything but JSON."""
        return self._body(Request(url, headers=dict(headers)), timeout).decode()  # noqa: S310 - as above

    def _document(self, request: Request, timeout: float) -> Any:  # noqa: ANN401 - a JSON document
        body = self._body(request, timeout)
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            message = f"the answer of {len(body):,} bytes is no JSON"
            raise GeocoderParseError(message) from error
        if not self._is_answer(document):
            message = "the answer is JSON of another shape"
            raise GeocoderParseError(message)
        return document

    def _body(self, request: Request, timeout: float) -> bytes:
        """Ask in a thread of its own: only so does `timeout` bound names, lines, head and body."""
        request.add_header("Accept-Encoding", "identity")
        answered: queue.Queue[bytes | Exception] = queue.Queue(1)
        given_up = threading.Event()

        def ask() -> None:
            try:
                answered.put(self._ask(request, timeout, given_up))
            except Exception as error:  # noqa: BLE001 - raised again where it was asked
                answered.put(error)

        threading.Thread(target=ask, daemon=True, name="provider").start()
        try:
            answer = answered.get(timeout=timeout)
        except queue.Empty:
            given_up.set()
            raise _timed_out(timeout) from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _ask(self, request: Request, timeout: float, given_up: threading.Event) -> bytes:
        try:
            with self._opener.open(request, timeout=timeout) as page:
                return _read(page, given_up)
        except HTTPError as error:
            headers = {name.lower(): value for name, value in error.headers.items()}
            message = f"status {error.code}"
            raise AdapterHTTPError(
                message, status_code=error.code, headers=headers, text=""
            ) from error
        except TimeoutError as error:
            raise _timed_out(timeout) from error
        except (URLError, HTTPException, OSError) as error:
            if isinstance(error, URLError) and isinstance(error.reason, TimeoutError):
                raise _timed_out(timeout) from error
            raise GeocoderUnavailable(_plainly(error)) from error


def _timed_out(timeout: float) -> GeocoderTimedOut:
    """Tell of a time-out alike, whichever clock ran out first: the line's or that of the whole."""
    message = f"no whole answer within {timeout:g} s"
    return GeocoderTimedOut(message)


def _read(page: HTTPResponse, given_up: threading.Event) -> bytes:
    encoding = page.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"", "identity"}:
        message = f"the answer is packed as {encoding[:20]!r}, which was not asked for"
        raise GeocoderParseError(message)
    pieces: list[bytes] = []
    size = 0
    while piece := page.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_ANSWER:
            message = f"the answer is longer than {LARGEST_ANSWER:,} bytes"
            raise GeocoderParseError(message)
        if given_up.is_set():
            break
    if page.length:  # http.client says nothing of a body cut short when it is read in pieces
        message = "the line broke in the middle of the answer"
        raise GeocoderUnavailable(message)
    return b"".join(pieces)


def _plainly(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror.lower()
    return type(reason).__name__ if isinstance(reason, HTTPException) else str(reason)
