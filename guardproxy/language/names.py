"""The names of a policy: what its header says and what its declarations are called."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from guardproxy.diagnostics import closest, did_you_mean
from guardproxy.ir.currencies import MINOR_DIGITS
from guardproxy.ir.types import Record, Schema
from guardproxy.language import literals
from guardproxy.language.beside import Beside, no_files
from guardproxy.language.collector import Mistakes
from guardproxy.language.phrases import Name
from guardproxy.language.syntax import (
    Broken,
    Declaration,
    Definition,
    Header,
    HeaderOption,
    Item,
    PatternDefinition,
    RuleText,
    Table,
)
from guardproxy.source import SourceText, Span

RESERVED = frozenset({"every", "some", "no", "not", "count", "total", "days", "today", "now", "reply", "call"})


@dataclass(slots=True)
class Names:
    """Everything that has a name. `broken` are names whose declaration could not be read: uses of them pass."""

    header: Header | None = None
    currency: str = ""
    zone: str = "UTC"
    extends: HeaderOption | None = None
    baseline_read: bool = True
    """Whether the file behind `extends` was found, so that what it declares is known."""
    declarations: dict[str, Declaration] = field(default_factory=dict)
    records: dict[str, Declaration] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    patterns: dict[str, PatternDefinition] = field(default_factory=dict)
    rules: dict[str, RuleText] = field(default_factory=dict)
    inherited: dict[str, RuleText] = field(default_factory=dict)
    """The rules of the baseline, by their ids."""
    rules_in_doubt: bool = False
    """Whether some rule's id is not what its author means, so that a rule that examples name may be that one."""
    broken: set[str] = field(default_factory=set)
    schemas: dict[tuple[str, str], Schema] = field(default_factory=dict)
    """By name and kind; `facts`, `reply`, `call`, `tool`, `result`, `claims`."""
    record_types: dict[str, Record] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    beside: Beside = no_files
    homes: dict[SourceText, tuple[str, str]] = field(default_factory=dict)
    """The currency and the zone of each baseline: what stands in its file keeps them."""

    def over(self, file: SourceText) -> "Names":
        """The names of an overlay before it says anything: all of these, which come from its baseline `file`."""
        return Names(
            currency=self.currency,
            zone=self.zone,
            declarations=dict(self.declarations),
            records=dict(self.records),
            definitions=dict(self.definitions),
            tables=dict(self.tables),
            patterns=dict(self.patterns),
            inherited={**self.inherited, **self.rules},
            rules_in_doubt=self.rules_in_doubt,
            broken=set(self.broken),
            schemas=dict(self.schemas),
            record_types=dict(self.record_types),
            beside=self.beside,
            homes={**self.homes, file: (self.currency, self.zone)},
        )

    def currency_at(self, span: Span) -> str:
        """The currency that the file around a span declares; empty where it declares none."""
        return self.homes.get(span.source, (self.currency, self.zone))[0]

    def zone_at(self, span: Span) -> str:
        return self.homes.get(span.source, (self.currency, self.zone))[1]

    def schema(self, name: str) -> Schema | None:
        """The declaration whose fields `name.field` reads."""
        return next((s for (n, kind), s in self.schemas.items() if n == name and kind != "result"), None)

    def top_level(self) -> "tuple[Mapping[str, Declaration | Definition | Table], ...]":
        """What can begin a path, by its names."""
        return self.declarations, self.definitions, self.tables

    def readable(self) -> list[str]:
        """Names that can begin a path."""
        return [*self.declarations, *self.definitions, *self.tables]

    def for_tool(self, tool: str) -> Schema | None:
        """The declaration of the calls to `tool`: a `check call`, else its `tool ... takes`."""
        found = [s for s in self.schemas.values() if s.tool == tool and s.kind in ("call", "tool")]
        return min(found, key=lambda s: s.kind) if found else None


def collect(source: SourceText, items: Sequence[Item], mistakes: Mistakes, names: Names) -> Names:
    """Enters what a file declares into `names`, which hold its baseline's already."""
    _read_header(source, items, names, mistakes)
    taken = {n: item.name.span for place in names.top_level() for n, item in place.items()}
    records = {n: item.name.span for n, item in names.records.items()}
    patterns = {n: item.name.span for n, item in names.patterns.items()}
    for item in items:
        match item:
            case Broken():
                _enter_broken(names, item)
            case Declaration(kind="record"):
                _enter(names.records, item, records, mistakes)
            case Declaration():
                _enter(names.declarations, item, taken, mistakes)
                if names.declarations.get(item.name.text) is not item:
                    names.broken.update(f.name.text for f in (*item.fields, *(item.returns or ())))
            case Definition():
                _enter(names.definitions, item, taken, mistakes)
            case Table():
                _enter(names.tables, item, taken, mistakes)
            case PatternDefinition():
                _enter(names.patterns, item, patterns, mistakes)
            case RuleText():
                _enter_rule(names, item, mistakes)
    return names


Named = TypeVar("Named", Declaration, Definition, Table, PatternDefinition)


def _enter(place: dict[str, Named], item: Named, taken: dict[str, Span], mistakes: Mistakes) -> None:
    name = item.name
    if name.text in RESERVED and not (isinstance(item, Declaration) and item.kind == "record"):
        help_ = f"choose another name; words that begin a condition are not free: {', '.join(sorted(RESERVED))}"
        mistakes.error("E009", f"`{name.text}` is a word of the language", name.span, help_)
    if name.text in taken:
        message = f"`{name.text}` is declared already, {where(taken[name.text], name.span)}"
        mistakes.error("E018", message, name.span, "names differ from each other")
        return
    taken[name.text] = name.span
    place[name.text] = item


def _enter_broken(names: Names, item: Broken) -> None:
    names.broken.update(item.names)
    if item.kind in ("rule", "tighten"):
        names.broken.update(_as_id(name) for name in item.names)
        names.rules_in_doubt = names.rules_in_doubt or not item.names


def _as_id(text: str) -> str:
    return text.upper().replace("_", "-")


def _is_id(text: str) -> bool:
    return all(c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-" for c in text)


def _enter_rule(names: Names, rule: RuleText, mistakes: Mistakes) -> None:
    id_ = rule.id.text
    if id_ in names.rules:
        names.rules_in_doubt = True
        message = f"there is a rule `{id_}` already, {where(names.rules[id_].id.span, rule.id.span)}"
        mistakes.error("E017", message, rule.id.span, "each rule has its own id")
    elif id_ in names.inherited and not rule.tightens:
        message = f"there is a rule `{id_}` already, {where(names.inherited[id_].id.span, rule.id.span)}"
        help_ = f"write `tighten {id_}` for a stricter rule in its place, or give this one an id of its own"
        mistakes.error("E017", message, rule.id.span, help_)
    if rule.tightens:
        _check_tightened(names, rule, mistakes)
    if not _is_id(id_):
        names.broken.add(_as_id(id_))
        help_ = f"write `{_as_id(id_)}`" if id_.isascii() else "such as `REF-LOOK`"
        mistakes.error("E009", f"`{id_}` is no id: an id has A to Z, 0 to 9 and `-`", rule.id.span, help_)
    names.rules.setdefault(id_, rule)


def _check_tightened(names: Names, rule: RuleText, mistakes: Mistakes) -> None:
    id_ = rule.id.text
    if names.extends is None:
        help_ = (
            'name the other file in the header, `policy "..." version 1, extends "baseline.policy"`, or write `rule`'
        )
        mistakes.error("E042", f"there is no baseline whose rule `{id_}` could be tightened", rule.id.span, help_)
    elif id_ not in names.inherited and names.baseline_read and not names.rules_in_doubt:
        help_ = suggestion(id_, names.inherited, "write `rule` for a rule of this file's own")
        mistakes.error("E042", f"`{names.extends.value}` has no rule `{id_}`", rule.id.span, help_)


def where(span: Span, seen_from: Span) -> str:
    """`on line 3`, with the file's name where it is another file."""
    line = f"on line {span.position[0]}"
    return line if span.source == seen_from.source else f"{line} of `{span.source.name}`"


def _read_header(source: SourceText, items: Sequence[Item], names: Names, mistakes: Mistakes) -> None:
    headers = [i for i in items if isinstance(i, Header)]
    broken = any(isinstance(i, Broken) and i.kind == "policy" for i in items)
    if not headers:
        if not broken:
            first = items[0].span if items else Span(source, 0, 0)
            help_ = 'the first line is `policy "Title" version 1`, then `, money in USD` and the like'
            start = Span(first.source, first.start, min(first.end, _first_word_end(first)))
            mistakes.error("E007", "the policy has no header", start, help_)
        return
    if headers[0] is not items[0] and not broken:
        mistakes.error(
            "E007", "the header does not stand first", _first_word(headers[0]), "move it to the top of the file"
        )
    for other in headers[1:]:
        mistakes.error("E007", "the policy has a second header", _first_word(other), "one file is one policy")
    names.header = headers[0]
    _read_options(headers[0], names, mistakes)


def _read_options(header: Header, names: Names, mistakes: Mistakes) -> None:
    seen: set[str] = set()
    for option in header.options:
        if option.word in seen:
            mistakes.error("E007", f"`{option.word}` stands twice in the header", option.span, "say it once")
        seen.add(option.word)
        match option.word:
            case "money in":
                names.currency = _currency(option, mistakes)
            case "dates in":
                names.zone = _zone(option, mistakes)
            case "extends":
                names.extends = option


def _currency(option: HeaderOption, mistakes: Mistakes) -> str:
    if option.value in MINOR_DIGITS:
        return option.value
    meant = did_you_mean(option.value, MINOR_DIGITS) if len(option.value) == 3 else ""
    help_ = meant or "write its three letters, such as USD, EUR or JPY"
    mistakes.error("E024", f"there is no currency `{option.value}`", option.span, help_)
    return ""


def _zone(option: HeaderOption, mistakes: Mistakes) -> str:
    name = "UTC" if option.value.casefold() == "utc" else option.value
    if literals.is_zone(name):
        return name
    meant = literals.zones_at(name)
    help_ = (
        f"write `dates in {meant[0]}`"
        if meant
        else "write `utc` or a place of the time zone database, such as Europe/Paris"
    )
    mistakes.error("E024", f"there is no time zone `{option.value}`", option.span, help_)
    return "UTC"


def _first_word(header: Header) -> Span:
    return Span(header.span.source, header.span.start, header.span.start + len("policy"))


def _first_word_end(span: Span) -> int:
    words = span.text.split()
    return span.start + (len(words[0]) if words else 0)


def suggestion(name: str, candidates: Iterable[str], otherwise: str) -> str:
    """`did you mean ...?` where a name is near, else what to do."""
    known = list(candidates)
    return did_you_mean(name, known) if closest(name, known) else otherwise


def unknown_name(name: Name, candidates: Iterable[str], mistakes: Mistakes, what: str = "is not declared") -> None:
    help_ = suggestion(name.text, candidates, "declare it, or correct the name")
    mistakes.error("E010", f"`{name.text}` {what}", name.span, help_)
