"""A provider on loopback that remembers what it was told and misbehaves as it is bidden."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from heatmaps.geocoding.online.pace import Clock

SHORT_S = 0.4
"""The time-out in place of ten seconds where a provider keeps us waiting."""

PATIENCE_S = 10.0

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as the server saw it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str

    @property
    def everything(self) -> str:
        """All of it but our own address in one text, to look for what must not be there."""
        headers = [value for name, value in self.headers.items() if name.casefold() != "host"]
        return " ".join([self.path, *self.query.values(), *headers, self.body])


@dataclass(slots=True)
class ProviderServer:
    """Answers with `replies` one after another, then with `usual`."""

    url: str = ""
    usual: Reply | None = None
    replies: deque[Reply] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)

    def will(self, *replies: Reply) -> None:
        self.replies.extend(replies)

    def heard(self, count: int) -> int:
        """Give how many requests came, once `count` did: a busy machine reads them late."""
        deadline = time.monotonic() + PATIENCE_S
        while len(self.received) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return len(self.received)


@contextmanager
def running() -> Iterator[ProviderServer]:
    """Run it on a free port of loopback, and end it."""
    state = ProviderServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.received.append(Received(self.command, parts.path, query, headers, body))
            reply = state.replies.popleft() if state.replies else state.usual
            self.ending = state.ending
            with suppress(BrokenPipeError, ConnectionResetError):
                (reply or status(404))(self)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _head(handler: BaseHTTPRequestHandler, code: int, length: int, headers: dict[str, str]) -> None:
    handler.send_response(code)
    for name, value in {"Content-Length": str(length), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()


def raw(body: bytes, code: int = 200, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        _head(handler, code, len(body), named)
        handler.wfile.write(body)

    return reply


def answers(document: Any) -> Reply:
    return raw(json.dumps(document, ensure_ascii=False).encode(), Content_Type="application/json")


def status(code: int, **headers: str) -> Reply:
    return raw(b"{}", code, **headers)


def redirects(to: str) -> Reply:
    return raw(b"", 302, Location=to)


def hangs(handler: BaseHTTPRequestHandler) -> None:
    handler.ending.wait(5)  # type: ignore[attr-defined]


def closes_midway(handler: BaseHTTPRequestHandler) -> None:
    """Promise more than is sent; what is sent is a whole, empty answer."""
    _head(handler, 200, 1_000, {})
    handler.wfile.write(b"[]")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def closes_at_once(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def drips(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte at a time, so that no single wait is long and the whole never ends."""
    _head(handler, 200, 100_000, {})
    for _ in range(500):
        if handler.ending.is_set():  # type: ignore[attr-defined]
            return
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.01)


def drips_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(500):
        if handler.ending.is_set():  # type: ignore[attr-defined]
            return
        handler.wfile.write(f"X-{number}: y\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.01)


KEEPS_WAITING = (hangs, drips, drips_head)


@dataclass(slots=True)
class FakeTime:
    """Time that passes only when somebody sleeps; `slept` tells how long each time."""

    at: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def clock(self) -> Clock:
        return Clock(self.now, lambda: self.seconds, self.sleep, Random(5))
