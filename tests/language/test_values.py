"""Expressions: exact values with their types."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from guardproxy.ir.terms import Compare, Constant, Scaled, Variable


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("require offer.apr at most 36%", "offer.apr at most 36%"),
        ("require offer.amount - $1,000 at most limit * 2", "offer.amount - 1000 USD at most 4000 USD"),
        ("require offer.amount * offer.apr at most $500", "offer.amount * offer.apr at most 500 USD"),
        ("require offer.amount / 3 at least $200", "1/3 * offer.amount at least 200 USD"),
        ("require -offer.amount at most -$600", "-offer.amount at most -600 USD"),
        ("require offer.dose at most 15 mg/kg * applicant.weight", "offer.dose at most 0.000015 * applicant.weight"),
        ("require count of calls at most 1", "count of calls at most 1"),
        ("require count of offer.rooms at least 2", "count of offer.rooms at least 2"),
        ("require days from offer.due to today at most 30", "today - offer.due at most 30"),
        ("require years from applicant.born to today at least 18", "years from applicant.born to today at least 18"),
        ("require offer.due + 30 days is after today", "offer.due + 30 above today"),
        ("require offer.amount / offer.term at most $50", "offer.amount at most 5000 * offer.term"),
        (
            "require offer.amount / offer.term + $1 above offer.dose * $2 / applicant.weight",
            "(offer.amount + 100 * offer.term) * applicant.weight above 200 * offer.dose * offer.term",
        ),
        ("require offer.amount / -offer.term at most $5", "-offer.amount at most 500 * offer.term"),
        ("require offer.amount / count of offer.rooms at most $5", "offer.amount at most 500 * count of offer.rooms"),
        ("require $5 / offer.term at least offer.amount / offer.term", "offer.amount at most 5 USD"),
        (
            "require total of offer.rooms.price at most $900",
            "total of one.price for one in offer.rooms at most 900 USD",
        ),
        (
            "require total of room.price for room in offer.rooms where room.kind is single at most $90",
            'total of room.price for room in offer.rooms where room.kind is "single" at most 90 USD',
        ),
        (
            "require count of room in offer.rooms where (room.children above 0 or room.kind is double) at most 1",
            'count of room in offer.rooms where (room.children above 0 or room.kind is "double") at most 1',
        ),
    ],
)
def test_expressions(rule: Callable[[str], Any], written: str, printed: str) -> None:
    assert rule(written).demands == printed


def test_numbers_are_exact_in_the_base_unit_of_their_kind(rule: Callable[[str], Any]) -> None:
    def right(clauses: str) -> Any:
        demands = rule(clauses).rule.demands
        assert isinstance(demands, Compare)
        assert isinstance(demands.right, Constant)
        return demands.right.value

    assert right("require offer.apr at most 36%") == Fraction(9, 25)
    assert right("require offer.amount at most $2,000.01") == 200001
    assert right("require offer.dose at most 0.4 g") == 400
    assert right("require offer.wait at most 36 h") == 129600
    assert right("require applicant.tenure at least 2 years") == 24
    assert right("require offer.due is before 2026-11-21") == 739941
    assert right("require offer.sent is before 2026-11-21T11:00") == 1795255200000000


def test_hours_between_instants(rule: Callable[[str], Any]) -> None:
    demands = rule("require hours from offer.sent to now at most 24").rule.demands
    assert isinstance(demands.left, Scaled)
    assert demands.left.factor == Fraction(1, 3600 * 10**6)


def test_totals_over_a_conversation_are_about_the_judged_call(rule: Callable[[str], Any]) -> None:
    seen = rule("require total of refund.amount per order_id at most $5")
    assert seen.demands == "total of refund.amount per order_id at most 5 USD"
    assert (seen.rule.subject.kind, seen.rule.subject.tool) == ("call", "refund")


def test_a_bare_word_is_a_listed_value_of_the_other_side(rule: Callable[[str], Any]) -> None:
    assert rule("require offer.decision is refer").demands == 'offer.decision is "refer"'
    assert rule('require offer.decision is not "refer"').demands == 'offer.decision is not "refer"'
    assert rule("require approve is offer.decision").demands == 'offer.decision is "approve"'


def test_fields_carry_their_origin(rule: Callable[[str], Any]) -> None:
    left = rule("require offer.apr at most 36%").rule.demands.left
    assert isinstance(left, Variable)
    assert (left.name, left.origin.schema, left.origin.kind, left.origin.path) == (
        "offer.apr",
        "offer",
        "reply",
        ("apr",),
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("require offer.apr at most 36", "E012"),
        ("require offer.amount at most €5", "E013"),
        ("require offer.amount + offer.apr at most $5", "E012"),
        ("require offer.dose at most 4 h", "E015"),
        ("require offer.dose at most 15 mg/kg", "E015"),
        ("require applicant.tenure at least 30 days", "E016"),
        ("require offer.wait at most 1 months", "E016"),
        ("require offer.amount / offer.apr at most $5", "E028"),
        ("require offer.amount / 0 at most $5", "E028"),
        ("require hours from offer.due to offer.sent at most 5", "E012"),
        ("require offer.amount / offer.term is in offer.rooms.price", "E028"),
        ("require offer.amount / (offer.term - 5) at most $5", "E028"),
        ("require offer.due + offer.sent at most 5", "E012"),
        ("require total of offer.rooms.kind at most 5", "E012"),
        ("require offer.rooms.price at most $5", "E012"),
        ("require elsewhere.apr at most 5%", "E010"),
        ("require offer.nothing at most 5%", "E011"),
        ("require applicant at most 5%", "E012"),
        ("require total of refund.amount per booking_id at most $5", "E011"),
    ],
)
def test_what_does_not_go_together(mistakes: Callable[[str], list[str]], written: str, code: str) -> None:
    assert [m[:4] for m in mistakes(written)] == [code]
