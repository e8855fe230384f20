"""An exchange that nobody judges, because the operator lets its endpoint pass: counted, and never quietly.

Everything else holds: only the headers that are listed pass, the limits of requests and times hold, and no path or
query leads elsewhere.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from guardproxy.proxy.guard import Guard
from guardproxy.proxy.headers import HeaderList, to_client
from guardproxy.proxy.incoming import ClientLeft, read_body
from guardproxy.proxy.replies import Receive, Scope, Send, send_failure
from guardproxy.proxy.target import Target
from guardproxy.proxy.upstream import UpstreamReply
from guardproxy.telemetry import metrics
from guardproxy.wire.errors import ClientMistake, ExchangeFailure, OwnFailure, UpstreamFailure

_CONTENT_TYPE = re.compile(
    rb"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(; ?[A-Za-z0-9_-]+=[A-Za-z0-9'()+_,./:=?\"-]+)*"
)
_OTHERWISE = b"application/octet-stream"


class UnjudgedExchange:
    """One request whose answer passes as it comes, with its status."""

    def __init__(self, guard: Guard, target: Target, scope: Scope, receive: Receive, send: Send) -> None:
        self._guard, self._target, self._receive, self._send = guard, target, receive, send
        self._headers: HeaderList = scope["headers"]
        self._watch = guard.under_way.enter()
        self._started = False

    async def run(self) -> None:
        try:
            await self._pass_on()
        except ClientLeft:
            metrics.CLIENTS_LEFT.inc()
        except ExchangeFailure as failure:
            await self._fail(failure)
        except asyncio.CancelledError:
            await self._cancelled()
        finally:
            self._guard.under_way.leave(self._watch)

    async def _pass_on(self) -> None:
        limits = self._guard.settings.limits
        if len(self._guard.under_way) > limits.exchanges:
            raise OwnFailure("too many requests are under way", "overloaded", status=503, retry=True)
        body = await read_body(self._headers, self._receive, limits.body_bytes)
        self._watch.expect(self._receive)
        async with self._open(body) as reply:
            if 300 <= reply.status < 400:
                raise UpstreamFailure(f"the upstream answered with status {reply.status}", "upstream_status")
            metrics.unjudged(self._target.route).inc()
            metrics.requests(self._target.route, reply.status).inc()
            self._started = True
            await self._send({"type": "http.response.start", "status": reply.status, "headers": _headers_of(reply)})
            while piece := await reply.piece():
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        self._watch.end()
        await self._send({"type": "http.response.body", "body": b""})

    @asynccontextmanager
    async def _open(self, body: bytes) -> AsyncIterator[UpstreamReply]:
        headers = self._guard.headers_for_upstream(self._headers, self._target, stream=False)
        given = [value for name, value in self._headers if name == b"content-type" and _CONTENT_TYPE.fullmatch(value)]
        headers["content-type"] = given[0].decode("ascii") if given else "application/json"
        headers["accept"] = "*/*"
        async with self._guard.upstream.ask(self._target.method, self._target.path, headers, body or None) as reply:
            yield reply

    async def _cancelled(self) -> None:
        task = asyncio.current_task()
        if self._watch.left:
            metrics.CLIENTS_LEFT.inc()
        elif task is not None and (self._watch.too_slow or self._watch.too_long):
            task.uncancel()
            await self._fail(ClientMistake("the exchange did not end in time", "request_timeout", status=408))
        else:
            raise asyncio.CancelledError

    async def _fail(self, failure: ExchangeFailure) -> None:
        """One clean error; after the first byte nothing, so that the server drops the connection."""
        if not self._started:
            metrics.requests(self._target.route, failure.status).inc()
            await send_failure(self._send, failure, [])


def _headers_of(reply: UpstreamReply) -> HeaderList:
    kinds = [
        value for name, value in reply.headers if name.lower() == b"content-type" and _CONTENT_TYPE.fullmatch(value)
    ]
    return [*to_client(reply.headers), (b"content-type", kinds[0] if kinds else _OTHERWISE)]
