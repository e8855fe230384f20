"""Any JSON at any place of an answer: it is judged, or refused as the upstream's fault; nothing else comes out."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.wire.errors import UpstreamFailure
from tests.proxy.judging import Json, guard_by, stream_of, whole_of
from tests.proxy.test_every_string import MESSAGES, answers, streams

GUARDS = guard_by("privacy"), guard_by()
SECRET = "AKIAIOSFODNN7EXAMPLE"

NAMES = st.sampled_from(
    (
        *("content", "text", "type", "index", "audio", "data", "logprobs", "tokens", "function", "custom", "name"),
        *("arguments", "tool_calls", "function_call", "refusal", "role", "id", "finish_reason", "message", "delta"),
        *("input", "a.b[0]"),
    )
)
SCALARS = st.sampled_from(
    (None, True, 0, -1, 7, 10**12, 0.5, 1e300, "", "x", "text", "custom", "audio", "\ud800", SECRET)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value, and of one more member in every object."""
    if path:
        yield path
    if isinstance(value, dict):
        yield (*path, "extra")
        for key, member in value.items():
            yield from places(member, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def with_value(answer: Json, path: tuple[Any, ...], value: Any, name: str) -> Json:
    changed: Any = deepcopy(answer)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[name if path[-1] == "extra" else path[-1]] = value
    return changed


WHOLE = [(answer, list(places(answer))) for answer in answers()]
STREAMED = [(chunk, list(places(chunk))) for chunk in streams()]


def drawn(data: st.DataObject, among: list[tuple[Json, list[tuple[Any, ...]]]]) -> Json:
    answer, paths = data.draw(st.sampled_from(among))
    return with_value(answer, data.draw(st.sampled_from(paths)), data.draw(VALUES), data.draw(NAMES))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(inner)


def judged(deliver: Callable[[], bytes], guarded: bool) -> None:
    try:
        sent = deliver().removesuffix(b"data: [DONE]\n\n")
    except UpstreamFailure:
        return
    for event in sent.removeprefix(b"data: ").split(b"\n\ndata: "):
        assert not guarded or all(map(GUARDS[0].beside.harmless, texts(json.loads(event) if event else "")))


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from((0, 1)))
def test_in_a_whole_answer(data: st.DataObject, which: int) -> None:
    answer = drawn(data, WHOLE)
    judged(lambda: whole_of(GUARDS[which], answer).body, which == 0)


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from((0, 1)))
def test_in_a_stream(data: st.DataObject, which: int) -> None:
    chunks = [drawn(data, STREAMED), drawn(data, STREAMED)]
    for chunk in chunks:
        for choice in chunk["choices"] if isinstance(chunk.get("choices"), list) else ():
            if isinstance(choice, dict) and data.draw(st.booleans()):
                choice["finish_reason"] = None
    events = b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks)
    judged(lambda: b"".join(stream_of(GUARDS[which], [events, b"data: [DONE]\n\n"])), which == 0)


def test_there_is_a_message_of_each_kind() -> None:
    assert len(WHOLE) == len(STREAMED) == len(MESSAGES)
