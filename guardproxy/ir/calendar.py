"""Whole calendar months and years between two dates, and the date of an instant.

A month is complete when the day of the month is reached again: from January 15 the first one is complete on February
15, from January 31 on March 1, since February 31 never comes. The same rule as ISO-calendar libraries with a `Period`.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import floor
from typing import Final
from zoneinfo import ZoneInfo

from guardproxy.ir.types import Rational

FIRST_DAY: Final = date.min.toordinal()
LAST_DAY: Final = date.max.toordinal()
DAYS_OF_MONTH: Final = 32
"""More than any month has, so that month and day pack into one number whose order is that of the dates."""
MICROSECONDS_OF_DAY: Final = 86_400_000_000
EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def months_between(start: Rational, end: Rational, per: int = 1) -> int | None:
    """Complete periods of `per` months between two ordinals, towards zero; None outside of the years 1 to 9999."""
    if not (isinstance(start, int) and isinstance(end, int)):
        return None
    if not (FIRST_DAY <= start <= LAST_DAY and FIRST_DAY <= end <= LAST_DAY):
        return None
    months = _towards_zero(_packed(end) - _packed(start), DAYS_OF_MONTH)
    return _towards_zero(months, per)


def date_of(instant: Rational, zone: str) -> int | None:
    """The ordinal of the date that it is in a time zone (IANA name) at an instant (microseconds since 1970, UTC).

    None where that is not in the years 1 to 9999, in UTC or in the zone.
    """
    try:
        return (_EPOCH + timedelta(microseconds=floor(instant))).astimezone(zone_named(zone)).toordinal()
    except OverflowError:
        return None


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """Raises `ZoneInfoNotFoundError` (a `KeyError`) or `ValueError` for a name that is no time zone."""
    return ZoneInfo(name)


def _packed(ordinal: int) -> int:
    day = date.fromordinal(ordinal)
    return (day.year * 12 + day.month - 1) * DAYS_OF_MONTH + day.day


def _towards_zero(number: int, by: int) -> int:
    return number // by if number >= 0 else -(-number // by)
