"""Sets, ends of lists, repairs of lists, instants, look-ups, grammars with rewrites: any cut ends as the whole does."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.conversation import Answer, Conversation, Passage, PastCall, Situation, ToolCall
from guardproxy.logic.questions import Question, Reply
from guardproxy.logic.solver import Budget
from guardproxy.logic.solver import answer as solve
from guardproxy.pipeline import compile_policy
from tests.properties.pieces import Delivery, deliver, events

LISTS = """policy "Lists" version 1, dates in Asia/Tokyo

record step
- kind : one of open, pay, close

check reply as plan
- wanted : list of text up to 4
- chosen : list of text up to 4
- steps  : list of step from 1 to 4
- notes  : list of text up to 4, optional
- booked : instant

facts start from system
- at : instant

rule SAME "Nothing is left out"
  require plan.wanted is the same set as plan.chosen

rule ENDS "Open first, close last"
  let head be the first of plan.steps
  let tail be the last of plan.steps
  require head.kind is open and tail.kind is close

rule NOTES "No notes without a choice"
  when count of plan.chosen is 0
  require plan.notes is missing
  repair by removing plan.notes

rule SOON "Within a day"
  require days from start.at to plan.booked at most 1
"""
TEXT = """policy "Shapes" version 1

rule SHAPE "A list of words"
  require reply conforms to grammar "words.lark"

rule KEYS "No keys"
  never reply text contains aws_access_key
  otherwise redact as "key"

rule PS "No postscript"
  never reply text contains "postscript"
  otherwise cut

rule RISK "With a warning"
  when reply text mentions "fund"
  require reply text mentions "risky"
  otherwise append "risky"
"""
WORDS = "start: WORD (SEPARATOR WORD)* SEPARATOR?\nWORD: /[A-Za-z]+/\nSEPARATOR: /[ \\n]+/\n"
LOOK_UP = """policy "Orders" version 1

tool lookup takes
- id : text
returns
- id    : text
- guest : text

tool person takes
- guest : text
returns
- guest : text
- vip   : yes/no

tool upgrade takes
- id : text

rule VIP "Only for these"
  let order be the latest lookup result with the same id
  let who be the latest person result whose guest is order.guest
  allow upgrade only when who.vip is yes
  if unknown hold
"""
cuts_of = st.lists(st.integers(0, 200), max_size=8) | st.just(list(range(200)))


def ask(question: Question) -> Reply:
    return solve(question, Budget())


def policies(text: str) -> CompiledPolicies:
    done = compile_policy(text, "test", lambda name: WORDS)
    assert done.policy is not None, [(d.message, d.help) for d in done.diagnostics]
    return CompiledPolicies([done.policy])


def agrees(compiled: CompiledPolicies, answer: Answer, situation: Situation, cuts: list[int]) -> Delivery:
    verdict = judge(compiled, answer, situation, ask)
    got = deliver(compiled, situation, events(answer, cuts), ask)
    assert got.verdict is not None
    assert (got.verdict.ending, set(got.verdict.by)) == (verdict.ending, set(verdict.by))
    if verdict.ending.delivers:
        assert got.texts == {p.channel: p.text for p in verdict.answer.passages if p.text}
        assert tuple(got.calls) == verdict.answer.calls
    return got


@pytest.fixture(scope="module")
def lists() -> CompiledPolicies:
    return policies(LISTS)


words = st.lists(st.sampled_from(["a", "b", "c"]), max_size=5)
EDGES = ["2026-11-21T23:59:59+09:00", "2026-11-21T15:00:00Z", "2026-11-22T00:00:00", "2026-11-23T23:59:59.999999+09:00"]


@settings(max_examples=80, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "wanted": words,
            "chosen": words,
            "steps": st.lists(
                st.fixed_dictionaries({"kind": st.sampled_from(["open", "pay", "close", "clos"])}), max_size=5
            ),
            "booked": st.sampled_from([*EDGES, "2026-11-24T00:00:00", "soon"]),
        },
        optional={"notes": words | st.none(), "other": words},
    ),
    st.sampled_from(EDGES),
    cuts_of,
    st.booleans(),
)
def test_lists_and_instants(
    lists: CompiledPolicies, plan: dict[str, Any], start: str, cuts: list[int], wants_json: bool
) -> None:
    situation = Situation({"start": {"at": start}}, wants_json=wants_json)
    agrees(lists, Answer((Passage("content", json.dumps(plan)),)), situation, cuts)


@pytest.fixture(scope="module")
def shapes() -> CompiledPolicies:
    return policies(TEXT)


parts = st.sampled_from(["fund", "AKIAIOSFODNN7EXAMPLE", "postscript", "risky", "7", "post", "AKIA", "\n"])


@settings(max_examples=80, deadline=None)
@given(st.lists(parts, max_size=6).map(" ".join), cuts_of)
def test_a_grammar_with_spans_cuts_and_a_sentence_at_the_end(
    shapes: CompiledPolicies, text: str, cuts: list[int]
) -> None:
    got = agrees(shapes, Answer((Passage("content", text),)), Situation(), cuts)
    sent = got.texts.get("content", "")
    assert "AKIAIOSFODNN7EXAMPLE" not in sent and "postscript" not in sent and "7" not in sent


@pytest.fixture(scope="module")
def look_ups() -> CompiledPolicies:
    return policies(LOOK_UP)


results = st.sampled_from(
    [
        ("lookup", '{"id": "1"}', '{"id": "1", "guest": "g"}'),
        ("lookup", '{"id": "1"}', "not found"),
        ("lookup", '{"id": "1"}', '{"id": "1", "guest": NaN}'),
        ("lookup", "{}", '{"id": "2", "guest": "h"}'),
        ("person", '{"guest": "g"}', '{"vip": true}'),
        ("person", '{"guest": "g"}', '{"vip": true, "vip": false}'),
        ("person", "{}", '{"guest": "h", "vip": false}'),
    ]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(results, max_size=4), st.sampled_from(["1", "2", "3"]), cuts_of)
def test_look_ups_that_found_nothing(
    look_ups: CompiledPolicies, past: list[tuple[str, str, str]], id_: str, cuts: list[int]
) -> None:
    situation = Situation(conversation=Conversation(tuple(PastCall(*each) for each in past)))
    call = ToolCall("upgrade", f'{{"id": "{id_}", "why": "x"}}', "1")
    got = agrees(look_ups, Answer(calls=(call,)), situation, cuts)
    if ("lookup", '{"id": "1"}', '{"id": "1", "guest": "g"}') not in past and id_ == "1":
        assert not got.calls
