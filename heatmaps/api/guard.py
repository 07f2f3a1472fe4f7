"""What a request must fulfil before the API reads it: a known host, our own origin, a bounded body.

A page of another site, or a name somebody else points at this address (DNS rebinding), could
otherwise ask for addresses through the browser of an agent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class RequestGuard:
    """ASGI middleware that answers 400, 403 or 413 instead of the API.

    `allowed_hosts` are host names without port; ``*.example.com`` stands for every name below
    example.com, ``*`` for any host. `max_body_bytes` bounds a request's body.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: Sequence[str], max_body_bytes: int) -> None:
        self._app = app
        self._allowed_hosts = tuple(host.lower() for host in allowed_hosts)
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(Headers(scope=scope))
        if refusal is None:
            await self._app(scope, self._bounded(receive), send)
            return
        status, sentence = refusal
        await JSONResponse({"error": sentence}, status_code=status)(scope, receive, send)

    def _refusal(self, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if not self._allows(host):
            return 400, (
                f"Host {host!r} is not one this app answers to; use one of "
                f"{', '.join(self._allowed_hosts)} or add it to server.allowedHosts."
            )
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return 403, f"Pages of {origin!r} may not call this API; call it from its own pages."
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > self._max_body_bytes:
            return 413, self._too_long()
        return None

    def _allows(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        if not name:
            return False
        return any(_matches(name, pattern) for pattern in self._allowed_hosts)

    def _bounded(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_body_bytes:
                raise HTTPException(413, self._too_long())
            return message

        return counted

    def _too_long(self) -> str:
        return f"The request is longer than {self._max_body_bytes} bytes; send less at a time."


def _matches(name: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return name.endswith(pattern[1:])
    return pattern in ("*", name)
