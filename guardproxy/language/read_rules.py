"""From the parser's tree to rules."""

from typing import Any

from lark.tree import Meta

from guardproxy.language.read_phrases import Parts, PhraseReader
from guardproxy.language.syntax import (
    AfterCall,
    AllowTimes,
    AllowWhen,
    Demand,
    EndOfList,
    Guard,
    IfUnknownText,
    Latest,
    Let,
    Otherwise,
    RepairText,
    RuleText,
)


class RuleReader(PhraseReader):
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
        return AllowWhen(parts[0], parts[1], self._span(meta), "after")

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
