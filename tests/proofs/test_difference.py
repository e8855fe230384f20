"""Two versions: proved equal, or an example that both judge differently."""

from pathlib import Path

import pytest

from guardproxy.pipeline import compile_policy
from guardproxy.proofs.changes import Difference
from guardproxy.proofs.difference import difference
from tests.proofs.asking import GOLDENS, OFFER, ask, compiled, offers, policy_at

RULE = 'rule A "Cap"\n  when offer.decision is approve\n  require offer.apr at most 36%\n  otherwise block "No."\n'


def between(old: str, new: str) -> Difference:
    return difference(offers(old), offers(new), ask)


@pytest.mark.parametrize("path", GOLDENS, ids=lambda p: p.stem)
def test_a_policy_equals_itself(path: Path) -> None:
    found = difference(policy_at(path), policy_at(path), ask)
    assert (found.result, found.same, found.wording) == ("equal", [], [])


@pytest.mark.parametrize(
    ("old", "new", "what", "ends"),
    [
        ("36%", "35%", "newly stopped", ("allowed", "blocked by A")),
        ("36%", "36.01%", "newly let through", ("blocked by A", "allowed")),
        ("is approve", "is not decline", "newly stopped", ("allowed", "blocked by A")),
        ('block "No."', "hold for review", "weaker", ("blocked by A", "held by A")),
        ('block "No."', "warn", "newly let through", ("blocked by A", "warned by A")),
    ],
)
def test_a_change_is_shown_by_an_example(old: str, new: str, what: str, ends: tuple[str, str]) -> None:
    (change,) = between(RULE, RULE.replace(old, new)).changes
    assert (change.what, change.old, change.new, change.rules) == (what, *ends, ("A",))
    assert f"expect {ends[1]}" in change.example


def test_what_is_only_said_differently_is_proved_equal() -> None:
    said = RULE.replace("require offer.apr at most 36%", "never offer.apr - 36% above 0%").replace("No.", "Sorry.")
    found = between(RULE, said.replace('"Cap"', '"The cap"'))
    assert (found.result, found.same) == ("equal", ["A is said in another way"])


def test_words_and_new_names_change_no_verdict() -> None:
    found = between(RULE, RULE.replace("rule A", "rule B"))
    assert (found.result, found.wording) == ("equal", ["A is called B now"])
    assert between(RULE, RULE.replace("No.", "Sorry.")).wording == ["the notice of A"]


def test_a_new_rule_that_others_imply_changes_nothing() -> None:
    more = 'rule B "b"\n  when offer.decision is approve\n  require offer.apr at most 40%\n'
    found = between(RULE, RULE + more)
    assert (found.result, found.same) == ("equal", ["B is new, and stops nothing that was not stopped before"])


def test_rules_that_come_and_go() -> None:
    other = 'rule B "b"\n  require offer.term at most 60\n'
    assert [(c.what, c.sentence) for c in between(RULE, RULE + other).changes] == [("newly stopped", "B is new")]
    assert [(c.what, c.sentence) for c in between(RULE + other, RULE).changes] == [("newly let through", "B is gone")]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("whole number from 6 to 84", "whole number from 6 to 60", "newly stopped"),
        ("money from $500", "money from $400", "newly let through"),
        ("decline, refer", "decline, refer, counter", "newly let through"),
        ("whole number from 6 to 84", "whole number from 6 to 84, optional", "newly let through"),
        ("percent from 0% to 100%", "percent from 0% to 100%, written as a fraction", "newly stopped"),
    ],
)
def test_a_declaration_that_takes_other_values(old: str, new: str, what: str) -> None:
    rules = 'rule A "a"\n  when offer.decision is approve\n  require offer.amount at most $40,000\n'
    found = difference(compiled(OFFER + rules), compiled(OFFER.replace(old, new) + rules), ask)
    assert found.result == "different"
    assert [("expect" in c.example) for c in found.changes if c.what == what] == [True]


def test_unknown_facts_count() -> None:
    facts = OFFER.replace("gold\n", "gold, may be unknown\n")
    rule = 'rule A "a"\n  when applicant.tier is gold\n  require offer.term at most 60\n  if unknown hold\n'
    found = difference(compiled(facts + rule), compiled(facts + rule.replace("hold", "allow")), ask)
    assert [(c.what, c.old, c.new) for c in found.changes] == [("newly let through", "held by A", "allowed")]


def test_nothing_is_called_equal_that_was_not_decided() -> None:
    found = difference(offers(RULE), offers(RULE.replace("36%", "35%")), lambda _: None)  # type: ignore[arg-type,return-value]
    assert found.result == "not decided"


UNKNOWN = OFFER.replace("$1,000,000\n", "$1,000,000, may be unknown\n")
LIMIT = """rule {id} "{id}"
  when offer.decision is approve
  require offer.amount at most {limit} or applicant.income at least $50,000
  if unknown {unknown}
  otherwise {otherwise}
"""


@pytest.mark.parametrize(
    ("limit", "unknown", "otherwise", "result"),
    [
        ("$5,000", "hold", "block", "equal"),
        ("$6,000", "allow", "hold for review", "equal"),
        ("$6,000", "block", "block", "different"),
        ("$5,000", "block", "warn", "different"),
    ],
)
def test_a_rule_that_others_imply_counts_where_facts_are_unknown(
    limit: str, unknown: str, otherwise: str, result: str
) -> None:
    old = UNKNOWN + LIMIT.format(id="A", limit="$5,000", unknown="hold", otherwise="block")
    more = LIMIT.format(id="B", limit=limit, unknown=unknown, otherwise=otherwise)
    found = difference(compiled(old), compiled(old + more), ask)
    assert found.result == result, (found.changes, found.undecided)
    assert all("applicant.income" not in c.example and "expect blocked by B" in c.example for c in found.changes)


def test_facts_from_elsewhere_are_a_difference() -> None:
    found = difference(offers(RULE), compiled((OFFER + RULE).replace("from system", "from request")), ask)
    assert [c.sentence for c in found.changes] == [
        "the facts `applicant` come from request now, from system before: the client can forge them now"
    ]


def test_claims_read_from_other_sentences_are_not_called_equal() -> None:
    text = 'policy "T" version 1\nclaims reply text as said\n'
    text += '  - weeks : whole number from 0 to 9, read from "{weeks} weeks"\n'
    text += 'rule A "a"\n  require said.weeks is missing or said.weeks at most 4\n'
    found = difference(compiled(text), compiled(text.replace('"{weeks} weeks"', '"{weeks} days"')), ask)
    assert found.result == "not decided"


def test_rewrites_in_another_order_are_not_called_equal() -> None:
    head = 'policy "T" version 1\n'
    rule = 'rule {} "x"\n  require reply text mentions "{}"\n  otherwise append "{}"\n'
    rules = [rule.format(id_, word, word) for id_, word in (("A", "one"), ("B", "two"))]
    found = difference(compiled(head + rules[0] + rules[1]), compiled(head + rules[1] + rules[0]), ask)
    assert found.result != "equal"


REFUND = """policy "T" version 1, money in USD
tool lookup takes
  - id : text
  returns
  - id : text
  - total : money from $0 to $100
tool refund takes
  - id : text
  - amount : money from $0 to $100
"""


def test_a_look_up_is_not_taken_for_granted_where_its_result_is_not_needed() -> None:
    first = 'rule A "a"\n  when refund.amount above $1\n  allow refund only after lookup with the same id\n'
    second = 'rule B "b"\n  let o be the latest lookup result with the same id\n  when refund.amount above $50\n'
    second += "  require o.total at least refund.amount\n"
    (change,) = difference(compiled(REFUND + first + second), compiled(REFUND + second), ask).changes
    assert (change.what, change.old, change.new) == ("newly let through", "blocked by A", "allowed")
    assert "lookup" not in change.example


FACTS = (
    'policy "T" version 1\nfacts f from system\n  - x : whole number from 0 to 100, may be unknown\n'
    "  - y : yes/no, may be unknown\n"
)


def test_rules_that_split_the_cases_of_another_do_not_take_its_place_where_a_fact_is_unknown() -> None:
    rule = 'rule {} "x"\n  require f.x at most 10{}\n  if unknown allow\n'
    one = FACTS + rule.format("A", "")
    two = FACTS + rule.format("B", " or f.y is yes") + rule.format("D", " or f.y is no")
    assert difference(compiled(one), compiled(two), ask).result == "different"


@pytest.mark.parametrize(
    ("text", "old", "new", "result"),
    [
        ("check call foo as c\n  - a : whole number from 0 to 10\n", "foo", "bar", "different"),
        (
            "record item\n  - p : whole number from 0 to 10\ncheck reply as n\n  - items : list of item up to 3\n",
            "10",
            "20",
            "different",
        ),
        (
            "check call dose as d\n  - m : mass from 0 mg to 100 mg, in steps of 5 mg, written in mg\n"
            'rule Q "q"\n  require d.m at most 15 mg\n  repair by lowering d.m\n',
            "of 5",
            "of 10",
            "not decided",
        ),
    ],
)
def test_what_changes_an_ending_outside_of_the_rules_is_not_called_equal(
    text: str, old: str, new: str, result: str
) -> None:
    text = 'policy "T" version 1\n' + text + 'rule Z "z"\n  never reply text contains email\n'
    assert difference(compiled(text), compiled(text.replace(old, new)), ask).result == result


def test_each_direction_is_shown_by_an_example_of_its_own_beside_a_rule_about_conforming_texts() -> None:
    text = 'policy "T" version 1\nrule W "w"\n  when today is after 2026-12-31\n'
    text += '  never reply text mentions "holiday rate"\n'
    text += 'rule S "s"\n  when reply text starts with "{"\n  require reply conforms to schema "s.json"\n'
    files = {"s.json": '{"type": "object", "required": ["a"]}'}
    old, new = (
        compile_policy(each, "p.policy", files.get).policy for each in (text, text.replace("holiday", "summer"))
    )
    assert old is not None and new is not None
    found = difference(old, new, ask)
    assert [c.what for c in found.changes] == ["newly stopped", "newly let through"]
    assert ["summer" in c.example for c in found.changes] == [True, False]
    assert found.undecided == []
