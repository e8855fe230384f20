"""A case in humane numbers: limits that the rule names, round numbers, dates around today.

Greedy, one value after the other: the first of the candidates, nicest first, with which the case still shows the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from fractions import Fraction
from typing import TypeAlias

from guardproxy.checks.engine import Matcher
from guardproxy.ir.evaluate import HoldsIn, evaluate
from guardproxy.ir.terms import (
    CallsInAnswer,
    CallsSoFar,
    Clock,
    Compare,
    Constant,
    FieldOf,
    IsPresent,
    PickedFrom,
    ResultField,
    Term,
    TotalPerKey,
    Variable,
)
from guardproxy.ir.types import ABSENT, INVALID, ListOf, Number, Rational, Record, State, Text, Type, Value, YesNo
from guardproxy.ir.walk import subterms, whole
from guardproxy.logic.questions import Case, Says
from guardproxy.proofs.inquiry import Sought
from guardproxy.proofs.samples import sample_text
from guardproxy.proofs.values import TODAY, default, fitting_text, nearest, round_below

Values: TypeAlias = Mapping[Variable, Value]

_MATCHES = Matcher()
_DAY = 86_400_000_000
_SAYS: Mapping[Says, tuple[Value, ...]] = {
    "true": (True,),
    "false": (False,),
    "not true": (False, INVALID),
    "not false": (True, INVALID),
}


def says_so(sought: Sought, values: Values, holds: HoldsIn = _MATCHES) -> bool:
    """Whether the terms say what is wanted of them in this case."""
    return all(evaluate(term, values, holds) in _SAYS[says] for term, says in sought)


def nicer(
    case: Case, sought: Sought, taken: Iterable[str] = (), kept: Sequence[Variable] = ()
) -> dict[Variable, Value]:
    """The case's values, nicer ones where they show the same; made-up names avoid `taken`, `kept` values stay."""
    values = _renamed_texts(case, set(taken))
    if not says_so(sought, values):
        return values
    if not kept:
        values = _around_today(values, sought)
    limits = _limits(sought)
    reading = _reading(sought)
    optional = {part.variable for term, _ in sought for part in subterms(term) if isinstance(part, IsPresent)}
    for variable in list(values):
        if isinstance(values[variable], State) or variable in kept:
            continue
        mine = reading.get(variable, ())
        if variable in optional and says_so(mine, {**values, variable: ABSENT}):
            values[variable] = ABSENT
            continue
        for candidate in _candidates(variable, values, limits.get(variable, ())):
            if candidate == values[variable]:
                break
            changed = {**values, variable: candidate}
            if says_so(mine, changed):
                values = changed
                break
    return values


def _reading(sought: Sought) -> dict[Variable, Sought]:
    """For each variable the terms that read it: only they can say something else when it changes."""
    found: dict[Variable, list[tuple[Term, Says]]] = {}
    for term, says in sought:
        read = (whole(part) for part in subterms(term) if isinstance(part, Variable))
        for variable in dict.fromkeys(read):
            found.setdefault(variable, []).append((term, says))
    return {variable: tuple(terms) for variable, terms in found.items()}


# --- texts ------------------------------------------------------------------------------------------------------------


def _texts(case: Case) -> dict[str, str]:
    """For the placeholders of which the solver only said what is found in them: texts in which that is so."""
    found: dict[str, str] = {}
    for placeholder in dict.fromkeys(text for _, text in case.findings):
        said = [(finders, says) for (finders, text), says in case.findings.items() if text == placeholder]
        text = sample_text([f for f, says in said if says], [f for f, says in said if not says])
        if text is not None:
            found[placeholder] = text
    return found


def _renamed_texts(case: Case, taken: set[str]) -> dict[Variable, Value]:
    """For each placeholder a text in which is found what has to be; for the others `A1`, `B2` ..., one for each."""
    names = _texts(case)
    made_up = case.placeholders | names.keys()
    return {v: _renamed(v.type, value, made_up, names, taken) for v, value in case.values.items()}


def _renamed(of: Type, value: Value, made_up: Set[str], names: dict[str, str], taken: set[str]) -> Value:
    match of:
        case ListOf(item) if isinstance(value, tuple):
            return tuple(_renamed(item, each, made_up, names, taken) for each in value)
        case Record(_, fields) if isinstance(value, Mapping):
            types = {field.name: field.type for field in fields}
            return {key: _renamed(types[key], each, made_up, names, taken) for key, each in value.items()}
        case Text(low, high) if isinstance(value, str) and value in made_up:
            if value not in names:
                names[value] = next(name for name in _names() if name not in taken and name not in names.values())
            return fitting_text(names[value], low, high)
    return value


def _names() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"{chr(ord('A') + (number - 1) % 26)}{number}"


# --- numbers ----------------------------------------------------------------------------------------------------------


def _around_today(values: Values, sought: Sought) -> dict[Variable, Value]:
    """All dates moved together, so that today, or else the first of them, is a day of our time."""
    dates = [v for v in values if isinstance(v.type, Number) and v.type.kind in ("date", "instant")]
    anchor = next((v for v in dates if isinstance(v.origin, Clock)), dates[0] if dates else None)
    at = values.get(anchor) if anchor is not None else None
    if anchor is None or not isinstance(at, int):
        return dict(values)
    assert isinstance(anchor.type, Number)
    days = TODAY - (at if anchor.type.kind == "date" else at // _DAY + 719_163)
    moved = {v: _moved(v, value, days) for v, value in values.items()}
    return moved if says_so(sought, moved) else dict(values)


def _moved(variable: Variable, value: Value, days: int) -> Value:
    of = variable.type
    if not isinstance(of, Number) or isinstance(value, State) or not isinstance(value, int):
        return value
    return value + days if of.kind == "date" else value + days * _DAY if of.kind == "instant" else value


def _limits(sought: Sought) -> dict[Variable, list[Rational]]:
    """The numbers with which each variable is compared."""
    found: dict[Variable, list[Rational]] = {}
    for term, _ in sought:
        for part in subterms(term):
            match part:
                case Compare(_, Variable() as variable, right):
                    constants = [each.value for each in subterms(right) if isinstance(each, Constant)]
                    numbers = [value for value in constants if not isinstance(value, bool | str)]
                    found.setdefault(variable, []).extend(numbers)
    return found


def _candidates(variable: Variable, values: Values, limits: Iterable[Rational]) -> Iterator[Value]:
    """Nicest first; the value itself last."""
    of, value = variable.type, values[variable]
    if isinstance(variable.origin, CallsSoFar | CallsInAnswer):
        yield from (0, 1)
    if isinstance(variable.origin, TotalPerKey):
        field = variable.origin.field
        yield from (x for v, x in values.items() if isinstance(v.origin, FieldOf) and v.origin.path == (field,))
    if isinstance(of, YesNo | ListOf) or isinstance(variable.origin, PickedFrom):
        return
    if not isinstance(of, Number) or isinstance(value, bool) or not isinstance(value, int | Fraction):
        if is_plain(variable):
            yield default(of) if not isinstance(of, Text) else value
        return
    near = [*limits, *(limit + step for limit in limits for step in (of.step, -of.step))]
    for candidate in (*near, _plain(of), *_round(of, value), of.low, of.high, nearest(of, value)):
        if candidate is not None and nearest(of, candidate) == candidate and _ends(candidate, of):
            yield candidate
    yield value


def _plain(of: Number) -> Rational | None:
    found = default(of)
    return found if isinstance(found, int | Fraction) else None


def _round(of: Number, value: Rational) -> Iterator[Rational]:
    """Rounder numbers near the value: one digit, then two."""
    first = round_below(of, value)
    yield first
    if value > first:
        yield first + round_below(of, value - first)
    yield Fraction(int(Fraction(value) / Fraction(of.wire))) * Fraction(of.wire)


def _ends(value: Rational, of: Number) -> bool:
    """Whether the number can be written in digits."""
    rest = (Fraction(value) / Fraction(of.wire)).denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def is_plain(variable: Variable) -> bool:
    return isinstance(variable.origin, FieldOf | ResultField)
