"""What a rule is about: the one reply, call or claim whose fields it reads, judged for each occurrence."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from guardproxy.ir.policy import Subject
from guardproxy.ir.types import Schema
from guardproxy.language.clauses import Clauses, tool_of
from guardproxy.language.collector import Mistakes
from guardproxy.language.names import Names
from guardproxy.language.phrases import Count, Path, Quantified, Total, TotalPer
from guardproxy.source import Span


def subject_of(clauses: Clauses, names: Names, mistakes: Mistakes) -> Subject | None:
    """None for a rule about the whole answer. Two of them are a mistake: which occurrences would go together?"""
    found: Subject | None = None
    tool = tool_of(clauses.body)
    if tool:
        schema = names.for_tool(tool)
        found = Subject("call", schema.name if schema is not None else "", tool)
    lets = frozenset(let.name.text for let in clauses.lets)
    parts = (*clauses.lets, *clauses.guards.values(), clauses.body, clauses.repair)
    for path in _read(parts, names, lets, 10):
        head = path.names[0].text
        schema = names.schema(head) or names.for_tool(head)
        here = _subject(schema) if schema is not None else None
        if here is None or _same(found, here):
            found = found or here
            continue
        _report(found, here, path.span, mistakes)
        return found
    return found


def paths_read(part: Any, names: Names) -> Iterator[Path]:
    """All paths that a part of the tree reads, in order, through definitions and tables."""
    return _read(part, names, frozenset(), 10)


def _subject(schema: Schema) -> Subject | None:
    match schema.kind:
        case "reply":
            return Subject("reply", schema.name)
        case "call" | "tool":
            return Subject("call", schema.name, schema.tool)
        case "claims":
            return Subject("claims", schema.name)
    return None


def _same(one: Subject | None, other: Subject) -> bool:
    return one is None or one == other or (one.kind == other.kind == "call" and one.tool == other.tool)


def _report(found: Subject | None, here: Subject, span: Span, mistakes: Mistakes) -> None:
    message = f"a rule is about {_shown(found)} or about {_shown(here)}, not about both"
    mistakes.error("E021", message, span, "write a rule for each; what both need can be a `define`")


def _shown(subject: Subject | None) -> str:
    if subject is None:
        return "the answer"
    if subject.kind == "call":
        return f"calls to `{subject.tool}`"
    return f"the claims `{subject.schema}`" if subject.kind == "claims" else f"the reply `{subject.schema}`"


def _read(part: Any, names: Names, bound: frozenset[str], depth: int) -> Iterator[Path]:
    """All paths that a part of the tree reads, those of definitions and tables included, without bound names."""
    match part:
        case Path():
            yield from _path(part, names, bound, depth)
            return
        case TotalPer(total):
            yield total
            return
        case Quantified() | Count() | Total() if part.binder is not None:
            yield from _read(part.list, names, bound, depth)
            bound = bound | {part.binder.text}
        case tuple():
            for one in part:
                yield from _read(one, names, bound, depth)
            return
    if is_dataclass(part) and not isinstance(part, Span):
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, tuple) or is_dataclass(value):
                yield from _read(value, names, bound, depth)


def _path(path: Path, names: Names, bound: frozenset[str], depth: int) -> Iterator[Path]:
    head = path.names[0].text
    if head in bound:
        return
    yield path
    if len(path.names) == 1 and depth:
        if head in names.definitions:
            yield from _read(names.definitions[head].meaning, names, bound, depth - 1)
        if head in names.tables:
            yield from _read(names.tables[head].by, names, bound, depth - 1)
