"""Calendar months in integer arithmetic: what `ir.calendar` computes for given days, for all days.

Days are counted from March 1 of the year 0, so that a leap day is the last day of its year; the divisions are by
constants, which keeps everything linear. The formulas are the usual ones of the Gregorian calendar: 146,097 days in
400 years, 153 days in each five months from March on.
"""

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil, floor
from typing import Final

import z3

from guardproxy.ir.calendar import DAYS_OF_MONTH, FIRST_DAY, LAST_DAY, months_between
from guardproxy.ir.terms import Relation
from guardproxy.ir.types import Rational
from guardproxy.logic.linear import Expression

_DAYS_BEFORE_FIRST: Final = 306
"""From March 1 of the year 0 to January 1 of the year 1."""


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
    match relation:
        case "at least":
            return _at_least(day, ceil(limit), ends)
        case "below":
            return z3.Not(_at_least(day, ceil(limit), ends))
        case "above":
            return _at_least(day, floor(limit) + 1, ends)
        case "at most":
            return z3.Not(_at_least(day, floor(limit) + 1, ends))
    exactly = z3.And(_at_least(day, ceil(limit), ends), z3.Not(_at_least(day, floor(limit) + 1, ends)))
    return exactly if relation == "is" else z3.Not(exactly)


def _at_least(day: Expression, periods: int, ends: Ends) -> Expression:
    days = range(FIRST_DAY, LAST_DAY + 1)
    if ends.from_fixed:
        return day >= FIRST_DAY + bisect_left(days, periods, key=ends.periods)
    return day < FIRST_DAY + bisect_left(days, 1 - periods, key=lambda each: -ends.periods(each))


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
