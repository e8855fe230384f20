"""The promises of enforcement, on generated policies and answers: sound, transparent, minimal, whatever the cut."""

import os
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy import exact_json
from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.verdict import Ending
from guardproxy.conversation import Answer, Passage, Situation
from guardproxy.ir.policy import Policy
from guardproxy.logic.questions import Question, Reply
from guardproxy.logic.solver import Budget
from guardproxy.logic.solver import answer as solve
from tests.properties.pieces import deliver, events
from tests.properties.policies import answers, policies, situations

EXAMPLES = int(os.environ.get("GUARDPROXY_EXAMPLES", "300"))
FINE = (Ending.ALLOWED, Ending.WARNED)
marks = st.lists(st.integers(0, 40), max_size=6)


def ask(question: Question) -> Reply:
    return solve(question, Budget())


def delivered(answer: Answer, texts: dict[str, str]) -> Answer:
    return Answer(tuple(Passage(c, t) for c, t in texts.items()), answer.calls)


@settings(max_examples=EXAMPLES, deadline=None)
@given(policies(), answers(), situations, marks)
def test_any_cut_gives_the_same_verdict_and_the_same_text(
    policy: Policy, answer: Answer, situation: Situation, cuts: list[int]
) -> None:
    compiled = CompiledPolicies([policy])
    verdict = judge(compiled, answer, situation, ask)
    whole = deliver(compiled, situation, events(answer, []), ask)
    pieces = deliver(compiled, situation, events(answer, cuts), ask)
    unstreamed = deliver(compiled, situation, events(answer, []), ask, whole=True)
    for got in (whole, pieces, unstreamed):
        assert got.verdict is not None
        assert (got.verdict.ending, set(got.verdict.by)) == (verdict.ending, set(verdict.by))
    if verdict.ending.delivers:
        wanted = {p.channel: p.text for p in verdict.answer.passages if p.text}
        assert {c: t for c, t in whole.texts.items() if t} == wanted
        assert {c: t for c, t in pieces.texts.items() if t} == wanted
        assert {c: t for c, t in unstreamed.texts.items() if t} == wanted
        assert tuple(pieces.calls) == tuple(whole.calls) == tuple(unstreamed.calls) == verdict.answer.calls


@settings(max_examples=EXAMPLES, deadline=None)
@given(policies(), answers(), situations)
def test_what_is_delivered_complies_and_a_compliant_answer_is_unchanged(
    policy: Policy, answer: Answer, situation: Situation
) -> None:
    compiled = CompiledPolicies([policy])
    verdict = judge(compiled, answer, situation, ask)
    if verdict.ending in FINE:
        assert verdict.answer == answer
    if verdict.ending.delivers:
        assert judge(compiled, verdict.answer, situation, ask).ending in FINE


@settings(max_examples=EXAMPLES, deadline=None)
@given(policies(), answers(), situations)
def test_whatever_has_been_sent_at_any_moment_could_have_been_the_whole_answer(
    policy: Policy, answer: Answer, situation: Situation
) -> None:
    """Fed character by character, nothing is ever sent that the final text, if there is one, does not begin with."""
    compiled = CompiledPolicies([policy])
    verdict = judge(compiled, answer, situation, ask)
    got = deliver(compiled, situation, events(answer, list(range(40))), ask)
    for channel, text in got.texts.items():
        final = verdict.answer.text(channel) if verdict.ending.delivers else None
        assert final is None or final == text


@settings(max_examples=EXAMPLES, deadline=None)
@given(policies(), st.integers(0, 10), st.integers(0, 10), situations)
def test_a_repair_is_the_smallest_of_all(policy: Policy, x: int, y: int, situation: Situation) -> None:
    compiled = CompiledPolicies([policy])
    answer = Answer((Passage("content", exact_json.dumps({"x": x, "y": y})),))
    verdict = judge(compiled, answer, situation, ask)
    if verdict.ending is not Ending.REPAIRED:
        return
    new = exact_json.loads(verdict.answer.text("content"))
    assert new["y"] == y
    better = [v for v, _ in product(range(11), [0]) if abs(v - x) < abs(new["x"] - x)]
    for value in better:
        trial = Answer((Passage("content", exact_json.dumps({"x": value, "y": y})),))
        same_way = (value < x) == (new["x"] < x)
        assert not same_way or judge(compiled, trial, situation, ask).ending not in FINE
