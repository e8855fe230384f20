"""A text that has to conform to a grammar, while it arrives: released while it may conform, stopped where it cannot."""

from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.verdict import Ending
from guardproxy.conformance import shape
from guardproxy.conversation import Answer, Passage, Situation
from guardproxy.ir.build import TRUE, negate
from guardproxy.ir.policy import Outcome, Policy, Rule
from guardproxy.ir.terms import Conforms, Finder, FoundInText, Variable
from guardproxy.ir.types import YesNo
from guardproxy.pipeline import compile_policy
from guardproxy.storage.policy_files import read_policies
from guardproxy.streaming.commands import Release, Stop, Wake
from guardproxy.streaming.enforcer import Enforcer
from guardproxy.streaming.events import Finished, TextArrived, TimePassed
from tests.properties.pieces import Delivery, deliver, events
from tests.properties.policies import NOWHERE
from tests.properties.test_enforcement import ask

GRAMMAR = 'start: "a" ("b" | "bc")* "d"?\n'
SHAPED = Variable("shape", YesNo(), Conforms("grammar", "small.lark", GRAMMAR))
FOUND = {
    word: Variable("text", YesNo(), FoundInText("reply", (Finder("words", word),))) for word in ("bcb", "dx", "bb", "c")
}
OUTCOMES = [Outcome("block"), Outcome("hold"), Outcome("ask again", times=1), Outcome("warn")]
rewrites = st.sampled_from([Outcome("cut"), Outcome("redact", "b"), Outcome("replace", "x"), Outcome("block")])


def policy(outcome: Outcome, word: str = "", rewrite: Outcome | None = None) -> CompiledPolicies:
    rules = [Rule("SHAPE", "Small", TRUE, SHAPED, NOWHERE, otherwise=outcome)]
    if rewrite is not None:
        rules.append(Rule("SPAN", "Span", TRUE, negate(FOUND[word]), NOWHERE, otherwise=rewrite))
    return CompiledPolicies([Policy("generated", "1", "0" * 64, (), tuple(rules), ())])


def sent(compiled: CompiledPolicies, text: str, cuts: list[int]) -> Delivery:
    return deliver(compiled, Situation(), events(Answer((Passage("content", text),)), cuts), ask)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(OUTCOMES),
    st.sampled_from(sorted(FOUND)),
    st.none() | rewrites,
    st.text(alphabet="abcd", min_size=1, max_size=8) | st.from_regex("ab(bc|b)*d?", fullmatch=True),
    st.lists(st.integers(0, 10), max_size=5),
)
@example(OUTCOMES[0], "bb", Outcome("cut"), "abbcc", [2, 3])
def test_any_cut_gives_the_same(
    outcome: Outcome, word: str, rewrite: Outcome | None, text: str, cuts: list[int]
) -> None:
    compiled = policy(outcome, word, rewrite)
    verdict = judge(compiled, Answer((Passage("content", text),)), Situation(), ask)
    whole, pieces = sent(compiled, text, []), sent(compiled, text, cuts)
    for got in (whole, pieces):
        assert got.verdict is not None
        assert (got.verdict.ending, set(got.verdict.by)) == (verdict.ending, set(verdict.by))
        if verdict.ending.delivers:
            assert got.texts.get("content", "") == verdict.answer.text("content")
    assert whole.texts == pieces.texts
    if verdict.ending is Ending.ASKED_AGAIN:
        assert not whole.texts, "what was sent can no longer be asked for again"
    elif not verdict.ending.delivers and outcome.kind != "warn":
        assert alive(whole.texts.get("content", "")), "what was sent is the beginning of a text that conforms"


def alive(text: str) -> bool:
    watch = shape("grammar", GRAMMAR).watch()
    watch.feed(text)
    return not watch.dead


def test_a_text_stops_at_the_character_that_no_continuation_can_save() -> None:
    """
    >> "ab"          << "ab"
    >> "bcab"        << "bc", wake       (no a can follow)
    >> time passed   << stop, blocked by SHAPE
    """
    enforcer = Enforcer(policy(Outcome("block", "Not of that shape.")), Situation())
    assert enforcer.feed(TextArrived("content", "ab")) == [Release("content", "ab")]
    assert enforcer.feed(TextArrived("content", "bcab")) == [Release("content", "bc"), Wake()]
    (stop,) = enforcer.feed(TimePassed())
    assert isinstance(stop, Stop) and (stop.verdict.by, stop.verdict.notice) == (("SHAPE",), "Not of that shape.")


def test_an_answer_that_ends_too_early_is_blocked_then() -> None:
    what: Literal["grammar"] = "grammar"
    shaped = Variable("shape", YesNo(), Conforms(what, "pair.lark", 'start: "a" "b"\n'))
    rule = Rule("SHAPE", "Pair", TRUE, shaped, NOWHERE)
    compiled = CompiledPolicies([Policy("generated", "1", "0" * 64, (), (rule,), ())])
    got = sent(compiled, "a", [])
    assert got.verdict is not None and (got.verdict.ending, got.texts) == (Ending.BLOCKED, {"content": "a"})


def test_a_pack_that_may_ask_again_sends_nothing_before_the_end() -> None:
    enforcer = Enforcer(CompiledPolicies(read_policies(["sql-readonly"])), Situation())
    assert enforcer.feed(TextArrived("content", "SELECT branch FROM loans LIMIT 5")) == []
    assert enforcer.held == 32
    released, _ = enforcer.feed(Finished())
    assert released == Release("content", "SELECT branch FROM loans LIMIT 5")


PARCEL = '{"type": "object", "properties": {"weight": {"type": "integer", "minimum": 1}}, "required": ["weight"]}'
RULES = {
    "first letter": 'when reply text starts with "{"\n  require reply conforms to schema "parcel.json"',
    "presence": 'when parcel.weight is present\n  require reply conforms to schema "parcel.json"',
    "demand": 'require parcel.weight is present and reply conforms to schema "parcel.json"',
}
PROSE = "Good morning. Your parcel is on its way, and it comes today."


def guarded(rule: str, otherwise: str) -> CompiledPolicies:
    text = f"""policy "Parcels" version 1

check reply as parcel
  - weight : whole number, optional

rule SHAPE "A parcel"
  {RULES[rule]}
  otherwise {otherwise}
"""
    found = compile_policy(text, "parcels.policy", lambda _: PARCEL).policy
    assert found is not None
    return CompiledPolicies([found])


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("otherwise", ["block", "ask again up to 1 time"])
def test_prose_flows_as_soon_as_it_can_be_no_object(rule: str, otherwise: str) -> None:
    for text, step, held_at_first in ((PROSE, 1, 0), (PROSE, 6, 0), (f"\n {PROSE}", 1, 1)):
        enforcer = Enforcer(guarded(rule, otherwise), Situation())
        held = []
        for at in range(0, len(text), step):
            enforcer.feed(TextArrived("content", text[at : at + step]))
            held.append(enforcer.held)
        assert held[0] in (0, held_at_first) and not any(held[3:]), rule


def test_without_a_guard_prose_is_stopped_at_its_first_letter() -> None:
    shaped = Variable("shape", YesNo(), Conforms("schema", "parcel.json", PARCEL))
    rule = Rule("SHAPE", "Parcel", TRUE, shaped, NOWHERE)
    enforcer = Enforcer(CompiledPolicies([Policy("generated", "1", "0" * 64, (), (rule,), ())]), Situation())
    assert enforcer.feed(TextArrived("content", " G")) == [Release("content", " "), Wake()]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(RULES)),
    st.sampled_from(["block", "hold for review", "ask again up to 1 time"]),
    st.sampled_from(["", " ", "```json\n", "Sure: ", "\n"]),
    st.sampled_from(['{"weight": 3}', '{"weight": 0}', '{"height": 3}', "{", "Good", "", "[]"]),
    st.sampled_from(["", "\n```", " ok"]),
    st.lists(st.integers(0, 20), max_size=6),
    st.booleans(),
)
def test_a_guarded_shape_is_judged_alike_however_the_reply_is_cut(
    rule: str, otherwise: str, head: str, body: str, tail: str, cuts: list[int], wants_json: bool
) -> None:
    compiled, situation = guarded(rule, otherwise), Situation(wants_json=wants_json)
    answer = Answer((Passage("content", head + body + tail),))
    verdict = judge(compiled, answer, situation, ask)
    for marks in ([], cuts, list(range(30))):
        got = deliver(compiled, situation, events(answer, marks), ask)
        assert got.verdict is not None
        assert (got.verdict.ending, set(got.verdict.by)) == (verdict.ending, set(verdict.by))
        if verdict.ending.delivers:
            assert got.texts.get("content", "") == answer.text("content")
        if verdict.ending is Ending.ASKED_AGAIN:
            assert not got.texts
