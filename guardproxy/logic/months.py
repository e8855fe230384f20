"""Calendar months in integer arithmetic: what `ir.calendar` computes for given days, for all days.

Days are counted from March 1 of the year 0, so that a leap day is the last day of its year; the divisions are by
constants, which keeps everything linear. The formulas are the usual ones of the Gregorian calendar: 146,097 days in
400 years, 153 days in each five months from March on.

Solvers are slow with so many divisions. Where a number of months is compared with a fixed one, they are not needed: a
limit for one date where the other one is fixed, else a limit for the days between them, which depends on one of them.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from math import ceil, floor
from typing import Final, TypeAlias

import z3

from guardproxy.ir.calendar import DAYS_OF_MONTH, FIRST_DAY, LAST_DAY, months_between
from guardproxy.ir.terms import Relation
from guardproxy.ir.types import Rational
from guardproxy.logic.linear import Expression

_DAYS_BEFORE_FIRST: Final = 306
"""From March 1 of the year 0 to January 1 of the year 1."""
_CYCLE: Final = 146_097
"""Days after which the calendar repeats itself."""

Span: TypeAlias = tuple[int, int]
"""The first and the last day of a range."""


def encode_months(start: Expression, end: Expression, per: int) -> Expression:
    """Whole periods of `per` months between two integer expressions, towards zero."""
    months = _towards_zero(_packed(end) - _packed(start), DAYS_OF_MONTH)
    return months if per == 1 else _towards_zero(months, per)


@dataclass(frozen=True, slots=True)
class Ends:
    """Periods of `per` months between a fixed date and another one: from the fixed one, or up to it."""

    fixed: int
    per: int
    from_fixed: bool

    def periods(self, day: int) -> int:
        found = months_between(*((self.fixed, day) if self.from_fixed else (day, self.fixed)), self.per)
        assert found is not None, "both are days of the calendar"
        return found


def months_compared(relation: Relation, day: Expression, limit: Rational, ends: Ends) -> Expression:
    """How the periods between `day` and the fixed date compare with a number: the later, the more (or the fewer)."""
    return compared(relation, limit, lambda periods: _at_least(day, periods, ends))


def compared(relation: Relation, limit: Rational, at_least: Callable[[int], Expression]) -> Expression:
    """How a whole number compares with another one, if it is known when it is at least something."""
    match relation:
        case "at least":
            return at_least(ceil(limit))
        case "below":
            return z3.Not(at_least(ceil(limit)))
        case "above":
            return at_least(floor(limit) + 1)
        case "at most":
            return z3.Not(at_least(floor(limit) + 1))
    exactly = z3.And(at_least(ceil(limit)), z3.Not(at_least(floor(limit) + 1)))
    return exactly if relation == "is" else z3.Not(exactly)


def _at_least(day: Expression, periods: int, ends: Ends) -> Expression:
    days = range(FIRST_DAY, LAST_DAY + 1)
    if ends.from_fixed:
        return day >= FIRST_DAY + bisect_left(days, periods, key=ends.periods)
    return day < FIRST_DAY + bisect_left(days, 1 - periods, key=lambda each: -ends.periods(each))


@dataclass(frozen=True, slots=True)
class Runs:
    """From which difference of days on there are some months between two dates, for each day on which they may start
    (or end: `from_start`): the first difference, then each day from which on another one holds. `repeats`: the days are
    those of a cycle of the calendar, from `FIRST_DAY` on."""

    from_start: bool
    first: int
    changes: tuple[tuple[int, int], ...]
    repeats: bool


def least_differences(months: int, start: Span, end: Span) -> Runs:
    """For at least `months` (1 or more) between a date in `start` and one in `end`."""
    (low, high), from_start = min((start, True), (end, False), key=lambda each: each[0][1] - each[0][0])
    if repeats := high - low >= _CYCLE:
        low, high = FIRST_DAY, FIRST_DAY + _CYCLE - 1
    return _runs(months, low, high, from_start, repeats)


@lru_cache(maxsize=64)
def _runs(months: int, low: int, high: int, from_start: bool, repeats: bool) -> Runs:
    differences = _differences(months, low, high, from_start)
    (_, first), *others = ((next(days)[0], length) for length, days in groupby(differences, key=lambda each: each[1]))
    return Runs(from_start, first, tuple(others), repeats)


def _differences(months: int, low: int, high: int, from_start: bool) -> Iterator[tuple[int, int]]:
    """From which day on how many days later (or, from the end, earlier) the other date has to be at least."""
    month = _month_of(low)
    while (first := _first_of(month)) <= high:
        other = month + months if from_start else month - months
        start, length = _first_of(other), _first_of(other + 1) - _first_of(other)
        last = length + 1 if from_start else length
        for place in range(_first_of(month + 1) - first):
            if low <= first + place <= high and (place in (0, low - first) or place >= last):
                yield first + place, abs(start + min(place + 1, last) - 1 - first - place)
        month += 1


def _month_of(ordinal: int) -> int:
    day = date.fromordinal(ordinal)
    return day.year * 12 + day.month - 1


@lru_cache(maxsize=4096)
def _first_of(month: int) -> int:
    """The ordinal of the first day of a month, counted from January of the year 0; also outside of the calendar."""
    year, place = divmod(month, 12)
    years = year - 1
    before = years * 365 + years // 4 - years // 100 + years // 400
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return before + _DAYS_BEFORE_MONTH[place] + (1 if is_leap and place > 1 else 0) + 1


_DAYS_BEFORE_MONTH: Final = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def at_least_between(start: Expression, end: Expression, runs: Runs) -> Expression:
    """Whether the dates lie as far apart as the runs say, found by halving: a comparison for each step."""
    day, difference = start if runs.from_start else end, end - start
    if runs.repeats:
        day = (day - FIRST_DAY) % _CYCLE + FIRST_DAY
    lengths = (runs.first, *(length for _, length in runs.changes))

    def within(low: int, high: int) -> Expression:
        if low == high:
            return difference >= lengths[low]
        middle = (low + high + 1) // 2
        return z3.If(day >= runs.changes[middle - 1][0], within(middle, high), within(low, middle - 1))

    # What holds whatever the day is comes first: it often decides.
    looked_up = within(0, len(runs.changes))
    return z3.And(difference >= min(lengths), z3.Or(difference >= max(lengths), looked_up))


def in_calendar(day: Expression) -> Expression:
    return z3.And(day >= FIRST_DAY, day <= LAST_DAY)


def _packed(ordinal: Expression) -> Expression:
    """Month and day in one number that orders as the dates do: months since the year 0, times 32, plus the day."""
    days = ordinal - FIRST_DAY + _DAYS_BEFORE_FIRST
    era, day_of_era = days / 146_097, days % 146_097
    year = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365
    day_of_year = day_of_era - (365 * year + year / 4 - year / 100)
    month = (5 * day_of_year + 2) / 153
    day = day_of_year - (153 * month + 2) / 5 + 1
    return ((era * 400 + year) * 12 + month + 2) * DAYS_OF_MONTH + day


def _towards_zero(number: Expression, by: int) -> Expression:
    return z3.If(number >= 0, number / by, -(-number / by))
