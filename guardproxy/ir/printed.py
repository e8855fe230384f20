"""Terms in one line, in the words of the language."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from guardproxy.ir.terms import (
    And,
    Case,
    Compare,
    Constant,
    CountOf,
    DateOf,
    Finder,
    ForEach,
    Holds,
    IsIn,
    IsPresent,
    MonthsBetween,
    Not,
    Or,
    Product,
    SameSet,
    Scaled,
    Sum,
    Term,
    TotalOf,
    Variable,
)
from guardproxy.ir.types import ABSENT, ListOf, Number, Rational, Record, State, Type, Value, rational

_FINDERS = {"words": "contains", "mention": "mentions", "prefix": "starts with", "suffix": "ends with"}
_CONDITIONS = (Not, And, Or, Compare)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def printed(term: Term) -> str:
    """For messages and for people who read what a policy became; `not`, `and`, `or` bind as in the language."""
    match term:
        case Constant(value, of):
            return printed_value(value, of)
        case Variable(name):
            return name
        case Not(IsPresent(variable)):
            return f"{variable.name} is missing"
        case Not(inner):
            return f"not {_within(inner, (And, Or))}"
        case And(terms):
            return " and ".join(_within(each, (Or,)) for each in terms)
        case Or(terms):
            return " or ".join(map(printed, terms))
        case Compare(relation, left, right):
            return f"{_within(left, _CONDITIONS)} {relation} {_within(right, _CONDITIONS)}"
        case IsPresent(variable):
            return f"{variable.name} is present"
        case Holds(text, finders):
            return f"{text.name} {' or '.join(map(_printed_finder, finders)) or 'contains nothing'}"
        case CountOf() | TotalOf() | ForEach() | IsIn() | SameSet():
            return _printed_list(term)
        case _:
            return _printed_number(term)


def _within(term: Term, weaker: tuple[type, ...]) -> str:
    """The term, in parentheses where it binds more weakly than its place needs."""
    return f"({printed(term)})" if isinstance(term, weaker) else printed(term)


def _printed_number(term: Sum | Scaled | Product | Case | MonthsBetween | DateOf) -> str:
    match term:
        case Sum(terms):
            first, *others = terms
            return printed(first) + "".join(map(_added, others))
        case Scaled(factor, inner):
            return f"{_factor(factor)}{_within(inner, (Sum,))}"
        case Product(left, right):
            return f"{_within(left, (Sum,))} * {_within(right, (Sum,))}"
        case MonthsBetween(start, end, per):
            unit = {1: "months", 12: "years"}.get(per, f"periods of {per} months")
            return f"{unit} from {printed(start)} to {printed(end)}"
        case DateOf(instant, zone):
            return f"the date of {_within(instant, (Sum,))} in {zone}"
        case Case(()):
            return "(not readable)"
        case Case(rows):
            return "(" + ", ".join(f"{printed(value)} when {printed(condition)}" for condition, value in rows) + ")"


def _added(term: Term) -> str:
    if isinstance(term, Scaled) and term.factor < 0:
        return f" - {printed(Scaled(-term.factor, term.term))}"
    if isinstance(term, Constant) and not isinstance(term.value, bool | str) and term.value < 0:
        return f" - {printed(Constant(-term.value, term.type))}"
    return f" + {printed(term)}"


def _factor(factor: Rational) -> str:
    if factor in (1, -1):
        return "" if factor == 1 else "-"
    return f"{printed_number(factor)} * "


def _printed_list(term: CountOf | TotalOf | ForEach | IsIn | SameSet) -> str:
    match term:
        case CountOf(of, _, None):
            return f"count of {of.name}"
        case CountOf(of, binder, where) if where is not None:
            return f"count of {binder} in {of.name} where {_clause(where)}"
        case TotalOf(of, binder, item, None):
            return f"total of {printed(item)} for {binder} in {of.name}"
        case TotalOf(of, binder, item, where) if where is not None:
            return f"total of {printed(item)} for {binder} in {of.name} where {_clause(where)}"
        case ForEach(quantifier, of, binder, has):
            return f"{quantifier} {binder} in {of.name} has {_clause(has)}"
        case IsIn(item, of):
            return f"{_within(item, _CONDITIONS)} is in {of.name}"
        case SameSet(left, right):
            return f"{left.name} is the same set as {right.name}"
    raise AssertionError(term)


def _clause(condition: Term) -> str:
    """One comparison stands alone after `has` and `where`, anything else in parentheses."""
    return printed(condition) if isinstance(condition, Compare | IsPresent | Holds) else f"({printed(condition)})"


def _printed_finder(finder: Finder) -> str:
    if finder.kind in _FINDERS:
        return f"{_FINDERS[finder.kind]} {quoted(finder.expression)}"
    if finder.name or finder.kind == "detector":
        return f"contains {finder.name or finder.expression}"
    return f"matches /{finder.expression}/" + (" ignoring case" if finder.ignore_case else "")


# --- values -----------------------------------------------------------------------------------------------------------


def shown(value: Value, of: Type) -> str:
    """Any value for people: in its written unit, or the state in which it is."""
    if isinstance(value, State):
        return "missing" if value is ABSENT else value.value
    if isinstance(value, tuple) and isinstance(of, ListOf):
        return f"[{', '.join(shown(item, of.item) for item in value)}]"
    if isinstance(value, Mapping) and isinstance(of, Record):
        parts = [f"{f.name}: {shown(value[f.name], f.type)}" for f in of.fields if f.name in value]
        return "{" + ", ".join(parts) + "}"
    return printed_value(value, of) if isinstance(value, bool | int | Fraction | str) else str(value)


def quoted(text: str) -> str:
    """A text between quotes, with the escapes that the language knows; every character in it can be seen."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(c if c.isprintable() else _escape(c) for c in escaped) + '"'


def _escape(char: str) -> str:
    """By its UTF-16 code units: one or two."""
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def printed_value(value: bool | Rational | str, of: Type) -> str:
    """A value in its written unit: `yes`, `36%`, `400 mg`, `80.5 USD`, `2026-11-21`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return quoted(value)
    return _printed_amount(value, of) if isinstance(of, Number) else printed_number(value)


def _printed_amount(value: Rational, of: Number) -> str:
    if of.kind == "percent":
        return f"{printed_number(value * 100)}%"
    if isinstance(value, int) and of.kind in ("date", "time", "instant"):
        return _printed_moment(value, of.kind)
    unit = "" if of.kind in ("whole", "decimal") else of.unit or of.currency
    written = printed_number(rational(Fraction(value) / of.wire))
    return f"{written} {unit}" if unit else written


def _printed_moment(value: int, kind: str) -> str:
    try:
        if kind == "date":
            return date.fromordinal(value).isoformat()
        moment = _EPOCH + (timedelta(microseconds=value) if kind == "instant" else timedelta(seconds=value))
    except (ValueError, OverflowError):
        return str(value)
    shown = moment.strftime("%H:%M:%S") if kind == "time" else moment.strftime("%Y-%m-%dT%H:%M:%S")
    return shown.removesuffix(":00") + ("Z" if kind == "instant" else "")


def printed_number(value: Rational) -> str:
    """Exactly: `12`, `0.25`, and `1/3` where no decimal is exact."""
    value = Fraction(value)
    rest, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest != 1:
        return str(value)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
