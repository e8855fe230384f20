"""Repairs: the question to the solver, and its answer put into the answer's JSON text, touching nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from guardproxy import exact_json
from guardproxy.arriving_json import ArrivingJson, Member
from guardproxy.checks.judging import Judged
from guardproxy.checks.observation import Observation, Occurrence, same
from guardproxy.checks.rules import CompiledRule, occurrences
from guardproxy.checks.values import read_path, wire_value
from guardproxy.ir.build import add, constant
from guardproxy.ir.evaluate import total
from guardproxy.ir.policy import Repair
from guardproxy.ir.substitute import replace_variables, substitute
from guardproxy.ir.terms import FieldOf, Term, TotalPerKey, Variable
from guardproxy.ir.types import ABSENT, UNKNOWN, State, Value, rational
from guardproxy.ir.walk import variables, whole
from guardproxy.logic.questions import Adjustable, FindRepair

Place: TypeAlias = tuple[Literal["reply", "call"], int]
"""Which object of the answer: a reply object or a call's arguments, and its number among those."""


def repair_question(repairs: Sequence[Judged], rules: Iterable[CompiledRule], seen: Observation) -> FindRepair | None:
    """What has to hold, and which values may change for it.

    None when a value to change is not there at all, or when rules would change one in different ways.
    """
    adjustables = _adjustables(repairs)
    if adjustables is None:
        return None
    fields = {replace(v, occurrence=0) if v.occurrence else v for v in adjustables}
    concerned = (rule for rule in rules if not rule.roots.isdisjoint(fields) or rule.reads(TotalPerKey))
    demands = [d for rule in concerned for d in _demands(rule, adjustables, seen)]
    return FindRepair(tuple(dict.fromkeys(demands)), tuple(adjustables.values()))


def _adjustables(repairs: Sequence[Judged]) -> dict[Variable, Adjustable] | None:
    found: dict[Variable, Adjustable] = {}
    for judged in repairs:
        repair = judged.compiled.rule.repair
        assert repair is not None
        for variable in repair.fields:
            value = _value_of(judged, variable)
            if isinstance(value, State):
                return None
            here = at(variable, judged.occurrence.slot)
            wanted = _adjustable(here, repair, value, judged.occurrence.index)
            if found.setdefault(here, wanted) != wanted:
                return None
    return found


def _adjustable(variable: Variable, repair: Repair, value: Value, index: int | None) -> Adjustable:
    return Adjustable(variable, repair.how, value, repair.value, index or 0)


def _value_of(judged: Judged, variable: Variable) -> Value:
    known = judged.compiled.known(judged.values)
    if variable in known:
        return known[variable]
    origin = variable.origin
    assert isinstance(origin, FieldOf)
    schema = next(s for s in judged.compiled.policy.schemas if s.name == origin.schema and s.kind != "result")
    return read_path(schema, origin.path, judged.occurrence.holder)


def at(variable: Variable, slot: int) -> Variable:
    return replace(variable, occurrence=slot) if slot else variable


def _demands(rule: CompiledRule, adjustables: Mapping[Variable, Adjustable], seen: Observation) -> list[Term]:
    """The rule's condition for each occurrence, over the adjustables only, where it reads any of them.

    A rule that only warns does not bind a repair; one that is open is judged again with the repaired answer.
    """
    if rule.rule.otherwise.kind == "warn":
        return []
    found = []
    for occurrence in occurrences(rule, seen):
        row = rule.values(seen, occurrence)
        values = rule.known(row)
        replaced = _replacements(values, occurrence, adjustables, seen)
        if not replaced or _holds_anyway(rule, row, replaced):
            continue
        fixed = {v: x for v, x in values.items() if whole(v) not in replaced}
        residual = replace_variables(substitute(rule.either_term, fixed, rule.holds), replaced)
        if all(whole(v) in adjustables for v in variables(residual)):
            found.append(residual)
    return found


def _holds_anyway(rule: CompiledRule, row: Sequence[Value], replaced: Mapping[Variable, Term]) -> bool:
    """Whether the rule holds whatever becomes of the values that may change, which needs no solver."""
    fixed = [UNKNOWN if whole(v) in replaced else x for v, x in zip(rule.variables, row, strict=True)]
    return rule.either(fixed) is True


def _replacements(
    values: Mapping[Variable, Value],
    occurrence: Occurrence,
    adjustables: Mapping[Variable, Adjustable],
    seen: Observation,
) -> dict[Variable, Term]:
    """For the rule's variables that depend on adjustable values: the terms that say how."""
    found: dict[Variable, Term] = {}
    for variable, value in values.items():
        if isinstance(variable.origin, TotalPerKey):
            changing = _summands(variable.origin, occurrence, adjustables, seen)
            if changing and isinstance(value, int | Fraction):
                rest = value - total(a.original for a in changing)
                found[variable] = add(constant(rational(rest), variable.type), *(a.variable for a in changing))
        elif at(whole(variable), occurrence.slot) in adjustables:
            found[whole(variable)] = at(whole(variable), occurrence.slot)
    return found


def _summands(
    origin: TotalPerKey, occurrence: Occurrence, adjustables: Mapping[Variable, Adjustable], seen: Observation
) -> list[Adjustable]:
    """The amounts of this total that may change: those of the answer's calls with the same key."""
    key = _argument(occurrence.holder, origin.key)
    return [
        a
        for v, a in adjustables.items()
        if isinstance(v.origin, FieldOf)
        and v.origin.kind in ("call", "tool")
        and v.origin.path == (origin.field,)
        and v.occurrence < len(seen.calls)
        and seen.calls[v.occurrence].call.name == origin.tool
        and same(_argument(seen.calls[v.occurrence].tree, origin.key), key)
    ]


def _argument(tree: Any, key: str) -> Any:
    return tree.get(key) if isinstance(tree, dict) else None


# --- putting new values in ------------------------------------------------------------------------------------------


class Inside(dict[str, Any]):
    """Changes of members of an object that itself stays."""


def new_values(values: Mapping[Variable, Value]) -> dict[Place, Inside]:
    """For each object that changes, the JSON value of each key; `ABSENT` where it is removed."""
    found: dict[Place, Inside] = {}
    for variable, value in values.items():
        origin = variable.origin
        assert isinstance(origin, FieldOf)
        place: Place = ("reply" if origin.kind == "reply" else "call", variable.occurrence)
        changes = found.setdefault(place, Inside())
        for name in origin.path[:-1]:
            changes = changes.setdefault(name, Inside())
        changes[origin.path[-1]] = value if value is ABSENT else wire_value(variable.type, value)
    return found


def spliced(text: str, changes: Mapping[str, Any]) -> str:
    """An object's JSON text with the values of some of its members changed or removed, every other character kept."""
    arriving = ArrivingJson()
    arriving.feed(text)
    for member in reversed(arriving.members):
        if member.key in changes:
            text = _with_member(text, member, changes[member.key], first=member is arriving.members[0])
    return text


def _with_member(text: str, member: Member, value: Any, first: bool) -> str:
    assert member.end is not None
    if value is not ABSENT:
        before = text[member.start : member.end]
        after = spliced(before, value) if isinstance(value, Inside) else exact_json.dumps(value)
        return text[: member.start] + after + text[member.end :]
    rest = text[member.end :]
    if first and rest.lstrip().startswith(","):
        rest = rest.lstrip()[1:].lstrip()
    return text[: member.after] + rest
