"""Pairs of rules that no answer meets together although each can be met: what is sought is a case of the guards and the
facts in which that is so, whatever the model writes into the fields that it is free to choose.

"In some case, whatever the fields are" is no single question. A few ways to fill the fields are tried instead: where
no case excludes all of them, there is no contradiction; where one does, it is asked whether that case leaves any way.
If it does, that way is tried too, a few times over.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, islice, product

from guardproxy.checks.compiled import compile_term
from guardproxy.checks.engine import Matcher
from guardproxy.ir.build import all_of, negate
from guardproxy.ir.policy import Subject
from guardproxy.ir.substitute import replace_variables, substitute
from guardproxy.ir.terms import (
    CallsInAnswer,
    Conforms,
    Constant,
    FieldOf,
    FoundInText,
    IsPresent,
    PickedFrom,
    Term,
    Variable,
)
from guardproxy.ir.types import UNKNOWN, ListOf, Number, OneOf, Rational, Record, Text, Value, YesNo
from guardproxy.ir.walk import subterms, variables
from guardproxy.logic.questions import Case, NoCase, Says
from guardproxy.proofs.budget import MOST_RULES_COMPARED
from guardproxy.proofs.directions import directions
from guardproxy.proofs.forms import RuleForm
from guardproxy.proofs.inquiry import Inquiry, Sought
from guardproxy.proofs.limits import ways_to_reach
from guardproxy.proofs.values import nearest
from guardproxy.proofs.world import World

_ROUNDS = 6
_MOST_PAIRS = 4_000
_MOST_WAYS = 64


@dataclass(frozen=True, slots=True)
class Contradiction:
    """In `witness` both rules apply, and no answer that keeps to it as far as guards and facts go meets both.

    `always`: whenever both apply.
    """

    left: RuleForm
    right: RuleForm
    witness: Case
    always: bool
    free: tuple[Variable, ...] = ()
    """The fields that the model may fill as it likes."""

    @property
    def depends_on_facts(self) -> bool:
        """Whether it is the case's facts that leave nothing, as where a limit is a fact: that is often meant."""
        demanded = {*variables(self.left.demands), *variables(self.right.demands)}
        return not self.always and any(not is_answered(v) for v in demanded)


@dataclass
class _Pair:
    left: RuleForm
    right: RuleForm
    given: tuple[Term, ...]
    free: tuple[Variable, ...]
    tried: list[Mapping[Variable, Value]] = field(default_factory=list)
    always: bool = False

    @property
    def both(self) -> Term:
        return all_of(self.left.demands, self.right.demands)


def contradictions(
    groups: Sequence[tuple[Subject | None, Sequence[RuleForm]]], world: World, inquiry: Inquiry
) -> tuple[list[Contradiction], list[tuple[RuleForm, str]]]:
    """The pairs that contradict each other in some case, and the rules for which that was not decided."""
    many = [f for _, forms in groups if len(forms) > MOST_RULES_COMPARED for f in forms]
    groups = [each for each in groups if len(each[1]) <= MOST_RULES_COMPARED]
    pairs = list(_candidates(groups, world))
    undecided = [(f, "whether it contradicts other rules") for f in {f.rule.id: f for f in many}.values()]
    undecided += [(p.left, f"whether it contradicts {p.right.rule.id}") for p in pairs[_MOST_PAIRS:]]
    open_ = pairs[:_MOST_PAIRS]
    open_, unsure = _both_met(open_, inquiry)
    undecided += unsure
    found, unsure = _never_together(list(_about_one_list(groups, world))[:_MOST_PAIRS], inquiry)
    undecided += unsure
    for _ in range(_ROUNDS):
        open_, shown, unsure = _round(open_, inquiry)
        found += shown
        undecided += unsure
        if not open_:
            return found, undecided
    return found, undecided + [(p.left, f"whether it contradicts {p.right.rule.id}") for p in open_]


def _candidates(groups: Sequence[tuple[Subject | None, Sequence[RuleForm]]], world: World) -> Iterator[_Pair]:
    seen: set[frozenset[str]] = set()
    for _, forms in groups:
        ways = {f.rule.id: directions(f.demands) for f in forms}
        chosen = {f.rule.id: frozenset(v for v in f.demanded if is_chosen(v)) for f in forms}
        settled = _Settled(forms)
        for left, right in combinations(forms, 2):
            shared = chosen[left.rule.id] & chosen[right.rule.id] - left.guards - right.guards
            one, other = ways[left.rule.id], ways[right.rule.id]
            clash = any(one[v] != other[v] or one[v] == "neither" for v in shared)
            ids = frozenset((left.rule.id, right.rule.id))
            if not clash or ids in seen or _excluding_guards(left, right):
                continue
            seen.add(ids)
            free = _free(left, right)
            if not settled.by_one_way(left, right, free):
                yield _pair(left, right, free, world)


def _about_one_list(groups: Sequence[tuple[Subject | None, Sequence[RuleForm]]], world: World) -> Iterator[_Pair]:
    """Pairs that demand something of the same list, which is no value to choose but may be impossible all the same."""
    for _, forms in groups:
        lists = {f.rule.id: {v for v in f.demanded if isinstance(v.type, ListOf) and is_answered(v)} for f in forms}
        for left, right in combinations(forms, 2):
            shared = lists[left.rule.id] & lists[right.rule.id] - left.guards - right.guards
            if shared and not _excluding_guards(left, right):
                yield _pair(left, right, (), world)


def _never_together(pairs: Sequence[_Pair], inquiry: Inquiry) -> tuple[list[Contradiction], list[tuple[RuleForm, str]]]:
    """The pairs that apply together in some case, and are met together in none."""
    met = inquiry.cases([_sought(p, p.left.demands, p.right.demands) for p in pairs])
    undecided = [
        (p.left, f"whether it contradicts {p.right.rule.id}")
        for p, case in zip(pairs, met, strict=True)
        if case is NoCase.BUDGET
    ]
    apart = [p for p, case in zip(pairs, met, strict=True) if case is NoCase.NONE]
    both = inquiry.cases([_sought(p, p.left.demands) for p in apart])
    found = [
        Contradiction(p.left, p.right, case, True)
        for p, case in zip(apart, both, strict=True)
        if isinstance(case, Case)
    ]
    return found, undecided


class _Settled:
    """Pairs that one way to fill the free fields meets whatever the other values are: seen without a solver."""

    def __init__(self, forms: Sequence[RuleForm]) -> None:
        self.slots = {v: i for i, v in enumerate(dict.fromkeys(v for f in forms for v in f.demanded))}
        holds = Matcher()
        self.checks = {f.rule.id: compile_term(f.demands, self.slots, holds) for f in forms}
        self.values: dict[str, Mapping[Variable, tuple[Value, ...]]] = {f.rule.id: _ends(f) for f in forms}

    def by_one_way(self, left: RuleForm, right: RuleForm, free: Sequence[Variable]) -> bool:
        first, second = self.checks[left.rule.id], self.checks[right.rule.id]
        mine, others = self.values[left.rule.id], self.values[right.rule.id]
        options = [dict.fromkeys((*mine.get(v, ()), *others.get(v, ()))) for v in free]
        row: list[Value] = [UNKNOWN] * len(self.slots)
        for way in islice(product(*options), _MOST_WAYS):
            for variable, value in zip(free, way, strict=True):
                row[self.slots[variable]] = value
            if first(row) is True and second(row) is True:
                return True
        return False


def _ends(form: RuleForm) -> Mapping[Variable, tuple[Value, ...]]:
    """For what a demand reads: the ends of its range, and the numbers in the demand that lie between them."""
    parts = [part.value for part in subterms(form.demands) if isinstance(part, Constant)]
    numbers = [value for value in parts if not isinstance(value, bool | str)]
    return {v: tuple(_plain_values(v, numbers)) for v in form.demanded}


def _plain_values(variable: Variable, numbers: Iterable[Rational]) -> Iterator[Value]:
    match variable.type:
        case YesNo():
            yield from (True, False)
        case OneOf(values):
            yield from values
        case Number() as of:
            ends = [end for end in (of.low, of.high) if end is not None]
            yield from dict.fromkeys(x for x in (*ends, *numbers) if nearest(of, x) == x)


def _free(left: RuleForm, right: RuleForm) -> tuple[Variable, ...]:
    """What the model may choose in the answer, as far as no guard of the two rules reads it."""
    demanded = dict.fromkeys((*left.demanded, *right.demanded))
    return tuple(v for v in demanded if v not in left.guards and v not in right.guards and is_chosen(v))


def is_chosen(variable: Variable) -> bool:
    """Whether a value is the model's to choose, and one that can be put in the place of its variable."""
    origin = variable.origin
    if isinstance(origin, PickedFrom) or isinstance(variable.type, ListOf | Record | Text):
        return False
    return is_answered(variable)


def is_answered(variable: Variable) -> bool:
    """Whether a value comes with the answer."""
    origin = variable.origin
    return isinstance(origin, FoundInText | Conforms | CallsInAnswer) or (
        isinstance(origin, FieldOf) and origin.kind != "facts"
    )


def _excluding_guards(left: RuleForm, right: RuleForm) -> bool:
    return negate(left.applies) == right.applies


def _pair(left: RuleForm, right: RuleForm, free: tuple[Variable, ...], world: World) -> _Pair:
    subject = left.subject or right.subject
    return _Pair(
        left, right, world.holding(subject, (*left.presence, *right.presence), (*left.reads, *right.reads)), free
    )


def _both_met(pairs: Sequence[_Pair], inquiry: Inquiry) -> tuple[list[_Pair], list[tuple[RuleForm, str]]]:
    """Leaves out the pairs that never apply together, and finds a first way to meet both."""
    kept: list[_Pair] = []
    undecided: list[tuple[RuleForm, str]] = []
    met = inquiry.cases([_sought(p, p.left.demands, p.right.demands) for p in pairs])
    for pair, case in zip(pairs, met, strict=True):
        if case is NoCase.BUDGET:
            undecided.append((pair.left, f"whether it contradicts {pair.right.rule.id}"))
            continue
        if isinstance(case, Case):
            pair.tried.append({v: case.values[v] for v in pair.free if v in case.values})
        pair.always = case is NoCase.NONE
        kept.append(pair)
    return kept, undecided


def _sought(pair: _Pair, *terms: Term) -> Sought:
    return tuple((term, "true") for term in (pair.left.applies, pair.right.applies, *terms, *pair.given))


def _round(
    pairs: Sequence[_Pair], inquiry: Inquiry
) -> tuple[list[_Pair], list[Contradiction], list[tuple[RuleForm, str]]]:
    """Asks for a case that excludes every way tried so far, and, where there is one, for a way that it leaves."""
    found: list[Contradiction] = []
    undecided: list[tuple[RuleForm, str]] = []
    hard = inquiry.cases([_excluding_all(p) for p in pairs])
    shown = [(p, case) for p, case in zip(pairs, hard, strict=True) if isinstance(case, Case)]
    undecided += [
        (p.left, f"whether it contradicts {p.right.rule.id}")
        for p, case in zip(pairs, hard, strict=True)
        if case is NoCase.BUDGET
    ]
    left = inquiry.cases([_way_in(p, case) for p, case in shown])
    open_: list[_Pair] = []
    for (pair, case), way in zip(shown, left, strict=True):
        if isinstance(way, Case):
            chosen = {v: way.values[v] for v in pair.free if v in way.values}
            if chosen in pair.tried:
                undecided.append((pair.left, f"whether it contradicts {pair.right.rule.id}"))
            else:
                pair.tried.append(chosen)
                open_.append(pair)
        elif way is NoCase.NONE:
            found.append(Contradiction(pair.left, pair.right, case, pair.always, pair.free))
        else:
            undecided.append((pair.left, f"whether it contradicts {pair.right.rule.id}"))
    return open_, found, undecided


def _excluding_all(pair: _Pair) -> Sought:
    """Both rules apply, each is met in its own way, and no way tried so far meets both."""
    first, second = (_renamed(f.demands, pair.free, i) for i, f in enumerate((pair.left, pair.right), start=1))
    alone = [_renamed(term, pair.free, i) for term in pair.given if _reads(term, pair.free) for i in (1, 2)]
    shared = [term for term in pair.given if not _reads(term, pair.free)]
    sought: list[tuple[Term, Says]] = [
        (term, "true") for term in (pair.left.applies, pair.right.applies, first, second, *alone, *shared)
    ]
    meets = all_of(pair.both, *(term for term in pair.given if _reads(term, pair.free)))
    sought += [(substitute(meets, way), "not true") for way in pair.tried]
    sought += [(way, "not true") for way in _at_limits(pair, meets)]
    return tuple(sought)


def _at_limits(pair: _Pair, meets: Term) -> Iterator[Term]:
    """That both are met with one field exactly at a limit of one of the demands, whatever that is in this case.

    The other fields are as in the last way that was tried.
    """
    others = pair.tried[-1] if pair.tried else {}
    for variable in pair.free:
        left = {v: value for v, value in others.items() if v != variable}
        if len(left) < len(pair.free) - 1:
            continue
        for at, fits in ways_to_reach(variable, pair.both):
            yield substitute(all_of(fits, replace_variables(meets, {variable: at})), left)


def _way_in(pair: _Pair, case: Case) -> Sought:
    """A way to meet both in this case of guards and facts."""
    fixed = {v: value for v, value in case.values.items() if v not in pair.free and v.occurrence < _COPIES}
    meets = all_of(pair.both, *pair.given)
    return ((substitute(meets, fixed), "true"),)


_COPIES = 1_000_000
"""Occurrences from here on are copies of variables: what the model could write to please one rule alone."""


def _renamed(term: Term, free: Iterable[Variable], number: int) -> Term:
    copies: dict[Variable, Term] = {
        v: replace(v, name=f"{v.name} ({number})", occurrence=_COPIES * number + v.occurrence) for v in free
    }
    return replace_variables(term, copies)


def _reads(term: Term, free: Sequence[Variable]) -> bool:
    read = {*variables(term), *(part.variable for part in subterms(term) if isinstance(part, IsPresent))}
    return not read.isdisjoint(free)
