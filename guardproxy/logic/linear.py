"""Exact numbers as the solver sees them: sums of unknowns times rational factors, kept apart until they are compared.

Whole unknowns stay whole: a comparison is multiplied by its common denominator, so that prices and doses are questions
about integers. Only where a dense unknown (a percentage, a mass) takes part does a comparison become one of reals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, TypeAlias

import z3

from guardproxy.ir.types import Rational

Expression: TypeAlias = Any
"""A term of Z3, whose Python binding has no types."""


@dataclass(frozen=True, slots=True)
class Linear:
    """`constant` plus each unknown times its factor. Unknowns are keyed by their Z3 identity."""

    constant: Fraction = Fraction(0)
    unknowns: Mapping[int, tuple[Expression, Fraction]] = field(default_factory=dict)

    @property
    def denominator(self) -> int:
        factors = [self.constant, *(factor for _, factor in self.unknowns.values())]
        return lcm(*(factor.denominator for factor in factors))

    @property
    def whole(self) -> bool:
        """Whether all unknowns are integers (the factors may still be fractions)."""
        return all(unknown.is_int() for unknown, _ in self.unknowns.values())

    def plus(self, other: "Linear") -> "Linear":
        unknowns = dict(self.unknowns)
        for key, (unknown, factor) in other.unknowns.items():
            together = factor + (unknowns[key][1] if key in unknowns else 0)
            unknowns[key] = (unknown, together)
        return Linear(self.constant + other.constant, {k: u for k, u in unknowns.items() if u[1]})

    def times(self, factor: Rational) -> "Linear":
        if not factor:
            return Linear()
        unknowns = {key: (unknown, own * factor) for key, (unknown, own) in self.unknowns.items()}
        return Linear(self.constant * factor, unknowns)

    def multiplied(self, other: "Linear") -> "Linear":
        """Both times each other; products of two unknowns become unknowns of their own."""
        found = other.times(self.constant).plus(self.times(other.constant))
        found = Linear(found.constant - self.constant * other.constant, found.unknowns)
        for left, a in self.unknowns.values():
            for right, b in other.unknowns.values():
                found = found.plus(unknown_times(_ordered_product(left, right), a * b))
        return found

    def expression(self, context: z3.Context, real: bool, scale: int = 1) -> Expression:
        """`scale` times this, as an integer expression (`scale` clears the denominators) or a real one."""
        value = self.constant * scale
        parts = [_number(value, context, real)] if value or not self.unknowns else []
        for unknown, factor in self.unknowns.values():
            term = z3.ToReal(unknown) if real and unknown.is_int() else unknown
            parts.append(term if factor * scale == 1 else _number(factor * scale, context, real) * term)
        return parts[0] if len(parts) == 1 else z3.Sum(parts)


def number(value: Rational) -> Linear:
    return Linear(Fraction(value))


def unknown_times(unknown: Expression, factor: Rational = 1) -> Linear:
    return Linear(Fraction(0), {unknown.get_id(): (unknown, Fraction(factor))})


def on_one_scale(values: Iterable[Linear], context: z3.Context) -> tuple[list[Expression], int]:
    """The values as expressions of one sort, each multiplied by the same whole number, which is returned too."""
    found = list(values)
    scale = lcm(*(each.denominator for each in found))
    real = not all(each.whole for each in found)
    return [each.expression(context, real, scale) for each in found], scale


def _ordered_product(left: Expression, right: Expression) -> Expression:
    """`a * b` and `b * a` are one unknown."""
    left, right = sorted((left, right), key=lambda each: int(each.get_id()))
    if left.is_int() != right.is_int():
        left, right = (z3.ToReal(each) if each.is_int() else each for each in (left, right))
    return left * right


def _number(value: Fraction, context: z3.Context, real: bool) -> Expression:
    if real:
        return z3.Q(value.numerator, value.denominator, context)
    return z3.IntVal(value.numerator, context)
