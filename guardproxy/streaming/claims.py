"""Claims in text that is arriving: each is judged as soon as it is read, before its sentence is released."""

from collections.abc import Callable

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.judging import Judged, status_so_far
from guardproxy.checks.observation import Observation, Occurrence
from guardproxy.checks.rules import CompiledRule, claim_fields
from guardproxy.checks.verdict import Ending, Status
from guardproxy.ir.types import INVALID
from guardproxy.patterns.claims import Reading
from guardproxy.patterns.text_gate import Freeze, Halt, JudgedWatch, Reaction

ReactTo = Callable[[Reading], Reaction | None]


def claim_watches(compiled: CompiledPolicies, seen: Observation) -> tuple[list[JudgedWatch], bool]:
    """The watches for the claims of all policies, and whether some rule on claims makes every text wait.

    A rule over one claim is decided by each reading alone. One over several, or over other parts of the answer, is
    decided at the end only.
    """
    watches, waits = [], False
    for (title, name), reader in compiled.claims:
        rules = [r for r in compiled.rules if r.policy.title == title and _is_about(r, name)]
        waits = waits or any(len(claim_fields(r)) > 1 for r in rules)
        watches.append(JudgedWatch(reader, _reaction_to_claim(rules, seen)))
    return watches, waits


def blocking_claims(compiled: CompiledPolicies, seen: Observation) -> tuple[str, ...]:
    """The rules and declarations that block because of a claim in the texts so far."""
    readings = compiled.read_claims(seen.passages)
    names = [name for (_, name), found in readings.items() if any(r.value is INVALID for r in found)]
    for (title, name), found in readings.items():
        rules = [r for r in compiled.rules if r.policy.title == title and _is_about(r, name)]
        names += [r.rule.id for r in rules if any(isinstance(_reaction(r, f, seen), Halt) for f in found)]
    return tuple(dict.fromkeys(names))


def _is_about(rule: CompiledRule, schema: str) -> bool:
    subject = rule.rule.subject
    return subject is not None and subject.kind == "claims" and subject.schema == schema


def _reaction_to_claim(rules: list[CompiledRule], seen: Observation) -> ReactTo:
    def react(reading: Reading) -> Reaction | None:
        if reading.value is INVALID:
            return Halt()
        reactions = [_reaction(r, reading, seen) for r in rules]
        if any(isinstance(r, Halt) for r in reactions):
            return Halt()
        return next((r for r in reactions if r is not None), None)

    return react


def _reaction(rule: CompiledRule, reading: Reading, seen: Observation) -> Reaction | None:
    """What the rule asks for about this reading. What only a solver could say freezes the text until the end."""
    if reading.field not in claim_fields(rule):
        return None
    occurrence = Occurrence(readings={reading.field: reading.value})
    status = status_so_far(rule, seen, occurrence)
    if status in (Status.COMPLIES, Status.NOT_APPLICABLE):
        return None
    if status is Status.OPEN:
        return Freeze() if rule.rule.if_unknown != "allow" else None
    asks = Judged(rule, occurrence, status, rule.values(seen, occurrence)).asks_for
    if asks is Ending.BLOCKED:
        return Halt()
    return Freeze() if asks is not None and not asks.delivers else None
