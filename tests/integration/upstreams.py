"""A scripted model server on a real port: each request is answered by a list of bytes and pauses."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from time import monotonic
from typing import Any

Json = dict[str, Any]
Step = bytes | float | str
"""Bytes to write, seconds to wait, or "drop" to break the connection off."""
Script = Callable[[Json], Iterable[Step]]


@dataclass
class Seen:
    """What the server saw: requests with their headers, bytes written, and when a connection was closed by the peer."""

    bodies: list[Json] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    written: int = 0
    left_at: list[float] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)


class Upstream:
    """Answers with `script(request)`, which tests replace as they go."""

    def __init__(self) -> None:
        self.script: Script = lambda request: whole(completion("Hello."))
        self.seen = Seen()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            ahead: bytes | None = b""
            while ahead is not None:
                ahead = await self._answer(reader, writer, ahead)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ahead: bytes) -> bytes | None:
        """Answers one request; returns what was read of the next one, or None when the connection is over."""
        head = (ahead + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next((int(r.split(":")[1]) for r in head.splitlines() if r.lower().startswith("content-length:")), 0)
        body = await reader.readexactly(length)
        self.seen.heads.append(head)
        self.seen.bodies.append(json.loads(body) if body.startswith((b"{", b"[")) else {})
        self.seen.arrived.set()
        steps = asyncio.ensure_future(self._play(writer, self.script(self.seen.bodies[-1])))
        watch = asyncio.ensure_future(reader.read(1))
        await asyncio.wait((steps, watch), return_when=asyncio.FIRST_COMPLETED)
        if steps.done() and not steps.exception():
            if not watch.done():
                watch.cancel()
            await asyncio.wait((watch,))
            return (b"" if watch.cancelled() else watch.result()) if steps.result() else None
        self.seen.left_at.append(monotonic())
        self.seen.left.set()
        steps.cancel()
        return None

    async def _play(self, writer: asyncio.StreamWriter, steps: Iterable[Step]) -> bool:
        for step in steps:
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
                self.seen.written += len(step)
            elif isinstance(step, str):
                writer.transport.abort()
                return False
            else:
                await asyncio.sleep(step)
        return True


@contextmanager
def in_thread(start: Callable[[], Any]) -> Iterator[Any]:
    """Runs `async with start()` in a thread with its own event loop; gives what it gives."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    manager = start()
    try:
        yield asyncio.run_coroutine_threadsafe(manager.__aenter__(), loop).result(60)
    finally:
        asyncio.run_coroutine_threadsafe(_ended(manager), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


async def _ended(manager: Any) -> None:
    await manager.__aexit__(None, None, None)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


# --- what it answers ------------------------------------------------------------------------------------------------


def completion(content: Any = None, finish: str = "stop", **message: Any) -> Json:
    said = {"role": "assistant", "content": content, **message}
    return completions(said, finish=finish)


def completions(*messages: Json, finish: str = "stop") -> Json:
    choices = [
        {"index": i, "message": message, "logprobs": None, "finish_reason": finish}
        for i, message in enumerate(messages)
    ]
    usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1795255200,
        "model": "m-1",
        "choices": choices,
        "usage": usage,
    }


def whole(body: Json | bytes, status: int = 200, kind: str = "application/json", **headers: str) -> list[Step]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return [http_head(status, kind, {"content-length": str(len(raw)), **headers}) + raw]


def http_head(status: int, kind: str, headers: dict[str, str]) -> bytes:
    rows = [
        f"HTTP/1.1 {status} X",
        f"content-type: {kind}",
        *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items()),
    ]
    return ("\r\n".join(rows) + "\r\n\r\n").encode()


def chunk(delta: Json | None = None, finish: str | None = None, index: int = 0, **beside: Any) -> Json:
    choices = [] if delta is None else [{"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}]
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1795255200, "model": "m-1"}
    return {**head, "choices": choices, **beside}


def events(chunks: Iterable[Json | str]) -> bytes:
    """Chunks as server-sent events; a text is sent as it is."""
    return b"".join(
        b"data: " + (c if isinstance(c, str) else json.dumps(c, ensure_ascii=False)).encode() + b"\n\n" for c in chunks
    )


def streamed(data: bytes, cuts: Sequence[int] = (), pause: float = 0.0, end: bool = True) -> list[Step]:
    """A stream's bytes in pieces, cut at the given offsets, each in an HTTP chunk of its own."""
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[a:b] for a, b in pairwise(edges)]
    steps: list[Step] = [http_head(200, "text/event-stream", {"transfer-encoding": "chunked"})]
    for piece in pieces:
        steps.append(b"%x\r\n%s\r\n" % (len(piece), piece))
        if pause:
            steps.append(pause)
    return [*steps, b"0\r\n\r\n"] if end else steps


def text_stream(*texts: str, finish: str = "stop") -> list[Json | str]:
    return [
        chunk({"role": "assistant", "content": ""}),
        *(chunk({"content": text}) for text in texts),
        chunk({}, finish),
        "[DONE]",
    ]
