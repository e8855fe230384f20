"""Whether other rules stop whatever a rule stops, and as strongly, also where facts are unknown or cannot be read.

A verdict with unknown facts says what all completions have in common. So where two rules say the same of every
completion they have the same status, and where a rule's demand follows from another's it is never open or violated
while that one complies; but the other may be violated while this one is only open, and of several others each may be
open while this one is violated. What they ask for then has to be as strong as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal

from guardproxy.ir.policy import Rule
from guardproxy.ir.substitute import substitute
from guardproxy.ir.terms import (
    CalledBefore,
    CallsSoFar,
    Clock,
    FieldOf,
    Finder,
    FoundInText,
    IsPresent,
    ResultField,
    Term,
    TotalPerKey,
    Variable,
)
from guardproxy.ir.types import INVALID, State
from guardproxy.ir.walk import subterms, variables, whole
from guardproxy.logic.questions import NoCase
from guardproxy.proofs.forms import RuleForm
from guardproxy.proofs.inquiry import Inquiry, Sought
from guardproxy.proofs.strength import BLOCKED, changes_answer, open_strength, strength

Known = Literal["yes", "no", "not decided"]

_MOST_UNREADABLE = 4
"""A rule that reads more values which may be unreadable is not compared: all sets of them would have to be."""


def may_be_unknown(variable: Variable) -> bool:
    """Whether a value may be unknown when the answer is complete."""
    origin = whole(variable).origin
    if isinstance(origin, CallsSoFar):
        return origin.scope == "day"
    return isinstance(origin, ResultField | Clock) or (isinstance(origin, FieldOf) and origin.kind == "facts")


def may_be_unreadable(variable: Variable) -> bool:
    """Whether a value may be invalid in an answer that fits its declarations."""
    origin = whole(variable).origin
    if isinstance(origin, TotalPerKey) or (isinstance(origin, CalledBefore) and bool(origin.key)):
        return True
    return isinstance(origin, ResultField) or (isinstance(origin, FieldOf) and origin.kind == "facts")


def read_by(term: Term) -> tuple[Variable, ...]:
    """The variables of a term, those of which it only asks whether they are there included."""
    asked = (part.variable for part in subterms(term) if isinstance(part, IsPresent))
    return tuple(dict.fromkeys((*variables(term), *asked)))


def always_given(given: Iterable[Term]) -> tuple[Term, ...]:
    """What holds of every complete answer, whatever is unknown: a completion need not keep to the rest."""
    return tuple(t for t in given if not any(may_be_unknown(v) or may_be_unreadable(v) for v in read_by(t)))


def same_statuses(left: RuleForm, right: RuleForm, given: Sequence[Term], inquiry: Inquiry) -> Known:
    """Whether two rules have the same status in every situation, with unknown and unreadable values as well."""
    unreadable = _unreadable_sets(left, right)
    if unreadable is None:
        return "not decided"
    holding = _holding(given)
    soughts: list[Sought] = []
    for values in unreadable:
        one, other = substitute(left.either, values), substitute(right.either, values)
        soughts += [((one, "true"), (other, "not true"), *holding), ((one, "not true"), (other, "true"), *holding)]
        soughts += [((one, "false"), (other, "not false"), *holding), ((one, "not false"), (other, "false"), *holding)]
    return _none_of(soughts, inquiry)


def dominated(form: RuleForm, others: Sequence[RuleForm], given: Sequence[Term], inquiry: Inquiry) -> Known:
    """Whether, whenever the rule asks for something, one of the others asks for at least as much.

    `no` means that this is not shown in this way, not that there is a case.
    """
    unreadable = _unreadable_sets(form)
    if unreadable is None:
        return "not decided"
    holding = _holding(given)
    reads = set(form.reads)
    if any(_is_twin(f, form, given, inquiry) for f in others if set(f.reads) == reads):
        return "yes"
    beside = [f for f in others if reads & set(f.reads) and _fits(f.rule, form.rule)]
    strong = [f for f in beside if _least(f) >= _most(form)]
    answers: list[Known] = []
    if strong:
        answers.append(_none_of(_beyond_all(form, strong, unreadable, holding), inquiry))
    for other in beside:
        if "yes" not in answers and _asks_as_much(other, form):
            answers.append(_none_of(_beyond_one(form, other, unreadable, holding), inquiry))
    if "yes" in answers:
        return "yes"
    return "not decided" if "not decided" in answers else "no"


def follows_at_least_as_strictly(strict: RuleForm, loose: RuleForm, given: Sequence[Term], inquiry: Inquiry) -> Known:
    """Of a rule that stops whatever the loose one stops: whether that holds for unknown and unreadable values, too."""
    if same_statuses(strict, loose, given, inquiry) == "yes":
        return "yes"
    if not _asks_as_much(strict, loose):
        return "no"
    unreadable = _unreadable_sets(loose)
    if unreadable is None:
        return "not decided"
    return _none_of(_beyond_one(loose, strict, unreadable, _holding(given)), inquiry)


# --- how much is asked for --------------------------------------------------------------------------------------------


def _may_be_open(form: RuleForm) -> bool:
    return any(may_be_unknown(v) for v in form.reads)


def _least(form: RuleForm) -> int:
    """The least that the rule asks for when it does not comply."""
    asked = strength(form.rule)
    return min(asked, open_strength(form.rule)) if _may_be_open(form) else asked


def _most(form: RuleForm) -> int:
    """The most that the rule may ask for."""
    asked = [strength(form.rule)]
    asked += [open_strength(form.rule)] if _may_be_open(form) else []
    asked += [BLOCKED] if any(may_be_unreadable(v) for v in form.reads) else []
    return max(asked)


def _asks_as_much(rule: RuleForm, than: RuleForm) -> bool:
    """Of a rule from which the other follows: for every pair of statuses that the two can have."""
    if strength(rule.rule) < strength(than.rule):
        return False
    return not _may_be_open(than) or _least(rule) >= open_strength(than.rule)


def _is_twin(other: RuleForm, form: RuleForm, given: Sequence[Term], inquiry: Inquiry) -> bool:
    """Whether the other always has the same status, and asks for as much with each."""
    mine, theirs = form.rule, other.rule
    if not _fits(theirs, mine) or strength(theirs) < strength(mine) or open_strength(theirs) < open_strength(mine):
        return False
    return other.subject == form.subject and (
        other.either == form.either or same_statuses(other, form, given, inquiry) == "yes"
    )


def _fits(rule: Rule, than: Rule) -> bool:
    """Not where the two deliver different answers, or where it lets the model be asked more often."""
    if rule.otherwise.kind == than.otherwise.kind == "ask again" and rule.otherwise.times > than.otherwise.times:
        return False
    if changes_answer(than):
        return False
    return not changes_answer(rule) or than.otherwise.kind == "warn"


# --- cases ------------------------------------------------------------------------------------------------------------


def looked_for(form: RuleForm) -> frozenset[Finder]:
    """What is looked for in texts: where a rule rewrites, it is what is found that is rewritten."""
    origins = (v.origin for v in form.reads)
    return frozenset(f for origin in origins if isinstance(origin, FoundInText) for f in origin.finders)


def _beyond_all(
    form: RuleForm, others: Sequence[RuleForm], unreadable: Sequence[Mapping[Variable, State]], holding: Sought
) -> Iterator[Sought]:
    for values in unreadable:
        beside = _holding(substitute(f.either, values) for f in others)
        yield ((substitute(form.either, values), "not true"), *beside, *holding)


def _beyond_one(
    form: RuleForm, other: RuleForm, unreadable: Sequence[Mapping[Variable, State]], holding: Sought
) -> Iterator[Sought]:
    for values in unreadable:
        mine, theirs = substitute(form.either, values), substitute(other.either, values)
        yield ((mine, "not true"), (theirs, "true"), *holding)
        if strength(other.rule) < BLOCKED:
            # What cannot be read blocks, so it has to block there, too.
            yield ((mine, "not true"), (mine, "not false"), (theirs, "false"), *holding)


def _unreadable_sets(*forms: RuleForm) -> list[dict[Variable, State]] | None:
    """Every set of values that may be unreadable, the empty one first; None where there are too many."""
    found = dict.fromkeys(whole(v) for f in forms for v in (*f.reads, *f.presence) if may_be_unreadable(v))
    if len(found) > _MOST_UNREADABLE:
        return None
    sets = (chosen for size in range(len(found) + 1) for chosen in combinations(found, size))
    return [dict.fromkeys(chosen, INVALID) for chosen in sets]


def _none_of(soughts: Iterable[Sought], inquiry: Inquiry) -> Known:
    results = inquiry.cases(list(soughts))
    if any(result is NoCase.BUDGET for result in results):
        return "not decided"
    return "yes" if all(result is NoCase.NONE for result in results) else "no"


def _holding(given: Iterable[Term]) -> Sought:
    return tuple((term, "true") for term in given)
