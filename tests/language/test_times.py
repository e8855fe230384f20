"""Periods of months and years, and dates of instants: exact, also at the ends of months."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from guardproxy.ir.evaluate import evaluate
from guardproxy.ir.printed import printed
from guardproxy.ir.terms import Term
from guardproxy.ir.walk import variables
from guardproxy.language.literals import moment


def last_day(start: date, months: int) -> date:
    """The last day of a period of months from `start`: of the same number, or the month's last where it is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def says(term: Term, **values: int) -> Any:
    named = {v: values[v.name.replace("offer.", "")] for v in variables(term)}
    return evaluate(term, named, lambda finders, text: False)


@pytest.mark.parametrize("months", [1, 2, 12, 25])
def test_within_months_ends_on_the_day_of_the_same_number_or_the_last_of_the_month(
    rule: Callable[[str], Any], months: int
) -> None:
    term = rule(f"require offer.due is within {months} months after today").rule.demands
    starts = [date(2023, 12, 1) + timedelta(days) for days in range(125)]
    for start in starts:
        last = last_day(start, months)
        days = {start - timedelta(1), start, last - timedelta(1), last, last + timedelta(1), last + timedelta(2)}
        for day in days:
            assert says(term, due=day.toordinal(), today=start.toordinal()) is (start <= day <= last), (start, day)


def test_before_is_after_seen_from_the_other_side(rule: Callable[[str], Any]) -> None:
    before = rule("require offer.due is within 1 month before today").rule.demands
    after = rule("require today is within 1 month after offer.due").rule.demands
    assert printed(before) == printed(after)
    february, march = date(2025, 2, 28).toordinal(), date(2025, 3, 31).toordinal()
    assert says(before, due=february, today=march) is False
    assert says(before, due=february + 1, today=march) is True


def test_of_is_either_side_and_years_are_twelve_months(rule: Callable[[str], Any]) -> None:
    term = rule("require offer.due is within 1 year of today").rule.demands
    leap = date(2024, 2, 29).toordinal()
    for day, within in ((date(2025, 2, 28), True), (date(2025, 3, 1), False), (date(2023, 3, 1), True)):
        assert says(term, due=day.toordinal(), today=leap) is within


def test_instants_are_counted_in_dates_of_the_policy_s_zone(rule: Callable[[str], Any]) -> None:
    days = rule("require days from offer.sent to now is 1").rule.demands
    sent = moment("2026-11-20T22:59Z", "UTC")
    assert says(days, sent=sent, now=moment("2026-11-20T23:01Z", "UTC")) is True
    assert says(days, sent=sent, now=moment("2026-11-20T22:59:30Z", "UTC")) is False
    month = rule("require now is within 1 month after offer.sent").rule.demands
    assert says(month, sent=sent, now=moment("2026-12-20T22:59:59Z", "UTC")) is True
    assert says(month, sent=sent, now=moment("2026-12-20T23:00Z", "UTC")) is False
    assert says(month, sent=sent, now=moment("2026-11-20T22:58Z", "UTC")) is False


def test_a_date_and_an_instant(rule: Callable[[str], Any]) -> None:
    assert rule("require months from offer.due to now at most 3").demands == (
        "months from offer.due to the date of now in Europe/Paris at most 3"
    )
    mixed = rule("require offer.due is within 2 months after now").rule.demands
    now, start = moment("2026-12-31T23:30Z", "UTC"), date(2027, 1, 1)
    for day, within in ((start, True), (start - timedelta(1), False), (date(2027, 3, 1), True)):
        assert says(mixed, due=day.toordinal(), now=now) is within
