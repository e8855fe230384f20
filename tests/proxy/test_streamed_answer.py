"""Streams: what arrives does not depend on how the bytes were cut, and is what the whole answer would have been."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.conversation import Situation
from guardproxy.proxy.guard import Guard
from tests.proxy.judging import Json, chunks_in, cut, gathered, guard_by, solving, stream_of, whole_of

GUARD = guard_by("privacy", "lending")


@pytest.fixture(scope="module", autouse=True)
def solver() -> Iterator[None]:
    with solving(GUARD):
        yield


SITUATION = Situation(facts={"applicant": {"tier": "gold", "covered": False}})


def chunk(delta: Json | None, finish: str | None = None, **beside: Any) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    value = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    return b"data: " + json.dumps({**value, **beside}, ensure_ascii=False).encode() + b"\n\n"


def stream(*deltas: Json, finish: str = "stop") -> bytes:
    return b"".join(map(chunk, deltas)) + chunk({}, finish) + b"data: [DONE]\n\n"


def texts(*parts: str) -> list[Json]:
    return [{"role": "assistant", "content": ""}, *({"content": part} for part in parts)]


CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "mail", "arguments": ""}}
PIECES: list[list[Json]] = [
    texts("Hers is 123-", "45-", "6789, ", "I ", "think. 😀 ", 'Zażółć \u2028 "q" \\ \n', "end"),
    texts("Card 4111 1111 ", "1111 1111 was ", "charged; write to bob@", "example.org or help@exam", "ple.com."),
    texts("The key ", "AKIAIOSF", "ODNN7EXAMPLE", " was found."),
    texts('{"decision":"approve",', '"amount":5000,"apr":2', '9.5,"term":', "36}"),
    [
        {"role": "assistant", "reasoning": "SSN 123-45", "content": None},
        {"reasoning": "-6789."},
        {"content": "Done 12"},
        {"content": "3."},
    ],
    [
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"to": "bob@exam'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": 'ple.org"}'}}]},
        {"tool_calls": [{**CALL, "id": "call_2", "function": {"name": "mail", "arguments": '{"to": "Ann"}'}}]},
    ],
]


def as_message(deltas: list[Json]) -> Json:
    message: Json = {"role": "assistant"}
    calls: list[Json] = []
    for delta in deltas:
        for name, value in delta.items():
            if name == "tool_calls":
                for piece in value:
                    if "id" in piece:
                        calls.append(json.loads(json.dumps(piece)))
                    else:
                        calls[-1]["function"]["arguments"] += piece["function"]["arguments"]
            elif name != "role" and value is not None:
                message[name] = message.get(name, "") + value
    return message | ({"tool_calls": calls} if calls else {})


def compared(sent: list[bytes]) -> Json:
    """What has to be equal for all cuts: text of a block may end anywhere before the forbidden span."""
    found = gathered(sent)
    if found["finish"] == "content_filter":
        found = {"refusal": found["refusal"], "finish": found["finish"]}
    return found


@pytest.mark.parametrize("deltas", PIECES)
def test_every_cut_of_the_bytes_gives_the_same_answer(deltas: list[Json]) -> None:
    data = stream(*deltas)
    expected = compared(stream_of(GUARD, [data], SITUATION))
    for place in range(1, len(data), 3):
        assert compared(stream_of(GUARD, cut(data, [place]), SITUATION)) == expected
    assert compared(stream_of(GUARD, cut(data, range(1, len(data))), SITUATION)) == expected


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_cuts_any_line_ends(data: st.DataObject) -> None:
    deltas = data.draw(st.sampled_from(PIECES))
    end = data.draw(st.sampled_from([b"\n", b"\r\n", b"\r"]))
    raw = stream(*deltas).replace(b"\n\n", end + end)
    places = data.draw(st.lists(st.integers(1, len(raw) - 1), max_size=8))
    sent = stream_of(GUARD, cut(raw, places), SITUATION)
    assert compared(sent) == compared(stream_of(GUARD, [stream(*deltas)], SITUATION))
    assert b"6789" not in b"".join(sent) and b"AKIA" not in b"".join(sent)


@pytest.mark.parametrize("deltas", PIECES)
def test_a_stream_is_the_whole_answer(deltas: list[Json]) -> None:
    message = as_message(deltas)
    answer = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    delivered = json.loads(whole_of(GUARD, answer, SITUATION).body)["choices"][0]
    found = gathered(stream_of(GUARD, [stream(*deltas)], SITUATION))
    assert found["finish"] == delivered["finish_reason"]
    if found["finish"] != "content_filter":
        said = {k: v for k, v in found.items() if k not in ("calls", "finish")}
        assert said == {k: v for k, v in delivered["message"].items() if k != "tool_calls"}
        calls = delivered["message"].get("tool_calls", [])
        assert [c["function"] for c in found["calls"]] == [c["function"] for c in calls]


def test_calls_are_numbered_from_0_without_gaps() -> None:
    found = gathered(stream_of(GUARD, [stream(*PIECES[5], finish="tool_calls")], SITUATION))
    assert [(c["index"], c["id"]) for c in found["calls"]] == [(0, "call_1"), (1, "call_2")]


@pytest.mark.parametrize(
    ("pieces", "calls"),
    [
        ([(None, "a", "{}"), (None, "b", '{"x":1}')], ["{}", '{"x":1}']),
        ([(0, "a", "{"), (0, "a", "}"), (0, "b", "{}")], ["{}", "{}"]),
        ([(0, "a", "{"), (1, "b", "{"), (0, None, "}"), (1, None, "}")], ["{}", "{}"]),
        ([(0, "a", "{"), (1, "a", "{}"), (0, None, "}")], ["{}", "{}"]),
    ],
)
def test_which_call_a_piece_belongs_to(pieces: list[tuple[Any, Any, str]], calls: list[str]) -> None:
    deltas = [
        {"tool_calls": [{"index": i, "id": d, "function": {"name": "f" if d else None, "arguments": a}}]}
        for i, d, a in pieces
    ]
    found = gathered(stream_of(guard_by(), [stream(*deltas)]))
    assert [c["function"]["arguments"] for c in found["calls"]] == calls


def test_text_flows_while_it_is_harmless() -> None:
    pieces = [
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": "Good "}),
        chunk({"content": "morning. "}),
        chunk({"content": "AK"}),
    ]
    sent = stream_of_open(GUARD, pieces)
    assert [gathered([one]).get("content") for one in sent] == ["", "Good ", "morning. ", None]


def stream_of_open(guard: Guard, pieces: list[bytes]) -> list[bytes]:
    return stream_of(guard, [*pieces, chunk({}, "stop"), b"data: [DONE]\n\n"], SITUATION)[: len(pieces)]


def test_fields_beside_the_text_stay_with_their_chunk() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    data = chunk({"content": "Hi "}, usage=usage, obfuscation="x8fj") + chunk({}, "stop") + chunk(None, usage=usage)
    first, *_, last = chunks_in(stream_of(GUARD, [data], SITUATION))
    assert first["usage"] == last["usage"] == usage and last["choices"] == []
    assert "obfuscation" not in first


def test_signatures_are_sent_whole() -> None:
    deltas = [{"content": "Hi. "}, {"extra_content": {"google": {"thought_signature": "sig4111 1111"}}}]
    found = chunks_in(stream_of(GUARD, [stream(*deltas)], SITUATION))
    signatures = [
        d["extra_content"]["google"] for c in found for e in c["choices"] if "extra_content" in (d := e["delta"])
    ]
    assert [s for s in signatures if s] == [{"thought_signature": "sig4111 1111"}]


def test_comments_become_keep_alives() -> None:
    data = stream(*texts("Hi."))
    sent = stream_of(GUARD, [b": PROCESSING\n\n", data], SITUATION)
    assert sent[0] == b": keep-alive\n\n"
