"""What of an item the user reads, and what repeats its text: whatever the server calls it."""

import json

import pytest

from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.responses.dialect import RESPONSES
from tests.proxy.judging import Json, whole_of
from tests.wire.responses.scripted import CITATION, TOOLS, message, response
from tests.wire.responses.test_stream import GUARD, NUMBER
from tests.wire.responses.test_told import PROMISE

SAID = "I guarantee it."
ITEM = message(SAID)
PART = ITEM["content"][0]
TOKENS = [{"token": NUMBER, "logprob": -1}]


def is_blocked(item: Json, beside: str = "response") -> bool:
    body = response([item]) if beside == "response" else {"object": "list", "data": [item]}
    return "refusal" in whole_of(PROMISE, body, dialect=RESPONSES).body.decode()


@pytest.mark.parametrize(
    "item",
    [
        *({**ITEM, "role": role} for role in ("user", "system", "unknown", "critic", None, 5)),
        {**ITEM, "type": "reasoning"},
        {**ITEM, "type": "hologram"},
        {"type": "hologram", "text": SAID},
        {**ITEM, "content": {"text": SAID}},
        {**ITEM, "content": SAID},
        {**message("Hi."), "summary": [PART]},
        {**ITEM, "content": [{"type": "output_text", "text": "Hi.", "parts": [{"text": SAID}]}]},
        {**ITEM, "content": [{"type": "text", "text": {"value": SAID}}]},
    ],
)
def test_rules_on_replies_reach_all_that_clients_show(item: Json) -> None:
    assert is_blocked(item)
    assert is_blocked(item, "list")


def test_what_the_user_asked_is_no_reply() -> None:
    asked = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": SAID}]}
    assert not is_blocked(asked, "list")
    assert is_blocked({**asked, "role": "assistant"}, "list")


@pytest.mark.parametrize(
    "item",
    [
        {"id": "x", "type": "reasoning", "summary": [{"type": "summary_text", "text": "a", "logprobs": TOKENS}]},
        {"id": "x", "type": "hologram", "text": "a", "logprobs": TOKENS},
        {**ITEM, "content": {**PART, "logprobs": TOKENS}},
        {**ITEM, "content": [{**PART, "logprobs": TOKENS}, {**PART, "deep": {**PART, "logprobs": TOKENS}}]},
        {**ITEM, "tools": {"logprobs": [NUMBER]}, "input_schema": {"tokens": [NUMBER]}},
        {**TOOLS, "tools": [{"name": "a", "logprobs": [NUMBER], "tokens": {"logprobs": [NUMBER], "a": NUMBER}}]},
    ],
)
def test_tokens_stay_only_where_they_are_checked_against_their_text(item: Json) -> None:
    for body in (response([item]), {"object": "list", "data": [item]}):
        assert NUMBER.encode() not in whole_of(GUARD, body, dialect=RESPONSES).body


def test_a_parameter_may_be_called_tokens() -> None:
    body = response([TOOLS])
    assert json.loads(whole_of(GUARD, body, dialect=RESPONSES).body) == body


def test_a_text_that_is_a_number_is_refused() -> None:
    with pytest.raises(UpstreamFailure, match="a text is a number"):
        whole_of(GUARD, response([{**ITEM, "content": [{**PART, "text": 123456789}]}]), dialect=RESPONSES)


def test_too_many_citations_are_refused() -> None:
    output = [{**ITEM, "content": [{**PART, "annotations": [CITATION] * 1001}]}] * 2
    with pytest.raises(UpstreamFailure, match="2000 citations"):
        whole_of(GUARD, response(output), dialect=RESPONSES)
