"""Examples: background merged in, the example's own lines win."""

from decimal import Decimal

from guardproxy.conversation import PastCall, ToolCall
from guardproxy.ir.policy import Example
from guardproxy.ir.types import State
from guardproxy.pipeline import compile_policy

HEAD = """policy "E" version 1, money in USD, dates in Asia/Tokyo
check reply as offer - apr : percent from 0% to 100%
facts who from system
  - tier : one of low, high
  - paid : money from $0 to $500
  - months : duration from 0 months to 60 months
  - ok : yes/no
rule E-1 "x" require offer.apr at most 36%
background
  given who.tier is low, who.paid is $20
  given today is 2026-11-21
  given call look { "id": 1 } returned { "total": 0.10 }
  given user says "Hello."
"""


def example(lines: str) -> Example:
    done = compile_policy(HEAD + f'example "x"\n  {lines}')
    assert done.policy is not None, done.diagnostics
    return done.policy.examples[0]


def test_facts_are_typed_values_and_own_lines_win() -> None:
    found = example('given who.tier is high, who.months is 2 years, who.ok is unknown reply text "a" expect allowed')
    assert found.facts == {"who": {"tier": "high", "paid": 2000, "months": 24, "ok": State.UNKNOWN}}
    missing = example('given who.paid is missing reply text "a" expect allowed')
    assert missing.facts["who"]["paid"] is State.ABSENT


def test_the_past_is_appended_in_order_as_it_was_written() -> None:
    found = example('given call pay { "a":  1.50 } given user says "Bye." reply text "a" expect allowed')
    assert found.conversation.calls == (
        PastCall("look", '{ "id": 1 }', '{ "total": 0.10 }', "past-1"),
        PastCall("pay", '{ "a":  1.50 }', None, "past-2"),
    )
    assert found.conversation.user_says == "Bye."


def test_now_gives_today_in_the_policys_zone() -> None:
    found = example('given now is 2026-11-21T20:00Z reply text "a" expect allowed')
    assert (found.now, found.today) == (1795291200000000, 739942)
    assert example('reply text "a" expect allowed').today == 739941


def test_the_answer_and_what_is_expected() -> None:
    found = example(
        'reply { "apr": 0.1 } call pay { "a": 1 } expect violated by E-1 expect repaired { "apr": 0.10 } by E-1'
    )
    assert found.reply_json == {"apr": Decimal("0.1")}
    assert found.calls == (ToolCall("pay", '{ "a": 1 }', "call-1"),)
    assert [(e.kind, e.rules) for e in found.expects] == [("violated", ("E-1",)), ("repaired", ("E-1",))]
    assert found.expects[1].results == ({"apr": Decimal("0.10")},)
    text = example('reply text "a\\nb" expect rewritten "c" by E-1')
    assert (text.reply_text, text.expects[0].results) == ("a\nb", ("c",))
