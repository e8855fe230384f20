"""The enforcer as a transcript: `>>` what happens, `<<` what it orders."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.checks.engine import MAX_CALLS, CompiledPolicies, judge
from guardproxy.checks.examples import answer_of_example, situation_of
from guardproxy.checks.verdict import Ending
from guardproxy.conversation import Situation
from guardproxy.ir.policy import Example
from guardproxy.storage.policy_files import read_policies
from guardproxy.streaming.commands import Abort, Ask, Command, Complete, Release, ReleaseCall, Stop, Wake
from guardproxy.streaming.enforcer import Enforcer
from guardproxy.streaming.events import (
    Answered,
    CallArrived,
    CallEnded,
    Event,
    Finished,
    Interrupted,
    TextArrived,
    TimePassed,
)
from tests.properties.pieces import deliver, events
from tests.properties.test_enforcement import ask

PACKS = Path(__file__).parents[2] / "policies"
LOANS = Situation({"applicant": {"tier": "gold", "covered": False}})


@cache
def pack(*names: str) -> CompiledPolicies:
    return CompiledPolicies(read_policies(names))


def text(*pieces: str) -> list[Event]:
    return [TextArrived("content", p) for p in pieces]


def orders(enforcer: Enforcer, happened: list[Event]) -> list[Command]:
    """All commands; questions are answered."""
    given: list[Command] = []
    for event in happened:
        given += enforcer.feed(event)
        while given and isinstance(given[-1], Ask):
            given = given[:-1] + enforcer.feed(Answered(ask(given[-1].question)))
    return given


def released(commands: list[Command]) -> list[str]:
    return [c.text for c in commands if isinstance(c, Release)]


def test_text_flows_up_to_what_may_still_become_a_match() -> None:
    """
    >> "Hers is 123-4"   << "Hers is "
    >> "5-6789, I think" << "[SSN], I "      (the last word may begin an address)
    >> finished          << "think", complete
    """
    enforcer = Enforcer(pack("privacy"), Situation())
    assert released(enforcer.feed(TextArrived("content", "Hers is 123-4"))) == ["Hers is "]
    assert enforcer.held == 5
    assert released(enforcer.feed(TextArrived("content", "5-6789, I think"))) == ["[SSN], I "]
    rest, complete = enforcer.feed(Finished())
    assert rest == Release("content", "think")
    assert isinstance(complete, Complete)
    assert (complete.verdict.ending, complete.verdict.by) == (Ending.REWRITTEN, ("PII-SSN",))


def test_a_credential_stops_the_answer_before_its_first_character() -> None:
    """
    >> "Use AKIAIOSFODNN7EXAMPLE now" << "Use ", wake
    >> time passed                    << stop, blocked by SEC-KEYS
    """
    enforcer = Enforcer(pack("privacy"), Situation())
    assert enforcer.feed(TextArrived("content", "Use AKIAIOSFODNN7EXAMPLE now")) == [Release("content", "Use "), Wake()]
    assert enforcer.feed(TextArrived("reasoning", "harmless")) == []
    (stop,) = enforcer.feed(TimePassed())
    assert isinstance(stop, Stop)
    assert (stop.verdict.by, stop.verdict.notice) == (("SEC-KEYS",), "The answer contained a credential.")
    assert enforcer.feed(TextArrived("content", "more")) == []


def test_a_member_waits_for_the_rules_that_read_it_and_no_longer() -> None:
    """
    >> {"note": "hello",        << {"note": "hello",          (no rule reads it)
    >> "decision": "approve",   << "decision":                (the caps have to see the rate)
    >> "amount": 5000, "ap      <<                            (not a small loan: the term does not matter)
    >> r": 12,                  << "approve", "amount": 5000, "apr": 12,
    >> "term": 36               << "term":                    (36 may become 360)
    >> }                        << 36}
    """
    enforcer = Enforcer(pack("lending"), LOANS)
    pieces = ['{"note": "hello", ', '"decision": "approve", ', '"amount": 5000, "ap', 'r": 12, ', '"term": 36', "}"]
    assert ["".join(released(enforcer.feed(TextArrived("content", p)))) for p in pieces] == [
        '{"note": "hello", ',
        '"decision": ',
        "",
        '"approve", "amount": 5000, "apr": 12, ',
        '"term": ',
        "36}",
    ]


def test_a_repair_changes_the_number_and_nothing_else() -> None:
    answer = '{ "decision": "approve",\n "amount": 5000.00, "apr": 36.5, "term": 36 }'
    enforcer = Enforcer(pack("lending"), LOANS)
    orders(enforcer, text(answer[:30], answer[30:]))
    commands = enforcer.feed(Finished())
    got = deliver(pack("lending"), LOANS, iter([*text(answer[:30], answer[30:]), Finished()]), ask)
    assert got.verdict is not None and got.verdict.ending is Ending.REPAIRED
    assert got.texts["content"] == answer.replace("36.5", "19.99")
    assert not any(isinstance(c, Complete) for c in commands), "the solver is asked first"


def test_a_reply_that_no_completion_can_save_stops_at_that_moment_where_json_was_asked_for() -> None:
    beginning = '{"decision": "decline", "amount": 5000, "apr": "'
    asked = Enforcer(pack("lending"), Situation(LOANS.facts, wants_json=True))
    assert Wake() in orders(asked, text(beginning))
    (stop,) = asked.feed(TimePassed())
    assert isinstance(stop, Stop) and stop.verdict.by == ("offer",)
    not_asked = Enforcer(pack("lending"), LOANS)
    assert Wake() not in orders(not_asked, text(beginning))


def test_prose_behind_an_object_means_that_it_is_no_offer() -> None:
    answer = '{"decision": "decline", "amount": 5000, "apr": "12%"} Thanks!'
    got = deliver(pack("lending"), LOANS, iter([*text(answer), Finished()]), ask)
    assert got.verdict is not None and got.verdict.ending is Ending.ALLOWED
    assert got.texts["content"] == answer


def test_a_call_stops_as_soon_as_its_arguments_cannot_fit() -> None:
    enforcer = Enforcer(pack("dosing"), Situation({"patient": {"weight": 20}}))
    commands = orders(enforcer, [CallArrived(0, "", "prescribe", "c1"), CallArrived(0, '{"every": 3, ')])
    assert commands == [Wake()]
    (stop,) = enforcer.feed(TimePassed())
    assert isinstance(stop, Stop) and stop.verdict.by == ("order",)


def test_a_call_that_no_rule_on_values_reads_goes_when_the_next_one_begins() -> None:
    enforcer = Enforcer(pack("privacy"), Situation())
    first = [CallArrived(0, "", "send_mail", "c1"), CallArrived(0, '{"body": "SSN: 123-'), CallArrived(0, '45-6789"}')]
    assert orders(enforcer, first) == []
    (command,) = orders(enforcer, [CallArrived(1, "", "send_mail", "c2")])
    assert isinstance(command, ReleaseCall)
    assert command.call.arguments == '{"body": "SSN: [SSN]"}'


def test_a_call_that_is_said_to_have_ended_does_not_wait_for_the_next_one() -> None:
    enforcer = Enforcer(pack("privacy"), Situation())
    assert orders(enforcer, [CallArrived(0, '{"a": 1}', "any", "c")]) == []
    (command,) = orders(enforcer, [CallEnded(0)])
    assert isinstance(command, ReleaseCall) and command.call.arguments == '{"a": 1}'
    assert orders(enforcer, [CallArrived(0, "}"), Finished()])[-1].verdict.by == ("tool-arguments",)


@pytest.mark.parametrize("tail", [" ", "\n", "x", "}"])
def test_what_follows_a_call_s_closing_bracket_belongs_to_it(tail: str) -> None:
    pieces = [CallArrived(0, "", "any", "c"), CallArrived(0, '{"a": 1}'), CallArrived(0, tail), Finished()]
    whole = [CallArrived(0, '{"a": 1}' + tail, "any", "c"), Finished()]
    cut, one = (deliver(pack("privacy"), Situation(), iter(events), ask) for events in (pieces, whole))
    assert cut.verdict == one.verdict
    assert cut.calls == one.calls


def test_white_space_may_still_follow_a_call_behind_which_the_next_one_began() -> None:
    both = [
        CallArrived(0, '{"a": 1}', "any", "c"),
        CallArrived(1, '{"a": 2}', "any", "d"),
        CallArrived(0, "\n"),
        Finished(),
    ]
    got = deliver(pack("privacy"), Situation(), iter(both), ask)
    assert [call.arguments for call in got.calls] == ['{"a": 1}', '{"a": 2}']


@pytest.mark.parametrize("arguments", ['{"a": 1, "a": 2}', '{"a": 1} {"b": 2}', "[1]", '{"a": NaN}', "{", "[" * 200])
def test_arguments_that_are_not_one_json_object_block(arguments: str) -> None:
    got = deliver(pack("privacy"), Situation(), iter([CallArrived(0, arguments, "any", "c"), Finished()]), ask)
    assert got.verdict is not None
    assert (got.verdict.ending, got.verdict.by, got.calls) == (Ending.BLOCKED, ("tool-arguments",), [])


def test_held_text_is_never_flushed_by_an_interruption() -> None:
    enforcer = Enforcer(pack("privacy"), Situation())
    enforcer.feed(TextArrived("content", "Hers is 123-45-678"))
    assert enforcer.feed(Interrupted()) == [Abort()]
    assert enforcer.feed(Finished()) == []


def test_what_has_to_wait_longer_than_the_limit_blocks() -> None:
    """A promise with endless white space inside could go on for ever; the proxy does not hold it for ever."""
    enforcer = Enforcer(pack("lending"), LOANS)
    orders(enforcer, text("guarantee", *[" " * 4000] * 20))
    (stop,) = enforcer.feed(TimePassed())
    assert isinstance(stop, Stop) and stop.verdict.by == ("hold-limit",)


def test_more_calls_than_anybody_makes_block() -> None:
    calls = [CallArrived(key, "{}", "look", f"c{key}") for key in range(MAX_CALLS + 1)]
    for got in (deliver(pack("privacy"), Situation(), iter([*calls, Finished()]), ask, whole=w) for w in (True, False)):
        assert got.verdict is not None and (got.verdict.ending, got.verdict.by) == (Ending.BLOCKED, ("tool-calls",))


EXAMPLES: dict[tuple[str, str], Example] = {
    (path.stem, example.title): example
    for path in sorted(PACKS.glob("*.policy"))
    for example in pack(path.stem).policies[0].examples
}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(EXAMPLES)), st.lists(st.integers(0, 300), max_size=8))
def test_every_example_of_every_pack_ends_the_same_however_it_is_cut(case: tuple[str, str], marks: list[int]) -> None:
    compiled, example = pack(case[0]), EXAMPLES[case]
    situation, answer = situation_of(compiled.policies, example), answer_of_example(example)
    verdict = judge(compiled, answer, situation, ask)
    got = deliver(compiled, situation, events(answer, marks), ask)
    assert got.verdict is not None
    assert (got.verdict.ending, set(got.verdict.by)) == (verdict.ending, set(verdict.by))
    if verdict.ending.delivers:
        assert got.texts.get("content", "") == verdict.answer.text("content")
        assert tuple(got.calls) == verdict.answer.calls
