"""A model server that is not the bottleneck: fixed answers from a bare asyncio protocol.

Whole answers are 1 kB of JSON; streams are 200 events, each sent by itself, with a turn of the event loop
between two. Run as `python -m bench.model PORT`.
"""

import asyncio
import json
import sys
from typing import cast

import uvloop

EVENTS = 200
EVENTS_IN_A_PIECE = 1
WORDS = [
    "The",
    "parcel",
    "left",
    "our",
    "warehouse",
    "this",
    "morning",
    "and",
    "should",
    "reach",
    "you",
    "by",
    "Thursday",
    "at",
    "the",
    "latest.",
    "",
]


def whole_answer() -> bytes:
    """A chat completion of 1 kB, small talk that no policy minds."""
    answer = {
        "id": "chatcmpl-bench", "object": "chat.completion", "created": 1795255200, "model": "bench",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "", "refusal": None},
                     "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 20, "completion_tokens": 150, "total_tokens": 170},
    }  # fmt: skip
    missing = 1024 - len(json.dumps(answer))
    answer["choices"][0]["message"]["content"] = (" ".join(WORDS) * 20)[:missing]
    return json.dumps(answer).encode()


def stream_pieces() -> list[bytes]:
    """The stream's bytes, HTTP chunks included, one element for each write."""
    deltas = [
        {"role": "assistant", "content": ""},
        *({"content": WORDS[i % len(WORDS)] + " "} for i in range(EVENTS - 2)),
        {},
    ]
    events = []
    for number, delta in enumerate(deltas):
        chunk = {
            "id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1795255200, "model": "bench",
            "choices": [{"index": 0, "delta": delta, "finish_reason": "stop" if number == EVENTS - 1 else None}],
        }  # fmt: skip
        events.append(b"data: " + json.dumps(chunk).encode() + b"\n\n")
    events[-1] += b"data: [DONE]\n\n"
    pieces = [b"".join(events[i : i + EVENTS_IN_A_PIECE]) for i in range(0, EVENTS, EVENTS_IN_A_PIECE)]
    return [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces] + [b"0\r\n\r\n"]


BODY = whole_answer()
WHOLE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY)
STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
PIECES = stream_pieces()


class Model(asyncio.Protocol):
    """One connection; requests come one after the other, with a content-length."""

    def __init__(self) -> None:
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head_end = self.buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self.buffer[:head_end].lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        end = head_end + 4 + length
        if len(self.buffer) < end:
            return
        body, self.buffer = self.buffer[head_end + 4 : end], self.buffer[end:]
        if b'"stream":true' in body.replace(b" ", b""):
            self.transport.write(STREAM_HEAD)
            self.send_piece(0)
        else:
            self.transport.write(WHOLE)

    def send_piece(self, number: int) -> None:
        if number < len(PIECES) and not self.transport.is_closing():
            self.transport.write(PIECES[number])
            self.loop.call_soon(self.send_piece, number + 1)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Model, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
