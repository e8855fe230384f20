"""From the parser's tree to examples."""

from typing import Any, cast

from lark.tree import Meta

from guardproxy.language.phrases import Literal, Name
from guardproxy.language.read_phrases import Parts, PhraseReader
from guardproxy.language.syntax import (
    AnswerLine,
    ExampleText,
    Expect,
    GivenCall,
    GivenClock,
    GivenFact,
    GivenWords,
)


class ExampleReader(PhraseReader):
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


def _flat(parts: Parts) -> Parts:
    return [one for part in parts for one in (part if isinstance(part, list) else [part])]
