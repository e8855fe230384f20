"""Whole months between dates."""

from datetime import date

import pytest

from guardproxy.ir.calendar import LAST_DAY, months_between


@pytest.mark.parametrize(
    ("start", "end", "months", "years"),
    [
        ("2023-11-21", "2026-11-21", 36, 3),
        ("2023-11-22", "2026-11-21", 35, 2),
        ("2026-11-21", "2023-11-22", -35, -2),
        ("2024-01-31", "2024-02-29", 0, 0),
        ("2024-01-31", "2024-03-01", 1, 0),
        ("2008-02-29", "2026-02-28", 215, 17),
        ("2008-02-29", "2026-03-01", 216, 18),
        ("2026-05-05", "2026-05-05", 0, 0),
    ],
)
def test_a_month_is_complete_when_its_day_is_reached(start: str, end: str, months: int, years: int) -> None:
    first, last = date.fromisoformat(start).toordinal(), date.fromisoformat(end).toordinal()
    assert (months_between(first, last), months_between(first, last, 12)) == (months, years)


def test_outside_of_the_calendar_there_are_no_months() -> None:
    assert months_between(0, 5) is None
    assert months_between(5, LAST_DAY + 1) is None
