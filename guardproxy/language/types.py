"""Types in the author's words, and which types go together in a sum, a product and a comparison."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from guardproxy.ir.measures import divided, multiplied
from guardproxy.ir.types import Dimension, ListOf, Number, NumberKind, OneOf, Rational, Record, Text, Type, YesNo

PLAIN: tuple[NumberKind, ...] = ("whole", "decimal")
POINTS: tuple[NumberKind, ...] = ("date", "time", "instant")
"""Kinds of values that are points in time: they have an order and a distance, but no sum."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Why two values do not go together, as a diagnostic without its place."""

    code: str
    message: str
    help: str = ""


def described(type_: Type) -> str:
    match type_:
        case YesNo():
            return "a yes or no"
        case Text():
            return "a text"
        case OneOf(values):
            shown = ", ".join(values[:4]) + (", ..." if len(values) > 4 else "")
            return f"one of {shown}"
        case ListOf():
            return "a list"
        case Record(name):
            return f"a record `{name}`"
    return _number_described(type_)


_KINDS: dict[NumberKind, str] = {
    "whole": "a plain number",
    "decimal": "a plain number",
    "percent": "a percentage",
    "calendar": "a calendar duration (months or years)",
    "date": "a date",
    "time": "a time of day",
    "instant": "an instant",
}


def _number_described(number: Number) -> str:
    if number.kind == "money":
        return f"an amount in {number.currency}"
    if number.kind == "quantity":
        return _dimension_described(number.dimension)
    return _KINDS[number.kind]


def _dimension_described(dimension: Dimension) -> str:
    if dimension == (("duration", 1),):
        return "a duration (hours, days or weeks)"
    above = " times ".join(_power(n, e) for n, e in dimension if e > 0)
    below = " and ".join(_power(n, -e) for n, e in dimension if e < 0)
    return f"a {above or 'rate'}" + (f" per {below}" if below else "")


def _power(name: str, exponent: int) -> str:
    name = name.removeprefix("money ")
    return name if exponent == 1 else f"squared {name}" if exponent == 2 else f"{name} to the {exponent}"


def clash(left: Number, right: Number) -> Clash | None:
    """Why two numbers can be neither compared nor added; None when they can."""
    if left.kind == right.kind == "money" and left.currency != right.currency:
        message = f"an amount in {left.currency} is compared with one in {right.currency}"
        return Clash("E013", message, "a policy compares amounts in one currency; `money in` in its header says which")
    if {left.kind, right.kind} == {"calendar", "quantity"} and (("duration", 1),) in (left.dimension, right.dimension):
        message = "months and years have no fixed length in days or hours"
        return Clash("E016", message, "use the same kind on both sides: `30 days` or `1 month`, as the rule says it")
    if left.kind == right.kind == "quantity" and left.dimension != right.dimension:
        message = f"{described(left)} is compared with {described(right)}"
        return Clash("E015", message, "both sides have to measure the same thing")
    if _nature(left) != _nature(right):
        return Clash("E012", f"{described(left)} is compared with {described(right)}", _hint(left, right))
    return None


def _nature(number: Number) -> object:
    return "plain" if number.kind in PLAIN else (number.kind, number.dimension, number.currency)


def _hint(left: Number, right: Number) -> str:
    kinds = {left.kind, right.kind}
    if "percent" in kinds and kinds & set(PLAIN):
        return "write the sign: `36%`, not `36`"
    if "money" in kinds and kinds & set(PLAIN):
        currency = left.currency or right.currency
        return f"write the currency with the number, such as `{_sample(currency)}`"
    if "quantity" in kinds and kinds & set(PLAIN):
        unit = left.unit or right.unit
        return f"write the unit with the number, such as `5 {unit}`" if unit else "write the unit with the number"
    if "calendar" in kinds and kinds & set(PLAIN):
        return "write the unit with the number, such as `12 months`"
    if kinds == {"date", "instant"}:
        return "compare dates with dates (`today`) and instants with instants (`now`)"
    if kinds & set(POINTS) and kinds & {*PLAIN, "quantity", "calendar"}:
        return "for the time between two dates write `days from A to B`"
    return "both sides have to be of one kind"


def _sample(currency: str) -> str:
    return {"USD": "$500", "EUR": "€500", "GBP": "£500", "JPY": "¥500"}.get(currency, f"500 {currency}")


# --- results of arithmetic --------------------------------------------------------------------------------------------


def unlimited(number: Number, kind: NumberKind | None = None) -> Number:
    """The type of a computed value: same kind and unit, no limits of its own."""
    return replace(number, kind=kind or number.kind, low=None, high=None, grid=None, step=1)


def of_sum(left: Number, right: Number) -> Number | Clash:
    if left.kind in POINTS or right.kind in POINTS:
        return Clash("E012", f"{described(left)} and {described(right)} have no sum", _points_hint(left, right))
    found = clash(left, right)
    if found:
        return replace(found, message=found.message.replace(" is compared with ", " and ") + " do not add up")
    kind: NumberKind = "decimal" if left.kind in PLAIN and left.kind != right.kind else left.kind
    return unlimited(left, kind)


def _points_hint(left: Number, right: Number) -> str:
    if left.kind == right.kind:
        return "for the time between two dates write `days from A to B`"
    return "a date moves by days: `order.day + 30 days`"


def of_product(left: Number, right: Number) -> Number | Clash:
    if left.kind in POINTS or right.kind in POINTS:
        return Clash("E012", f"{described(left)} and {described(right)} have no product", "multiply by a plain number")
    for one, other in ((left, right), (right, left)):
        if one.kind in PLAIN:
            return unlimited(other, "decimal" if other.kind in PLAIN and left.kind != right.kind else other.kind)
    for one, other in ((left, right), (right, left)):
        if one.kind == "percent":
            return unlimited(other)
    if "calendar" in (left.kind, right.kind):
        return Clash("E012", f"{described(left)} and {described(right)} have no product", "multiply by a plain number")
    return with_dimension(multiplied(left.dimension, right.dimension))


def of_quotient(left: Number, right: Number) -> Number | Clash:
    if left.kind in POINTS or right.kind in POINTS or (right.kind == "calendar" and left.kind != "calendar"):
        return Clash("E012", f"{described(left)} cannot be divided by {described(right)}", "divide by a plain number")
    if right.kind in (*PLAIN, "percent"):
        return unlimited(left, "decimal" if left.kind in PLAIN else left.kind)
    if left.kind == right.kind == "calendar":
        return Number("decimal")
    return with_dimension(divided(left.dimension, right.dimension))


def with_dimension(dimension: Dimension) -> Number:
    if not dimension:
        return Number("decimal")
    if len(dimension) == 1 and dimension[0][1] == 1 and dimension[0][0].startswith("money "):
        currency = dimension[0][0].removeprefix("money ")
        return Number("money", currency=currency, dimension=dimension, unit=currency)
    return Number("quantity", dimension=dimension)


def outcome(relation: str, number: Number, value: Rational) -> Literal["always", "never", "depends"]:
    """What a comparison with `value` comes to over all values within the declared limits."""
    low, high = number.low, number.high
    over = high is not None and value > high
    under = low is not None and value < low
    off_grid = number.grid is not None and Fraction(value) % Fraction(number.grid) != 0
    always, never = {
        "is": (low == high == value, over or under or off_grid),
        "is not": (over or under or off_grid, low == high == value),
        "at most": (over or value == high, under),
        "at least": (under or value == low, over),
        "above": (under, over or value == high),
        "below": (over, under or value == low),
    }[relation]
    return "always" if always else "never" if never else "depends"
