"""A comparison solved for one of its values: where exactly it begins, or stops, to hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from guardproxy.ir.build import add, all_of, compare, constant, scaled
from guardproxy.ir.terms import Compare, Constant, Scaled, Sum, Term, Variable
from guardproxy.ir.types import Number, Rational, rational
from guardproxy.ir.walk import kind, subterms, variables


@dataclass(frozen=True, slots=True)
class _Linear:
    """`factor` times the value, plus `rest`, which does not read it."""

    factor: Rational
    rest: Term


def ways_to_reach(variable: Variable, condition: Term) -> Iterator[tuple[Term, Term]]:
    """Terms for the variable that lie exactly on a limit of the condition, each with when that is one of its values."""
    of = variable.type
    if not isinstance(of, Number):
        return
    for part in subterms(condition):
        if isinstance(part, Compare) and kind(part.left) == "number" and variable in variables(part):
            solved = _solved(part, variable)
            if solved is not None:
                for step in (0, *(() if of.grid is None else (of.grid, -of.grid))):
                    at = add(solved, constant(step, Number("whole"))) if step else solved
                    yield at, _fits(at, of)


def _solved(part: Compare, variable: Variable) -> Term | None:
    left, right = _linear(part.left, variable), _linear(part.right, variable)
    if left is None or right is None or left.factor == right.factor:
        return None
    factor = left.factor - right.factor
    # On a grid only whole steps stay on it.
    if isinstance(variable.type, Number) and variable.type.grid is not None and abs(factor) != 1:
        return None
    return scaled(rational(1 / Fraction(factor)), add(right.rest, scaled(-1, left.rest)))


def _linear(term: Term, variable: Variable) -> _Linear | None:
    """None where the value is multiplied by another, or stands where it cannot be taken out."""
    if term == variable:
        return _Linear(1, _ZERO)
    if variable not in variables(term):
        return _Linear(0, term)
    match term:
        case Sum(terms):
            parts = [_linear(each, variable) for each in terms]
            known = [part for part in parts if part is not None]
            if len(known) < len(parts):
                return None
            return _Linear(rational(Fraction(sum(p.factor for p in known))), add(*(p.rest for p in known)))
        case Scaled(factor, inner):
            found = _linear(inner, variable)
            return (
                None
                if found is None
                else _Linear(rational(Fraction(factor * found.factor)), scaled(factor, found.rest))
            )
    return None


def _fits(term: Term, of: Number) -> Term:
    low = [] if of.low is None else [compare("at least", term, Constant(of.low, of))]
    high = [] if of.high is None else [compare("at most", term, Constant(of.high, of))]
    return all_of(*low, *high)


_ZERO = Constant(0, Number("whole"))
