"""The short way never lets through what the long way would not let through as it is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.verdict import Ending
from guardproxy.conversation import Answer, Passage, Situation
from guardproxy.pipeline import compile_policy
from guardproxy.proxy.small_talk import small_talk
from guardproxy.storage.policy_files import read_policies
from tests.properties.test_enforcement import ask
from tests.properties.test_two_cuts import PARTS

PACKS = CompiledPolicies(read_policies(("privacy", "lending")))


def body(content: Any, **message: Any) -> bytes:
    said = {"role": "assistant", "content": content, **message}
    choice = {"index": 0, "message": said, "finish_reason": "stop"}
    return json.dumps({"id": "chatcmpl-1", "object": "chat.completion", "choices": [choice]}).encode()


@given(st.lists(st.sampled_from([*PARTS, '"', "\\", "\t", "\u2028", "{", "}"]), max_size=6).map("".join))
def test_what_takes_the_short_way_is_allowed_as_it_is(content: str) -> None:
    if small_talk(PACKS, body(content)) is not None:
        verdict = judge(PACKS, Answer((Passage("content", content),)), Situation(), ask)
        assert verdict.ending is Ending.ALLOWED


def test_most_answers_take_it() -> None:
    assert small_talk(PACKS, body('She said "hello",\nand\tleft.')) is not None


@pytest.mark.parametrize(
    "answer",
    [
        body("Hers is 123-45-6789."),
        body('{"decision": "approve"}'),
        body([{"type": "text", "text": "hello"}]),
        body("hello", tool_calls=[]),
        body("hello", reasoning="because"),
        body("hello", refusal="no"),
        body("caf\u00e9"),
        body("hello").replace(b'"index": 0', b'"index": "0"'),
        body("hello").replace(b'"id"', b'"citations": ["x"], "id"'),
        body("hello").replace(b'"id"', b'"usage": {"tokens": ["123-", "45-", "6789"]}, "id"'),
        body("hello").replace(b'"id"', b'"usage": {"total": 4.111111111111111e15}, "id"'),
        body("hello").replace(b'"stop"', b'{"tokens": ["123-", "45-", "6789"]}'),
        body("hello").replace(b'"chatcmpl-1"', b'["chat"]'),
    ],
)
def test_anything_out_of_the_ordinary_goes_the_long_way(answer: bytes) -> None:
    assert small_talk(PACKS, answer) is None


def test_what_excuses_a_match_has_to_stand_in_the_same_string() -> None:
    """In the JSON around it, the match would run on to the `stop` that excuses it."""
    rule = "never any text contains secret except those matching /stop/\n  otherwise block"
    policy = compile_policy(f'policy "p" version 1\npattern secret = /secret.*/\nrule A "a"\n  {rule}\n', "p").policy
    assert policy is not None
    assert small_talk(CompiledPolicies([policy]), body("a secret")) is None


@pytest.mark.parametrize(
    "rule",
    ["never reply text matches /^hello/", 'never reply text starts with "hello"', 'require reply text mentions "x"'],
)
def test_rules_that_look_at_the_ends_or_demand_a_text_go_the_long_way(rule: str) -> None:
    policy = compile_policy(f'policy "p" version 1\nrule A "a"\n  {rule}\n', "p").policy
    assert policy is not None
    assert small_talk(CompiledPolicies([policy]), body("hello")) is None
