"""Rules that others imply: whatever violates one violates one of the others, with an outcome at least as strong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guardproxy.checks.compiled import Check, compile_term
from guardproxy.checks.engine import Matcher
from guardproxy.ir.policy import Subject
from guardproxy.ir.terms import FieldOf, Term, Variable
from guardproxy.ir.types import UNKNOWN, Number, OneOf, Value, YesNo
from guardproxy.logic.questions import Case, NoCase
from guardproxy.proofs import claims
from guardproxy.proofs.budget import MOST_RULES_COMPARED
from guardproxy.proofs.domination import Known, always_given, dominated, may_be_unknown, may_be_unreadable
from guardproxy.proofs.forms import RuleForm
from guardproxy.proofs.inquiry import Inquiry, Sought
from guardproxy.proofs.strength import at_least_as_strong
from guardproxy.proofs.values import nearest
from guardproxy.proofs.world import World

_ROUNDS = 8
"""How often rules are added to a search that found a case which they exclude; then all of them are."""


@dataclass(frozen=True, slots=True)
class Redundancy:
    """`by` are the fewest rules that imply it; `witness` is a case that violates it, and so one of them."""

    form: RuleForm
    by: tuple[RuleForm, ...]
    witness: Case


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are judged together. `given` holds whatever the answer is; `met` is a case that complies with all."""

    subject: Subject | None
    forms: Sequence[RuleForm]
    given: Sequence[Term]
    met: Case


def redundancies(
    groups: Sequence[Group],
    violated: Mapping[str, Case],
    world: World,
    inquiry: Inquiry,
) -> tuple[list[Redundancy], list[tuple[RuleForm, str]]]:
    """`violated` has a case for each rule id that can be violated. The second result are the rules left undecided."""
    redundant: list[Redundancy] = []
    undecided: list[tuple[RuleForm, str]] = []
    seen: set[str] = set()
    for group in groups:
        mine = [f for f in group.forms if f.rule.id in violated and f.subject == group.subject]
        candidates = [f for f in mine if f.rule.id not in seen]
        seen.update(f.rule.id for f in candidates)
        if len(group.forms) > MOST_RULES_COMPARED:
            undecided += [(f, "whether other rules imply it") for f in candidates]
            continue
        found = _Search(group, world, inquiry).implied(candidates, violated)
        undecided += found[1]
        for each in found[0]:
            known = _also_where_unknown(each, world, inquiry)
            redundant += [each] if known == "yes" else []
            if known == "not decided":
                undecided.append((each.form, "whether other rules imply it where values are unknown"))
    return redundant, undecided


def _also_where_unknown(found: Redundancy, world: World, inquiry: Inquiry) -> Known:
    """Whether the rule may go although values that it or the others read may be unknown or unreadable."""
    together = [found.form, *found.by]
    reads = [v for f in together for v in f.reads]
    if not any(may_be_unknown(v) or may_be_unreadable(v) for v in reads):
        return "yes"
    given = world.holding(found.form.subject, [v for f in together for v in f.presence], reads)
    return dominated(found.form, found.by, always_given(given), inquiry)


class _Search:
    """Looks in one group for the rules that the rest implies."""

    def __init__(self, group: Group, world: World, inquiry: Inquiry) -> None:
        self.forms, self.world, self.inquiry = group.forms, world, inquiry
        self.met = group.met.values
        forms = self.forms
        reads = dict.fromkeys(v for f in forms for v in f.reads)
        self.slots: dict[Variable, int] = {v: i for i, v in enumerate(reads)}
        holds = Matcher()
        self.checks: dict[str, Check] = {f.rule.id: compile_term(f.either, self.slots, holds) for f in forms}
        self.given: list[Check] = [compile_term(term, self.slots, holds) for term in group.given]

    def implied(
        self, candidates: Sequence[RuleForm], violated: Mapping[str, Case]
    ) -> tuple[list[Redundancy], list[tuple[RuleForm, str]]]:
        others = {f.rule.id: self._others(f) for f in candidates}
        needed: dict[str, dict[str, RuleForm]] = {f.rule.id: {} for f in candidates}
        open_ = {f.rule.id: f for f in candidates if others[f.rule.id]}
        cases = dict(violated)
        implied: dict[str, RuleForm] = {}
        undecided: list[tuple[RuleForm, str]] = []
        for number in range(_ROUNDS + 1):
            for id_ in list(open_):
                excluding = self._excluding(cases[id_], others[id_])
                if not excluding:
                    del open_[id_]
                added = others[id_] if number == _ROUNDS - 1 else excluding
                needed[id_].update((f.rule.id, f) for f in added)
            asked = list(open_.values())
            results = self.inquiry.cases([self._sought(f, list(needed[f.rule.id].values())) for f in asked])
            for form, result in zip(asked, results, strict=True):
                if isinstance(result, Case):
                    cases[form.rule.id] = result
                    continue
                del open_[form.rule.id]
                if result is NoCase.NONE:
                    implied[form.rule.id] = form
                else:
                    undecided.append((form, "whether other rules imply it"))
            if not open_:
                break
        ordered = [f for f in candidates if f.rule.id in implied]
        return self._without_each_other(ordered, needed, others, violated), undecided

    def _others(self, form: RuleForm) -> list[RuleForm]:
        """The rules that can take a rule's place: judged wherever it is, and asking for as much."""
        mine, subjects = frozenset(form.reads), (None, form.subject)
        return [
            f
            for f in self.forms
            if f is not form
            and f.subject in subjects
            and not mine.isdisjoint(f.reads)
            and at_least_as_strong(f.rule, form.rule)
        ]

    def _sought(self, form: RuleForm, others: Sequence[RuleForm]) -> Sought:
        together = [form, *others]
        presence = [v for f in together for v in f.presence]
        given = self.world.holding(form.subject, presence, [v for f in together for v in f.reads])
        return claims.implied(form, others, given)

    def _excluding(self, case: Case, others: Sequence[RuleForm]) -> list[RuleForm]:
        """The other rules that this case violates, or that may be violated by it.

        What the case leaves open is as in a case that complies with all rules, where both can be put together, or at an
        end of its range where that leaves fewer.
        """
        values: list[Value] = [case.values.get(v, self.met.get(v, UNKNOWN)) for v in self.slots]
        if not self._can_be(values):
            values = [case.values.get(v, UNKNOWN) for v in self.slots]
            return self._not_met(others, values)
        excluding = self._not_met(others, values)
        movable = (v for f in excluding for v in f.reads if v not in case.values and isinstance(v.origin, FieldOf))
        for variable in dict.fromkeys(movable):
            slot = self.slots[variable]
            for value in _ends(variable):
                moved = [*values[:slot], value, *values[slot + 1 :]]
                left = self._not_met(others, moved) if excluding and self._can_be(moved) else excluding
                if len(left) < len(excluding):
                    values, excluding = moved, left
        return excluding

    def _can_be(self, values: Sequence[Value]) -> bool:
        return all(given(values) is True for given in self.given)

    def _not_met(self, forms: Sequence[RuleForm], values: Sequence[Value]) -> list[RuleForm]:
        return [f for f in forms if self.checks[f.rule.id](values) is not True]

    def _without_each_other(
        self,
        implied: Sequence[RuleForm],
        needed: Mapping[str, Mapping[str, RuleForm]],
        others: Mapping[str, list[RuleForm]],
        violated: Mapping[str, Case],
    ) -> list[Redundancy]:
        """Of rules that imply each other the first stays: a rule is not implied by one that is redundant itself.

        `needed` are the rules that were seen to imply each; they are left as long as none of them is gone.
        """
        gone: set[str] = set()
        found: list[Redundancy] = []
        for form in reversed(implied):
            id_ = form.rule.id
            by = [f for f in needed[id_].values() if f.rule.id not in gone]
            if gone & set(needed[id_]):
                left = [f for f in others[id_] if f.rule.id not in gone]
                by = self._implying(form, by, left)
            if by:
                gone.add(id_)
                found.append(Redundancy(form, self._fewest(form, by), violated[id_]))
        return list(reversed(found))

    def _implying(self, form: RuleForm, by: list[RuleForm], others: Sequence[RuleForm]) -> list[RuleForm]:
        """Rules among the others that imply this one, `by` among them; none where they do not, or it is not decided."""
        for number in range(_ROUNDS):
            case = self.inquiry.case(self._sought(form, by))
            if case is NoCase.NONE:
                return by
            excluding = self._excluding(case, others) if isinstance(case, Case) else []
            if not excluding:
                return []
            known = {f.rule.id for f in by}
            more = others if number == _ROUNDS - 2 else excluding
            by = by + [f for f in more if f.rule.id not in known]
        return []

    def _fewest(self, form: RuleForm, others: Sequence[RuleForm]) -> tuple[RuleForm, ...]:
        alone = self.inquiry.cases([self._sought(form, [other]) for other in others])
        single = next((o for o, result in zip(others, alone, strict=True) if result is NoCase.NONE), None)
        if single is not None:
            return (single,)
        kept = list(others)
        for other in others:
            rest = [f for f in kept if f is not other]
            if self.inquiry.case(self._sought(form, rest)) is NoCase.NONE:
                kept = rest
        return tuple(kept)


def _ends(variable: Variable) -> tuple[Value, ...]:
    """The ends of a range, or all values of a variable that has no more than a few."""
    match variable.type:
        case YesNo():
            return (False, True)
        case OneOf(values):
            return values
        case Number() as of:
            return tuple(end for end in (of.low, of.high) if end is not None and nearest(of, end) == end)
    return ()
