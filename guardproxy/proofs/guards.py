"""Clauses that change nothing: guards that always hold, exceptions that never matter, conditions that others decide."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from guardproxy.ir.build import FALSE, TRUE, all_of, any_of, negate
from guardproxy.ir.policy import Clause
from guardproxy.ir.terms import And, ForEach, IsPresent, Not, Or, Term
from guardproxy.ir.walk import subterms
from guardproxy.logic.questions import NoCase
from guardproxy.proofs.forms import RuleForm, presence_in
from guardproxy.proofs.inquiry import Inquiry, Sought
from guardproxy.proofs.world import World
from guardproxy.source import Span

_MOST_PARTS = 200
"""Each part of a clause is looked at beside all the others."""

GuardKind = Literal["always-true-guard", "unreachable-exception", "idle-comparison"]


@dataclass(frozen=True, slots=True)
class GuardFinding:
    """`part` is the condition that changes nothing, `says` what it always is, where that is so."""

    kind: GuardKind
    form: RuleForm
    clause: Clause
    span: Span
    says: Literal["always true", "never true", "never matters"]
    part: Term


def guard_findings(
    forms: Sequence[RuleForm], world: World, inquiry: Inquiry
) -> tuple[list[GuardFinding], list[tuple[RuleForm, str]]]:
    """What each clause of each rule adds. A clause of which nothing is left unsaid gives one finding."""
    asked = [each for form in forms for each in _questions(form, world)]
    results = inquiry.cases([sought for _, sought in asked])
    found: list[GuardFinding] = []
    undecided: list[tuple[RuleForm, str]] = []
    for form in forms:
        large = (clause.word for clause in form.clauses if len(clause.comparisons) > _MOST_PARTS)
        undecided += [(form, f"whether all parts of its `{word}` matter") for word in large]
    for (finding, _), result in zip(asked, results, strict=True):
        covered = any(_covers(f, finding) for f in found)
        if result is NoCase.NONE and not covered:
            found.append(finding)
        elif result is NoCase.BUDGET and not covered:
            undecided.append((finding.form, f"whether its `{finding.clause.word}` matters"))
    return found, list(dict.fromkeys(undecided))


def _covers(found: GuardFinding, other: GuardFinding) -> bool:
    return found.form is other.form and found.span.start <= other.span.start and other.span.end <= found.span.end


def _questions(form: RuleForm, world: World) -> Iterator[tuple[GuardFinding, Sought]]:
    """For each clause a case in which it matters; where there is none, the finding stands."""
    clauses = form.clauses
    given = world.holding(form.subject, (*form.presence, *presence_in(c.term for c in clauses)), form.reads)
    holding: tuple[tuple[Term, Literal["true"]], ...] = tuple((t, "true") for t in given)
    for clause in clauses:
        if clause.word == "when" and not _is_presence(clause.term):
            finding = GuardFinding("always-true-guard", form, clause, clause.span, "always true", clause.term)
            yield finding, ((clause.term, "not true"), *holding)
        elif clause.word in ("except when", "unless"):
            finding = GuardFinding("unreachable-exception", form, clause, clause.span, "never matters", clause.term)
            yield finding, ((clause.term, "true"), *decisive(form, clause), *holding)
        yield from _parts(form, clause, holding)


def _is_presence(term: Term) -> bool:
    """Whether a field that can be missing is guarded, which the compiler asks for before the field is read."""
    return isinstance(term, IsPresent) or (isinstance(term, And) and all(map(_is_presence, term.terms)))


def decisive(form: RuleForm, clause: Clause) -> Sought:
    """The rule would apply and be violated, were it not for this exception."""
    sought: list[tuple[Term, Literal["true", "false", "not true"]]] = []
    for other in form.clauses:
        if other is clause:
            continue
        match other.word:
            case "when":
                sought.append((other.term, "true"))
            case "except when" | "unless":
                sought.append((other.term, "not true"))
            case "body":
                sought.append((negate(other.term) if other.forbids else other.term, "not true"))
    return tuple(sought)


def _parts(
    form: RuleForm, clause: Clause, holding: tuple[tuple[Term, Literal["true"]], ...]
) -> Iterator[tuple[GuardFinding, Sought]]:
    """For each condition in a clause of several, a case in which the clause would say something else without it."""
    for part, span in clause.comparisons if len(clause.comparisons) <= _MOST_PARTS else ():
        left_out = None if _asks_presence(part) else _left_out(clause.term, part, True)
        if left_out is None:
            continue
        finding = GuardFinding("idle-comparison", form, clause, span, "never matters", part)
        # Left out of an `and` the clause can only become true more often, left out of an `or` less often.
        more, less = (left_out.term, clause.term) if left_out.wider else (clause.term, left_out.term)
        yield finding, ((more, "true"), (less, "not true"), *holding)


def _asks_presence(part: Term) -> bool:
    """A field that can be missing has to be guarded before it is read: that guard is never idle."""
    return any(isinstance(each, IsPresent) for each in subterms(part))


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """A condition without one of its parts; `wider`: it can only be true more often than with it."""

    term: Term
    wider: bool


def _left_out(term: Term, part: Term, positive: bool) -> _LeftOut | None:
    """None where the part is not joined to others by `and` or `or`. Within a list, it is left out for each element."""
    match term:
        case And(terms) | Or(terms):
            join, is_and = (all_of, True) if isinstance(term, And) else (any_of, False)
            rest = [each for each in terms if each != part]
            if len(rest) < len(terms):
                neutral = [TRUE if is_and else FALSE] if not rest else []
                return _LeftOut(join(*rest, *neutral), is_and == positive)
            for i, each in enumerate(terms):
                if (found := _left_out(each, part, positive)) is not None:
                    return _LeftOut(join(*terms[:i], found.term, *terms[i + 1 :]), found.wider)
        case Not(inner):
            found = _left_out(inner, part, not positive)
            return None if found is None else _LeftOut(negate(found.term), found.wider)
        case ForEach(quantifier, _, _, has):
            found = _left_out(has, part, positive == (quantifier != "no"))
            return None if found is None else _LeftOut(replace(term, has=found.term), found.wider)
    return None
