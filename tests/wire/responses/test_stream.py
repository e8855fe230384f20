"""Streamed responses: the same events in any cut; repetitions say what was released; nothing forbidden gets out."""

import json
import os
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.ir.policy import Policy
from guardproxy.pipeline import compile_policy
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.streamed_message import StreamedMessage
from guardproxy.settings import read_settings
from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.responses.dialect import RESPONSES
from guardproxy.wire.responses.requests import read_query
from tests.proxy.judging import DECISION, NOWHERE, Json, cut, events_of, guard_by, sent_by, whole_of
from tests.proxy.test_every_string import poisoned
from tests.wire.responses.scripted import (
    CITATION,
    FUNCTION,
    ITEMS,
    MESSAGE,
    REASONING,
    WEB,
    events,
    message,
    read,
    response,
    sse,
    stream,
)

NUMBER = "123-45-6789"
KEY = "AKIA" + "IOSFODNN7EXAMPLE"
ASKED: Json = {"model": "m", "stream": True, "input": "x"}
GUARD = guard_by("privacy")
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "100"))


def through(data: bytes, guard: Guard = GUARD, places: Sequence[int] = ()) -> list[Json]:
    return read(events_of(guard, RESPONSES, cut(data, places), **ASKED))


def guard_of(text: str) -> Guard:
    policy = compile_policy(text, "p").policy
    assert isinstance(policy, Policy)
    return Guard(read_settings({"upstream": "http://x", "allow_no_policy": True}, None, {}), (policy,))


def deltas(found: Sequence[Json], name: str = "output_text") -> dict[Any, str]:
    """The texts by their places, as clients put them together."""
    texts: dict[Any, str] = {}
    for event in found:
        if event["type"] == f"response.{name}.delta":
            place = (event["output_index"], event.get("content_index", event.get("summary_index")))
            texts[place] = texts.get(place, "") + event["delta"]
    return texts


def test_what_says_nothing_forbidden_comes_out_event_for_event() -> None:
    assert through(stream(ITEMS)) == events(ITEMS)
    assert through(stream(ITEMS, end="incomplete")) == events(ITEMS, end="incomplete")
    assert through(stream(ITEMS), guard_by()) == events(ITEMS)


def test_text_does_not_wait_for_the_calls_before_it_to_be_followed() -> None:
    told = events([REASONING, WEB, FUNCTION, message("Well then, and so on.")])
    sent = events_of(GUARD, RESPONSES, [sse([event]) for event in told], **ASKED)
    last_words = max(place for place, event in enumerate(told) if event["type"].endswith("text.delta"))
    assert len(read(sent[: last_words + 1])) >= last_words - 3


DATA = stream(
    [REASONING, FUNCTION, message("Hers is 123-45-67", "89, or bob@example.org. Zażółć 東京", id="msg_0"), MESSAGE]
)
PLAIN = through(DATA)


@settings(max_examples=60)
@given(st.lists(st.integers(0, len(DATA)), max_size=3))
def test_the_cut_of_the_bytes_changes_nothing(places: list[int]) -> None:
    assert through(DATA, places=places) == PLAIN


@pytest.mark.parametrize("piece", [1, 3, 7, 1000])
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["Hers is 123-45-67", "89 I think."], ["Hers is [SSN]", " I think."]),
        (["Hers is 123-45-6789", "and on."], ["Hers is [SSN]", "and on."]),
        (["x", "123-45-6789"], ["x", "[SSN]"]),
        (["a 123-45-6789 b", "c 123-45-6789 d"], ["a [SSN] b", "c [SSN] d"]),
        (["A", '{"a": "123-45-6789"}'], ["A", '{"a": "[SSN]"}']),
    ],
)
def test_every_repetition_says_the_rewritten_text(piece: int, said: list[str], expected: list[str]) -> None:
    found = through(stream([REASONING, message(*said)], piece=piece))
    assert [deltas(found)[1, place] for place in range(len(said))] == expected
    assert [e["text"] for e in found if e["type"] == "response.output_text.done"] == expected
    parts = [e["part"]["text"] for e in found if e["type"] == "response.content_part.done" and e["output_index"] == 1]
    assert parts == expected
    items = [e["item"] for e in found if e["type"] == "response.output_item.done"]
    assert [part["text"] for part in items[-1]["content"]] == expected
    assert items == found[-1]["response"]["output"]
    assert [e["sequence_number"] for e in found] == list(range(len(found)))


def test_a_rewritten_call_is_said_in_its_first_piece() -> None:
    found = through(stream([{**FUNCTION, "arguments": '{"to":"123-45-6789"}'}]))
    words = [e for e in found if "function_call_arguments" in e["type"]]
    assert [e.get("delta", e.get("arguments")) for e in words] == ['{"to":"[SSN]"}'] * 2
    assert found[-1]["response"]["output"][0]["arguments"] == '{"to":"[SSN]"}'


def test_citations_follow_the_text() -> None:
    item = message("Hers is 123-45-6789. See there, page.")
    cited = [{**CITATION, "start_index": 21, "end_index": 30}, {**CITATION, "start_index": 8, "end_index": 19}]
    item["content"][0]["annotations"] = cited
    found = through(stream([item]))
    expected = {**CITATION, "start_index": 15, "end_index": 24}
    assert [e["annotation"] for e in found if "annotation" in e] == [expected]
    assert found[-1]["response"]["output"][0]["content"][0]["annotations"] == [expected]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: str(item["type"]))
def test_a_secret_in_any_place_never_gets_out(item: Json) -> None:
    """In any string of any event; of the events that repeat each other a part."""
    told = events([item], piece=1000)
    for place, event in enumerate(told):
        for other in list(poisoned(event, KEY))[:: 1 if place > 2 else 5]:
            try:
                sent = b"".join(events_of(GUARD, RESPONSES, [sse([*told[:place], other, *told[place + 1 :]])], **ASKED))
            except UpstreamFailure:
                continue
            assert KEY.encode() not in sent, other


@pytest.mark.parametrize("piece", [1, 3, 7])
def test_no_part_of_a_secret_gets_out(piece: int) -> None:
    for secret, shown in ((KEY, "AK"), (NUMBER, "12")):
        for item in (MESSAGE, REASONING, FUNCTION):
            for other in poisoned(item, secret):
                try:
                    data = stream([other], piece=piece)
                except (KeyError, TypeError, AttributeError):
                    continue
                found = events_of(GUARD, RESPONSES, [data], **ASKED)
                said = "".join(str(event.get("delta", "")) for event in read(found))
                assert shown not in said, other


def test_a_blocked_stream_is_closed_and_refused() -> None:
    found = through(stream([REASONING, message(f"Well then. Your key is {KEY}, take it.")]))
    steps = [event["type"].removeprefix("response.") for event in found]
    assert steps[-10:] == [
        *("output_text.done", "content_part.done", "output_item.done"),
        *("output_item.added", "content_part.added", "refusal.delta", "refusal.done", "content_part.done"),
        *("output_item.done", "incomplete"),
    ]
    last = found[-1]["response"]
    notice = {"type": "refusal", "refusal": "The answer contained a credential."}
    assert (last["status"], last["incomplete_details"]) == ("incomplete", {"reason": "content_filter"})
    assert [item["content"] for item in last["output"]] == [[notice]]
    assert last["guardproxy"]["rules"] == ["SEC-KEYS"]
    assert [e["sequence_number"] for e in found] == list(range(len(found)))
    assert KEY[:2] not in json.dumps(found)


def test_a_block_before_anything_was_sent_has_a_beginning() -> None:
    only = {"type": "response.completed", "sequence_number": 0, "response": response([message(f"Key {KEY}.")])}
    found = through(sse([only]))
    assert found[0]["type"] == "response.created"
    assert found[-1]["type"] == "response.incomplete"


def test_what_is_put_behind_the_answer_comes_as_a_message() -> None:
    guard = guard_of(
        'policy "P" version 1\nrule A "a"\n  when reply text mentions "loan"\n'
        '  require reply text mentions "cost"\n  otherwise append " It may cost money."\n'
    )
    found = through(stream([message("Take a loan.")]), guard)
    assert list(deltas(found).values()) == ["Take a loan.", " It may cost money."]
    assert [item["content"][0]["text"] for item in found[-1]["response"]["output"]] == list(deltas(found).values())
    whole = json.loads(whole_of(guard, response([message("Take a loan.")]), dialect=RESPONSES).body)
    assert whole["output"][0]["content"][0]["text"] == "Take a loan. It may cost money."


def test_rules_on_calls_reach_those_that_are_built_in() -> None:
    guard = guard_of('policy "P" version 1\nrule A "a"\n  never any text mentions "rm -rf"\n  otherwise block "No."\n')
    shell = {
        "id": "sh",
        "type": "shell_call",
        "call_id": "c",
        "status": "completed",
        "action": {"commands": ["rm -rf /"]},
    }
    found = through(stream([shell]), guard)
    assert found[-1]["type"] == "response.incomplete"
    assert "rm -rf" not in json.dumps(found)


OFFER = guard_of("""policy "Offers" version 1

check reply as offer
- a : whole number from 0 to 36

rule CAP "A cap"
  require offer.a at most 30
  otherwise block "Too much."
""")


@pytest.mark.parametrize("said", [['{"a": 35}'], ["Let me see.", '{"a": 35}'], ['{"a": 35}', "That is it."]])
def test_an_object_is_judged_whatever_stands_beside_it(said: list[str]) -> None:
    for piece in (1, 4, 1000):
        for output in ([message(*said)], [message(text, id=f"msg_{place}") for place, text in enumerate(said)]):
            found = through(stream(output, piece=piece), OFFER)
            assert found[-1]["type"] == "response.incomplete"
            assert "35" not in "".join(deltas(found).values())
            whole = json.loads(whole_of(OFFER, response(output), dialect=RESPONSES).body)
            assert whole["status"] == "incomplete"


def test_an_object_that_complies_passes() -> None:
    for said in (['{"a": 25}'], ["Let me see.", '{"a": 25}'], ['{"a": 25}', "That is it."]):
        assert through(stream([message(*said)]), OFFER) == events([message(*said)])


def test_a_resumed_stream_goes_on_in_our_numbers() -> None:
    whole = through(DATA)
    for after in (0, 5, len(whole) - 2):
        asked = read_query({"stream": "true", "starting_after": str(after)})
        stream_ = RESPONSES.open_stream(asked, GUARD.beside, DECISION)
        assert read(sent_by(StreamedMessage(GUARD, NOWHERE, DECISION, stream_), [DATA])) == whole[after + 1 :]


BEGUN = events([message("Hello")])[:5]


@pytest.mark.parametrize(
    "then",
    [
        {"type": "response.output_text.delta", "output_index": -1, "delta": "x"},
        {"type": "x y", "delta": "x"},
        {"type": "error", "code": "server_error", "message": "broken", "param": None},
        {"delta": "x"},
        [],
    ],
)
def test_what_is_no_event_ends_the_stream(then: Any) -> None:
    with pytest.raises(UpstreamFailure):
        through(sse(BEGUN) + f"data: {json.dumps(then)}\n\n".encode())


def test_an_answer_that_breaks_off_is_not_complete() -> None:
    with pytest.raises(UpstreamFailure):
        through(sse(BEGUN))


def test_a_call_that_ends_as_another_is_refused() -> None:
    told = events([FUNCTION])
    for event in told:
        if event["type"] == "response.output_item.done":
            event["item"] = {**FUNCTION, "arguments": '{"to":"Bob"}'}
    with pytest.raises(UpstreamFailure):
        through(sse(told))


def test_text_that_only_the_end_says_is_judged() -> None:
    told = events([message("Hers is 123-45-6789.")])
    sparse = [event for event in told if event["type"] in ("response.created", "response.completed")]
    found = through(sse(sparse))
    assert found[-1]["response"]["output"][0]["content"][0]["text"] == "Hers is [SSN]."


def test_padding_and_speech_are_left_out() -> None:
    told = events([message("Hello there.")])
    told[4]["obfuscation"] = "aXz"
    sound = {"type": "response.audio.delta", "sequence_number": 5, "delta": "UklGRg=="}
    assert through(sse([*told[:5], sound, *told[5:]])) == events([message("Hello there.")])


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**12), st.text(max_size=5), st.just([]), st.just({}), st.just([{}, "x"])
)


def changed(value: Any, draw: Any) -> Any:
    """The value with something else in one place, chosen on the way down."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: changed(value[key], draw)}
    if isinstance(value, list) and value and draw(st.booleans()):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], changed(value[place], draw), *value[place + 1 :]]
    return draw(VALUES)


ALL = events(ITEMS, piece=1000)


@settings(max_examples=EXAMPLES)
@given(st.data())
def test_whatever_an_event_says_it_is_judged_or_refused(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(ALL) - 1))
    other = changed(ALL[place], data.draw)
    try:
        read(events_of(GUARD, RESPONSES, [sse_of([*ALL[:place], other, *ALL[place + 1 :]])], **ASKED))
    except UpstreamFailure:
        return


@settings(max_examples=EXAMPLES)
@given(st.data())
def test_whatever_a_response_says_it_is_judged_or_refused(data: st.DataObject) -> None:
    try:
        json.loads(whole_of(GUARD, changed(response(ITEMS), data.draw), dialect=RESPONSES).body)
    except UpstreamFailure:
        return


def sse_of(told: Sequence[Any]) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in told)
