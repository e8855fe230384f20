"""The promises of enforcement, on generated policies and answers: sound, transparent, minimal, whatever the cut."""

import os
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy import exact_json
from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.observation import Observation, Past
from guardproxy.checks.rules import text_finders
from guardproxy.checks.verdict import Ending
from guardproxy.conversation import Answer, Passage, Situation, is_reply_channel
from guardproxy.ir.policy import Policy
from guardproxy.ir.terms import Finder
from guardproxy.logic.questions import Question, Reply
from guardproxy.logic.solver import Budget
from guardproxy.logic.solver import answer as solve
from guardproxy.patterns.scan import FinderSet
from tests.properties.pieces import Delivery, deliver, events
from tests.properties.policies import answers, policies, situations

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "300"))
FINE = (Ending.ALLOWED, Ending.WARNED)
marks = st.lists(st.integers(0, 40), max_size=6)


def ask(question: Question) -> Reply:
    return solve(question, Budget())


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
    told = deliver(compiled, situation, events(answer, cuts, ends_told=True), ask)
    for got in (whole, pieces, unstreamed, told):
        assert got.verdict is not None
        assert (got.verdict.ending, set(got.verdict.by)) == (verdict.ending, set(verdict.by))
    if verdict.ending.delivers:
        wanted = {p.channel: p.text for p in verdict.answer.passages if p.text}
        assert {c: t for c, t in whole.texts.items() if t} == wanted
        assert {c: t for c, t in pieces.texts.items() if t} == wanted
        assert {c: t for c, t in unstreamed.texts.items() if t} == wanted
        assert {c: t for c, t in told.texts.items() if t} == wanted
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
def test_nothing_is_sent_at_any_moment_that_the_final_answer_does_not_begin_with(
    policy: Policy, answer: Answer, situation: Situation
) -> None:
    """Fed character by character. Of a stopped answer, what was sent holds nothing that a rule on spans forbids."""
    compiled = CompiledPolicies([policy])
    verdict = judge(compiled, answer, situation, ask)
    forbidden = FinderSet(spans_kept_out(compiled, situation))

    def watch(moment: Delivery) -> None:
        for channel, text in moment.texts.items():
            if verdict.ending.delivers:
                assert verdict.answer.text(channel).startswith(text)
            elif is_reply_channel(channel):
                assert not forbidden.certain(text)

    got = deliver(compiled, situation, events(answer, list(range(40))), ask, watch)
    deliver(compiled, situation, events(answer, list(range(40)), ends_told=True), ask, watch)
    if verdict.ending is Ending.ASKED_AGAIN:
        assert not got.texts and not got.calls
    if not verdict.ending.delivers and "CASE" in verdict.by:
        assert not got.texts and not got.calls
    if not verdict.ending.delivers and "TEXT" in verdict.by:
        assert not any(is_reply_channel(channel) for channel in got.texts) and not got.calls


def spans_kept_out(compiled: CompiledPolicies, situation: Situation) -> tuple[Finder, ...]:
    """What rules that apply, or may apply, do not let through in what the user reads."""
    start = Observation(situation, Past(()), (), (), text_open=True, calls_open=True)
    watching = {position for position, _ in compiled.rewriter.reactions(start)[0]}
    rules = [r for r in compiled.rules if r.position in watching]
    return tuple(f for r in rules for f in text_finders(r.rule))


@settings(max_examples=EXAMPLES, deadline=None)
@given(policies(), st.integers(0, 10), st.integers(0, 10), situations)
def test_a_repair_is_the_smallest_of_all(policy: Policy, x: int, y: int, situation: Situation) -> None:
    compiled = CompiledPolicies([policy])
    answer = Answer((Passage("content", exact_json.dumps({"x": x, "y": y})),))
    verdict = judge(compiled, answer, situation, ask)
    if verdict.ending is not Ending.REPAIRED or "APPEND" in verdict.by:
        return
    new = exact_json.loads(verdict.answer.text("content"))
    assert new["y"] == y
    better = [v for v, _ in product(range(11), [0]) if abs(v - x) < abs(new["x"] - x)]
    for value in better:
        trial = Answer((Passage("content", exact_json.dumps({"x": value, "y": y})),))
        same_way = (value < x) == (new["x"] < x)
        assert not same_way or judge(compiled, trial, situation, ask).ending not in FINE
