"""Examples at each limit: exactly there, and one step beyond on both sides, with the verdict that the engine gives.

For each comparison of a rule a case is sought in which that comparison alone decides whether the rule is violated, and,
where there is one, in which all other rules are complied with.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from guardproxy.ir.build import FALSE, TRUE, add, all_of, any_of, compare, constant, negate
from guardproxy.ir.policy import Clause, Policy
from guardproxy.ir.terms import And, Compare, Constant, Element, Not, Or, Term
from guardproxy.ir.types import Number, Rational
from guardproxy.ir.walk import kind, variables
from guardproxy.logic.questions import Ask, Case
from guardproxy.proofs.forms import RuleForm, forms_of
from guardproxy.proofs.guards import decisive
from guardproxy.proofs.inquiry import Inquiry, Sought
from guardproxy.proofs.nicer import says_so
from guardproxy.proofs.survey import given_of
from guardproxy.proofs.values import default
from guardproxy.proofs.witnesses import Witness, Witnesses, complies, violates
from guardproxy.proofs.world import World
from guardproxy.source import Span

_SECOND = 1_000_000
_TRIES = 4
_ORDERED = ("at most", "at least", "above", "below", "is", "is not")


@dataclass(frozen=True, slots=True)
class Boundary:
    """One comparison of one rule with its examples, in the order below, at, above the limit. `text` can be pasted."""

    rule: str
    comparison: str
    span: Span
    examples: tuple[Witness, ...]
    missing: tuple[str, ...]
    """The places for which there is no example, and why."""

    @property
    def text(self) -> str:
        return "\n\n".join(example.text for example in self.examples)


_Place: TypeAlias = tuple[str, int]
_PLACES: tuple[_Place, ...] = (("one step below", -1), ("exactly at the limit", 0), ("one step above", 1))


@dataclass(frozen=True, slots=True)
class _Asked:
    form: RuleForm
    clause: Clause
    term: Compare
    span: Span
    place: str
    tries: tuple[Sought, ...]
    """The same case, described more and more loosely."""


def boundaries(policy: Policy, ask: Ask) -> tuple[Boundary, ...]:
    """The boundary examples of all rules, in their order."""
    world, inquiry = World(policy), Inquiry(ask)
    forms = forms_of(policy.rules)
    asked = [each for form in forms for each in _questions(form, forms, world)]
    witnesses = Witnesses(policy, ask)
    shown: list[Witness | str] = ["no case decides it there"] * len(asked)
    for number in range(_TRIES):
        open_ = [i for i, found in enumerate(shown) if isinstance(found, str)]
        cases = inquiry.cases([asked[i].tries[number] for i in open_])
        for i, case in zip(open_, cases, strict=True):
            if isinstance(case, Case):
                shown[i] = _shown(asked[i], case, asked[i].tries[number], witnesses)
    return tuple(_gathered(asked, shown))


def _gathered(asked: Sequence[_Asked], found: Sequence[Witness | str]) -> Iterator[Boundary]:
    by_limit: dict[tuple[str, Span], list[tuple[_Asked, Witness | str]]] = {}
    for each, example in zip(asked, found, strict=True):
        by_limit.setdefault((each.form.rule.id, each.span), []).append((each, example))
    for (rule, span), places in by_limit.items():
        examples: list[Witness] = []
        missing: list[str] = []
        for each, shown in places:
            if isinstance(shown, Witness):
                examples.append(shown)
            else:
                missing.append(f"{each.place}: {shown}")
        yield Boundary(rule, span.one_line, span, tuple(examples), tuple(missing))


def _shown(asked: _Asked, case: Case, sought: Sought, witnesses: Witnesses) -> Witness | str:
    id_ = asked.form.rule.id
    violated = says_so(((asked.form.violated, "true"),), case.values)
    limit = asked.span.one_line
    title = f"{id_}, {asked.place}: {limit}"
    found = witnesses.of(title, asked.span, asked.form.subject, case, sought, (violates if violated else complies)(id_))
    if not isinstance(found, Witness):
        return found.why
    return found


def _questions(form: RuleForm, forms: Sequence[RuleForm], world: World) -> Iterator[_Asked]:
    others = [f for f in forms if f is not form and f.subject in (None, form.subject)]
    every = [form, *others]
    given: Sought = tuple((t, "true") for t in given_of(every, world))
    comply: Sought = tuple((f.either, "true") for f in others)
    for clause in form.clauses:
        for term, span in clause.comparisons:
            step = _step(term)
            if not isinstance(term, Compare) or step is None or term.relation not in _ORDERED:
                continue
            matters: Sought = ((_matters(clause.term, term), "true"), *decisive(form, clause))
            own: Sought = tuple((t, "true") for t in given_of([form], world))
            for place, way in _PLACES:
                limit = add(term.right, constant(way * step, Number("whole"))) if way else term.right
                at: Sought = ((compare("is", term.left, limit), "true"), *matters)
                beside: Sought = (*at, *comply, *given)
                tries = ((*beside, *_pins(term)), ((*at, *own, *_pins(term))), beside, (*at, *own))
                yield _Asked(form, clause, term, span, place, tries)


def _pins(term: Compare) -> Sought:
    """Values that are no multiples of anything are fixed to plain ones: a limit times them is then plain, too."""
    read = variables(term)
    if len(read) < 2:
        return ()
    loose = [v for v in read if isinstance(v.type, Number) and v.type.grid is None and v.type.kind == "quantity"]
    found = [(v, default(v.type)) for v in loose[-1:]]
    return tuple((compare("is", v, constant(x, v.type)), "true") for v, x in found if isinstance(x, int | Fraction))


def _step(term: Term) -> Rational | None:
    """The smallest step of what is compared; None for what is no number, or is read within a list."""
    if not isinstance(term, Compare) or kind(term.left) != "number":
        return None
    read = variables(term)
    if any(isinstance(v.origin, Element) for v in read):
        return None
    types = [v.type for v in read if isinstance(v.type, Number)]
    types = [of for of in types if of.kind not in ("date", "instant", "time")] or types
    if not types:
        return 1
    return _SECOND if types[0].kind == "instant" else types[0].step


def _matters(term: Term, part: Compare) -> Term:
    """The condition says one thing where the comparison holds, and another where it does not."""
    yes, no = _put(term, part, TRUE), _put(term, part, FALSE)
    return any_of(all_of(yes, negate(no)), all_of(no, negate(yes)))


def _put(term: Term, part: Compare, value: Constant) -> Term:
    """The condition with a truth value in the place of one of its comparisons."""
    if term == part:
        return value
    if term == negate(part):
        return negate(value)
    match term:
        case And(terms):
            return all_of(*(_put(each, part, value) for each in terms))
        case Or(terms):
            return any_of(*(_put(each, part, value) for each in terms))
        case Not(inner):
            return negate(_put(inner, part, value))
        case Compare(relation, left, right) if kind(left) == "condition":
            return compare(relation, _put(left, part, value), _put(right, part, value))
    return term
