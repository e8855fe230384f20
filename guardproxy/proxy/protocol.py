"""The server's side of HTTP, with bounds for what comes before a request's body: its size, its lines, and its time.

The server library keeps headers of any size and waits for them for ever; from here on both have an end, and what it
says itself is said in the shape that clients of the API read.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from guardproxy.wire.errors import ErrorBody

MAX_HEAD = 65_536
"""Bytes of a request line and its headers; a piece that holds more than a head may be larger."""
MAX_HEADERS = 100
HEAD_SECONDS = 30.0
"""For a head to arrive in full, from the connection or from its first byte on."""

_REASONS = {400: b"Bad Request", 408: b"Request Timeout", 431: b"Request Header Fields Too Large"}
_TOO_LARGE = f"the headers of the request are more than {MAX_HEAD} bytes or {MAX_HEADERS} lines"


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._in_head, self._head = True, 0
        self._is_too_large = False
        self._limit: asyncio.TimerHandle | None = None
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head += len(data)
            if self._head > MAX_HEAD and self._head - len(data) > 0:
                self._refuse(431, "headers_too_large", _TOO_LARGE)
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head = True, 0
        if self._limit is None:
            self._expect_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) >= MAX_HEADERS or len(value) > MAX_HEAD:
            self._is_too_large = True
        else:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_waiting()
        if self._is_too_large or len(self.url) > MAX_HEAD:
            self._is_too_large = True
            raise ValueError(_TOO_LARGE)  # the parser stops, and the server calls `send_400_response`
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        if self._is_too_large:
            self._refuse(431, "headers_too_large", _TOO_LARGE)
        else:
            self._refuse(400, "invalid_http", "this is no HTTP request that can be read")

    def _expect_head(self) -> None:
        self._limit = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _too_slow(self) -> None:
        if self._in_head and not self.transport.is_closing():
            self._refuse(408, "request_timeout", "the request did not arrive in time")

    def _refuse(self, status: int, code: str, message: str) -> None:
        body = ErrorBody(message, "invalid_request_error", code).encoded()
        head = b"HTTP/1.1 %d %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(head % (status, _REASONS[status], len(body)) + body)
        self.transport.close()
