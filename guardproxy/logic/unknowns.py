"""The unknowns of a question: what stands for each variable in the solver, and within which declared range.

Whole, money, date and decimal values are integers times their grid, the others are dense reals; listed values and texts
are integers that only say which are the same, of a list there is the length and, in `lists`, its elements. No text is
ever given to the solver.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import lcm
from typing import Any

import z3

from guardproxy.ir.printed import printed
from guardproxy.ir.terms import Constant, Finder, Holds, Term, Variable
from guardproxy.ir.types import ListOf, Number, OneOf, Rational, Record, Text, Type, YesNo
from guardproxy.ir.walk import subterms, whole
from guardproxy.logic.bounds import is_empty, limits, may_be_absent
from guardproxy.logic.linear import Expression, Linear, number, unknown_times

RELATIONS: Mapping[str, Callable[[Expression], Expression]] = {
    "at most": lambda difference: difference <= 0,
    "at least": lambda difference: difference >= 0,
    "above": lambda difference: difference > 0,
    "below": lambda difference: difference < 0,
    "is": lambda difference: difference == 0,
    "is not": lambda difference: difference != 0,
}


_NOT_IN_SYMBOLS = {ord(character): "_" for character in ("|", "\\", *map(chr, range(32)), chr(127))}
"""What a quoted symbol of SMT-LIB may not hold."""


class Unknowns:
    """What the terms of one question read. `domain` are the declared ranges of the variables that were read so far."""

    def __init__(self, terms: Sequence[Term], context: z3.Context | None = None) -> None:
        """Encode these terms only: they say which variables may be absent, and which texts there are."""
        self.context = context or z3.Context()
        self.domain: list[Expression] = []
        self.yes, self.no = z3.BoolVal(True, self.context), z3.BoolVal(False, self.context)
        inside = [part for term in terms for part in subterms(term)]
        self.optional = {each for each in may_be_absent(*terms) if whole(each) == each}
        texts = [part.value for part in inside if isinstance(part, Constant) and isinstance(part.value, str)]
        values = [value for part in inside if isinstance(part, Variable) for value in listed_values(part.type)]
        self.texts = {text: index for index, text in enumerate(dict.fromkeys(["", *texts, *values]))}
        self.numbers: dict[Variable, Linear] = {}
        self.conditions: dict[Variable, Expression] = {}
        self.labels: dict[Variable, Expression] = {}
        self.sizes: dict[Variable, Expression] = {}
        self.presence: dict[Variable, Expression] = {}
        self.findings: dict[tuple[Variable, tuple[Finder, ...]], Expression] = {}
        self._names = 0
        self._taken: set[str] = set()

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
        if variable not in self.optional:
            return self.yes
        if variable not in self.presence:
            self.presence[variable] = self.fresh(z3.Bool, f"{variable.name} is present")
        return self.presence[variable]

    def condition(self, variable: Variable) -> Expression:
        if variable not in self.conditions:
            self.conditions[variable] = self.fresh(z3.Bool, variable.name)
        return self.conditions[variable]

    def finding(self, text: Variable, finders: tuple[Finder, ...]) -> Expression:
        if (text, finders) not in self.findings:
            self.findings[text, finders] = self.fresh(z3.Bool, printed(Holds(text, finders)))
        return self.findings[text, finders]

    def unknown_number(self, variable: Variable) -> Linear:
        if variable not in self.numbers:
            of = variable.type
            assert isinstance(of, Number)
            if of.grid is None:
                value = unknown_times(self.fresh(z3.Real, variable.name))
            else:
                value = unknown_times(self.fresh(z3.Int, variable.name), of.grid)
            self.numbers[variable] = value
            self.domain += self.bounds(value, *limits(of))
        return self.numbers[variable]

    def bounds(self, value: Linear, low: Rational | None, high: Rational | None) -> list[Expression]:
        """That a number lies between these ends, where it has any."""
        found = []
        for end, relation in ((low, "at least"), (high, "at most")):
            if end is not None:
                scale = lcm(value.denominator, Fraction(end).denominator)
                limit = number(end * scale).expression(self.context, not value.whole)
                expression = value.expression(self.context, not value.whole, scale)
                found.append(expression >= limit if relation == "at least" else expression <= limit)
        return found

    def unknown_label(self, variable: Variable) -> Expression:
        if variable not in self.labels:
            label, of = self.fresh(z3.Int, variable.name), variable.type
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
            size = self.fresh(z3.Int, f"count of {of.name}")
            low, high = sizes(of)
            self.sizes[of] = size
            self.domain += [size >= low, *([] if high is None else [size <= high])]
        return self.sizes[of]

    def fresh(self, sort: Any, name: str = "") -> Expression:
        """A new unknown of Z3's, under this name as far as it is free."""
        self._names += 1
        wanted = name.translate(_NOT_IN_SYMBOLS) or f"v{self._names}"
        symbol = f"{wanted} #{self._names}" if wanted in self._taken else wanted
        self._taken.add(symbol)
        return sort(symbol, self.context)

    def searched_texts_are_new(self) -> list[Expression]:
        """No text that is searched is one that the terms name: what is found in those is no question for a solver."""
        searched = dict.fromkeys(text for text, _ in self.findings if text in self.labels)
        return [self.labels[text] != index for text in searched for index in self.texts.values()]

    def same_texts_read_the_same(self) -> list[Expression]:
        """Two texts that are equal are searched with equal success. Holds for all that was read so far."""
        searched: dict[tuple[Finder, ...], list[Variable]] = {}
        for text, finders in self.findings:
            if text in self.labels:
                searched.setdefault(finders, []).append(text)
        pairs = ((f, a, b) for f, texts in searched.items() for a, b in combinations(texts, 2))
        return [
            z3.Implies(self.labels[a] == self.labels[b], self.findings[a, finders] == self.findings[b, finders])
            for finders, a, b in pairs
        ]

    # --- connectives --------------------------------------------------------------------------------------------------

    def all(self, formulas: Iterable[Expression]) -> Expression:
        kept = [formula for formula in formulas if formula is not self.yes]
        if any(formula is self.no for formula in kept):
            return self.no
        return z3.And(kept) if len(kept) > 1 else kept[0] if kept else self.yes

    def any(self, formulas: Iterable[Expression]) -> Expression:
        kept = [formula for formula in formulas if formula is not self.no]
        if any(formula is self.yes for formula in kept):
            return self.yes
        return z3.Or(kept) if len(kept) > 1 else kept[0] if kept else self.no

    def negated(self, formula: Expression) -> Expression:
        if formula is self.yes or formula is self.no:
            return self.no if formula is self.yes else self.yes
        return z3.Not(formula)


def listed_values(of: Type) -> tuple[str, ...]:
    """The listed values of a type and of what is in it."""
    match of:
        case OneOf(values):
            return values
        case ListOf(item):
            return listed_values(item)
        case Record(_, fields):
            return tuple(value for field in fields for value in listed_values(field.type))
    return ()


def sizes(of: Variable) -> tuple[int, int | None]:
    """The least and the greatest length of a list."""
    if not isinstance(of.type, ListOf):
        return 0, None
    return max(of.type.low, 0), 0 if is_empty(of.type.item) else of.type.high


def _fits(text: str, of: Text) -> bool:
    return of.low <= len(text) and (of.high is None or len(text) <= of.high)
