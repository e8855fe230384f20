"""From the parser's tree to the header and the declarations of a policy."""

from typing import Any, cast

from lark.tree import Meta

from guardproxy.language.read_phrases import Parts, PhraseReader
from guardproxy.language.syntax import (
    AnyKey,
    Declaration,
    Definition,
    FieldText,
    Header,
    HeaderOption,
    KeyRange,
    Limits,
    Modifier,
    ModifierWord,
    Note,
    PatternDefinition,
    Row,
    Table,
    TypeText,
)


class HeaderReader(PhraseReader):
    def policy(self, meta: Meta, parts: Parts) -> Header:
        title, version, *rest = parts
        options = tuple(p for p in rest if isinstance(p, HeaderOption))
        notes = tuple(p for p in rest if isinstance(p, Note))
        return Header(self._string(title), str(version), options, notes, self._span(meta))

    def extends(self, meta: Meta, parts: Parts) -> HeaderOption:
        return HeaderOption("extends", self._string(parts[0]), self._span(meta))

    def money_in(self, meta: Meta, parts: Parts) -> HeaderOption:
        return HeaderOption("money in", str(parts[0]), self._span(meta))

    def dates_in(self, meta: Meta, parts: Parts) -> HeaderOption:
        return HeaderOption("dates in", "/".join(str(p) for p in parts), self._span(meta))

    def release_at_end(self, meta: Meta, parts: Parts) -> HeaderOption:
        return HeaderOption("release at end", "", self._span(meta))

    def owner(self, meta: Meta, parts: Parts) -> Note:
        return Note("owner", (self._string(parts[0]),), self._span(meta))

    def source(self, meta: Meta, parts: Parts) -> Note:
        return Note("source", (self._string(parts[0]),), self._span(meta))

    def tags(self, meta: Meta, parts: Parts) -> Note:
        return Note("tags", tuple(self._name(p).text for p in parts), self._span(meta))

    def severity(self, meta: Meta, parts: Parts) -> Note:
        return Note("severity", (parts[0],), self._span(meta))

    def level(self, meta: Meta, parts: Parts) -> str:
        return str(parts[0])


class DeclarationReader(PhraseReader):
    def fields(self, meta: Meta, parts: Parts) -> tuple[FieldText, ...]:
        return tuple(parts)

    def check_reply(self, meta: Meta, parts: Parts) -> Declaration:
        return Declaration("reply", parts[0], parts[1], self._span(meta))

    def check_call(self, meta: Meta, parts: Parts) -> Declaration:
        tool, name, fields = parts
        return Declaration("call", name, fields, self._span(meta), tool=tool)

    def tool(self, meta: Meta, parts: Parts) -> Declaration:
        name, fields, *returns = parts
        return Declaration("tool", name, fields, self._span(meta), name, returns=returns[0] if returns else None)

    def returns(self, meta: Meta, parts: Parts) -> tuple[FieldText, ...]:
        return cast(tuple[FieldText, ...], parts[0])

    def facts(self, meta: Meta, parts: Parts) -> Declaration:
        name, provenance, fields = parts
        return Declaration("facts", name, fields, self._span(meta), provenance=provenance)

    def provenance(self, meta: Meta, parts: Parts) -> str:
        return str(parts[0])

    def claims(self, meta: Meta, parts: Parts) -> Declaration:
        return Declaration("claims", parts[0], parts[1], self._span(meta))

    def record(self, meta: Meta, parts: Parts) -> Declaration:
        return Declaration("record", parts[0], parts[1], self._span(meta))

    def define(self, meta: Meta, parts: Parts) -> Definition:
        return Definition(parts[0], parts[1], self._span(meta))

    def pattern(self, meta: Meta, parts: Parts) -> PatternDefinition:
        return PatternDefinition(parts[0], self._pattern(parts[1:]), self._span(meta))

    def table(self, meta: Meta, parts: Parts) -> Table:
        name, *rest = parts
        rows = tuple(p for p in rest if isinstance(p, Row))
        return Table(name, tuple(p for p in rest if not isinstance(p, Row)), rows, self._span(meta))

    def row(self, meta: Meta, parts: Parts) -> Row:
        *keys, value = parts
        return Row(tuple(keys), value, self._span(meta))

    def key_range(self, meta: Meta, parts: Parts) -> KeyRange:
        return KeyRange(parts[0], parts[1], self._span(meta))

    def any_key(self, meta: Meta, parts: Parts) -> AnyKey:
        return AnyKey(self._span(meta))

    def field(self, meta: Meta, parts: Parts) -> FieldText:
        name, (type_, modifiers) = parts
        return FieldText(name, type_, modifiers, self._span(meta))

    # --- types --------------------------------------------------------------------------------------------------------

    def typed(self, meta: Meta, parts: Parts) -> Any:
        return parts[0], tuple(parts[1:])

    def typed_one_of(self, meta: Meta, parts: Parts) -> Any:
        options = tuple(p for p in parts if not isinstance(p, Modifier))
        modifiers = tuple(p for p in parts if isinstance(p, Modifier))
        return TypeText("one of", self._span(meta), options=options), modifiers

    def typed_list_of_one_of(self, meta: Meta, parts: Parts) -> Any:
        item, modifiers = self.typed_one_of(meta, parts)
        return TypeText("list", self._span(meta), item=item), modifiers

    def one_of(self, meta: Meta, parts: Parts) -> TypeText:
        return TypeText("one of", self._span(meta), options=tuple(parts))

    def yes_no(self, meta: Meta, parts: Parts) -> TypeText:
        return TypeText("yes/no", self._span(meta))

    def whole(self, meta: Meta, parts: Parts) -> TypeText:
        return TypeText("whole number", self._span(meta), parts[0] if parts else None)

    def decimal(self, meta: Meta, parts: Parts) -> TypeText:
        places, *limits = parts
        return TypeText("decimal", self._span(meta), limits[0] if limits else None, places=self._figure(places))

    def amount(self, meta: Meta, parts: Parts) -> TypeText:
        return TypeText(parts[0], self._span(meta), parts[1] if len(parts) > 1 else None)

    def amount_kind(self, meta: Meta, parts: Parts) -> str:
        return str(parts[0])

    def text_type(self, meta: Meta, parts: Parts) -> TypeText:
        return TypeText("text", self._span(meta), parts[0] if parts else None)

    def plain_item(self, meta: Meta, parts: Parts) -> TypeText:
        return TypeText(" ".join(str(p) for p in parts), self._span(meta))

    def record_type(self, meta: Meta, parts: Parts) -> TypeText:
        return TypeText("record", self._span(meta), name=self._name(parts[0]))

    def list_of(self, meta: Meta, parts: Parts) -> TypeText:
        return TypeText("list", self._span(meta), parts[1] if len(parts) > 1 else None, item=parts[0])

    def range(self, meta: Meta, parts: Parts) -> Limits:
        return Limits(parts[0], parts[1], self._span(meta))

    def up_to(self, meta: Meta, parts: Parts) -> Limits:
        return Limits(None, self._figure(parts[0]), self._span(meta))

    # --- modifiers ----------------------------------------------------------------------------------------------------

    def optional(self, meta: Meta, parts: Parts) -> Modifier:
        return Modifier("optional", self._span(meta))

    def may_be_unknown(self, meta: Meta, parts: Parts) -> Modifier:
        return Modifier("may be unknown", self._span(meta))

    def written_in(self, meta: Meta, parts: Parts) -> Modifier:
        return Modifier("written in", self._span(meta), unit="/".join(str(p) for p in parts))

    def as_fraction(self, meta: Meta, parts: Parts) -> Modifier:
        return Modifier("written as a fraction", self._span(meta))

    def in_steps(self, meta: Meta, parts: Parts) -> Modifier:
        return Modifier("in steps of", self._span(meta), step=parts[0])

    def read_from(self, meta: Meta, parts: Parts) -> Modifier:
        return self._read("read from", meta, parts)

    def read_yes(self, meta: Meta, parts: Parts) -> Modifier:
        return self._read("read yes from", meta, parts)

    def read_no(self, meta: Meta, parts: Parts) -> Modifier:
        return self._read("read no from", meta, parts)

    def _read(self, word: ModifierWord, meta: Meta, parts: Parts) -> Modifier:
        return Modifier(word, self._span(meta), sentences=tuple(self._text(p) for p in parts))
