"""The unknowns of a question: what stands for each variable in the solver, and within which declared range.

Whole, money, date and decimal values are integers times their grid, the others are dense reals; listed values and texts
are integers that only say which are the same, of a list there is the length. No text is ever given to the solver.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import z3

from guardproxy.ir.terms import Constant, Finder, IsPresent, Term, Variable
from guardproxy.ir.types import ListOf, Number, OneOf, Rational, Text, Type, YesNo
from guardproxy.ir.walk import subterms
from guardproxy.logic.bounds import limits
from guardproxy.logic.linear import Expression, Linear, number, on_one_scale, unknown_times

RELATIONS: Mapping[str, Callable[[Expression], Expression]] = {
    "at most": lambda difference: difference <= 0,
    "at least": lambda difference: difference >= 0,
    "above": lambda difference: difference > 0,
    "below": lambda difference: difference < 0,
    "is": lambda difference: difference == 0,
    "is not": lambda difference: difference != 0,
}


class Unknowns:
    """What the terms of one question read. `domain` are the declared ranges of the variables that were read so far."""

    def __init__(self, terms: Iterable[Term], context: z3.Context | None = None) -> None:
        """Encode these terms only: they say which variables may be absent, and which texts there are."""
        self.context = context or z3.Context()
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
        self._names = 0

    def unknown(self, variable: Variable) -> None:
        """Makes sure that models have a value for a variable, even where only its presence is asked for."""
        match variable.type:
            case YesNo():
                self.condition(variable)
            case Number():
                self.unknown_number(variable)
            case OneOf():
                self.unknown_label(variable)
            case ListOf():
                self.size(variable)

    def present(self, variable: Variable) -> Expression:
        """A variable may be absent only where the terms ask for it; otherwise its declaration says it is there."""
        if variable not in self._optional:
            return self.yes
        if variable not in self.presence:
            self.presence[variable] = self.fresh(z3.Bool)
        return self.presence[variable]

    def condition(self, variable: Variable) -> Expression:
        if variable not in self.conditions:
            self.conditions[variable] = self.fresh(z3.Bool)
        return self.conditions[variable]

    def finding(self, text: Variable, finders: tuple[Finder, ...]) -> Expression:
        if (text, finders) not in self.findings:
            self.findings[text, finders] = self.fresh(z3.Bool)
        return self.findings[text, finders]

    def unknown_number(self, variable: Variable) -> Linear:
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
                found.append(RELATIONS[relation](difference))
        return found

    def unknown_label(self, variable: Variable) -> Expression:
        if variable not in self.labels:
            label, of = self.fresh(z3.Int), variable.type
            self.labels[variable] = label
            if isinstance(of, OneOf):
                self.domain.append(self.any([label == self.texts[value] for value in of.values]))
            elif isinstance(of, Text):
                self.domain += [label >= 0, *(label != i for text, i in self.texts.items() if not _fits(text, of))]
                if of.high == 0:
                    self.domain.append(label == self.texts[""])
        return self.labels[variable]

    def size(self, of: Variable) -> Expression:
        if of not in self.sizes:
            size = self.fresh(z3.Int)
            low, high = (of.type.low, of.type.high) if isinstance(of.type, ListOf) else (0, None)
            self.sizes[of] = size
            self.domain += [size >= max(low, 0), *([] if high is None else [size <= high])]
        return self.sizes[of]

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


def _listed_values(of: Type) -> tuple[str, ...]:
    return of.values if isinstance(of, OneOf) else ()


def _fits(text: str, of: Text) -> bool:
    return of.low <= len(text) and (of.high is None or len(text) <= of.high)
