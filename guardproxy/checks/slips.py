"""How far off a limit is by a slip: the step that an expert would try, for numbers and for points in time."""

from collections.abc import Mapping
from fractions import Fraction

from guardproxy.ir.terms import Constant, DateOf, Sum, Term, Variable
from guardproxy.ir.types import Number, Rational, rational
from guardproxy.ir.walk import subterms

WHOLE = Number("whole", grid=1)
POINT_STEPS: Mapping[str, tuple[int, str]] = {
    "date": (1, "a day"),
    "time": (60, "a minute"),
    "instant": (60 * 10**6, "a minute"),
}
"""By kind: the step in its base unit, and what it is called."""

_MOST_PLACES = 3


def point_in_time(term: Term) -> str:
    """`date`, `time` or `instant` for a term that is one, moved or not; empty for any other."""
    match term:
        case Variable(type=Number(kind=kind)) | Constant(type=Number(kind=kind)) if kind in POINT_STEPS:
            return kind
        case DateOf():
            return "date"
        case Sum(terms):
            points = [point for part in terms if (point := point_in_time(part))]
            moved = all(isinstance(part, Constant) or point_in_time(part) for part in terms)
            return points[0] if len(points) == 1 and moved else ""
    return ""


def slip(left: Term, right: Constant) -> Rational:
    """The smallest difference that matters to who compares `left` with `right`.

    It is what the field's declaration says (`in steps of`, the currency, the places of a decimal). A measure without
    declared steps can have any value: there it is one of the unit that the field is written in, or a smaller step where
    the limit itself is written with more places.
    """
    assert isinstance(right.type, Number) and not isinstance(right.value, bool | str)
    if right.type.kind in ("time", "instant"):
        step = POINT_STEPS[right.type.kind][0]
        return step if Fraction(right.value) % step == 0 else step // 60
    for variable in (part for part in subterms(left) if isinstance(part, Variable)):
        of = variable.type
        if isinstance(of, Number) and (of.kind, of.dimension) == (right.type.kind, right.type.dimension):
            undeclared = of.kind == "quantity" and Fraction(of.step) * 1000 == of.wire
            return min(of.wire, _last_place(right)) if undeclared else of.step
    if right.type.kind == "quantity":
        return _last_place(right)
    return Fraction(1, 10_000) if right.type.kind == "percent" else right.type.step


def _last_place(limit: Constant) -> Rational:
    """One in the last decimal place of a measure as it is written; one in its second digit where no unit is known."""
    assert isinstance(limit.type, Number) and not isinstance(limit.value, bool | str)
    if not limit.type.unit:
        return _second_digit(Fraction(limit.value))
    number = Fraction(limit.value) / Fraction(limit.type.wire)
    places = next((n for n in range(_MOST_PLACES) if (number * 10**n).denominator == 1), _MOST_PLACES)
    return rational(Fraction(limit.type.wire) / 10**places)


def _second_digit(value: Fraction) -> Rational:
    step = Fraction(1)
    while value and abs(value) < 10 * step:
        step /= 10
    while abs(value) >= 100 * step:
        step *= 10
    return rational(step)
