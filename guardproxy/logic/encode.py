"""Terms to Z3, exactly: what `ir.evaluate` says for given values, Z3 says for all values.

A condition becomes two formulas, one that says it is true and one that says it is false; it is invalid where neither
holds (an absent value is read, no row of a table fits). A number is a `Linear` form with a formula that says when it
has a value.

What cannot be expressed (a quantifier over an unknown list) is left free: the formulas then allow more than can be, so
"always" and "never" stay true, and a model that relies on it does not survive being replayed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import z3

from guardproxy.ir.calendar import FIRST_DAY, LAST_DAY
from guardproxy.ir.terms import (
    And,
    Case,
    Compare,
    Constant,
    CountOf,
    ForEach,
    Holds,
    IsIn,
    IsPresent,
    MonthsBetween,
    Not,
    Or,
    Product,
    Relation,
    Scaled,
    Sum,
    Term,
    TotalOf,
    Variable,
)
from guardproxy.ir.walk import kind
from guardproxy.logic.linear import Expression, Linear, number, on_one_scale, unknown_times
from guardproxy.logic.months import Ends, encode_months, in_calendar, months_compared
from guardproxy.logic.unknowns import RELATIONS, Unknowns


@dataclass(frozen=True, slots=True)
class Rails:
    """When a condition is true and when it is false."""

    true: Expression
    false: Expression


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, and when it has a value."""

    value: Linear
    defined: Expression


@dataclass(frozen=True, slots=True)
class Label:
    """A listed value or text, as the number that stands for it, and when it has a value."""

    value: Expression
    defined: Expression


class Encoding(Unknowns):
    """The terms of one question; see `Unknowns` for what they read."""

    def __init__(self, terms: Sequence[Term], context: z3.Context | None = None) -> None:
        super().__init__(terms, context)
        self._free_truths: dict[Term, Rails] = {}
        self._free_amounts: dict[Term, Amount] = {}

    # --- conditions ---------------------------------------------------------------------------------------------------

    def truth(self, term: Term) -> Rails:
        match term:
            case Constant(value):
                return self._rails(self.yes if value else self.no)
            case Variable():
                return self._rails(self.condition(term), self.present(term))
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
                self.unknown(variable)
                return self._rails(self.present(variable))
            case Holds(text, finders):
                return self._rails(self.finding(text, finders), self.present(text))
            case Case(rows):
                chosen = [(selected, self.truth(value)) for selected, value in self._selected(rows)]
                true = [self.all([selected, value.true]) for selected, value in chosen]
                false = [self.all([selected, value.false]) for selected, value in chosen]
                return Rails(self.any(true), self.any(false))
            case ForEach() | IsIn():
                return self._free_truth(term)
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
                return Amount(self.unknown_number(term), self.present(term))
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
            case CountOf(of, _, None):
                return Amount(unknown_times(self.size(of)), self.present(of))
            case CountOf() | TotalOf():
                return self._free_amount(term)
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
        amount = self.number(months)
        (difference,), _ = on_one_scale([amount.value.plus(self.number(limit).value.times(-1))], self.context)
        return self._rails(RELATIONS[relation](difference), amount.defined)

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
                return Label(self.unknown_label(term), self.present(term))
            case Case(rows):
                chosen = [(selected, self.label(value)) for selected, value in self._selected(rows)]
                defined = self.any([self.all([selected, label.defined]) for selected, label in chosen])
                values = [label.value for _, label in chosen]
                return Label(self._first(chosen, values) if chosen else z3.IntVal(0, self.context), defined)
        raise ValueError(f"a {kind(term)} is no text")

    # --- what cannot be expressed -------------------------------------------------------------------------------------

    def _free_truth(self, term: Term) -> Rails:
        if term not in self._free_truths:
            rails = Rails(self.fresh(z3.Bool), self.fresh(z3.Bool))
            self.domain.append(z3.Not(z3.And(rails.true, rails.false)))
            self._free_truths[term] = rails
        return self._free_truths[term]

    def _free_amount(self, term: CountOf | TotalOf) -> Amount:
        if term not in self._free_amounts:
            value = self.fresh(z3.Real if isinstance(term, TotalOf) else z3.Int)
            if isinstance(term, CountOf):
                self.domain += [value >= 0, value <= self.size(term.list)]
            self._free_amounts[term] = Amount(unknown_times(value), self.fresh(z3.Bool))
        return self._free_amounts[term]


def _fixed_day(term: Term) -> int | None:
    value = term.value if isinstance(term, Constant) else None
    return value if isinstance(value, int) and FIRST_DAY <= value <= LAST_DAY else None
