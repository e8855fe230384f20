"""What a client library does when it is left: `python -m bench.leaving`.

For each candidate: seconds until the model server sees its connection closed after the caller is cancelled, before the
first byte and in the middle of a stream, and the megabytes it takes in while nobody reads.
"""

import asyncio
import os
from contextlib import suppress
from time import perf_counter

os.environ.setdefault("BENCH_UPSTREAM", "http://127.0.0.1:9103")

from bench.clients import DOORS


class Slow:
    """Answers nothing, or an endless stream, and notes what it sent and when it was left."""

    def __init__(self, piece: bytes, pause: float) -> None:
        self.piece, self.pause = piece, pause
        self.sent = 0
        self.left = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        watch = asyncio.create_task(self.watch(reader))
        with suppress(OSError):
            if self.piece:
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                )
            while self.piece and not self.left.is_set():
                writer.write(b"%x\r\n%s\r\n" % (len(self.piece), self.piece))
                await writer.drain()
                self.sent += len(self.piece)
                await asyncio.sleep(self.pause)
            await watch
        writer.close()

    async def watch(self, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while await reader.read(1000):
                pass
        self.left.set()


async def measured(name: str, piece: bytes, pause: float, read: bool) -> str:
    slow = Slow(piece, pause)
    server = await asyncio.start_server(slow, "127.0.0.1", 9103)
    door = DOORS[name]()

    async def call() -> None:
        _, _, pieces = await door(b'{"stream": true}')
        async for _ in pieces:
            if not read:
                await asyncio.sleep(30)

    task = asyncio.create_task(call())
    await asyncio.sleep(1)
    taken = slow.sent
    task.cancel()
    began = perf_counter()
    with suppress(asyncio.CancelledError):
        await task
    try:
        await asyncio.wait_for(slow.left.wait(), 5)
        closed = f"{perf_counter() - began:.3f} s"
    except TimeoutError:
        closed = "never"
    server.close()
    return f"closed after {closed}" if read else f"closed after {closed}, {taken / 1e6:.1f} MB taken in"


async def main() -> None:
    for name in DOORS:
        print(f"{name:10} before the first byte: {await measured(name, b'', 0, read=True)}")
        print(f"{name:10} in a stream:           {await measured(name, b'data: {}', 0.05, read=True)}")
        print(f"{name:10} nobody reads:          {await measured(name, b'x' * 65536, 0, read=False)}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
