"""Judging answers without a network: the real guard, fed with bytes, and what a client would put together."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from guardproxy.conversation import Situation
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.streamed_answer import StreamedAnswer
from guardproxy.proxy.streamed_message import StreamedMessage
from guardproxy.proxy.whole_answer import Delivery, judged_answer
from guardproxy.settings import read_settings
from guardproxy.storage.policy_files import read_policies
from guardproxy.wire.chat.chunks import ChunkStream
from guardproxy.wire.chat.dialect import CHAT
from guardproxy.wire.dialect import Dialect

Json = dict[str, Any]
DECISION = "d" * 32
NOWHERE = Situation()


LOOP = asyncio.new_event_loop()


@contextmanager
def solving(guard: Guard) -> Iterator[Guard]:
    """The guard with its solver processes running."""
    LOOP.run_until_complete(guard.__aenter__())
    try:
        yield guard
    finally:
        LOOP.run_until_complete(guard.__aexit__())


def guard_by(*policies: str, **settings: Any) -> Guard:
    flags = {"upstream": "http://x", "policies": policies, "allow_no_policy": True, **settings}
    return Guard(read_settings(flags, None, {}), read_policies(policies))


def whole_of(guard: Guard, answer: Json | bytes, situation: Situation = NOWHERE, dialect: Dialect = CHAT) -> Delivery:
    raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return LOOP.run_until_complete(judged_answer(guard, dialect, situation, raw, DECISION))


def stream_of(guard: Guard, pieces: Iterable[bytes], situation: Situation = NOWHERE, **request: Any) -> list[bytes]:
    """What is sent for each piece, and at the end."""
    body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "x"}], **request}
    asked = CHAT.read_request(json.dumps(body).encode())
    return sent_by(
        StreamedAnswer(guard, situation, asked, DECISION, CHAT.open_stream(asked, guard.beside, DECISION)), pieces
    )


def events_of(
    guard: Guard, dialect: Dialect, pieces: Iterable[bytes], situation: Situation = NOWHERE, **request: Any
) -> list[bytes]:
    """The same for a dialect whose streams are of one unit; `request` is its whole body."""
    asked = dialect.read_request(json.dumps(request).encode())
    stream = dialect.open_stream(asked, guard.beside, DECISION)
    assert not isinstance(stream, ChunkStream)
    return sent_by(StreamedMessage(guard, situation, DECISION, stream), pieces)


def sent_by(answer: StreamedAnswer | StreamedMessage, pieces: Iterable[bytes]) -> list[bytes]:
    async def feed() -> list[bytes]:
        sent = []
        for piece in pieces:
            sent.append(await answer.take(piece))
            if answer.over:
                return sent
        return [*sent, await answer.end()]

    return LOOP.run_until_complete(feed())


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    edges = [0, *sorted(set(places)), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


def chunks_in(sent: Iterable[bytes]) -> list[Json]:
    events = b"".join(sent).decode().split("\n\n")
    return [json.loads(e.removeprefix("data: ")) for e in events if e.startswith("data: {")]


def gathered(sent: Iterable[bytes]) -> Json:
    """The message of choice 0 as a client puts it together, with its finish reason."""
    found: Json = {"calls": [], "finish": None}
    for entry in (entry for chunk in chunks_in(sent) for entry in chunk.get("choices", ())):
        found["finish"] = entry["finish_reason"] or found["finish"]
        for name, value in entry["delta"].items():
            if name == "tool_calls":
                found["calls"] += value
            elif isinstance(value, str):
                found[name] = found.get(name, "") + value
    return found
