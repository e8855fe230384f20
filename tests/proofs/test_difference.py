"""Two versions: proved equal, or an example that both judge differently."""

from pathlib import Path

import pytest

from guardproxy.proofs.difference import Difference, difference
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
