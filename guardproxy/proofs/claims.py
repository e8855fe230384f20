"""One function, one claim. Each gives the case that would refute it (or, where it says so, show it).

A claim about a rule is made for all answers to which `given` (what holds whatever the answer says) applies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from guardproxy.ir.terms import Term
from guardproxy.logic.questions import Case, NoCase
from guardproxy.proofs.forms import RuleForm
from guardproxy.proofs.inquiry import Sought


@dataclass(frozen=True, slots=True)
class Proved:
    """There is no case that refutes the claim."""


@dataclass(frozen=True, slots=True)
class Refuted:
    """This case refutes the claim."""

    witness: Case


@dataclass(frozen=True, slots=True)
class NotDecided:
    why: str


Answer: TypeAlias = Proved | Refuted | NotDecided

OVER_BUDGET = NotDecided("the solver did not finish within its budget")


def answered(found: Case | NoCase) -> Answer:
    """What the search for a refuting case means for the claim."""
    if isinstance(found, Case):
        return Refuted(found)
    return Proved() if found is NoCase.NONE else OVER_BUDGET


def _holding(terms: Iterable[Term]) -> Sought:
    return tuple((term, "true") for term in terms)


def never_applies(form: RuleForm, given: Iterable[Term] = ()) -> Sought:
    """No answer makes the rule apply."""
    return ((form.applies, "true"), *_holding(given))


def never_violated(form: RuleForm, given: Iterable[Term] = ()) -> Sought:
    """Whenever the rule applies, its demand holds."""
    return ((form.applies, "true"), (form.demands, "false"), *_holding(given))


def never_met(form: RuleForm, given: Iterable[Term] = ()) -> Sought:
    """Whenever the rule applies, its demand does not hold."""
    return ((form.applies, "true"), (form.demands, "true"), *_holding(given))


def implied(form: RuleForm, others: Iterable[RuleForm], given: Iterable[Term] = ()) -> Sought:
    """Whatever violates the rule does not comply with one of the others."""
    return (*never_violated(form, given), *_holding(other.either for other in others))


def unsatisfiable(forms: Iterable[RuleForm], given: Iterable[Term] = ()) -> Sought:
    """No answer complies with all of the rules."""
    return _holding((*(form.either for form in forms), *given))
