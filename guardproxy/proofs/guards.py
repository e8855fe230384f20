"""Clauses that change nothing: guards that always hold, exceptions that never matter, conditions that others decide."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from guardproxy.ir.build import FALSE, TRUE, all_of, any_of, negate
from guardproxy.ir.policy import Clause
from guardproxy.ir.terms import And, Compare, IsPresent, Not, Or, Term
from guardproxy.logic.questions import NoCase
from guardproxy.proofs.forms import RuleForm, presence_in
from guardproxy.proofs.inquiry import Inquiry, Sought
from guardproxy.proofs.world import World
from guardproxy.source import Span

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
                sought.append((_demanded(form, other), "not true"))
    return tuple(sought)


def _demanded(form: RuleForm, body: Clause) -> Term:
    """The body as a demand: `never` demands that its condition does not hold."""
    unless = [c.term for c in form.clauses if c.word == "unless"]
    return body.term if any_of(body.term, *unless) == form.demands else negate(body.term)


def _parts(
    form: RuleForm, clause: Clause, holding: tuple[tuple[Term, Literal["true"]], ...]
) -> Iterator[tuple[GuardFinding, Sought]]:
    """For each condition in a clause of several, a case in which the clause would say something else without it."""
    connected = isinstance(clause.term, And | Or) or (
        isinstance(clause.term, Not) and isinstance(clause.term.term, And | Or)
    )
    if not connected:
        return
    for part, span in clause.comparisons:
        joined = _joint_of(clause.term, part)
        if joined is None or not isinstance(part, Compare):
            continue
        without = _without(clause.term, part)
        finding = GuardFinding("idle-comparison", form, clause, span, "never matters", part)
        # Left out of an `and` the clause can only become true more often, left out of an `or` less often.
        more, less = (without, clause.term) if joined == "and" else (clause.term, without)
        yield finding, ((more, "true"), (less, "not true"), *holding)


def _joint_of(term: Term, part: Term) -> Literal["and", "or"] | None:
    """By what a condition is joined to others: only at the outermost level, where leaving it out is plain."""
    if isinstance(term, And) and part in term.terms:
        return "and"
    return "or" if isinstance(term, Or) and part in term.terms else None


def _without(term: Term, part: Term) -> Term:
    assert isinstance(term, And | Or)
    rest = [each for each in term.terms if each != part]
    if isinstance(term, And):
        return all_of(*rest) if rest else TRUE
    return any_of(*rest) if rest else FALSE
