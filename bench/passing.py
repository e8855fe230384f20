"""The same server and the same upstream door, checking nothing: what guarding is compared with."""

from typing import Any

from guardproxy.proxy.upstream import Upstream

HEADERS = {"content-type": "application/json", "authorization": "Bearer bench", "accept-encoding": "identity"}


class PassingOn:
    """A plain ASGI application: reads the body, asks, sends on what comes."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        async with self._upstream.ask("POST", "/chat/completions", HEADERS, body) as reply:
            head = [(b"content-type", reply.content_type.encode())]
            if reply.content_type == "application/json":
                whole = await reply.whole()
                head.append((b"content-length", str(len(whole)).encode()))
                await send({"type": "http.response.start", "status": reply.status, "headers": head})
                await send({"type": "http.response.body", "body": whole})
                return
            await send({"type": "http.response.start", "status": reply.status, "headers": head})
            while piece := await reply.piece():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
