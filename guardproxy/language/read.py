"""From the parser's tree to items. Each method is named after the grammar rule that it reads."""

from typing import Any, cast

from lark.tree import Meta

from guardproxy.language.phrases import Literal, Name
from guardproxy.language.read_phrases import Parts, PhraseReader
from guardproxy.language.syntax import (
    AfterCall,
    AllowTimes,
    AllowWhen,
    AnswerLine,
    AnyKey,
    Declaration,
    Definition,
    Demand,
    EndOfList,
    ExampleText,
    Expect,
    FieldText,
    GivenCall,
    GivenClock,
    GivenFact,
    GivenWords,
    Guard,
    Header,
    HeaderOption,
    IfUnknownText,
    Item,
    KeyRange,
    Latest,
    Let,
    Limits,
    Modifier,
    ModifierWord,
    Note,
    Otherwise,
    PatternDefinition,
    RepairText,
    Row,
    RuleText,
    Table,
    TypeText,
)


class _HeaderReader(PhraseReader):
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


class _DeclarationReader(PhraseReader):
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


class _RuleReader(PhraseReader):
    def rule(self, meta: Meta, parts: Parts) -> RuleText:
        id_, title, *clauses = parts
        return RuleText(self._name(id_), self._string(title), tuple(clauses), self._span(meta))

    def tighten(self, meta: Meta, parts: Parts) -> RuleText:
        id_, title, *clauses = parts
        return RuleText(self._name(id_), self._string(title), tuple(clauses), self._span(meta), tightens=True)

    def let(self, meta: Meta, parts: Parts) -> Let:
        return Let(self._name(parts[0]), parts[1], self._span(meta))

    def latest(self, meta: Meta, parts: Parts) -> Latest:
        tool, (key, equals) = parts
        return Latest(tool, key, equals, self._span(meta))

    def same_key(self, meta: Meta, parts: Parts) -> Any:
        return parts[0], None

    def whose(self, meta: Meta, parts: Parts) -> Any:
        return parts[0], parts[1]

    def first_of(self, meta: Meta, parts: Parts) -> EndOfList:
        return EndOfList("first", parts[0], self._span(meta))

    def last_of(self, meta: Meta, parts: Parts) -> EndOfList:
        return EndOfList("last", parts[0], self._span(meta))

    def when(self, meta: Meta, parts: Parts) -> Guard:
        return Guard("when", parts[0], self._span(meta))

    def unless(self, meta: Meta, parts: Parts) -> Guard:
        return Guard("unless", parts[0], self._span(meta))

    def except_when(self, meta: Meta, parts: Parts) -> Guard:
        return Guard("except when", parts[1], self._span(meta))

    def require(self, meta: Meta, parts: Parts) -> Demand:
        return Demand("require", parts[0], self._span(meta))

    def never(self, meta: Meta, parts: Parts) -> Demand:
        return Demand("never", parts[0], self._span(meta))

    def quantified_body(self, meta: Meta, parts: Parts) -> Demand:
        return Demand("every", parts[0], self._span(meta))

    def only_when(self, meta: Meta, parts: Parts) -> AllowWhen:
        return AllowWhen(parts[0], parts[1], self._span(meta))

    def only_after_saying(self, meta: Meta, parts: Parts) -> AllowWhen:
        return AllowWhen(parts[0], parts[1], self._span(meta))

    def only_after(self, meta: Meta, parts: Parts) -> AfterCall:
        tool, other, *key = parts
        return AfterCall("allow", tool, other, key[0][0] if key else None, self._span(meta))

    def never_after(self, meta: Meta, parts: Parts) -> AfterCall:
        tool, other, *key = parts
        return AfterCall("never", tool, other, key[0][0] if key else None, self._span(meta))

    def at_most_times(self, meta: Meta, parts: Parts) -> AllowTimes:
        tool, times, scope = parts
        return AllowTimes(tool, self._figure(times), scope, self._span(meta))

    def scope(self, meta: Meta, parts: Parts) -> str:
        return str(parts[0])

    def how(self, meta: Meta, parts: Parts) -> str:
        return str(parts[0])

    def repair(self, meta: Meta, parts: Parts) -> RepairText:
        return RepairText(parts[0], tuple(parts[1:]), self._span(meta))

    def set_field(self, meta: Meta, parts: Parts) -> RepairText:
        return RepairText("setting", (parts[0],), self._span(meta), parts[1])

    def unknown_action(self, meta: Meta, parts: Parts) -> str:
        return str(parts[0])

    def if_unknown(self, meta: Meta, parts: Parts) -> IfUnknownText:
        return IfUnknownText(parts[0], self._span(meta))

    def otherwise(self, meta: Meta, parts: Parts) -> Otherwise:
        action, text, times = parts[0]
        return Otherwise(action, self._span(meta), self._string(text) if text is not None else "", times)

    def block(self, meta: Meta, parts: Parts) -> Any:
        return "block", parts[0] if parts else None, None

    def hold(self, meta: Meta, parts: Parts) -> Any:
        return "hold", parts[0] if parts else None, None

    def warn(self, meta: Meta, parts: Parts) -> Any:
        return "warn", parts[0] if parts else None, None

    def redact(self, meta: Meta, parts: Parts) -> Any:
        return "redact", parts[0], None

    def replace(self, meta: Meta, parts: Parts) -> Any:
        return "replace", parts[0], None

    def append(self, meta: Meta, parts: Parts) -> Any:
        return "append", parts[0], None

    def cut(self, meta: Meta, parts: Parts) -> Any:
        return "cut", None, None

    def ask_again(self, meta: Meta, parts: Parts) -> Any:
        return "ask again", None, self._figure(parts[0])


class _ExampleReader(PhraseReader):
    def example(self, meta: Meta, parts: Parts) -> ExampleText:
        return ExampleText(self._string(parts[0]), tuple(_flat(parts[1:])), self._span(meta))

    def background(self, meta: Meta, parts: Parts) -> ExampleText:
        return ExampleText(None, tuple(_flat(parts)), self._span(meta))

    def given(self, meta: Meta, parts: Parts) -> Parts:
        return parts

    def given_fact(self, meta: Meta, parts: Parts) -> GivenFact:
        path, value = parts
        if isinstance(value, str):
            return GivenFact(path, self._span(meta), state=cast(Any, value))
        return GivenFact(path, self._span(meta), value)

    def unknown(self, meta: Meta, parts: Parts) -> str:
        return "unknown"

    def missing(self, meta: Meta, parts: Parts) -> str:
        return "missing"

    def given_today(self, meta: Meta, parts: Parts) -> GivenClock:
        return GivenClock("today", self.date(meta, parts), self._span(meta))

    def given_now(self, meta: Meta, parts: Parts) -> GivenClock:
        return GivenClock("now", self._instant(parts[0]), self._span(meta))

    def given_call(self, meta: Meta, parts: Parts) -> GivenCall:
        tool, arguments, *result = parts
        return GivenCall(tool, self._json(arguments), self._span(meta), result[0] if result else None)

    def returned(self, meta: Meta, parts: Parts) -> str:
        return str(parts[0]) if parts[0].type == "JSON" else self._string(parts[0])

    def user_said(self, meta: Meta, parts: Parts) -> GivenWords:
        return GivenWords("user", self._string(parts[1]), self._span(meta))

    def assistant_said(self, meta: Meta, parts: Parts) -> GivenWords:
        return GivenWords("assistant", self._string(parts[1]), self._span(meta))

    def answer_text(self, meta: Meta, parts: Parts) -> AnswerLine:
        return AnswerLine("text", self._text(parts[0]), self._span(meta))

    def answer_json(self, meta: Meta, parts: Parts) -> AnswerLine:
        return AnswerLine("json", self._json(parts[0]), self._span(meta))

    def answer_call(self, meta: Meta, parts: Parts) -> AnswerLine:
        return AnswerLine("call", self._json(parts[1]), self._span(meta), parts[0])

    def _json(self, token: Any) -> Literal:
        return Literal("text", self._at(token), text=str(token))

    def by(self, meta: Meta, parts: Parts) -> tuple[Name, ...]:
        return tuple(self._name(p) for p in parts)

    def expect(self, meta: Meta, parts: Parts) -> Expect:
        tree = parts[0]
        results: Parts = tree.children[:-1]
        by: tuple[Name, ...] = tree.children[-1] if tree.children else ()
        texts = tuple(self._text(r) if r.type == "STRING" else self._json(r) for r in results)
        return Expect(
            tree.data.replace("_", " "), by, self._span(meta), texts, tuple(r.type == "JSON" for r in results)
        )


class Reader(_HeaderReader, _DeclarationReader, _RuleReader, _ExampleReader):
    """Reads one item of any kind."""

    def item(self, meta: Meta, parts: Parts) -> Item:
        return cast(Item, parts[0])


def _flat(parts: Parts) -> Parts:
    return [one for part in parts for one in (part if isinstance(part, list) else [part])]
