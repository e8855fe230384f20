"""Which HTTP client for the upstream door: the same plain ASGI pass-through over each candidate.

`python -m bench.clients [SECONDS]` runs each behind uvicorn (uvloop, httptools) pinned to one core, model and load on
another. These are throw-away doors; the real one is `guardproxy/proxy/upstream.py`.
"""

import importlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

UPSTREAM = os.environ.get("BENCH_UPSTREAM", "http://127.0.0.1:9100") + "/v1/chat/completions"
HEADERS = {"content-type": "application/json", "authorization": "Bearer bench", "accept-encoding": "identity"}
Opened = tuple[int, str, AsyncIterator[bytes]]
Door = Callable[[bytes], Awaitable[Opened]]


def aiohttp_door() -> Door:
    aiohttp = importlib.import_module("aiohttp")
    session: Any = None

    async def opened(body: bytes) -> Opened:
        nonlocal session
        if session is None:
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            )
        response = await session.post(UPSTREAM, data=body, headers=HEADERS)

        async def pieces() -> AsyncIterator[bytes]:
            async with response:
                if response.content_length is not None:
                    yield await response.read()
                else:
                    async for piece in response.content.iter_any():
                        yield piece

        return response.status, response.headers["content-type"], pieces()

    return opened


def httpx_door(name: str, transport: bool = False) -> Door:
    httpx = importlib.import_module(name)
    client: Any = None

    async def opened(body: bytes) -> Opened:
        nonlocal client
        client = client or httpx.AsyncClient(limits=httpx.Limits(max_connections=None), timeout=60)
        response = await client.send(client.build_request("POST", UPSTREAM, content=body, headers=HEADERS), stream=True)

        async def pieces() -> AsyncIterator[bytes]:
            try:
                async for piece in response.aiter_raw():
                    yield piece
            finally:
                await response.aclose()

        return response.status_code, response.headers["content-type"], pieces()

    return opened


def pyreqwest_door() -> Door:
    module = importlib.import_module("pyreqwest.client")
    client: Any = None

    async def opened(body: bytes) -> Opened:
        nonlocal client
        client = client or module.ClientBuilder().gzip(False).build()
        builder = client.post(UPSTREAM).headers(HEADERS).body_bytes(body)
        if b'"stream": true' not in body:
            response = await builder.build().send()
            whole = bytes(await response.bytes())

            async def once() -> AsyncIterator[bytes]:
                yield whole

            return response.status, response.headers["content-type"], once()
        manager = builder.build_streamed()
        response = await manager.__aenter__()

        async def pieces() -> AsyncIterator[bytes]:
            try:
                while (piece := await response.body_reader.read_chunk()) is not None:
                    yield bytes(piece)
            finally:
                await manager.__aexit__(None, None, None)

        return response.status, response.headers["content-type"], pieces()

    return opened


DOORS: dict[str, Callable[[], Door]] = {
    "aiohttp": aiohttp_door,
    "pyreqwest": pyreqwest_door,
    "httpx": lambda: httpx_door("httpx"),
    "httpx2": lambda: httpx_door("httpx2"),
}


class PassingOn:
    """The plain ASGI application: reads the body, asks, sends on what comes."""

    def __init__(self, name: str) -> None:
        self.door = DOORS[name]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        status, kind, pieces = await self.door(body)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind.encode())]})
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def __getattr__(name: str) -> PassingOn:
    """`bench.clients:aiohttp` is the application over that library."""
    if name in DOORS:
        return PassingOn(name)
    raise AttributeError(name)


if __name__ == "__main__":
    from bench.processes import compare, uvicorn_command

    commands = {name: uvicorn_command(f"bench.clients:{name}", 9101) for name in DOORS}
    compare(commands, float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
