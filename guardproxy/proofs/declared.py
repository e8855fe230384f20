"""What two versions of a declaration read differently: values that fit only one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from guardproxy.checks.values import read_field, wire_value
from guardproxy.ir.policy import Policy
from guardproxy.ir.types import ABSENT, INVALID, Field, ListOf, Number, OneOf, Record, Schema, Text, Type, YesNo
from guardproxy.proofs.values import default, fitting_text

_MISSING = object()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A value of a field, as JSON (`has_value`; else the field is missing), that the versions read differently.

    `fits`: which of the versions take it; `both` where both do and read another value.
    """

    schema: str
    kind: str
    tool: str
    field: str
    value: Any
    has_value: bool
    fits: str


def changed_fields(old: Policy, new: Policy) -> Iterator[FieldChange]:
    """For each field that is declared differently, values on which the versions part."""
    for kind, name in _schemas(old, new):
        before, after = old.schema(name, kind), new.schema(name, kind)
        if before == after:
            continue
        tool = (after or before or _EMPTY).tool
        names = dict.fromkeys(f.name for s in (before, after) if s is not None for f in s.fields)
        for field in names:
            pair = tuple(s.field(field) if s is not None else None for s in (before, after))
            if pair[0] != pair[1]:
                yield from _parting(name, kind, tool, field, pair[0], pair[1])


_EMPTY = Schema("", "facts", ())


def _schemas(old: Policy, new: Policy) -> dict[tuple[str, str], None]:
    return dict.fromkeys((s.kind, s.name) for s in (*old.schemas, *new.schemas))


def unparted(old: Policy, new: Policy) -> Iterator[str]:
    """The names of fields that are declared differently although no value was found on which the versions part."""
    parted = {(c.kind, c.schema, c.field) for c in changed_fields(old, new)}
    repaired = any(rule.repair is not None for policy in (old, new) for rule in policy.rules)
    for kind, name in _schemas(old, new):
        before, after = old.schema(name, kind), new.schema(name, kind)
        for field in dict.fromkeys(f.name for s in (before, after) if s is not None for f in s.fields):
            pair = [_meaning(s.field(field) if s is not None else None, repaired) for s in (before, after)]
            if pair[0] != pair[1] and (kind, name, field) not in parted:
                yield f"{name}.{field}"


def _meaning(field: Field | None, repaired: bool) -> Field | None:
    """The field without what changes no verdict: `may be unknown` speaks to the compiler, `in steps of` to repairs."""
    if field is None:
        return None
    of = field.type
    if isinstance(of, Number) and not repaired:
        of = replace(of, step=1, unit="")
    return replace(field, type=of, may_be_unknown=False)


def other_sources(old: Policy, new: Policy) -> Iterator[tuple[str, str, str]]:
    """Facts that come from elsewhere now: their name, and from where in the old and in the new version."""
    for kind, name in _schemas(old, new):
        before, after = old.schema(name, kind), new.schema(name, kind)
        if before is not None and after is not None and before.provenance != after.provenance:
            yield name, before.provenance, after.provenance


def other_tools(old: Policy, new: Policy) -> Iterator[tuple[str, str, str]]:
    """Declarations that are about another tool now: their name, the tool in the old and in the new version."""
    for kind, name in _schemas(old, new):
        before, after = old.schema(name, kind), new.schema(name, kind)
        if before is not None and after is not None and before.tool != after.tool:
            yield name, before.tool, after.tool


def _parting(
    schema: str, kind: str, tool: str, name: str, before: Field | None, after: Field | None
) -> Iterator[FieldChange]:
    for sample in _samples(before, after):
        mine, other = _reads(before, sample), _reads(after, sample)
        fits = _fits(mine, other)
        if fits:
            has_value = sample is not _MISSING
            yield FieldChange(schema, kind, tool, name, sample if has_value else None, has_value, fits)


def _fits(mine: Any, other: Any) -> str:
    """Who takes the value; empty where both do and read the same, or neither does."""
    if (mine is INVALID) != (other is INVALID):
        return "new" if mine is INVALID else "old"
    return "both" if mine != other and _ANYTHING not in (mine, other) else ""


_ANYTHING = object()


def _reads(field: Field | None, sample: Any) -> Any:
    """The value that a version reads; a field that it does not declare may be anything."""
    if field is None:
        return _ANYTHING
    if sample is _MISSING:
        return ABSENT if field.optional else INVALID
    return read_field(field, {field.name: sample})


def _samples(before: Field | None, after: Field | None) -> list[Any]:
    """JSON values at the ends of both declarations and beyond."""
    types = [f.type for f in (before, after) if f is not None]
    found: list[Any] = [_MISSING]
    for of in types:
        found += _ends(of)
    return found


def _ends(of: Type) -> Sequence[Any]:
    match of:
        case YesNo():
            return (True, False)
        case OneOf(values):
            return (*values, "something else")
        case Text(low, high):
            return (fitting_text("A1", low, high), "", "A" * (low or 1), "A" * ((high or 20) + 1))
        case Number():
            return [_wire(of, value) for value in _numbers(of)]
        case ListOf(item, low, high):
            one = wire_value(item, default(item))
            inside = [[each] for each in _ends(item)]
            return [*inside, *([one] * size for size in {low, low + 1, 0, high or low, (high or low) + 1})]
        case Record(_, fields):
            whole = wire_value(of, default(of))
            around = [{**whole, f.name: each} for f in fields for each in _ends(f.type)]
            return (*around, whole, {}, *({k: v for k, v in whole.items() if k != f.name} for f in fields))


def _wire(of: Number, value: int | Fraction) -> Any:
    try:
        return wire_value(of, value)
    except (ValueError, OverflowError):
        return "9999-12-31"


def _numbers(of: Number) -> list[int | Fraction]:
    step = of.grid or of.step
    middle = default(of)
    found: list[int | Fraction] = [middle] if isinstance(middle, int | Fraction) else []
    for limit in (of.low, of.high):
        if limit is not None:
            found += [limit, limit - step, limit + step]
    if of.low is None:
        found.append(-step)
    return found
