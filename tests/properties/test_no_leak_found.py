"""Leaks and faults that the matrix and the fuzzer have found, each as small as it gets."""

import json
from typing import Any

import pytest

from tests.proxy.judging import cut, guard_by
from tests.recorded.cases import CARD, GUARDS, KEY
from tests.recorded.placing import with_at
from tests.recorded.receiving import leaks, received
from tests.recorded.recordings import RECORDINGS, Recording

NAMED = {recording.name: recording for recording in RECORDINGS}


def delivered(recording: Recording, values: list[Any]) -> bytes:
    return received(GUARDS["redacting"], recording, [recording.written(values)]).body


def with_values(name: str, *changes: tuple[tuple[Any, ...], Any]) -> tuple[Recording, list[Any]]:
    values = NAMED[name].values
    for path, value in changes:
        values = with_at(values, path, value)
    return NAMED[name], values


@pytest.mark.parametrize("text", [KEY, f"{KEY} x"])
@pytest.mark.parametrize("number", [2, 3])
def test_a_string_sent_whole_in_each_chunk_is_judged_by_itself(number: int, text: str) -> None:
    path = (number, "choices", 0, "content_filter_results", "hate", "severity")
    recording, values = with_values("chat/azure.sse", (path, text))
    assert leaks(delivered(recording, values), KEY, True) is None


@pytest.mark.parametrize("kind", ["output_text", "reasoning_summary_text", "function_call_arguments"])
def test_a_number_in_the_place_of_a_text_is_no_text(kind: str) -> None:
    name = "responses/message.sse" if kind == "output_text" else "responses/function.sse"
    number = [event["type"] for event in NAMED[name].values].index(f"response.{kind}.delta")
    recording, values = with_values(name, ((number, "delta"), int(CARD)))
    assert leaks(delivered(recording, values), CARD, True) is None


def test_a_key_with_nothing_under_it_is_judged() -> None:
    recording, values = with_values("responses/mcp.json", ((0, "output", 0, "tools", 0, KEY), None))
    assert leaks(delivered(recording, values), KEY, False) is None


def test_the_time_of_a_word_may_be_a_card_number() -> None:
    recording, values = with_values("transcripts/verbose.json", ((0, "words", 2, "end"), int(CARD)))
    assert leaks(delivered(recording, values), CARD, False) is None


def test_what_stands_in_one_segment_is_not_joined_with_the_next() -> None:
    recording = NAMED["transcripts/diarized.json"]
    assert json.loads(delivered(recording, recording.values)) == recording.values[0]


def test_without_policies_citations_keep_their_words() -> None:
    recording = NAMED["chat/web-search.sse"]
    body = received(guard_by(), recording, cut(recording.body, range(0, len(recording.body), 50))).body
    assert b'"title":"Opening hours"' in body


@pytest.mark.parametrize("name", ["tools", "custom-tool"])
def test_more_about_a_call_in_a_later_piece_of_it(name: str) -> None:
    path = (2, "choices", 0, "delta", "tool_calls", 0, "note")
    recording, values = with_values(f"chat/{name}.sse", (path, f" {KEY} "))
    body = delivered(recording, values)
    assert leaks(body, KEY, True) is None and b" [x] " in body


@pytest.mark.parametrize("member", ["item", "text", "transcript", "logprobs", "part"])
@pytest.mark.parametrize("kind", ["output_text.annotation.added", "content_part.done", "output_text.done", "created"])
def test_members_of_other_events_are_judged_where_they_stand(kind: str, member: str) -> None:
    recording = NAMED["responses/message.sse"]
    number = [event["type"] for event in recording.values].index(f"response.{kind}")
    for value in (f" {KEY} ", [{"token": KEY, "bytes": None}]):
        recording, values = with_values(recording.name, ((number, member), value))
        assert leaks(delivered(recording, values), KEY, True) is None


def test_log_probabilities_of_nothing_said() -> None:
    recording = NAMED["responses/message.sse"]
    number = [event["type"] for event in recording.values].index("response.output_text.delta")
    said = ((number, "delta"), ""), ((number, "logprobs"), [{"token": KEY, "logprob": 0}])
    recording, values = with_values(recording.name, *said)
    assert leaks(delivered(recording, values), KEY, True) is None


@pytest.mark.parametrize("name", ["transcripts/plain.sse", "chat/perplexity.sse"])
def test_half_a_character_anywhere(name: str) -> None:
    recording = NAMED[name]
    key = "type" if name.startswith("transcripts") else "model"
    for number in range(len(recording.values)):
        _, values = with_values(name, ((number, key), "\ud800"))
        for guard in (guard_by(), *GUARDS.values()):
            received(guard, recording, [recording.written(values).replace(b"\xed\xa0\x80", b"\\ud800")])


def test_a_key_that_is_no_name() -> None:
    recording, values = with_values("chat/mistral.sse", ((3, "choices", 0, "delta"), {"[x": [{"text": "a"}]}))
    assert received(GUARDS["redacting"], recording, [recording.written(values)]).failure is None


@pytest.mark.parametrize("usage", ["x", 1, None, ["x"]])
def test_usage_that_is_no_object(usage: Any) -> None:
    recording, values = with_values("messages/text.sse", ((0, "message", "usage"), usage), ((-2, "usage"), usage))
    for guard in (guard_by(), *GUARDS.values()):
        assert received(guard, recording, [recording.written(values)]).failure is None
