"""Terms to Z3, exactly: what `ir.evaluate` says for given values, Z3 says for all values.

A condition becomes two formulas, one that says it is true and one that says it is false; it is invalid where neither
holds (an absent value is read, no row of a table fits). A number is a `Linear` form with a formula that says when it
has a value.

What is not expressed (a quantifier over a list that is too long, an offset of a time zone outside of the years that are
looked up) is left free: the formulas then allow more than can be, so "always" and "never" stay true, and a model that
relies on it does not survive being replayed.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

import z3

from guardproxy.ir.calendar import EPOCH_DAY, FIRST_DAY, LAST_DAY, MICROSECONDS_OF_DAY
from guardproxy.ir.terms import (
    And,
    Case,
    Compare,
    Constant,
    CountOf,
    DateOf,
    ForEach,
    Holds,
    IsIn,
    IsPresent,
    MonthsBetween,
    Not,
    Or,
    Product,
    Relation,
    SameSet,
    Scaled,
    Sum,
    Term,
    TotalOf,
    Variable,
)
from guardproxy.ir.walk import kind
from guardproxy.logic.bounds import range_of
from guardproxy.logic.linear import Expression, number, on_one_scale, unknown_times
from guardproxy.logic.lists import ListEncoding
from guardproxy.logic.months import (
    Ends,
    Span,
    at_least_between,
    compared,
    encode_months,
    in_calendar,
    least_differences,
    months_compared,
)
from guardproxy.logic.rails import Amount, Label, Rails
from guardproxy.logic.unknowns import RELATIONS
from guardproxy.logic.zones import KNOWN_FROM, KNOWN_UNTIL, offsets


class Encoding(ListEncoding):
    """The terms of one question; see `Unknowns` for what they read."""

    # --- conditions ---------------------------------------------------------------------------------------------------

    def truth(self, term: Term) -> Rails:
        match term:
            case Constant(value):
                return self._rails(self.yes if value else self.no)
            case Variable():
                present = self.present(term)
                return self._rails(self.condition(self.settled(term)), present)
            case Not(inner):
                rails = self.truth(inner)
                return Rails(rails.false, rails.true)
            case And(terms):
                found = [self.truth(each) for each in terms]
                return Rails(self.all([r.true for r in found]), self.any([r.false for r in found]))
            case Or(terms):
                found = [self.truth(each) for each in terms]
                return Rails(self.any([r.true for r in found]), self.all([r.false for r in found]))
            case Compare():
                return self._comparison(term)
            case IsPresent(variable):
                present = self.present(variable)
                self.unknown(self.settled(variable))
                return self._rails(present)
            case Holds(text, finders):
                present = self.present(text)
                return self._rails(self.finding(self.settled(text), finders), present)
            case Case(rows):
                chosen = [(selected, self.truth(value)) for selected, value in self._selected(rows)]
                true = [self.all([selected, value.true]) for selected, value in chosen]
                false = [self.all([selected, value.false]) for selected, value in chosen]
                return Rails(self.any(true), self.any(false))
            case ForEach() | IsIn() | SameSet():
                return self.list_truth(term)
        raise ValueError(f"a {kind(term)} is no condition")

    def _rails(self, true: Expression, defined: Expression | None = None) -> Rails:
        defined = self.yes if defined is None else defined
        return Rails(self.all([defined, true]), self.all([defined, self.negated(true)]))

    def _comparison(self, term: Compare) -> Rails:
        match {kind(term.left), kind(term.right)} - {"invalid"}:
            case kinds if "condition" in kinds:
                left, right = self.truth(term.left), self.truth(term.right)
                defined = self.all([self.any([r.true, r.false]) for r in (left, right)])
                holds = left.true == right.true
            case kinds if "number" in kinds:
                if isinstance(term.left, MonthsBetween) and isinstance(term.right, Constant):
                    return self._months_limit(term.relation, term.left, term.right)
                a, b = self.number(term.left), self.number(term.right)
                defined = self.all([a.defined, b.defined])
                (difference,), _ = on_one_scale([a.value.plus(b.value.times(-1))], self.context)
                return self._rails(RELATIONS[term.relation](difference), defined)
            case _:
                x, y = self.label(term.left), self.label(term.right)
                defined = self.all([x.defined, y.defined])
                holds = x.value == y.value
        return self._rails(holds if term.relation == "is" else z3.Not(holds), defined)

    def _selected(self, rows: Sequence[tuple[Term, Term]]) -> Iterable[tuple[Expression, Term]]:
        """Each row's value, and when the row is the first that holds."""
        earlier = [self.yes]
        for condition, value in rows:
            rails = self.truth(condition)
            yield self.all([*earlier, rails.true]), value
            earlier.append(rails.false)

    # --- numbers ------------------------------------------------------------------------------------------------------

    def number(self, term: Term) -> Amount:
        match term:
            case Constant(value) if not isinstance(value, str):
                return Amount(number(value), self.yes)
            case Variable():
                present = self.present(term)
                return Amount(self.unknown_number(self.settled(term)), present)
            case Sum(terms):
                parts = [self.number(each) for each in terms]
                together = number(0)
                for part in parts:
                    together = together.plus(part.value)
                return Amount(together, self.all([part.defined for part in parts]))
            case Scaled(factor, inner):
                amount = self.number(inner)
                return Amount(amount.value.times(factor), amount.defined)
            case Product(left, right):
                a, b = self.number(left), self.number(right)
                return Amount(a.value.multiplied(b.value), self.all([a.defined, b.defined]))
            case MonthsBetween(start, end, per):
                return self._months(self.number(start), self.number(end), per)
            case Case(rows):
                return self._table(rows)
            case DateOf(instant, zone):
                return self._date(instant, zone)
            case CountOf() | TotalOf():
                return self.list_amount(term)
        raise ValueError(f"a {kind(term)} is no number")

    def _table(self, rows: Sequence[tuple[Term, Term]]) -> Amount:
        chosen = [(selected, self.number(value)) for selected, value in self._selected(rows)]
        defined = self.any([self.all([selected, amount.defined]) for selected, amount in chosen])
        if not chosen:
            return Amount(number(0), defined)
        values, scale = on_one_scale([amount.value for _, amount in chosen], self.context)
        return Amount(unknown_times(self._first(chosen, values), Fraction(1, scale)), defined)

    def _first(self, chosen: Sequence[tuple[Expression, Any]], values: Sequence[Expression]) -> Expression:
        found = values[-1]
        for (selected, _), value in zip(reversed(chosen[:-1]), reversed(values[:-1]), strict=True):
            found = z3.If(selected, value, found)
        return found

    def _months(self, start: Amount, end: Amount, per: int) -> Amount:
        (first, first_defined), (last, last_defined) = self._day(start), self._day(end)
        return Amount(unknown_times(encode_months(first, last, per)), self.all([first_defined, last_defined]))

    def _months_limit(self, relation: Relation, months: MonthsBetween, limit: Constant) -> Rails:
        """Against a fixed number of months, one date being fixed too: a limit for the other date, found beforehand."""
        start, end = _fixed_day(months.start), _fixed_day(months.end)
        fixed, moving = (start, months.end) if end is None else (end, months.start)
        if fixed is not None and not isinstance(limit.value, str):
            day, defined = self._day(self.number(moving))
            ends = Ends(fixed, months.per, from_fixed=end is None)
            return self._rails(months_compared(relation, day, limit.value, ends), defined)
        return self._months_looked_up(relation, months, limit)

    def _months_looked_up(self, relation: Relation, months: MonthsBetween, limit: Constant) -> Rails:
        """Both dates being unknown: a limit for the days between them."""
        assert not isinstance(limit.value, str)
        start, end = _span(months.start), _span(months.end)
        days = [self._day(self.number(each)) for each in (months.start, months.end)]
        (first, _), (last, _) = days

        def at_least(periods: int) -> Expression:
            if periods > 0:
                return at_least_between(first, last, least_differences(months.per * periods, start, end))
            # Less than so many: counted the other way round, it is not one more.
            back = least_differences(months.per * (1 - periods), end, start)
            return z3.Not(at_least_between(last, first, back))

        holds = compared(relation, limit.value, at_least) if start[0] <= start[1] and end[0] <= end[1] else self.no
        return self._rails(holds, self.all([defined for _, defined in days]))

    def _date(self, instant: Term, zone: str) -> Amount:
        """The whole days since 1970 in the zone's own time. Where its offsets are not known, any that there may be."""
        amount = self.number(instant)
        scale = amount.value.denominator
        at = amount.value.expression(self.context, not amount.value.whole, scale)
        at = z3.ToInt(at / scale) if not amount.value.whole else at / scale if scale > 1 else at
        local = at + self._offset(at, instant, zone)
        defined = [amount.defined, *(z3.And(each >= FIRST_MOMENT, each < END_OF_TIME) for each in (at, local))]
        return Amount(unknown_times(local / MICROSECONDS_OF_DAY).plus(number(EPOCH_DAY)), self.all(defined))

    def _offset(self, at: Expression, instant: Term, zone: str) -> Expression:
        if zone in _UTC:
            return z3.IntVal(0, self.context)
        low, high = (None if end is None else floor(end) for end in range_of(instant))
        first = KNOWN_FROM if low is None or low < KNOWN_FROM else low
        last = KNOWN_UNTIL if high is None or high > KNOWN_UNTIL else high
        known = offsets(zone, first, last) if first <= last else None
        found = z3.IntVal(known[0][1], self.context) if known else self._some_offset()
        for start, offset in known[1:] if known else ():
            found = z3.If(at >= start, z3.IntVal(offset, self.context), found)
        outside = [*([at < first] if first != low else []), *([at > last] if last != high else [])]
        return z3.If(z3.Or(outside), self._some_offset(), found) if outside and known else found

    def _some_offset(self) -> Expression:
        offset, self.is_vague = self.fresh(z3.Int, "offset"), True
        self.domain += [offset > -MICROSECONDS_OF_DAY, offset < MICROSECONDS_OF_DAY]
        return offset

    def _day(self, amount: Amount) -> tuple[Expression, Expression]:
        """A number as a whole day, and when it is one that the calendar has."""
        scale = amount.value.denominator
        day, defined = amount.value.expression(self.context, not amount.value.whole, scale), [amount.defined]
        if not amount.value.whole:
            defined.append(z3.IsInt(day))
            day = z3.ToInt(day)
        if scale > 1:
            defined.append(day % scale == 0)
            day = day / scale
        return day, self.all([*defined, in_calendar(day)])

    # --- listed values and texts --------------------------------------------------------------------------------------

    def label(self, term: Term) -> Label:
        match term:
            case Constant(str() as value):
                return Label(z3.IntVal(self.texts[value], self.context), self.yes)
            case Variable():
                present = self.present(term)
                return Label(self.unknown_label(self.settled(term)), present)
            case Case(rows):
                chosen = [(selected, self.label(value)) for selected, value in self._selected(rows)]
                defined = self.any([self.all([selected, label.defined]) for selected, label in chosen])
                values = [label.value for _, label in chosen]
                return Label(self._first(chosen, values) if chosen else z3.IntVal(0, self.context), defined)
        raise ValueError(f"a {kind(term)} is no text")


_UTC: Final = ("UTC", "Etc/UTC", "Etc/GMT", "GMT")
FIRST_MOMENT: Final = (FIRST_DAY - EPOCH_DAY) * MICROSECONDS_OF_DAY
END_OF_TIME: Final = (LAST_DAY + 1 - EPOCH_DAY) * MICROSECONDS_OF_DAY


def _span(term: Term) -> Span:
    """The first and the last day that a date may be, in the calendar."""
    low, high = range_of(term)
    first, last = FIRST_DAY if low is None else ceil(low), LAST_DAY if high is None else floor(high)
    return max(first, FIRST_DAY), min(last, LAST_DAY)


def _fixed_day(term: Term) -> int | None:
    value = term.value if isinstance(term, Constant) else None
    return value if isinstance(value, int) and FIRST_DAY <= value <= LAST_DAY else None
