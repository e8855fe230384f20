"""Declarations to schemas: the fields of replies, calls, results, facts and claims with their types."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal as OneWord
from typing import cast

from guardproxy.ir.types import ClaimPattern, Field, ListOf, Record, Schema, SchemaKind, Text, YesNo
from guardproxy.language.collector import Mistakes
from guardproxy.language.fields import TypeReader
from guardproxy.language.names import Names, suggestion, where
from guardproxy.language.phrases import Literal
from guardproxy.language.syntax import Declaration, FieldText, Modifier, TypeText
from guardproxy.language.types import described

Provenance = OneWord["system", "tool", "request", "reply", "classifier", ""]
TYPE_WORDS = (
    "yes/no", "whole number", "decimal to 2 places", "percent", "money", "mass", "volume", "duration", "rate", "date",
    "time", "instant", "text", "one of", "list of",
)  # fmt: skip
_OTHER_WORDS: Mapping[str, str] = {
    "integer": "whole number", "int": "whole number", "number": "whole number", "float": "decimal to 2 places",
    "string": "text", "str": "text", "bool": "yes/no", "boolean": "yes/no", "enum": "one of a, b",
    "percentage": "percent", "datetime": "instant", "timestamp": "instant", "array": "list of text", "amount": "money",
    "currency": "money", "weight": "mass", "length": "decimal to 2 places",
}  # fmt: skip


_PLACE = re.compile(r"\{\w+\}")


def declare(names: Names, mistakes: Mistakes) -> None:
    """Fills `names.schemas` and `names.record_types`."""
    declarer = _Declarer(names, mistakes)
    for record in names.records.values():
        declarer.record(record)
    for name, declaration in names.declarations.items():
        # Those of a baseline were read with its own file.
        if (name, _kind(declaration)) not in names.schemas:
            declarer.schema(declaration)


def _kind(declaration: Declaration) -> SchemaKind:
    return declaration.kind if declaration.kind != "record" else "facts"


class _Declarer:
    def __init__(self, names: Names, mistakes: Mistakes) -> None:
        self.names = names
        self.mistakes = mistakes
        self.types = TypeReader(names, mistakes, self._find_record)
        self.being_read: list[str] = []

    def record(self, declaration: Declaration) -> Record | None:
        name = declaration.name.text
        if name in self.names.record_types:
            return self.names.record_types[name]
        if name in self.being_read:
            span = declaration.name.span
            self.mistakes.error(
                "E038", f"the record `{name}` contains itself", span, "lists have a fixed depth: name its parts"
            )
            return None
        self.being_read.append(name)
        self.names.record_types[name] = Record(name, self._fields(declaration.fields, "record"))
        self.being_read.pop()
        return self.names.record_types[name]

    def _find_record(self, text: TypeText) -> Record | None:
        assert text.name is not None
        name = text.name.text
        if name in self.names.records:
            return self.record(self.names.records[name])
        if name in self.names.broken:
            return None
        if name in _OTHER_WORDS:
            help_ = f"write `{_OTHER_WORDS[name]}`"
        else:
            help_ = suggestion(name, [*self.names.records, *TYPE_WORDS], f"types are: {', '.join(TYPE_WORDS)}")
        self.mistakes.error("E010", f"there is no type or record `{name}`", text.name.span, help_)
        return None

    def schema(self, declaration: Declaration) -> None:
        name = declaration.name.text
        kind = _kind(declaration)
        tool = declaration.tool.text if declaration.tool is not None else ""
        provenance = declaration.provenance if kind == "facts" else ""
        fields = self._fields(declaration.fields, kind)
        if provenance == "classifier":
            fields = tuple(replace(field, may_be_unknown=True) for field in fields)
        self._add(Schema(name, kind, fields, tool, cast(Provenance, provenance)))
        if declaration.returns is not None:
            self._add(Schema(name, "result", self._fields(declaration.returns, "result"), tool))
        self._check_second_check(declaration)

    def _add(self, schema: Schema) -> None:
        self.names.schemas[(schema.name, schema.kind)] = schema

    def _check_second_check(self, declaration: Declaration) -> None:
        same = [
            d
            for d in self.names.declarations.values()
            if d.kind == declaration.kind
            and (d.kind == "reply" or (d.tool and declaration.tool and d.tool.text == declaration.tool.text))
        ]
        if declaration.kind in ("reply", "call") and same[0] is not declaration:
            what = (
                "the reply"
                if declaration.kind == "reply"
                else f"calls to `{declaration.tool.text if declaration.tool else ''}`"
            )
            message = f"{what} has a declaration already, {where(same[0].name.span, declaration.name.span)}"
            self.mistakes.error("E018", message, declaration.name.span, "put all fields there")

    def _fields(self, texts: Sequence[FieldText], kind: str) -> tuple[Field, ...]:
        found: dict[str, Field] = {}
        for text in texts:
            if text.name.text in found:
                self.mistakes.error(
                    "E018", f"`{text.name.text}` is a field already", text.name.span, "name each field once"
                )
                continue
            type_ = self.types.type_of(text)
            if type_ is None:
                self.names.broken.add(text.name.text)
                continue
            found[text.name.text] = self._field(text, Field(text.name.text, type_), kind)
        return tuple(found.values())

    def _field(self, text: FieldText, field: Field, kind: str) -> Field:
        words = {m.word: m for m in text.modifiers}
        if "may be unknown" in words and kind != "facts":
            help_ = "only facts can be unknown; a field that may be left out is `optional`"
            self.mistakes.error("E032", "`may be unknown` goes with facts", words["may be unknown"].span, help_)
        claims = self._claims(text, field, kind)
        optional = "optional" in words or kind == "claims"
        return Field(field.name, field.type, optional, "may be unknown" in words, claims)

    # --- sentences that claims are read from -------------------------------------------------------------------------

    def _claims(self, text: FieldText, field: Field, kind: str) -> tuple[ClaimPattern, ...]:
        found: list[ClaimPattern] = []
        reading = [m for m in text.modifiers if m.word.startswith("read")]
        for modifier in reading:
            if kind != "claims":
                help_ = "only the fields of `claims reply text as ...` are read from sentences"
                self.mistakes.error("E032", f"`{modifier.word}` goes with claims", modifier.span, help_)
            else:
                found.extend(self._patterns(modifier, field))
        if kind == "claims" and not reading:
            help_ = 'say it with `read from "..."`, or `read yes from "..."` for a yes or no'
            self.mistakes.error(
                "E034", f"nothing says from which sentences `{field.name}` is read", text.name.span, help_
            )
        if kind == "claims" and isinstance(field.type, Text | ListOf | Record):
            help_ = "a claim is a number, a date, a listed value, or a yes or no"
            self.mistakes.error(
                "E034", f"{described(field.type)} cannot be read from a sentence", text.type.span, help_
            )
        return tuple(found)

    def _patterns(self, modifier: Modifier, field: Field) -> list[ClaimPattern]:
        says = {"read yes from": True, "read no from": False}.get(modifier.word)
        if (says is None) == isinstance(field.type, YesNo):
            right = "`read yes from` and `read no from`" if says is None else "`read from`"
            message = f"`{modifier.word}` does not go with {described(field.type)}"
            self.mistakes.error("E034", message, modifier.span, f"use {right}")
            return []
        return [ClaimPattern(s.text, says) for s in modifier.sentences if self._sentence_fits(s, field, says)]

    def _sentence_fits(self, sentence: Literal, field: Field, says: bool | None) -> bool:
        slot = "{" + field.name + "}"
        if says is None and sentence.text.count(slot) != 1:
            help_ = f"write `{slot}` once, where the value stands"
            self.mistakes.error("E034", f"this sentence has no place for `{field.name}`", sentence.span, help_)
            return False
        others = [place for place in _PLACE.findall(sentence.text) if says is not None or place != slot]
        if others:
            help_ = "a yes or no has no place for a value" if says is not None else f"only `{slot}` stands for a value"
            message = f"`{others[0]}` is no place of this sentence"
            self.mistakes.error("E034", message, sentence.span, f"{help_}; write the words themselves")
            return False
        if not sentence.text.replace(slot, "").strip():
            help_ = "give the words around it"
            self.mistakes.error("E034", "this sentence has no words to find it by", sentence.span, help_)
            return False
        return True
