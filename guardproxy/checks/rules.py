"""A rule made ready to run: its terms compiled, its variables with the functions that fetch them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from guardproxy.checks.compiled import Check, compile_term
from guardproxy.checks.fetch import Fetch, fetcher
from guardproxy.checks.observation import WHOLE_ANSWER, FinderIndex, Observation, Occurrence
from guardproxy.checks.timing import claims_read
from guardproxy.checks.verdict import RuleVerdict, Status
from guardproxy.ir.build import add, any_of, negate
from guardproxy.ir.policy import Policy, Rule
from guardproxy.ir.substitute import replace_variables
from guardproxy.ir.terms import (
    CallsElsewhere,
    CallsSoFar,
    FieldOf,
    Finder,
    FoundInText,
    Not,
    ResultField,
    Term,
    TotalPerKey,
    Variable,
)
from guardproxy.ir.types import ABSENT, INVALID, UNKNOWN, Type, Value
from guardproxy.ir.walk import variables, whole

_MOST_READINGS = 64
"""Combinations of claims that one rule is judged for; more of them in one answer are refused as invalid."""

Holds = Callable[[tuple[Finder, ...], str], bool]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRule:
    """`applies`, `demands` and `either` (not applies, or demands) read the values in the order of `variables`."""

    rule: Rule
    policy: Policy
    position: int
    variables: tuple[Variable, ...]
    roots: frozenset[Variable]
    """The variables, and instead of what is picked from a list the list."""
    fetches: tuple[Fetch, ...]
    applies: Check
    demands: Check
    either: Check
    either_term: Term
    holds: Holds
    is_plain_span: bool = False
    """`never ... text contains ...` and nothing else: complies wherever nothing is found."""
    lines: dict[int, RuleVerdict] = field(default_factory=dict)

    def values(self, seen: Observation, occurrence: Occurrence) -> list[Value]:
        return [fetch(seen, occurrence) for fetch in self.fetches]

    def known(self, values: Sequence[Value]) -> Mapping[Variable, Value]:
        return dict(zip(self.variables, values, strict=True))

    def line(self, status: Status, call: int | None) -> RuleVerdict:
        """The verdict's line for this rule; the ones that most answers have are made once."""
        known = self.lines.get(status.rank) if call is None else None
        if known is None:
            known = RuleVerdict(self.policy.title, self.rule.id, status, call)
            if call is None:
                self.lines[status.rank] = known
        return known

    def reads(self, *origins: type) -> bool:
        return any(isinstance(v.origin, origins) for v in self.variables)


Fetcher = Callable[[Policy, Variable, FinderIndex], Fetch]


def compile_rule(
    policy: Policy, rule: Rule, position: int, index: FinderIndex, holds: Holds, fetch: Fetcher = fetcher
) -> CompiledRule:
    """`fetch` finds the function that looks a variable up."""
    rule = with_terms(rule, {v: _of_the_day(tool, v.type) for v, tool in _daily(rule)})
    either = any_of(negate(rule.applies), rule.demands)
    # In the terms' own order and not in that of a simplified one: every variable has its slot.
    names = tuple(dict.fromkeys((*variables(rule.applies), *variables(rule.demands))))
    slots = {v: i for i, v in enumerate(names)}
    return CompiledRule(
        rule=rule,
        policy=policy,
        position=position,
        variables=names,
        roots=frozenset(map(whole, names)),
        fetches=tuple(fetch(policy, v, index) for v in names),
        applies=compile_term(rule.applies, slots, holds),
        demands=compile_term(rule.demands, slots, holds),
        either=compile_term(either, slots, holds),
        either_term=either,
        holds=holds,
        is_plain_span=len(names) == 1 and isinstance(names[0].origin, FoundInText) and either == Not(names[0]),
    )


def with_terms(rule: Rule, terms: Mapping[Variable, Term]) -> Rule:
    """The rule with terms in the place of variables."""
    if not terms:
        return rule
    applies, demands = (replace_variables(term, terms) for term in (rule.applies, rule.demands))
    return replace(rule, applies=applies, demands=demands)


def _daily(rule: Rule) -> Iterator[tuple[Variable, str]]:
    """The counts per day that the rule reads, each with its tool."""
    for variable in (*variables(rule.applies), *variables(rule.demands)):
        if isinstance(variable.origin, CallsSoFar) and variable.origin.scope == "day":
            yield variable, variable.origin.tool


def _of_the_day(tool: str, type_: Type) -> Term:
    """What is seen of a day's calls, and what is not: three in one answer are too many for `at most 2`."""
    here = Variable(f"calls to {tool} per answer", type_, CallsSoFar(tool, "answer"))
    return add(here, Variable(f"calls to {tool} earlier today", type_, CallsElsewhere(tool)))


def occurrences(compiled: CompiledRule, seen: Observation) -> Iterator[Occurrence]:
    """What the rule is judged for in this answer; nothing at all where it is about a thing that is not there."""
    subject = compiled.rule.subject
    if subject is None:
        yield WHOLE_ANSWER
    elif subject.kind == "reply":
        yield from (Occurrence(tree, reply=number) for number, (_, tree) in enumerate(seen.replies))
    elif subject.kind == "call":
        for index, call in enumerate(seen.calls):
            if call.call.name == subject.tool:
                yield Occurrence(call.tree, index)
    else:
        yield from _claims(compiled, seen)


def _claims(compiled: CompiledRule, seen: Observation) -> Iterator[Occurrence]:
    """Each claim is judged as often as it was read; a rule over several claims sees every combination."""
    assert compiled.rule.subject is not None
    key = (compiled.policy.title, compiled.rule.subject.schema)
    readings = seen.readings.get(key, ())
    fields = claims_read(compiled.rule)
    found = {f: [r.value for r in readings if r.field == f] for f in fields}
    if not any(found.values()):
        return
    options: list[list[tuple[str, Value]]] = [[(f, v) for v in values] or [(f, ABSENT)] for f, values in found.items()]
    ways = product(*options)
    for number, way in enumerate(ways):
        if number == _MOST_READINGS:
            yield Occurrence(readings=dict.fromkeys(fields, INVALID))
            return
        yield Occurrence(readings=dict(way))


def status_of(compiled: CompiledRule, values: Sequence[Value]) -> Status | None:
    """The rule's status with these values, or None where it depends on values that are unknown.

    What is decided stays so whatever the unknown values turn out to be. That something cannot be read decides nothing
    while something else is unknown: `and` is false all the same where the other side is.
    """
    applies = compiled.applies(values)
    if applies is False:
        return Status.NOT_APPLICABLE
    demands = compiled.demands(values)
    if demands is True:
        return Status.COMPLIES
    if applies is True and demands is False:
        return Status.VIOLATED
    if INVALID in (applies, demands) and UNKNOWN not in values:
        return Status.INVALID
    return None


def unreadable(compiled: CompiledRule, values: Sequence[Value]) -> tuple[str, ...]:
    """The declarations whose values made the rule invalid, under the names that the author gave them."""
    names: list[str] = []
    for variable, value in zip(compiled.variables, values, strict=True):
        if value is UNKNOWN or not isinstance(value, type(INVALID)):
            continue
        origin = whole(variable).origin
        if isinstance(origin, FieldOf):
            names.append(origin.schema)
        elif isinstance(origin, ResultField):
            names.append(origin.look_up.tool)
        elif isinstance(origin, TotalPerKey):
            names += [s.name for s in compiled.policy.schemas if s.tool == origin.tool and s.kind != "result"]
    return tuple(dict.fromkeys(names)) or (compiled.rule.id,)


def text_finders(rule: Rule) -> tuple[Finder, ...]:
    """The finders of the rule's conditions on the reply or on any text."""
    names = (*variables(rule.applies), *variables(rule.demands))
    return tuple(f for v in names if isinstance(v.origin, FoundInText) for f in v.origin.finders)
