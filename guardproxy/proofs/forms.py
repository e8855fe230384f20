"""Rules as the proofs look at them: what is one value in the answer is one variable in all rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from guardproxy.ir.build import all_of, any_of, negate
from guardproxy.ir.policy import Clause, Rule, Subject
from guardproxy.ir.printed import quoted
from guardproxy.ir.substitute import replace_variables
from guardproxy.ir.terms import FoundInText, IsPresent, Origin, PickedFrom, ResultField, Term, UserSays, Variable
from guardproxy.ir.walk import subterms, variables


@dataclass(frozen=True)
class RuleForm:
    """A rule's condition and demand over the aligned variables."""

    rule: Rule
    applies: Term
    demands: Term
    clauses: tuple[Clause, ...] = ()

    @cached_property
    def violated(self) -> Term:
        return all_of(self.applies, negate(self.demands))

    @cached_property
    def either(self) -> Term:
        """Not applicable, or complied with."""
        return any_of(negate(self.applies), self.demands)

    @cached_property
    def reads(self) -> tuple[Variable, ...]:
        return tuple(dict.fromkeys((*variables(self.applies), *variables(self.demands))))

    @cached_property
    def presence(self) -> tuple[Variable, ...]:
        """The variables of which it asks whether they are present."""
        return presence_in((self.applies, self.demands))

    @cached_property
    def guards(self) -> frozenset[Variable]:
        """What its condition reads."""
        return frozenset(variables(self.applies))

    @cached_property
    def demanded(self) -> tuple[Variable, ...]:
        """What its demand reads."""
        return variables(self.demands)

    @property
    def subject(self) -> Subject | None:
        return self.rule.subject


def presence_in(terms: Iterable[Term]) -> tuple[Variable, ...]:
    """The variables of which these terms ask whether they are present."""
    found = (part.variable for term in terms for part in subterms(term) if isinstance(part, IsPresent))
    return tuple(dict.fromkeys(found))


def forms_of(rules: Iterable[Rule]) -> tuple[RuleForm, ...]:
    """The rules in their order. A looked-up value that two rules name differently gets the name of the first."""
    alignment = Alignment()
    return tuple(alignment.form(rule) for rule in rules)


class Alignment:
    """Remembers by which variable each value was read first."""

    def __init__(self) -> None:
        self._first: dict[Variable, Variable] = {}

    def form(self, rule: Rule) -> RuleForm:
        clauses = tuple(
            replace(c, term=self.term(c.term), comparisons=tuple((self.term(t), span) for t, span in c.comparisons))
            for c in rule.clauses
        )
        return RuleForm(rule, self.term(rule.applies), self.term(rule.demands), clauses)

    def term(self, term: Term) -> Term:
        read = dict.fromkeys(v for v in subterms(term) if isinstance(v, Variable))
        renamed = {v: self._first.setdefault(_nameless(v), v) for v in read if _is_named(v.origin)}
        changed: dict[Variable, Term] = {v: first for v, first in renamed.items() if v != first}
        changed |= {v: any_of(*singles) for v in read if (singles := _singles(v))}
        return replace_variables(term, changed) if changed else term


def _is_named(origin: Origin) -> bool:
    return isinstance(origin, ResultField | PickedFrom)


def _singles(variable: Variable) -> tuple[Variable, ...]:
    """One condition for each thing that a condition on text looks for, so that rules share what they have in common."""
    match variable.origin:
        case FoundInText(scope, finders) if len(finders) > 1:
            words = [f.name or f.expression for f in finders]
            origins: list[Origin] = [FoundInText(scope, (f,)) for f in finders]
        case UserSays(phrases) if len(phrases) > 1:
            words = list(phrases)
            origins = [UserSays((phrase,)) for phrase in phrases]
        case _:
            return ()
    head = variable.name.split(" any of ")[0]
    return tuple(replace(variable, name=f"{head} {quoted(w)}", origin=o) for w, o in zip(words, origins, strict=True))


def _nameless(variable: Variable) -> Variable:
    """The same for every variable that finds its value in the same way, whatever its author called it."""
    origin = variable.origin
    match origin:
        case ResultField(look_up) if look_up.match is not None:
            origin = replace(origin, look_up=replace(look_up, match=_nameless(look_up.match)))
        case PickedFrom(_, of):
            origin = replace(origin, list=_nameless(of))
    return replace(variable, name="", origin=origin)


def _without_scope(variable: Variable) -> Variable:
    """The same for what is looked for in the reply and in any text: what is found in the one is found in the other."""
    origin = variable.origin
    return (
        replace(variable, name="", origin=replace(origin, scope="any")) if isinstance(origin, FoundInText) else variable
    )


def connected(forms: Sequence[RuleForm]) -> list[list[RuleForm]]:
    """The rules in groups, so that no two groups have a variable in common. The groups keep the rules' order."""
    leads = list(range(len(forms)))
    first: dict[Variable, int] = {}

    def leader(place: int) -> int:
        while leads[place] != place:
            leads[place] = leads[leads[place]]
            place = leads[place]
        return place

    for place, form in enumerate(forms):
        for variable in form.reads:
            leads[leader(first.setdefault(_without_scope(variable), place))] = leader(place)
    groups: dict[int, list[RuleForm]] = {}
    for place, form in enumerate(forms):
        groups.setdefault(leader(place), []).append(form)
    # A later rule leads the ones before it: the groups come in the order of their last rules.
    return [groups[place] for place in sorted(groups)]
