"""A text that has to conform to a grammar, while it arrives: released while it may conform, stopped where it cannot."""

from typing import Literal

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
