"""A load client on bare asyncio protocols: keeps `connections` requests under way and measures each answer.

Run as `python -m bench.load PORT CONNECTIONS SECONDS [stream]`; prints one JSON line: answers, seconds, errors and
the times of the answers in milliseconds (`p50`, `p99`).
"""

import asyncio
import json
import sys
from time import perf_counter
from typing import cast

import uvloop

TEXT = "Where is my parcel? It should have been here on Monday."


def request_bytes(stream: bool) -> bytes:
    body = json.dumps({"model": "bench", "stream": stream, "messages": [{"role": "user", "content": TEXT}]}).encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer bench\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Caller(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(self, request: bytes, until: float, closed: "asyncio.Future[None]") -> None:
        self.request, self.until, self.closed = request, until, closed
        self.times: list[float] = []
        self.errors = 0
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.ask()

    def ask(self) -> None:
        self.received = b""
        self.length: int | None = None
        self.started = perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        if self.length is None and not self.read_head():
            return
        done = self.received.endswith(b"0\r\n\r\n") if self.length == -1 else len(self.received) >= (self.length or 0)
        if not done:
            if self.length == -1:
                self.received = self.received[-8:]
            return
        self.times.append(perf_counter() - self.started)
        if perf_counter() < self.until:
            self.ask()
        else:
            self.transport.close()

    def read_head(self) -> bool:
        """Learns how long the answer is: in bytes with its head, or -1 for chunks."""
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self.received[:end].lower()
        self.errors += not head.startswith(b"http/1.1 200")
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        self.length = end + 4 + int(length) if length else -1
        return True

    def connection_lost(self, error: Exception | None) -> None:
        if perf_counter() < self.until:
            self.errors += 1
        if not self.closed.done():
            self.closed.set_result(None)


async def run(port: int, connections: int, seconds: float, stream: bool) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    began = perf_counter()
    futures = [loop.create_future() for _ in range(connections)]
    callers = []
    for future in futures:
        request = request_bytes(stream)
        caller = Caller(request, began + seconds, future)
        callers.append(caller)
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)
    await asyncio.wait(futures, timeout=seconds + 20)
    times = sorted(t for caller in callers for t in caller.times)
    pick = [times[int(len(times) * share)] * 1000 for share in (0.5, 0.99)] if times else [0.0, 0.0]
    errors = sum(caller.errors for caller in callers) + sum(not f.done() for f in futures)
    return {
        "answers": len(times), "seconds": perf_counter() - began, "errors": errors, "p50": pick[0], "p99": pick[1]
    }  # fmt: skip


if __name__ == "__main__":
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    print(json.dumps(uvloop.run(run(port, connections, seconds, "stream" in sys.argv[4:]))))
