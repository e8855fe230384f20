"""A rule's clauses, evaluated one by one: what each says, and both sides of each comparison in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from guardproxy.ir.evaluate import HoldsIn, evaluate
from guardproxy.ir.policy import Clause, Rule
from guardproxy.ir.printed import printed
from guardproxy.ir.terms import (
    And,
    Case,
    Compare,
    Constant,
    CountOf,
    Element,
    ForEach,
    Holds,
    IsIn,
    IsPresent,
    Not,
    Or,
    SameSet,
    Scaled,
    Sum,
    Term,
    TotalOf,
    Variable,
)
from guardproxy.ir.types import UNKNOWN, Number, Type, Value, YesNo
from guardproxy.ir.walk import subterms, variables

_MOST_ELEMENTS = 8
_WHOLE = Number("whole", grid=1)
_TRUE = Constant(True, YesNo())

Values = Mapping[Variable, Value]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: the term, its value, and the type in whose unit it is shown."""

    text: str
    value: Value
    type: Type | None


@dataclass(frozen=True, slots=True)
class ComparisonStep:
    """`element` says for which element of a list it is, empty outside of lists. `sides` may be empty."""

    text: str
    truth: Value
    sides: tuple[Side, ...] = ()
    element: str = ""


@dataclass(frozen=True, slots=True)
class ClauseStep:
    """`word` stands before `text`: `when`, `unless`, `require`, `never`, `allow refund only when`, or nothing.

    For a rule that keeps no clauses it is `applies if` or `demands`. `is_guard`: it says whether the rule applies.
    `forbids`: what it says must not be.
    """

    word: str
    text: str
    truth: Value
    comparisons: tuple[ComparisonStep, ...] = ()
    is_guard: bool = False
    forbids: bool = False


def clause_steps(rule: Rule, values: Values, holds: HoldsIn) -> tuple[ClauseStep, ...]:
    """The clauses as their author wrote them, or the rule's terms where no clause is kept."""
    if rule.clauses:
        return tuple(_written(clause, values, holds) for clause in rule.clauses)
    terms = [("applies if", rule.applies)] if rule.applies != _TRUE else []
    return tuple(
        ClauseStep(
            word,
            printed(term),
            evaluate(term, values, holds),
            _comparisons(term, _atoms(term), values, holds),
            is_guard=word == "applies if",
        )
        for word, term in [*terms, ("demands", rule.demands)]
    )


def _written(clause: Clause, values: Values, holds: HoldsIn) -> ClauseStep:
    # `allow T at most N times` has its two sides in no words of its own.
    compared = () if clause.verb == "allow at most" else clause.comparisons
    shown = [(term, span.one_line) for term, span in compared]
    return ClauseStep(
        word=clause.lead,
        text=clause.span.one_line,
        truth=evaluate(clause.term, values, holds),
        comparisons=_comparisons(clause.term, shown or _atoms(clause.term), values, holds),
        is_guard=clause.word in ("when", "except when"),
        forbids=clause.forbids,
    )


def _atoms(term: Term) -> list[tuple[Term, str]]:
    """The comparisons of a term, each with its printed form; those inside of quantifiers stand in them."""
    found: list[tuple[Term, str]] = []
    open_terms = [term]
    while open_terms:
        part = open_terms.pop(0)
        if isinstance(part, And | Or):
            open_terms = [*part.terms, *open_terms]
        elif isinstance(part, Not) and isinstance(part.term, And | Or):
            open_terms.insert(0, part.term)
        else:
            found.append((part, printed(part)))
    return found


def _comparisons(
    whole: Term, atoms: Iterable[tuple[Term, str]], values: Values, holds: HoldsIn
) -> tuple[ComparisonStep, ...]:
    found: list[ComparisonStep] = []
    for term, text in atoms:
        around = _quantifier_around(whole, term)
        if around is not None:
            found += _for_each_element(around, term, text, values, holds)
        else:
            found.append(ComparisonStep(text, evaluate(term, values, holds), _sides(term, text, values, holds)))
    return tuple(dict.fromkeys(found))


def _sides(term: Term, text: str, values: Values, holds: HoldsIn) -> tuple[Side, ...]:
    match term:
        case Not(inner):
            return _sides(inner, text, values, holds)
        case Compare(_, left, right):
            shown = _common_type(left, right)
            return tuple(
                Side(words, evaluate(side, values, holds), _own_type(side) or shown)
                for side, words in zip((left, right), _words_of_sides(term, text), strict=True)
                if not isinstance(side, Constant)
            )
        case IsIn(item, of):
            return (Side(printed(item), evaluate(item, values, holds), _own_type(item)), _variable(of, values))
        case SameSet(left, right):
            return (_variable(left, values), _variable(right, values))
        case IsPresent(variable) | Holds(variable, _):
            return (_variable(variable, values),)
    return ()


def _words_of_sides(term: Compare, text: str) -> tuple[str, str]:
    """Both sides as the author wrote them, where the comparison's word parts the text in two."""
    left, word, right = text.partition(f" {term.relation} ")
    if word and f" {term.relation} " not in right:
        return left, right
    return printed(term.left), printed(term.right)


def _variable(variable: Variable, values: Values) -> Side:
    return Side(variable.name, values.get(variable, UNKNOWN), variable.type)


def _common_type(left: Term, right: Term) -> Type | None:
    sides = sorted((left, right), key=lambda side: not isinstance(side, Constant))
    return next((of for side in sides if (of := _type(side)) is not None), None)


def _own_type(term: Term) -> Type | None:
    return term.type if isinstance(term, Variable | Constant) else _WHOLE if isinstance(term, CountOf) else None


def _type(term: Term) -> Type | None:
    """The type in whose unit a term's value is shown, where the term alone says it."""
    match term:
        case Variable() | Constant() | CountOf():
            return _own_type(term)
        case TotalOf(_, _, item, _):
            return _type(item)
        case Sum(terms):
            of = _common_type(terms[0], terms[-1])
            # The distance of two dates is a number of days, and of instants one of microseconds.
            return _WHOLE if isinstance(of, Number) and of.kind in ("date", "instant", "time") else of
        case Scaled(-1, inner):
            return _type(inner)
        case Case(rows) if rows:
            return _type(rows[0][1])
    return None


# --- inside of lists --------------------------------------------------------------------------------------------------


def _quantifier_around(whole: Term, term: Term) -> ForEach | CountOf | TotalOf | None:
    """The quantifier whose elements a comparison is about."""
    bound = {v.origin.binder for v in variables(term) if isinstance(v.origin, Element)}
    parts = (part for part in subterms(whole) if isinstance(part, ForEach | CountOf | TotalOf) and part.binder in bound)
    return next((part for part in parts if not any(isinstance(v.origin, Element) for v in (part.list,))), None)


def _for_each_element(
    around: ForEach | CountOf | TotalOf, term: Term, text: str, values: Values, holds: HoldsIn
) -> Iterator[ComparisonStep]:
    elements = values.get(around.list, UNKNOWN)
    if not isinstance(elements, tuple):
        yield ComparisonStep(text, UNKNOWN if elements is UNKNOWN else elements)
        return
    for number, element in enumerate(elements[:_MOST_ELEMENTS], start=1):
        alone = {**values, around.list: (element,)}
        truth = evaluate(ForEach("every", around.list, around.binder, term), alone, holds)
        sides = tuple(_element_sides(around, term, text, alone, holds))
        yield ComparisonStep(text, truth, sides, f"{around.binder} {number} of {len(elements)}")


def _element_sides(
    around: ForEach | CountOf | TotalOf, term: Term, text: str, alone: Values, holds: HoldsIn
) -> Iterator[Side]:
    """Both sides of a comparison for the one element of `around.list` in `alone`."""
    if not isinstance(term, Compare):
        return
    shown = _common_type(term.left, term.right)
    for side, words in zip((term.left, term.right), _words_of_sides(term, text), strict=True):
        if isinstance(side, Constant):
            continue
        of = _own_type(side) or shown
        if isinstance(of, Number):
            yield Side(words, evaluate(TotalOf(around.list, around.binder, side), alone, holds), of)
        elif isinstance(side, Variable) and isinstance(side.origin, Element):
            element = alone[around.list]
            assert isinstance(element, tuple)
            value: Value = element[0]
            for name in side.origin.path:
                value = value.get(name, UNKNOWN) if isinstance(value, Mapping) else value
            yield Side(words, value, of)
