"""Whole months between dates, and the dates of instants."""

from datetime import date, datetime

import pytest

from guardproxy.ir.calendar import LAST_DAY, date_of, months_between


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


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        ("2026-10-24T23:59:59.999999Z", "UTC", "2026-10-24"),
        ("2026-10-24T15:00Z", "Asia/Tokyo", "2026-10-25"),
        ("2026-10-24T14:59Z", "Asia/Tokyo", "2026-10-24"),
        ("2026-07-01T22:00Z", "Europe/Paris", "2026-07-02"),
        ("2026-12-01T22:59Z", "Europe/Paris", "2026-12-01"),
        ("1969-12-31T23:00Z", "America/New_York", "1969-12-31"),
    ],
)
def test_an_instant_falls_on_the_date_of_its_zone(instant: str, zone: str, day: str) -> None:
    moment = datetime.fromisoformat(instant)
    micros = int(moment.timestamp()) * 10**6 + moment.microsecond
    assert date_of(micros, zone) == date.fromisoformat(day).toordinal()


def test_outside_of_the_calendar_there_are_no_dates() -> None:
    last = (LAST_DAY + 1 - date(1970, 1, 1).toordinal()) * 86_400_000_000
    assert (date_of(last - 1, "UTC"), date_of(last, "UTC"), date_of(10**40, "UTC")) == (LAST_DAY, None, None)
    assert date_of(last - 1, "Asia/Tokyo") is None
