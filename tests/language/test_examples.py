"""Examples: background merged in, the example's own lines win."""

from decimal import Decimal

import pytest

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


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ('rule low-id "a" require reply text mentions "x"', "E009"),
        ('rule A-1 "a" require reply text mentions "x"\nrule A-1 "b" require reply text mentions "y"', "E017"),
        ("rule LOW-ID require reply text mentions", "E005"),
        ('rule "no id" require reply text mentions "x"', "E005"),
        ('rule LOW-ID "a" require reply text mentoins "x"', "E005"),
    ],
)
def test_a_rule_that_is_wrong_itself_is_not_reported_as_missing(rules: str, code: str) -> None:
    text = f'policy "x" version 1\n{rules}\nexample "e" reply text "x" expect blocked by LOW-ID'
    assert [d.code for d in compile_policy(text).diagnostics] == [code]


@pytest.mark.parametrize(
    ("json", "at"),
    [
        ('{"a": 1,}', 7), ('{"a": [1, 2,]}', 11), ("{'a': 1}", 1), ('{"a" 1}', 5), ('{"a": 1 "b": 2}', 8),
        ('{"a": {"b": 1, "b": 2}, "b": 3}', 15), ('{"a": nul}', 6), ('{"a": [{"b": 1}, {"b": 1}], "\\u0061": 2}', 28),
    ],
)  # fmt: skip
def test_the_caret_stands_where_json_ends_to_be_json(json: str, at: int) -> None:
    lead = 'policy "x" version 1\nexample "e" reply '
    (mistake,) = compile_policy(f"{lead}{json} expect allowed").diagnostics
    assert (mistake.code, mistake.span.start - len(lead)) == ("E003", at)


@pytest.mark.parametrize(
    ("name", "codes"),
    [("refund", []), ("refudn", ["W206"]), ("refunds", ["W206"]), ("Refund", ["W206"]), ("fund", []), ("refine", [])],
)
def test_only_names_close_to_a_known_tool_are_pointed_out(name: str, codes: list[str]) -> None:
    text = f'policy "x" version 1\ntool refund takes\n  - sum : text\nexample "e" call {name} {{}} expect allowed'
    assert [d.code for d in compile_policy(text).diagnostics] == codes
