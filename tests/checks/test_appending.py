"""Sentences that rules append to an answer which lacks them."""

import pytest

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.verdict import Ending
from guardproxy.conversation import Answer, Passage, Situation
from guardproxy.pipeline import compile_policy
from guardproxy.streaming.commands import Complete, Release
from guardproxy.streaming.enforcer import Enforcer
from guardproxy.streaming.events import Finished, TextArrived
from tests.properties.pieces import deliver, events
from tests.properties.test_enforcement import ask

POLICY = """
policy "Notes" version 1
check reply as offer
  - apr : percent from 0% to 100%
rule ADVICE "No advice"
  require reply text mentions "no advice"
  otherwise append " This is no advice."
rule RISK "Risk is named"
  require reply text mentions "risk"
  otherwise append " Every loan is a risk."
rule REMARK "No remarks"
  never reply text contains "--"
  otherwise cut
"""


@pytest.fixture(scope="module")
def notes() -> CompiledPolicies:
    policy = compile_policy(POLICY, "notes.policy").policy
    assert policy is not None
    return CompiledPolicies([policy])


@pytest.mark.parametrize(
    ("said", "sent", "by"),
    [
        ("Take it.", "Take it. This is no advice. Every loan is a risk.", {"ADVICE", "RISK"}),
        ("Take the risk.", "Take the risk. This is no advice.", {"ADVICE"}),
        ("The risk. -- no advice", "The risk. This is no advice.", {"ADVICE", "REMARK"}),
    ],
)
def test_each_missing_sentence_comes_at_the_end_in_the_rules_order(
    notes: CompiledPolicies, said: str, sent: str, by: set[str]
) -> None:
    answer = Answer((Passage("content", said),))
    for cuts in ([], [3, 9], list(range(30))):
        got = deliver(notes, Situation(), events(answer, cuts), ask)
        assert got.verdict is not None and (got.verdict.ending, set(got.verdict.by)) == (Ending.REWRITTEN, by)
        assert got.texts == {"content": sent}


def test_the_text_before_an_appended_sentence_does_not_wait(notes: CompiledPolicies) -> None:
    enforcer = Enforcer(notes, Situation())
    assert enforcer.feed(TextArrived("content", "Take it.")) == [Release("content", "Take it.")]
    appended, complete = enforcer.feed(Finished())
    assert appended == Release("content", " This is no advice. Every loan is a risk.")
    assert isinstance(complete, Complete)


@pytest.mark.parametrize("wants_json", [True, False])
def test_to_a_json_object_nothing_can_be_appended(notes: CompiledPolicies, wants_json: bool) -> None:
    answer, situation = Answer((Passage("content", '{"apr": 12}'),)), Situation(wants_json=wants_json)
    verdict = judge(notes, answer, situation, ask)
    assert (verdict.ending, verdict.by) == (Ending.BLOCKED, ("ADVICE", "RISK"))
    got = deliver(notes, situation, events(answer, [2, 5]), ask)
    assert got.verdict is not None and got.verdict.by == verdict.by and not got.texts
