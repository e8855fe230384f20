"""Months in Z3 are the months of the calendar."""

from datetime import date
from random import Random

import pytest
import z3

from guardproxy.ir.calendar import FIRST_DAY, LAST_DAY, months_between
from guardproxy.ir.evaluate import RELATIONS
from guardproxy.logic.months import Ends, at_least_between, encode_months, least_differences, months_compared

CONTEXT = z3.Context()


def some_days() -> list[int]:
    random = Random(1)
    edges = [date(*day).toordinal() for day in ((1, 1, 1), (2000, 2, 29), (2100, 3, 1), (2024, 1, 31), (9999, 12, 31))]
    near = [random.randint(date(2019, 12, 1).toordinal(), date(2024, 4, 1).toordinal()) for _ in range(60)]
    return edges + near + [random.randint(FIRST_DAY, LAST_DAY) for _ in range(60)]


def test_the_formulas_count_as_the_calendar_does() -> None:
    days = some_days()
    for start, end in zip(days, reversed(days), strict=True):
        formula = encode_months(z3.IntVal(start, CONTEXT), z3.IntVal(end, CONTEXT), 1)
        assert z3.simplify(formula).as_long() == months_between(start, end)


@pytest.mark.parametrize("from_fixed", [True, False])
@pytest.mark.parametrize("limit", [-13, 0, 1, 36])
def test_limits_for_a_fixed_date_are_found_exactly(from_fixed: bool, limit: int) -> None:
    fixed = date(2022, 1, 31).toordinal()
    for relation, holds in RELATIONS.items():
        for day in some_days()[:40]:
            formula = months_compared(relation, z3.IntVal(day, CONTEXT), limit, Ends(fixed, 1, from_fixed))
            months = months_between(fixed, day) if from_fixed else months_between(day, fixed)
            assert z3.is_true(z3.simplify(formula)) == holds(months, limit)


@pytest.mark.parametrize("months", [1, 2, 12, 36, 14_000])
@pytest.mark.parametrize("wide", [True, False])
def test_months_between_two_unknown_dates_are_a_limit_for_the_days_between_them(months: int, wide: bool) -> None:
    random, decade = Random(months), (date(2019, 12, 1).toordinal(), date(2029, 11, 30).toordinal())
    ends = [(FIRST_DAY, LAST_DAY), (FIRST_DAY, LAST_DAY)] if wide else random.sample([decade, (FIRST_DAY, LAST_DAY)], 2)
    start, end = z3.Ints("start end", CONTEXT)
    formula = at_least_between(start, end, least_differences(months, *ends))
    for _ in range(60):
        first = random.randint(*ends[0])
        last = min(max(first + round(months * 30.44) + random.randint(-3, 3), ends[1][0]), ends[1][1])
        given = z3.substitute(formula, *((v, z3.IntVal(day, CONTEXT)) for v, day in ((start, first), (end, last))))
        found = months_between(first, last)
        assert found is not None and z3.is_true(z3.simplify(given)) == (found >= months), (first, last)
