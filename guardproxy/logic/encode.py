"""Terms to Z3, exactly: what `ir.evaluate` says for given values, Z3 says for all values.

A condition becomes two formulas, one that says it is true and one that says it is false; it is invalid where neither
holds (an absent value is read, no row of a table fits). A number is a `Linear` form with a formula that says when it
has a value. Whole, money, date and decimal values are integers times their grid, the others are dense reals; listed
values and texts are integers that only say which are the same. No text is ever given to the solver.

What cannot be expressed (a quantifier over an unknown list) is left free: the formulas then allow more than can be, so
"always" and "never" stay true, and a model that relies on it does not survive being replayed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import z3

from guardproxy.ir.terms import (
    And,
    Case,
    Compare,
    Constant,
    CountOf,
    Finder,
    ForEach,
    Holds,
    IsIn,
    IsPresent,
    MonthsBetween,
    Not,
    Or,
    Product,
    Scaled,
    Sum,
    Term,
    TotalOf,
    Variable,
)
from guardproxy.ir.types import ListOf, Number, OneOf, Rational, Text, Type
from guardproxy.ir.walk import kind, subterms
from guardproxy.logic.bounds import limits
from guardproxy.logic.linear import Expression, Linear, number, on_one_scale, unknown_times
from guardproxy.logic.months import encode_months, in_calendar

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


class Encoding:
    """The terms of one question. `domain` are the declared ranges of the variables that occurred so far."""

    def __init__(self, terms: Iterable[Term]) -> None:
        """Encode these terms only: they say which variables may be absent, and which texts there are."""
        self.context = z3.Context()
        self.domain: list[Expression] = []
        self.yes, self.no = z3.BoolVal(True, self.context), z3.BoolVal(False, self.context)
        inside = [part for term in terms for part in subterms(term)]
        self._optional = {part.variable for part in inside if isinstance(part, IsPresent)}
        texts = [part.value for part in inside if isinstance(part, Constant) and isinstance(part.value, str)]
        values = [value for part in inside if isinstance(part, Variable) for value in _listed_values(part.type)]
        self.texts = {text: index for index, text in enumerate(dict.fromkeys(["", *texts, *values]))}
        self.numbers: dict[Variable, Linear] = {}
        self.conditions: dict[Variable, Expression] = {}
        self.labels: dict[Variable, Expression] = {}
        self.sizes: dict[Variable, Expression] = {}
        self.presence: dict[Variable, Expression] = {}
        self.findings: dict[tuple[Variable, tuple[Finder, ...]], Expression] = {}
        self._free: dict[Term, Any] = {}
        self._names = 0

    # --- conditions ---------------------------------------------------------------------------------------------------

    def truth(self, term: Term) -> Rails:
        match term:
            case Constant(value):
                return self._rails(self.yes if value else self.no)
            case Variable():
                return self._rails(self._condition(term), self.present(term))
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
                return self._rails(self.present(variable))
            case Holds(text, finders):
                return self._rails(self._finding(text, finders), self.present(text))
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
                a, b = self.number(term.left), self.number(term.right)
                defined = self.all([a.defined, b.defined])
                (difference,), _ = on_one_scale([a.value.plus(b.value.times(-1))], self.context)
                return self._rails(_RELATIONS[term.relation](difference), defined)
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
                return Amount(self._number(term), self.present(term))
            case Sum(terms):
                parts = [self.number(each) for each in terms]
                value = number(0)
                for part in parts:
                    value = value.plus(part.value)
                return Amount(value, self.all([part.defined for part in parts]))
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
                return Amount(unknown_times(self._size(of)), self.present(of))
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
        days, defined = [], [start.defined, end.defined]
        for amount in (start, end):
            scale = amount.value.denominator
            day = amount.value.expression(self.context, not amount.value.whole, scale)
            if not amount.value.whole:
                defined.append(z3.IsInt(day))
                day = z3.ToInt(day)
            if scale > 1:
                defined.append(day % scale == 0)
                day = day / scale
            defined.append(in_calendar(day))
            days.append(day)
        return Amount(unknown_times(encode_months(days[0], days[1], per)), self.all(defined))

    # --- listed values and texts --------------------------------------------------------------------------------------

    def label(self, term: Term) -> Label:
        match term:
            case Constant(str() as value):
                return Label(z3.IntVal(self.texts[value], self.context), self.yes)
            case Variable():
                return Label(self._label(term), self.present(term))
            case Case(rows):
                chosen = [(selected, self.label(value)) for selected, value in self._selected(rows)]
                defined = self.any([self.all([selected, label.defined]) for selected, label in chosen])
                values = [label.value for _, label in chosen]
                return Label(self._first(chosen, values) if chosen else z3.IntVal(0, self.context), defined)
        raise ValueError(f"a {kind(term)} is no text")

    # --- variables ----------------------------------------------------------------------------------------------------

    def present(self, variable: Variable) -> Expression:
        """A variable may be absent only where the terms ask for it; otherwise its declaration says it is there."""
        if variable not in self._optional:
            return self.yes
        if variable not in self.presence:
            self.presence[variable] = self.fresh(z3.Bool)
        return self.presence[variable]

    def _condition(self, variable: Variable) -> Expression:
        if variable not in self.conditions:
            self.conditions[variable] = self.fresh(z3.Bool)
        return self.conditions[variable]

    def _finding(self, text: Variable, finders: tuple[Finder, ...]) -> Expression:
        if (text, finders) not in self.findings:
            self.findings[text, finders] = self.fresh(z3.Bool)
        return self.findings[text, finders]

    def _number(self, variable: Variable) -> Linear:
        if variable not in self.numbers:
            of = variable.type
            assert isinstance(of, Number)
            if of.grid is None:
                value = unknown_times(self.fresh(z3.Real))
            else:
                value = unknown_times(self.fresh(z3.Int), of.grid)
            self.numbers[variable] = value
            self.domain += self.bounds(value, *limits(of))
        return self.numbers[variable]

    def bounds(self, value: Linear, low: Rational | None, high: Rational | None) -> list[Expression]:
        ends = [(low, "at least"), (high, "at most")]
        found = []
        for end, relation in ends:
            if end is not None:
                (difference,), _ = on_one_scale([value.plus(number(-end))], self.context)
                found.append(_RELATIONS[relation](difference))
        return found

    def _label(self, variable: Variable) -> Expression:
        if variable not in self.labels:
            label, of = self.fresh(z3.Int), variable.type
            self.labels[variable] = label
            if isinstance(of, OneOf):
                self.domain.append(self.any([label == self.texts[value] for value in of.values]))
            elif isinstance(of, Text):
                too_long = [i for text, i in self.texts.items() if not of.low <= len(text) <= _or_more(of.high, len(text))]
                self.domain += [label >= 0, *(label != index for index in too_long)]
                if of.high == 0:
                    self.domain.append(label == self.texts[""])
        return self.labels[variable]

    def _size(self, of: Variable) -> Expression:
        if of not in self.sizes:
            size = self.fresh(z3.Int)
            low, high = (of.type.low, of.type.high) if isinstance(of.type, ListOf) else (0, None)
            self.sizes[of] = size
            self.domain += [size >= max(low, 0), *([] if high is None else [size <= high])]
        return self.sizes[of]

    def _free_truth(self, term: Term) -> Rails:
        if term not in self._free:
            rails = Rails(self.fresh(z3.Bool), self.fresh(z3.Bool))
            self.domain.append(z3.Not(z3.And(rails.true, rails.false)))
            self._free[term] = rails
        rails = self._free[term]
        return rails

    def _free_amount(self, term: CountOf | TotalOf) -> Amount:
        if term not in self._free:
            value = self.fresh(z3.Real if isinstance(term, TotalOf) else z3.Int)
            if isinstance(term, CountOf):
                self.domain += [value >= 0, value <= self._size(term.list)]
            self._free[term] = Amount(unknown_times(value), self.fresh(z3.Bool))
        amount: Amount = self._free[term]
        return amount

    def fresh(self, sort: Any) -> Expression:
        self._names += 1
        return sort(f"v{self._names}", self.context)

    # --- connectives --------------------------------------------------------------------------------------------------

    def all(self, formulas: Iterable[Expression]) -> Expression:
        kept = [formula for formula in formulas if not z3.is_true(formula)]
        if any(z3.is_false(formula) for formula in kept):
            return self.no
        return z3.And(kept) if len(kept) > 1 else kept[0] if kept else self.yes

    def any(self, formulas: Iterable[Expression]) -> Expression:
        kept = [formula for formula in formulas if not z3.is_false(formula)]
        if any(z3.is_true(formula) for formula in kept):
            return self.yes
        return z3.Or(kept) if len(kept) > 1 else kept[0] if kept else self.no

    def negated(self, formula: Expression) -> Expression:
        if z3.is_true(formula) or z3.is_false(formula):
            return self.no if z3.is_true(formula) else self.yes
        return z3.Not(formula)


_RELATIONS: Mapping[str, Callable[[Expression], Expression]] = {
    "at most": lambda difference: difference <= 0,
    "at least": lambda difference: difference >= 0,
    "above": lambda difference: difference > 0,
    "below": lambda difference: difference < 0,
    "is": lambda difference: difference == 0,
    "is not": lambda difference: difference != 0,
}


def _listed_values(of: Type) -> tuple[str, ...]:
    return of.values if isinstance(of, OneOf) else ()


def _or_more(limit: int | None, length: int) -> int:
    return length if limit is None else limit
