"""Tools that wait for each other: each may be called only after the other, so that none of them ever can be."""

from collections.abc import Iterator, Mapping, Sequence

from guardproxy.ir.build import TRUE
from guardproxy.ir.policy import Rule
from guardproxy.ir.terms import And, CalledBefore, Term, Variable

_DELIVERING = ("warn",)


def circles(rules: Sequence[Rule]) -> Iterator[tuple[Rule, ...]]:
    """The rules of each circle, a tool that waits for itself included. A circle is named once."""
    waits = _waits(rules)
    named: set[frozenset[str]] = set()
    for tool in waits:
        way = _way_back(tool, waits)
        if way and (ids := frozenset(rule.id for rule in way)) not in named:
            named.add(ids)
            yield way


def _waits(rules: Sequence[Rule]) -> Mapping[str, Mapping[str, Rule]]:
    """For each tool the tools that it always waits for, with the rule that says so."""
    waits: dict[str, dict[str, Rule]] = {}
    for rule in rules:
        subject = rule.subject
        always = subject is not None and subject.kind == "call" and rule.applies == TRUE
        if subject is None or not always or rule.otherwise.kind in _DELIVERING:
            continue
        for needed in _needed(rule.demands):
            waits.setdefault(subject.tool, {}).setdefault(needed, rule)
    return waits


def _needed(demands: Term) -> Iterator[str]:
    """The tools that have to have been called for the demand to hold."""
    match demands:
        case Variable(origin=CalledBefore(tool, with_result=True)):
            yield tool
        case And(terms):
            for each in terms:
                yield from _needed(each)


def _way_back(tool: str, waits: Mapping[str, Mapping[str, Rule]]) -> tuple[Rule, ...]:
    """The shortest circle through a tool; empty where there is none."""
    ways: list[tuple[str, tuple[Rule, ...]]] = [(tool, ())]
    seen: set[str] = set()
    for at, way in ways:
        for needed, rule in waits.get(at, {}).items():
            if needed == tool:
                return (*way, rule)
            if needed not in seen:
                seen.add(needed)
                ways.append((needed, (*way, rule)))
    return ()
