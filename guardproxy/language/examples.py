"""Examples to their neutral form: the facts, the conversation and the answer that a policy's tests judge."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from guardproxy.conversation import Conversation, PastCall, ToolCall
from guardproxy.ir.policy import Example, Expectation, ExpectKind
from guardproxy.ir.terms import Constant
from guardproxy.ir.types import Field, ListOf, Number, OneOf, Record, State, Text, Value
from guardproxy.language import literals
from guardproxy.language.conditions import ConditionLowering
from guardproxy.language.example_json import read_json
from guardproxy.language.example_slips import point_out_calls, point_out_twice
from guardproxy.language.names import suggestion, unknown_name
from guardproxy.language.phrases import Comparison, Literal, Name, Path
from guardproxy.language.place import Place
from guardproxy.language.syntax import (
    AnswerLine,
    ExampleLine,
    ExampleText,
    Expect,
    GivenCall,
    GivenClock,
    GivenFact,
    GivenWords,
)
from guardproxy.language.types import described
from guardproxy.source import Span


@dataclass(slots=True)
class _Draft:
    """An example while its lines are read, the background's first."""

    facts: dict[str, dict[str, Value]] = field(default_factory=dict)
    today: int | None = None
    now: int | None = None
    calls: list[PastCall] = field(default_factory=list)
    user_says: str | None = None
    reply_text: str | None = None
    reply_json: Any = None
    answers: list[AnswerLine] = field(default_factory=list)
    asked: list[ToolCall] = field(default_factory=list)
    expects: list[Expectation] = field(default_factory=list)


class ExampleLowering(ConditionLowering):
    """Reads the examples of one policy; `backgrounds` hold for all of them."""

    def examples(self, texts: Sequence[ExampleText]) -> tuple[Example, ...]:
        background = [line for text in texts if text.title is None for line in text.lines]
        self._check_background(background)
        point_out_twice(background, self.mistakes)
        self._check_titles([t for t in texts if t.title is not None])
        return tuple(self._example(text, background) for text in texts if text.title is not None)

    def background(self, texts: Sequence[ExampleText]) -> Example | None:
        """What holds for all examples of the file, as an example without an answer."""
        spans = [text.span for text in texts if text.title is None]
        draft = _Draft()
        for line in (line for text in texts if text.title is None for line in text.lines):
            self._given(line, draft)
        conversation = Conversation(tuple(draft.calls), draft.user_says)
        return Example("", spans[0], draft.facts, draft.today, draft.now, conversation) if spans else None

    def _check_background(self, lines: Sequence[ExampleLine]) -> None:
        for line in lines:
            if isinstance(line, AnswerLine | Expect):
                help_ = "answers and what to expect stand in examples"
                self.mistakes.error("E037", "the background holds `given` lines only", line.span, help_)

    def _check_titles(self, texts: Sequence[ExampleText]) -> None:
        seen: dict[str | None, Span] = {}
        for text in texts:
            if text.title in seen:
                line = seen[text.title].position[0]
                span = Span(text.span.source, text.span.start, text.span.start + len("example"))
                message = f"there is an example of this title already, on line {line}"
                self.mistakes.error("E018", message, span, "let each title say what is special")
            seen.setdefault(text.title, text.span)

    def _example(self, text: ExampleText, background: Sequence[ExampleLine]) -> Example:
        draft = _Draft()
        for line in background:
            self._given(line, draft)
        for line in text.lines:
            self._given(line, draft)
            self._answer(line, draft)
        point_out_twice(text.lines, self.mistakes)
        point_out_calls(text.lines, self.names, self.mistakes)
        span = Span(text.span.source, text.span.start, text.span.start + len("example"))
        if not draft.answers:
            self.mistakes.error("E037", "this example has no answer to judge", span, _ANSWERS)
        if not draft.expects:
            help_ = "such as `expect allowed` or `expect blocked by RULE`"
            self.mistakes.error("E037", "this example expects nothing", span, help_)
        return Example(
            title=text.title or "",
            span=text.span,
            facts=draft.facts,
            today=draft.today,
            now=draft.now,
            conversation=Conversation(tuple(draft.calls), draft.user_says),
            reply_text=draft.reply_text,
            reply_json=draft.reply_json,
            calls=tuple(draft.asked),
            expects=tuple(draft.expects),
        )

    # --- given -------------------------------------------------------------------------------------------------------

    def _given(self, line: ExampleLine, draft: _Draft) -> None:
        match line:
            case GivenFact():
                self._fact(line, draft)
            case GivenClock("today", at):
                draft.today = _read_day(at)
            case GivenClock("now", at):
                draft.now = _read_moment(at, self.names.zone)
                draft.today = literals.day_of(draft.now, self.names.zone)
            case GivenCall(tool, arguments, _, result):
                read_json(arguments, self.mistakes)
                draft.calls.append(PastCall(tool.text, arguments.text, result, f"past-{len(draft.calls) + 1}"))
            case GivenWords("user", words):
                draft.user_says = words

    def _fact(self, line: GivenFact, draft: _Draft) -> None:
        found = self._fact_field(line.path)
        if found is None:
            return
        name, field_ = found
        value = self._fact_value(line, field_)
        if value is not None:
            draft.facts.setdefault(name, {})[field_.name] = value

    def _fact_field(self, path: Path) -> tuple[str, Field] | None:
        head = path.names[0]
        schema = self.names.schema(head.text)
        if schema is None or schema.kind != "facts":
            facts = [s.name for s in self.names.schemas.values() if s.kind == "facts"]
            if schema is not None:
                help_ = "what the answer contains stands in the answer's line"
                self.mistakes.error("E037", f"`{head.text}` is no fact", path.span, help_)
            elif head.text not in self.names.broken:
                unknown_name(head, facts, self.mistakes, "is no declared fact")
            return None
        if len(path.names) != 2:
            help_ = f"name one field: `{head.text}.{schema.fields[0].name}`" if schema.fields else "declare its fields"
            self.mistakes.error("E037", f"`{path.text}` is no field of these facts", path.span, help_)
            return None
        field_ = schema.field(path.names[1].text)
        if field_ is None and path.names[1].text not in self.names.broken:
            known = [f.name for f in schema.fields]
            help_ = suggestion(path.names[1].text, known, f"it has {', '.join(known)}")
            self.mistakes.error("E011", f"`{head.text}` has no field `{path.names[1].text}`", path.names[1].span, help_)
        return (schema.name, field_) if field_ is not None else None

    def _fact_value(self, line: GivenFact, field_: Field) -> Value | None:
        if line.state == "unknown":
            return State.UNKNOWN
        if line.state == "missing":
            return State.ABSENT
        if line.value is None:
            return None
        if isinstance(field_.type, ListOf | Record):
            message = f"`{line.path.text}` is {described(field_.type)}, which an example cannot give"
            help_ = "an example gives single values: say `unknown` or `missing`, or let a tool's result hold it"
            self.mistakes.error("E037", message, line.value.span, help_)
            return None
        found = self.value(line.value, Place(), field_.type)
        if found is None:
            return None
        compared = Comparison("is", line.path, line.value, line.value.span)
        if not isinstance(found.term, Constant) or not self.comparable(compared, "is", field_.type, found.type):
            return None
        return found.term.value if self._in_limits(found.term.value, field_, line) else None

    def _in_limits(self, value: Any, field_: Field, line: GivenFact) -> bool:
        type_ = field_.type
        if isinstance(type_, Number):
            outside = (type_.low is not None and value < type_.low) or (type_.high is not None and value > type_.high)
        elif isinstance(type_, Text):
            outside = len(value) < type_.low or (type_.high is not None and len(value) > type_.high)
        elif isinstance(type_, OneOf):
            outside = value not in type_.values
        else:
            outside = False
        if outside and line.value is not None:
            message = f"`{line.value.span.text}` is outside what `{line.path.text}` may be"
            self.mistakes.error("E037", message, line.value.span, "keep to its declared limits, or widen them")
        return not outside

    # --- the answer and what is expected of it ------------------------------------------------------------------------

    def _answer(self, line: ExampleLine, draft: _Draft) -> None:
        match line:
            case AnswerLine(kind, content, span, tool):
                if kind != "call" and any(a.kind != "call" for a in draft.answers):
                    self.mistakes.error("E037", "this example has a reply already", span, "an answer has one reply")
                draft.answers.append(line)
                if kind == "text":
                    draft.reply_text = content.text
                elif kind == "json":
                    draft.reply_json = read_json(content, self.mistakes)
                elif tool is not None:
                    read_json(content, self.mistakes)
                    draft.asked.append(ToolCall(tool.text, content.text, f"call-{len(draft.asked) + 1}"))
            case Expect():
                draft.expects.append(self._expectation(line))

    def _expectation(self, line: Expect) -> Expectation:
        results = tuple(
            read_json(content, self.mistakes) if is_json else content.text
            for content, is_json in zip(line.results, line.json, strict=True)
        )
        for name in line.by:
            self._check_judge(name)
        return Expectation(cast(ExpectKind, line.kind), tuple(n.text for n in line.by), line.span, results)

    def _check_judge(self, name: Name) -> None:
        judges = [*self.names.rules, *self.names.inherited, *(s.name for s in self.names.schemas.values())]
        if name.text not in judges and name.text not in self.names.broken and not self.names.rules_in_doubt:
            help_ = suggestion(name.text, judges, "name rules of this file by their ids")
            self.mistakes.error("E036", f"there is no rule `{name.text}`", name.span, help_)


_ANSWERS = 'add `reply text "..."`, `reply {...}` or `call TOOL {...}`'


def _read_day(at: Literal) -> int | None:
    try:
        return literals.day(at.text)
    except literals.BadLiteral:
        return None


def _read_moment(at: Literal, zone: str) -> int:
    try:
        return literals.moment(at.text, zone)
    except literals.BadLiteral:
        return 0
