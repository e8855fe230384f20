"""Why something in an answer or a case is invalid: which declaration, which field, what it holds, what would fit."""

from collections.abc import Iterator

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.misfits import fact_misfits, misfits
from guardproxy.checks.misshapen import why_misshapen
from guardproxy.checks.observation import Observation
from guardproxy.checks.rewriting import NOTHING_APPENDED, ends_in_json
from guardproxy.checks.rules import CompiledRule, occurrences
from guardproxy.checks.verdict import Status, Verdict
from guardproxy.checks.whence import Secrets
from guardproxy.ir.terms import Conforms, FieldOf, ResultField
from guardproxy.ir.types import ABSENT, INVALID
from guardproxy.ir.walk import variables


def reasons(compiled: CompiledPolicies, seen: Observation, verdict: Verdict) -> tuple[str, ...]:
    """Sentences, the most telling first; none where nothing is invalid."""
    names = verdict.having(Status.INVALID)
    if not names:
        return ()
    rules = [rule for rule in compiled.rules if rule.rule.id in names]
    found = dict.fromkeys((*_misfits(compiled, seen), *_results(compiled, seen, rules)))
    return (*found, *(s for rule in rules for s in _states(rule, seen, explained=bool(found))))


def of_violations(compiled: CompiledPolicies, seen: Observation, verdict: Verdict) -> Iterator[str]:
    """What the status alone does not say: where a shape is not kept, and that a sentence could not be appended."""
    secrets = Secrets(compiled.rules)
    names = verdict.having(Status.VIOLATED)
    for rule in (r.rule for r in compiled.rules if r.rule.id in names):
        origins = dict.fromkeys(v.origin for v in variables(rule.demands) if isinstance(v.origin, Conforms))
        whys = (why_misshapen(origin, seen, lambda text: secrets.hidden(text) == text) for origin in origins)
        yield from (f"{rule.id}: {secrets.hidden(why)}" for why in whys if why)
        if rule.otherwise.kind == "append" and ends_in_json(seen.passages, seen):
            yield f"{rule.id}: {NOTHING_APPENDED}"


def _misfits(compiled: CompiledPolicies, seen: Observation) -> Iterator[str]:
    schemas = [schema for _, schema in compiled.schemas]
    for number, call in enumerate(seen.calls, start=1):
        declared = [s for s in schemas if s.kind in ("call", "tool") and s.tool == call.call.name]
        if call.tree is INVALID:
            yield f"call {number}: the arguments of `{call.call.name}` are not one JSON object without repeated keys"
            continue
        yield from (
            f"call {number}: {s}" for schema in declared for s in misfits(schema.fields, call.tree, schema.name)
        )
    for _, tree in seen.replies:
        for schema in (s for s in schemas if s.kind == "reply"):
            yield from misfits(schema.fields, tree, schema.name)
    facts = [schema for schema in schemas if schema.kind == "facts"]
    declared_names = {schema.name for schema in facts}
    given = {name: fields for name, fields in seen.situation.facts.items() if name in declared_names}
    yield from (sentence for _, sentence in fact_misfits(facts, given))


def _results(compiled: CompiledPolicies, seen: Observation, rules: list[CompiledRule]) -> Iterator[str]:
    """What tools returned, as far as the invalid rules read it."""
    tools = {v.origin.look_up.tool for rule in rules for v in rule.variables if isinstance(v.origin, ResultField)}
    for _, schema in compiled.schemas:
        if schema.kind == "result" and schema.tool in tools:
            for _, _, result in seen.past.calls(schema.tool):
                if isinstance(result, dict):
                    yield from (f"a result: {sentence}" for sentence in misfits(schema.fields, result, schema.name))


def _states(rule: CompiledRule, seen: Observation, explained: bool) -> Iterator[str]:
    """The rule's own values: what is missing, and what is invalid for a reason that no declaration shows."""
    for occurrence in occurrences(rule, seen):
        for variable, value in rule.known(rule.values(seen, occurrence)).items():
            if value is ABSENT and isinstance(variable.origin, FieldOf | ResultField):
                yield f"{rule.rule.id} reads `{variable.name}`, which is missing"
            elif value is INVALID and not explained:
                yield f"{rule.rule.id} reads `{variable.name}`, which cannot be read"
