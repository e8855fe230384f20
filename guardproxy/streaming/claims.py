"""Claims in text that is arriving: each is judged as soon as it is read, before its sentence is released."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.judging import Judged, status_so_far
from guardproxy.checks.observation import Observation, Occurrence
from guardproxy.checks.rules import CompiledRule
from guardproxy.checks.timing import Moment, Timing, claims_read
from guardproxy.checks.verdict import Ending, Status
from guardproxy.ir.policy import Subject
from guardproxy.ir.types import INVALID
from guardproxy.patterns.claims import ClaimReader, Reading
from guardproxy.patterns.text_gate import Freeze, Halt, JudgedWatch, Reaction

ReactTo = Callable[[Reading], Reaction | None]


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """A claims declaration, what reads it, and the rules that each reading alone decides.

    A rule over several claims, or over more of the answer, is decided at the end only.
    """

    key: tuple[str, str]
    reader: ClaimReader
    rules: tuple[CompiledRule, ...]


def claim_rules(compiled: CompiledPolicies, timings: Mapping[int, Timing]) -> list[ClaimRules]:
    """All claims declarations. `timings` are those of the rules, by their positions."""
    at_once = [r for r in compiled.rules if (t := timings.get(r.position)) and t.moment is Moment.AT_ONCE]
    return [
        ClaimRules(
            (title, name),
            reader,
            tuple(r for r in at_once if r.policy.title == title and r.rule.subject == Subject("claims", name)),
        )
        for (title, name), reader in compiled.claims
    ]


def claim_watches(claims: Iterable[ClaimRules], seen: Observation) -> list[JudgedWatch]:
    return [JudgedWatch(each.reader, _reaction_to_claim(each.rules, seen)) for each in claims]


def blocking_claims(compiled: CompiledPolicies, claims: Iterable[ClaimRules], seen: Observation) -> tuple[str, ...]:
    """The rules and declarations that block because of a claim in the texts so far."""
    readings = compiled.read_claims(seen.passages)
    names = [name for (_, name), found in readings.items() if any(r.value is INVALID for r in found)]
    for each in claims:
        found = readings.get(each.key, [])
        names += [r.rule.id for r in each.rules if any(isinstance(_reaction(r, f, seen), Halt) for f in found)]
    return tuple(dict.fromkeys(names))


def _reaction_to_claim(rules: Sequence[CompiledRule], seen: Observation) -> ReactTo:
    def react(reading: Reading) -> Reaction | None:
        if reading.value is INVALID:
            return Halt()
        reactions = [_reaction(r, reading, seen) for r in rules]
        if any(isinstance(r, Halt) for r in reactions):
            return Halt()
        return next((r for r in reactions if r is not None), None)

    return react


def _reaction(rule: CompiledRule, reading: Reading, seen: Observation) -> Reaction | None:
    """What the rule asks for about this reading. While that is not decided, the text is frozen."""
    if reading.field not in claims_read(rule.rule):
        return None
    occurrence = Occurrence(readings={reading.field: reading.value})
    status = status_so_far(rule, seen, occurrence)
    if status in (Status.COMPLIES, Status.NOT_APPLICABLE):
        return None
    if status is None:
        return Freeze()
    if status is Status.OPEN:
        return Freeze() if rule.rule.if_unknown != "allow" else None
    asks = Judged(rule, occurrence, status, rule.values(seen, occurrence)).asks_for
    if asks is Ending.BLOCKED:
        return Halt()
    return Freeze() if asks is not None and not asks.delivers else None
