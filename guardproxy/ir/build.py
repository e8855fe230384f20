"""Constructors for terms: they check what they are given and simplify what is already decided.

Simplifying never changes the meaning: `evaluate` gives the same for the built term as for the plain one, also with
unknown, absent and invalid values. So a variable is never dropped (`0 * x` stays, for `x` may be unreadable), unless
a false part decides an `and`, or a true one an `or`.

A `ValueError` of these functions is a mistake of the calling code, never of a policy's author.
"""

from collections.abc import Iterable
from typing import Final

from guardproxy.ir.calendar import date_of as find_date
from guardproxy.ir.calendar import months_between as count_months
from guardproxy.ir.calendar import zone_named
from guardproxy.ir.evaluate import RELATIONS
from guardproxy.ir.printed import printed
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
    Relation,
    SameSet,
    Scaled,
    Sum,
    Term,
    TotalOf,
    Variable,
)
from guardproxy.ir.types import (
    ListOf,
    Number,
    Rational,
    Type,
    YesNo,
    rational,
)
from guardproxy.ir.walk import Kind, kind, kind_of_type

WHOLE: Final = Number("whole", grid=1)
TRUE: Final = Constant(True, YesNo())
FALSE: Final = Constant(False, YesNo())
NOT_READABLE: Final = Case(())
"""The term that is `INVALID`: a decision table without rows."""

_OPPOSITES: dict[Relation, Relation] = {
    "at most": "above",
    "above": "at most",
    "at least": "below",
    "below": "at least",
    "is": "is not",
    "is not": "is",
}
_MIRRORED: dict[Relation, Relation] = {
    "at most": "at least",
    "at least": "at most",
    "above": "below",
    "below": "above",
}


def constant(value: bool | Rational | str, type: Type) -> Constant:
    """A known value of a type; a whole fraction becomes an `int`."""
    found: Kind = "condition" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
    if found != kind_of_type(type):
        raise ValueError(f"`{value!r}` is no value of {type!r}")
    return Constant(value if isinstance(value, bool | str) else rational(value), type)


# --- conditions -------------------------------------------------------------------------------------------------------


def all_of(*terms: Term) -> Term:
    """`and` of any number of conditions; of none, true."""
    return _connected(And, TRUE, FALSE, terms)


def any_of(*terms: Term) -> Term:
    """`or` of any number of conditions; of none, false."""
    return _connected(Or, FALSE, TRUE, terms)


def _connected(form: type[And] | type[Or], neutral: Constant, deciding: Constant, terms: Iterable[Term]) -> Term:
    found: dict[Term, None] = {}
    for term in terms:
        _need("condition", term)
        found.update(dict.fromkeys(term.terms if isinstance(term, form) else (term,)))
    if deciding in found:
        return deciding
    found.pop(neutral, None)
    return _single_or(form, neutral, tuple(found))


def _single_or(form: type[And] | type[Or], neutral: Constant, terms: tuple[Term, ...]) -> Term:
    if len(terms) > 1:
        return form(terms)
    return terms[0] if terms else neutral


def negate(term: Term) -> Term:
    """`not`, written with the opposite word where there is one."""
    _need("condition", term)
    match term:
        case Constant(value):
            return FALSE if value else TRUE
        case Not(inner):
            return inner
        case Compare(relation, left, right):
            return Compare(_OPPOSITES[relation], left, right)
        case ForEach("some", of, binder, has):
            return ForEach("no", of, binder, has)
        case ForEach("no", of, binder, has):
            return ForEach("some", of, binder, has)
    return term if term == NOT_READABLE else Not(term)


def compare(relation: Relation, left: Term, right: Term) -> Term:
    """Two terms of one kind; others than numbers by `is` and `is not` only.

    `x is yes` becomes `x`, and a constant goes to the right: `5 at most x` becomes `x at least 5`.
    """
    kinds = {kind(left), kind(right)} - {"invalid"}
    if len(kinds) > 1 or not kinds <= {"condition", "number", "text"}:
        raise ValueError(f"`{printed(left)}` and `{printed(right)}` cannot be compared")
    if relation not in ("is", "is not") and kinds - {"number"}:
        raise ValueError(f"`{printed(left)}` has no order, so it cannot be compared by `{relation}`")
    if NOT_READABLE in (left, right):
        return NOT_READABLE
    if isinstance(left, Constant) and isinstance(right, Constant):
        return yes_no(RELATIONS[relation](left.value, right.value))
    if isinstance(left, Constant):
        relation, left, right = _MIRRORED.get(relation, relation), right, left
    if kinds == {"condition"} and isinstance(right, Constant):
        return left if right.value == (relation == "is") else negate(left)
    return Compare(relation, left, right)


def yes_no(value: bool) -> Constant:
    return TRUE if value else FALSE


def is_present(variable: Variable) -> Term:
    return IsPresent(_variable(variable))


def holds(text: Variable, finders: tuple[Finder, ...]) -> Term:
    """Whether one of the finders is found in a text; of no finders, none is."""
    _need("text", _variable(text))
    return Holds(text, finders)


# --- numbers ----------------------------------------------------------------------------------------------------------


def add(*terms: Term) -> Term:
    """A sum, its constants added up and put last; of nothing, 0."""
    known: list[Constant] = []
    open_terms: list[Term] = []
    for term in terms:
        _need("number", term)
        for part in term.terms if isinstance(term, Sum) else (term,):
            if part == NOT_READABLE:
                return NOT_READABLE
            if isinstance(part, Constant):
                known.append(part)
            else:
                open_terms.append(part)
    total = rational(sum(_amount(part) for part in known))
    if total or not open_terms:
        open_terms.append(Constant(total, known[0].type if known else WHOLE))
    return open_terms[0] if len(open_terms) == 1 else Sum(tuple(open_terms))


def scaled(factor: Rational, term: Term) -> Term:
    """A number times a known factor."""
    _need("number", term)
    match term:
        case Constant(_, of):
            return Constant(rational(factor * _amount(term)), of)
        case Scaled(inner_factor, inner):
            return scaled(rational(factor * inner_factor), inner)
    return term if factor == 1 or term == NOT_READABLE else Scaled(rational(factor), term)


def subtract(left: Term, right: Term) -> Term:
    return add(left, scaled(-1, right))


def product(left: Term, right: Term) -> Term:
    """Two numbers multiplied; a constant one becomes the factor of the other."""
    _need("number", left, right)
    if NOT_READABLE in (left, right):
        return NOT_READABLE
    if isinstance(left, Constant):
        return scaled(_amount(left), right)
    if isinstance(right, Constant):
        return scaled(_amount(right), left)
    return Product(left, right)


def months_between(start: Term, end: Term, per: int = 1) -> Term:
    """Whole calendar periods of `per` months between two dates."""
    _need("number", start, end)
    if per < 1:
        raise ValueError(f"a period has at least one month, not {per}")
    if NOT_READABLE in (start, end):
        return NOT_READABLE
    if isinstance(start, Constant) and isinstance(end, Constant):
        months = count_months(_amount(start), _amount(end), per)
        return NOT_READABLE if months is None else Constant(months, Number("calendar" if per == 1 else "whole", grid=1))
    return MonthsBetween(start, end, per)


def date_of(instant: Term, zone: str) -> Term:
    """The date on which an instant falls in a time zone (IANA name)."""
    _need("number", instant)
    try:
        zone_named(zone)
    except (KeyError, ValueError):
        raise ValueError(f"`{zone}` is no time zone") from None
    if instant == NOT_READABLE:
        return NOT_READABLE
    if isinstance(instant, Constant):
        day = find_date(_amount(instant), zone)
        return NOT_READABLE if day is None else Constant(day, Number("date", grid=1))
    return DateOf(instant, zone)


def case(*rows: tuple[Term, Term]) -> Term:
    """A decision table. Rows that cannot be reached go."""
    kept: list[tuple[Term, Term]] = []
    for condition, value in rows:
        _need("condition", condition)
        if condition == NOT_READABLE:
            break
        if condition != FALSE:
            kept.append((condition, value))
        if condition == TRUE:
            break
    if len({kind(value) for _, value in kept} - {"invalid"}) > 1:
        raise ValueError("the rows of a decision table have different kinds of values")
    while kept and kept[-1][1] == NOT_READABLE:
        kept.pop()
    return kept[0][1] if kept and kept[0][0] == TRUE else Case(tuple(kept))


# --- lists ------------------------------------------------------------------------------------------------------------


def count_of(of: Variable, binder: str = "", where: Term = TRUE) -> Term:
    _need("list", _variable(of))
    _need("condition", where)
    return CountOf(of) if where == TRUE else CountOf(of, binder, where)


def total_of(of: Variable, binder: str, item: Term, where: Term = TRUE) -> Term:
    _need("list", _variable(of))
    _need("number", item)
    _need("condition", where)
    return TotalOf(of, binder, item, None if where == TRUE else where)


def every(of: Variable, binder: str, has: Term) -> Term:
    return ForEach("every", _listed(of), binder, _condition(has))


def some(of: Variable, binder: str, has: Term) -> Term:
    return ForEach("some", _listed(of), binder, _condition(has))


def no(of: Variable, binder: str, has: Term) -> Term:
    return ForEach("no", _listed(of), binder, _condition(has))


def is_in(item: Term, of: Variable) -> Term:
    if kind(item) not in ("condition", "number", "text", "invalid"):
        raise ValueError(f"`{printed(item)}` cannot be looked for in a list")
    return IsIn(item, _listed(of))


def same_set(left: Variable, right: Variable) -> Term:
    """Two lists with elements of one kind that can be compared."""
    kinds = [kind_of_type(item_type(_listed(each))) for each in (left, right)]
    if kinds[0] != kinds[1] or kinds[0] not in ("condition", "number", "text"):
        raise ValueError(f"`{left.name}` and `{right.name}` cannot be compared")
    return SameSet(left, right)


def item_type(of: Variable) -> Type:
    if not isinstance(of.type, ListOf):
        raise ValueError(f"`{of.name}` is no list")
    return of.type.item


# --- checks -----------------------------------------------------------------------------------------------------------


def _need(wanted: Kind, *terms: Term) -> None:
    for term in terms:
        found = kind(term)
        if found not in (wanted, "invalid"):
            raise ValueError(f"`{printed(term)}` is a {found} where a {wanted} is needed")


def _condition(term: Term) -> Term:
    _need("condition", term)
    return term


def _variable(term: Term) -> Variable:
    if not isinstance(term, Variable):
        raise ValueError(f"`{printed(term)}` is no variable")
    return term


def _listed(term: Term) -> Variable:
    _need("list", term)
    return _variable(term)


def _amount(term: Constant) -> Rational:
    if isinstance(term.value, bool | str):
        raise ValueError(f"`{term.value!r}` is no number")
    return term.value
