"""Sending to the client: whole bodies, failures in OpenAI's shape, and the head of a stream, over ASGI."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from guardproxy.wire.errors import ErrorBody, ExchangeFailure, UpstreamRefusal, error_body

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
HeaderList = list[tuple[bytes, bytes]]

_JSON = (b"content-type", b"application/json")
_STREAM = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache")]


async def send_body(send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """A complete response; JSON unless the headers say otherwise."""
    named = list(headers)
    if not any(name == b"content-type" for name, _ in named):
        named.append(_JSON)
    named.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": named})
    await send({"type": "http.response.body", "body": body})


async def send_failure(
    send: Send,
    failure: ExchangeFailure,
    headers: HeaderList,
    encode: Callable[[ErrorBody], bytes] = ErrorBody.encoded,
) -> None:
    """A failure before the first byte. Clients are told whether trying again makes sense."""
    if isinstance(failure, UpstreamRefusal):
        passed = [*headers, *failure.headers, (b"content-type", failure.content_type)]
        await send_body(send, failure.status, failure.body, passed)
        return
    retry = (b"x-should-retry", b"true" if failure.retry else b"false")
    await send_body(send, failure.status, encode(error_body(failure)), [*headers, *failure.headers, retry])


async def send_error(send: Send, status: int, error: ErrorBody) -> None:
    await send_body(send, status, error.encoded())


async def start_stream(send: Send, headers: HeaderList) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, *_STREAM]})
