"""Streams: the short way for chunks of text and the long way give the client the same, however the bytes arrive."""

import json
import os
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.conversation import Situation
from guardproxy.proxy.streamed_answer import StreamedAnswer
from guardproxy.wire.chat.dialect import CHAT
from guardproxy.wire.chat.requests import read_request
from guardproxy.wire.errors import UpstreamFailure
from tests.proxy.judging import DECISION, LOOP, Json, chunks_in, cut, guard_by

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "150"))
GUARDS = (guard_by("privacy", limits={"event_bytes": 600}), guard_by(limits={"event_bytes": 600}))
REQUEST = read_request(b'{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}')

words = st.sampled_from(
    [
        *("hello ", "123-45-", "6789", " ", "4111 1111 ", "1111 1111", "bob@", "example.org", "AKIAIOSFODNN7EXAMPLE"),
        *('"', "\\", "\n", "\u2028", "é", "日", '","x":"', "data: [DONE]", '"}', "", "\ud800", "so " * 300),
    ]
)
texts = st.lists(words, max_size=2).map("".join)
members: st.SearchStrategy[Json] = st.one_of(
    *[st.builds(lambda text: {"content": text}, texts)] * 4,
    st.builds(lambda text: {"reasoning": text}, texts),
    st.builds(lambda text: {"content": text, "role": "assistant"}, texts),
    st.builds(lambda text: {"content": text, "x": 1}, texts),
    st.builds(lambda text: {"content": [{"type": "text", "text": text}]}, texts),
    st.builds(lambda text: {"extra": text}, texts),
)
besides: st.SearchStrategy[Json] = st.sampled_from(
    [*[{}] * 6, {"usage": None}, {"model": "other"}, {"obfuscation": "xx"}, {"y": "content"}, {"created": 2}]
)


@st.composite
def blocks(draw: st.DrawFn) -> bytes:
    value = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", **draw(besides)}
    value["choices"] = [{"index": 0, "delta": draw(members), "finish_reason": None}]
    written = json.dumps(value, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    match draw(st.integers(0, 24)):
        case 0:
            written = written.replace(b'"content": "', b'"content": "a", "content": "', 1)
        case 1:
            written = written.replace(b", ", b",\ndata: ", 1)
        case 2:
            written = written[:-1]
        case 3:
            written = written.replace(b"hello", b"hel\xfflo")
        case 4:
            written = written.replace(b"hello", b"hel\tlo")
    return b"data: " + written + b"\n\n"


END = (
    b'data: {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", '
    b'"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
)


def received(pieces: list[bytes], number: int, short: bool) -> Any:
    """What a client puts together, and how it ends."""
    answer = StreamedAnswer(
        GUARDS[number], Situation(), REQUEST, DECISION, CHAT.open_stream(REQUEST, GUARDS[number].beside, DECISION)
    )
    if not short:
        answer._chunks._misses = 1_000_000

    async def feed() -> list[bytes]:
        sent: list[bytes] = []
        for piece in pieces:
            sent.append(await answer.take(piece))
            if answer.over:
                break
        return sent

    try:
        chunks = chunks_in(LOOP.run_until_complete(feed()))
    except UpstreamFailure as failure:
        return failure.code
    said: Json = {}
    for entry in (entry for chunk in chunks for entry in chunk["choices"]):
        gather(entry["delta"], "", said)
    ends = [entry["finish_reason"] for chunk in chunks for entry in chunk["choices"] if entry["finish_reason"]]
    # Of a blocked answer, how much harmless text came out before depends on the pieces.
    blocked = ends == ["content_filter"]
    return ends, [chunk.get("guardproxy") for chunk in chunks if blocked][-1:], {} if blocked else said


def gather(value: Any, path: str, said: Json) -> None:
    if isinstance(value, str) and not path.endswith(("/role", "/type")):
        said[path] = said.get(path, "") + value
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        gather(inner, f"{path}/{key}", said)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 1), st.lists(blocks(), max_size=6), st.lists(st.integers(0, 3000), max_size=5))
def test_both_ways_give_the_same(number: int, stream: list[bytes], cuts: list[int]) -> None:
    data = b"".join(stream) + END
    pieces = cut(data, [c for c in cuts if c < len(data)])
    for arriving in (pieces, [*stream, END], [data]):
        assert received(arriving, number, short=True) == received(arriving, number, short=False)


def test_an_event_beyond_the_limit_is_refused_on_both_ways() -> None:
    head = b'data: {"id": "c", "choices": [{"index": 0, "delta": {"content": "'
    short, long = (head + text + b'"}, "finish_reason": null}]}\n\n' for text in (b"so ", b"so " * 300))
    for pieces in ([short, short, long, END], [short, short, short + long, END], [short + long + END]):
        for way in (True, False):
            assert received(pieces, 0, way) == "upstream_event_too_large"
