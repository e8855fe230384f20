"""Why a value does not fit its declaration, in words for the person who wrote the value or the declaration.

`values` decides; this module only explains what `values` calls `INVALID`, so the two cannot disagree.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from guardproxy import exact_json
from guardproxy.checks.values import read_field, read_value
from guardproxy.conversation import Facts
from guardproxy.diagnostics import did_you_mean
from guardproxy.ir.printed import printed_value
from guardproxy.ir.types import ABSENT, INVALID, Field, ListOf, Number, OneOf, Record, Schema, Text, Type, YesNo

_LONGEST_SHOWN = 60
_READ_FROM_TEXT = {"date": "2026-11-21", "time": "09:30", "instant": "2026-11-21T09:30:00Z"}


def misfits(fields: Iterable[Field], holder: Any, of: str) -> Iterator[str]:
    """A sentence for each declared field that the object `of` does not have right."""
    if not isinstance(holder, dict):
        yield f"`{of}` is not one JSON object without repeated keys"
        return
    for field in fields:
        value = read_field(field, holder)
        if value is ABSENT and not field.optional:
            yield f"`{of}.{field.name}` is missing"
        elif value is INVALID:
            yield from value_misfits(field.type, holder[field.name], f"{of}.{field.name}")


def value_misfits(of: Type, raw: Any, path: str) -> Iterator[str]:
    """Sentences that say where in the value the misfit is; nothing for a value that fits."""
    if read_value(of, raw) is not INVALID:
        return
    if isinstance(of, Record) and isinstance(raw, dict):
        yield from misfits(of.fields, raw, path)
    elif isinstance(of, ListOf) and isinstance(raw, list) and any(read_value(of.item, i) is INVALID for i in raw):
        for number, item in enumerate(raw, start=1):
            yield from value_misfits(of.item, item, f"{path}[{number}]")
    else:
        yield f"`{path}` is `{shown_json(raw)}`, which {_reason(of, raw)}: it has to be {wanted(of)}"


def fact_misfits(schemas: Iterable[Schema], facts: Facts, supplied: str = "") -> Iterator[tuple[tuple[str, ...], str]]:
    """The path and a sentence for each fact that no schema declares or whose value does not fit. `null` always does.

    `supplied` says in the sentence which declarations the caller gave, as in ` from system`. Where several policies
    declare facts of one name, a value has to fit each declaration that has the field.
    """
    declared: dict[str, dict[str, list[Field]]] = {}
    for schema in schemas:
        for field in schema.fields:
            declared.setdefault(schema.name, {}).setdefault(field.name, []).append(field)
    for name, values in facts.items():
        if name not in declared:
            yield (name,), f"no policy declares facts `{name}`{supplied}{_hint(name, declared)}"
        for key, raw in values.items() if name in declared else ():
            if key not in declared[name]:
                yield (name, key), f"no policy declares the fact `{name}.{key}`{supplied}{_hint(key, declared[name])}"
            elif raw is not None:
                found = [s for f in declared[name][key] for s in value_misfits(f.type, raw, f"{name}.{key}")]
                yield from (((name, key), sentence) for sentence in dict.fromkeys(found))


def _hint(name: str, known: Iterable[str]) -> str:
    hint = did_you_mean(name, known)
    return f"; {hint}" if hint else ""


def shown_json(raw: Any) -> str:
    text = exact_json.dumps(raw)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."


def _reason(of: Type, raw: Any) -> str:
    match of:
        case OneOf() if isinstance(raw, str):
            return "is not listed"
        case Text(low, _) if isinstance(raw, str):
            return "is too short" if len(raw) < low else "is too long"
        case ListOf(_, low, _) if isinstance(raw, list):
            return "has too few items" if len(raw) < low else "has too many items"
        case Number(kind) if kind in _READ_FROM_TEXT and isinstance(raw, str):
            return f"is no {kind}, or out of range"
        case Number(kind) if kind not in _READ_FROM_TEXT and isinstance(raw, int | Decimal):
            return "is of another kind" if isinstance(raw, bool) else _number_reason(of, raw)
    return "is of another kind"


def _number_reason(of: Number, raw: int | Decimal) -> str:
    without_limits = Number(of.kind, grid=of.grid, wire=of.wire)
    return "is too fine" if read_value(without_limits, raw) is INVALID else "is out of range"


def wanted(of: Type) -> str:
    """What fits, as JSON: `true or false`, `one of "gold", "silver"`, `a number from 0% to 36%`."""
    match of:
        case YesNo():
            return "true or false"
        case OneOf(values):
            return f"one of {', '.join(map(exact_json.dumps, values))}"
        case Text(low, high):
            return "a text" + _lengths(low, high, "characters")
        case ListOf(item, low, high):
            return f"a list{_lengths(low, high, 'items')}, each {wanted(item)}"
        case Record(_, fields):
            return f"an object with {', '.join(f.name for f in fields)}"
        case Number():
            return _number_wanted(of)


def _lengths(low: int, high: int | None, noun: str) -> str:
    if high is None:
        return f" of at least {low} {noun}" if low else ""
    return f" of {low} to {high} {noun}" if low else f" of at most {high} {noun}"


def _number_wanted(of: Number) -> str:
    if of.kind in _READ_FROM_TEXT:
        noun = f'a text with {_a(of.kind)} such as "{_READ_FROM_TEXT[of.kind]}"'
    elif of.kind == "whole":
        noun = "a whole number"
    else:
        unit = of.unit or of.currency or {"percent": "%"}.get(of.kind, "")
        noun = "a number" + (f" of {unit}" if unit else "")
        if of.grid is not None:
            noun += f" in steps of {printed_value(of.grid, of)}"
    low, high = (None if limit is None else printed_value(limit, of) for limit in (of.low, of.high))
    return noun + (f" from {low}" if low is not None else "") + (f" up to {high}" if high is not None else "")


def _a(kind: str) -> str:
    return f"an {kind}" if kind == "instant" else f"a {kind}"
