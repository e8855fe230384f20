"""The door to the model server: the only file that knows the HTTP client library (aiohttp; why: docs/dependencies.md).

A reply is opened, read whole or in pieces as they come, and closed; leaving its block early closes the connection, so
the model stops. Pieces are read only when asked for, so a client that does not read stops the upstream too.
Every fault of the network is an `UpstreamFailure`.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from guardproxy.proxy.inflating import Inflating
from guardproxy.settings import Limits, Timeouts
from guardproxy.wire.errors import UpstreamFailure

BUFFERED = 131_072
"""Bytes that the system may keep for us of each connection; Linux takes twice as many."""

_OURS = ("User-Agent", "Accept-Encoding", "Content-Type", "Accept")


class UpstreamReply:
    """An answer whose head has arrived."""

    def __init__(self, response: ClientResponse, limits: Limits) -> None:
        self._response, self._limits = response, limits
        self.status = response.status
        encoding = response.headers.get("Content-Encoding", "identity")
        self._inflating = None if encoding == "identity" else Inflating(encoding)

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """Names and values as they came."""
        return self._response.raw_headers

    @property
    def content_type(self) -> str:
        """In lower case, without parameters; empty where the upstream named none."""
        return self._response.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    async def whole(self) -> bytes:
        """The body, up to the limit."""
        length = self._response.content_length
        limit = self._limits.answer_bytes
        if length is not None and length <= limit and self._inflating is None:
            with _Faults():
                return await self._response.read()
        pieces: list[bytes] = []
        total = 0
        while piece := await self.piece():
            total += len(piece)
            if total > limit:
                raise UpstreamFailure(
                    f"the upstream's answer is more than {limit} bytes", "upstream_too_large", reason="too_large"
                )
            pieces.append(piece)
        return b"".join(pieces)

    async def piece(self) -> bytes:
        """What has come of the body, some 100 kB at most; empty at its end. It can be cancelled and called again."""
        inflating = self._inflating
        while True:
            if inflating is not None and inflating.has_more:
                await asyncio.sleep(0)  # it is all here, and others have their turn all the same
                return inflating.feed(b"")
            with _Faults():
                piece = await self._response.content.readany()
            if inflating is not None and not piece:
                inflating.finish()
            if not piece or inflating is None:
                return piece
            if plain := inflating.feed(piece):
                return plain


class Upstream:
    """One model server and the connections to it. Use as an asynchronous context manager."""

    def __init__(self, base: str, limits: Limits, timeouts: Timeouts) -> None:
        self._base, self._limits, self._timeouts = base, limits, timeouts
        self._urls: dict[str, URL] = {}
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession(
            connector=TCPConnector(limit=0, ttl_dns_cache=30, socket_factory=_socket),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_OURS,
            timeout=ClientTimeout(total=None, sock_connect=self._timeouts.connect, sock_read=self._timeouts.first_byte),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> AsyncIterator[UpstreamReply]:
        """Sends a request to a path below the base URL. Redirects are not followed. Raises `UpstreamFailure`."""
        assert self._session is not None, "use `async with`"
        with _Faults():
            response = await self._session.request(
                method, self._url(path), data=body, headers=headers, allow_redirects=False
            )
        connection = response.connection
        if connection is not None and connection.protocol is not None:
            connection.protocol.read_timeout = self._timeouts.between_bytes
        try:
            yield UpstreamReply(response, self._limits)
        finally:
            response.release() if response.content.is_eof() else response.close()

    def _url(self, path: str) -> URL:
        known = self._urls.get(path)
        if known is None:
            known = URL(self._base + path, encoded=True)
            if len(self._urls) < 100:
                self._urls[path] = known
        return known


def _socket(address: Any) -> socket.socket:
    """A socket that takes in little ahead of us: what a client does not read stays with the upstream."""
    family, kind, protocol, _, _ = address
    opened = socket.socket(family, kind, protocol)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFERED)
    return opened


class _Faults:
    """Turns the library's exceptions into ours."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is None:
            return
        if isinstance(error, ClientSSLError):
            raise UpstreamFailure(
                "there is no secure connection to the upstream: its certificate is not trusted or TLS failed",
                "upstream_insecure",
                reason="unreachable",
            ) from None
        if isinstance(error, ClientConnectorError):
            raise UpstreamFailure(
                "the upstream cannot be reached", "upstream_unreachable", reason="unreachable", retry=True
            ) from None
        if isinstance(error, TimeoutError | asyncio.TimeoutError):
            raise UpstreamFailure(
                "the upstream did not answer in time", "upstream_timeout", status=504, reason="timeout", retry=True
            ) from None
        if isinstance(error, ClientError | OSError | ValueError):
            raise UpstreamFailure("the upstream broke the connection off", "upstream_broken") from None
