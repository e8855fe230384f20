"""Every member of every event is read, whatever stands where another kind of value belongs."""

import time
from typing import Any

import pytest

from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.responses.dialect import RESPONSES
from tests.proxy.judging import Json, events_of
from tests.wire.responses.scripted import CITATION, events, message, sse
from tests.wire.responses.test_stream import ASKED, GUARD, NUMBER, through

TOLD = events([message(" Hi.")], piece=1000)
TOKENS = [{"token": NUMBER, "logprob": -1}]
KINDS = [
    *("output_text.delta", "output_text.done", "refusal.done", "content_part.added", "content_part.done"),
    *("output_text.annotation.added", "output_item.added", "output_item.done", "hologram", "hologram.done"),
    *("in_progress", "reasoning_summary_part.done", "function_call_arguments.done", "shell_call_command.done"),
]
MEMBERS = [
    *("text", "refusal", "transcript", "annotation", "item", "part", "response", "delta", "code", "command", "x"),
    *("logprobs", "tokens", "output", "arguments"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("member", MEMBERS)
def test_no_member_of_an_event_passes_unread(kind: str, member: str) -> None:
    values: list[Any] = [NUMBER, [NUMBER], [{"a": NUMBER}], {"a": [NUMBER]}, TOKENS, {"text": "q", "logprobs": TOKENS}]
    for value in values:
        for beside in ({}, {"text": "q"}, {"part": {"type": "output_text", "text": ""}, "annotation": dict(CITATION)}):
            event: Json = {"type": f"response.{kind}", "output_index": 0, "content_index": 0, **beside, member: value}
            assert NUMBER.encode() not in sent([*TOLD[:4], event, *TOLD[4:]])


def sent(told: list[Json]) -> bytes:
    try:
        return b"".join(events_of(GUARD, RESPONSES, [sse(told)], **ASKED))
    except UpstreamFailure:
        return b""


@pytest.mark.parametrize("text", ["", "hi"])
def test_tokens_of_a_delta_say_its_text_and_nothing_more(text: str) -> None:
    event = {"type": "response.output_text.delta", "output_index": 0, "delta": text, "logprobs": TOKENS}
    assert NUMBER.encode() not in sent([*TOLD[:4], event, *TOLD[4:]])


def cited(times: int, text: str) -> list[Json]:
    item = message(text)
    item["content"][0]["annotations"] = [dict(CITATION)] * times
    return events([item], piece=1_000_000)


def test_many_citations_of_a_long_rewritten_text_take_no_longer_than_one() -> None:
    told = cited(300, f"{NUMBER} " * 3000)
    begun = time.process_time()
    assert len(through(sse(told))) == len(told) - 300
    assert time.process_time() - begun < 3


def test_too_many_citations_are_refused() -> None:
    added = [event for event in cited(1, "Hello there.") if "annotation" in event]
    with pytest.raises(UpstreamFailure, match="2000 citations"):
        through(sse(added * 2001))
