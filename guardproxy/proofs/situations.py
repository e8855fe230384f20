"""Values of variables to an example: facts, the conversation so far, and an answer in which they are found.

The reverse of `checks.fetch`: for each origin, what has to be there so that the variable has this value. What an
example cannot say is refused; whether it says what it should is decided by judging it (`witnesses`), not here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from guardproxy import exact_json
from guardproxy.checks.values import wire_value
from guardproxy.conversation import Conversation, PastCall, ToolCall
from guardproxy.ir.calendar import date_of
from guardproxy.ir.policy import Example, Policy, Subject
from guardproxy.ir.terms import (
    CalledBefore,
    CallsInAnswer,
    CallsSoFar,
    Clock,
    Conforms,
    FieldOf,
    Finder,
    FoundInText,
    LookUp,
    PickedFrom,
    ResultField,
    TotalPerKey,
    UserSays,
    Variable,
)
from guardproxy.ir.types import ABSENT, UNKNOWN, Field, ListOf, Number, Record, Schema, Text, Value
from guardproxy.proofs.samples import fits, sample_text
from guardproxy.proofs.values import complete, completed, default, spoken
from guardproxy.proofs.world import World
from guardproxy.source import Span

_MOST_CALLS = 20
_OTHER_KEY = "Z9"


class NotBuildable(ValueError):
    """No example says this; the text is the reason, as the end of a sentence."""


@dataclass
class _Draft:
    """What the example says so far. `holder` are the typed fields of the reply object or of the judged call."""

    facts: dict[str, dict[str, Value]] = field(default_factory=dict)
    holder: dict[str, Value] = field(default_factory=dict)
    claims: dict[str, Value] = field(default_factory=dict)
    results: dict[LookUp, dict[str, Value]] = field(default_factory=dict)
    before: dict[CalledBefore, bool] = field(default_factory=dict)
    counts: dict[CallsSoFar, int] = field(default_factory=dict)
    totals: dict[TotalPerKey, Any] = field(default_factory=dict)
    calls_in_answer: int | None = None
    said: dict[UserSays, bool] = field(default_factory=dict)
    clock: dict[str, int] = field(default_factory=dict)
    found: dict[FoundInText, bool] = field(default_factory=dict)
    conforms: dict[Conforms, bool] = field(default_factory=dict)
    past: list[PastCall] = field(default_factory=list)


class Situations:
    """Builds examples for one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.world = policy, World(policy)

    def example(self, title: str, span: Span, subject: Subject | None, values: Mapping[Variable, Value]) -> Example:
        """Raises `NotBuildable`."""
        draft = _Draft()
        for variable, value in values.items():
            self._say(draft, variable, value)
        holder = self._holder(subject, draft)
        self._look_ups(draft, subject, holder)
        self._earlier_calls(draft, subject, holder)
        calls = self._calls(draft, subject, holder)
        self._counted(draft, subject, holder, calls)
        text = self._text(draft, subject)
        reply_json = None
        if subject is not None and subject.kind == "reply":
            reply_json, text = self._reply(subject, holder, draft, text), None
        elif not calls and text is None:
            text = "Hello."
        return Example(
            title=title,
            span=span,
            facts={name: dict(fields) for name, fields in draft.facts.items()},
            today=self._today(draft),
            now=draft.clock.get("now"),
            conversation=Conversation(tuple(draft.past), _user_says(draft.said)),
            reply_text=text,
            reply_json=reply_json,
            calls=tuple(calls),
        )

    def _today(self, draft: _Draft) -> int | None:
        """`given now` says which day it is, too."""
        now = draft.clock.get("now")
        return draft.clock.get("today") if now is None else date_of(now, self.policy.zone)

    # --- sorting the values by where they are found -------------------------------------------------------------------

    def _say(self, draft: _Draft, variable: Variable, value: Value) -> None:
        if value is UNKNOWN:
            return
        match variable.origin:
            case FieldOf(schema, "facts", path):
                _put(draft.facts.setdefault(schema, {}), self._fields(schema), path, value)
            case FieldOf(_, "claims", path):
                draft.claims[path[0]] = value
            case FieldOf(schema, _, path):
                _put(draft.holder, self._fields(schema), path, value)
            case ResultField(look_up, path) if value is not ABSENT or self.world.may_be_absent(variable):
                result = self.world.result_of(look_up.tool)
                _put(draft.results.setdefault(look_up, {}), result.fields if result else (), path, value)
            case PickedFrom() as origin:
                self._pick(draft, origin, value)
            case _:
                self._say_of_conversation(draft, variable, value)

    def _say_of_conversation(self, draft: _Draft, variable: Variable, value: Any) -> None:
        match variable.origin:
            case FoundInText() as origin:
                draft.found[origin] = value
            case Conforms() as origin:
                draft.conforms[origin] = value
            case UserSays() as origin:
                draft.said[origin] = value
            case CalledBefore() as origin:
                draft.before[origin] = value
            case CallsSoFar() as origin:
                draft.counts[origin] = value
            case CallsInAnswer():
                draft.calls_in_answer = value
            case TotalPerKey() as origin:
                draft.totals[origin] = value
            case Clock(what, _):
                draft.clock[what] = value

    def _pick(self, draft: _Draft, origin: PickedFrom, value: Value) -> None:
        """An element at one end of a list: put there unless the list itself is known."""
        of = origin.list
        assert isinstance(of.type, ListOf)
        if isinstance(of.origin, FieldOf) and of.origin.kind != "facts":
            holder, fields, path = draft.holder, self._fields(of.origin.schema), of.origin.path
        elif isinstance(of.origin, ResultField):
            result = self.world.result_of(of.origin.look_up.tool)
            holder = draft.results.setdefault(of.origin.look_up, {})
            fields, path = (result.fields if result else ()), of.origin.path
        else:
            return
        known = _get(holder, path)
        elements: list[Value] = list(known) if isinstance(known, tuple) else [UNKNOWN] * max(of.type.low, 1)
        if value is ABSENT and not origin.path:
            elements = []
        if not elements:
            return
        if len(elements) == 1 and (of.type.high is None or of.type.high > 1) and not isinstance(known, tuple):
            elements.append(UNKNOWN)
        at = 0 if origin.which == "first" else len(elements) - 1
        if origin.path:
            there = elements[at]
            element = dict(there) if isinstance(there, Mapping) else {}
            item = of.type.item
            _put(element, item.fields if isinstance(item, Record) else (), origin.path, value)
            elements[at] = element
        else:
            elements[at] = value
        _put(holder, fields, path, tuple(elements))

    def _fields(self, schema: str) -> tuple[Field, ...]:
        found = self.policy.schema(schema)
        return found.fields if found is not None else ()

    # --- the answer ---------------------------------------------------------------------------------------------------

    def _schema_of(self, subject: Subject | None) -> Schema | None:
        if subject is None or subject.kind == "claims":
            return None
        return self.policy.schema(subject.schema) if subject.schema else None

    def _holder(self, subject: Subject | None, draft: _Draft) -> dict[str, Value]:
        schema = self._schema_of(subject)
        if schema is None and draft.holder:
            raise NotBuildable("it reads fields of something that the answer does not contain")
        return completed(schema.fields, draft.holder) if schema is not None else {}

    def _reply(self, subject: Subject, holder: Mapping[str, Value], draft: _Draft, text: str | None) -> Any:
        schema = self._schema_of(subject)
        assert schema is not None
        wire = wire_fields(schema.fields, holder)
        if text is not None and any(draft.found.values()):
            name = next((f.name for f in schema.fields if isinstance(f.type, Text)), "note")
            wire[name] = text
        return wire

    def _calls(self, draft: _Draft, subject: Subject | None, holder: Mapping[str, Value]) -> list[ToolCall]:
        if subject is None or subject.kind != "call":
            wanted = draft.calls_in_answer or 0
            _limited(wanted)
            return [ToolCall("other_tool", "{}", f"call-{i + 1}") for i in range(wanted)]
        schema = self._schema_of(subject)
        arguments = wire_fields(schema.fields, holder) if schema is not None else {}
        here = next((n for o, n in draft.counts.items() if o.scope == "answer" and o.tool == subject.tool), 1)
        _limited(here)
        calls = [ToolCall(subject.tool, exact_json.dumps(arguments), f"call-{i + 1}") for i in range(here)]
        more = (draft.calls_in_answer or 0) - len(calls)
        _limited(more)
        return calls + [ToolCall("other_tool", "{}", f"call-{here + i + 1}") for i in range(more)]

    def _text(self, draft: _Draft, subject: Subject | None) -> str | None:
        """What the reply says; None where nothing depends on it."""
        claims = self._claims(subject, draft.claims) if subject is not None and subject.kind == "claims" else ""
        wanted = [o.finders for o, found in draft.found.items() if found]
        unwanted = [o.finders for o, found in draft.found.items() if not found]
        if not (claims or draft.found or draft.conforms):
            return None
        if any(draft.conforms.values()):
            return self._conforming(wanted, unwanted)
        text = sample_text(wanted, unwanted, claims)
        if text is None:
            raise NotBuildable("no text was found that says this and nothing else")
        return text

    def _conforming(self, wanted: list[tuple[Finder, ...]], unwanted: list[tuple[Finder, ...]]) -> str:
        """A text that conforms is not made up: the policy's own examples have some."""
        for example in self.policy.examples:
            allowed = any(e.kind == "allowed" for e in example.expects)
            if example.reply_text and allowed and fits(example.reply_text, wanted, unwanted):
                return example.reply_text
        raise NotBuildable("no example of the policy has a text that conforms and says this")

    def _claims(self, subject: Subject, claims: Mapping[str, Value]) -> str:
        sentences = []
        for name, value in claims.items():
            if value is ABSENT:
                continue
            found = next((f for f in self._fields(subject.schema) if f.name == name), None)
            pattern = next((p for p in found.claims if p.means in (None, value)), None) if found else None
            if found is None or pattern is None:
                raise NotBuildable(f"no sentence says `{name}` so")
            sentences.append(pattern.template.replace(f"{{{name}}}", spoken(value, found.type)))
        text = ". ".join(sentences)
        return f"{text}." if text else ""

    # --- the conversation ---------------------------------------------------------------------------------------------

    def _look_ups(self, draft: _Draft, subject: Subject | None, holder: Mapping[str, Value]) -> None:
        """A past call for each looked-up result, its key being what it was looked up by."""
        for look_up, values in draft.results.items():
            result = self.world.result_of(look_up.tool)
            if result is None:
                raise NotBuildable(f"nothing says what `{look_up.tool}` returns")
            fields = completed(result.fields, values)
            key = self._key(look_up, draft, holder)
            if key is not None and look_up.key in fields:
                fields[look_up.key] = key
            takes = self.world.takes(look_up.tool)
            arguments = completed(takes.fields, {}) if takes is not None else {}
            if key is not None and look_up.key and (takes is None or takes.field(look_up.key) is not None):
                arguments[look_up.key] = key
            wire = wire_fields(takes.fields, arguments) if takes is not None else dict(arguments)
            self._past(draft, look_up.tool, wire, exact_json.dumps(wire_fields(result.fields, fields)))

    def _key(self, look_up: LookUp, draft: _Draft, holder: Mapping[str, Value]) -> Value | None:
        """The value by which a result was looked up: a field of the judged call, or of another result."""
        if look_up.match is None:
            return None
        match look_up.match.origin:
            case FieldOf(schema, "facts", path):
                facts = draft.facts.setdefault(schema, {})
                if _get(facts, path) is None:
                    _put(facts, self._fields(schema), path, default(look_up.match.type))
                return _get(facts, path)
            case FieldOf(_, _, path):
                return _get(holder, path)
            case ResultField(other, path):
                result = self.world.result_of(other.tool)
                values = draft.results.get(other)
                if result is None or values is None:
                    raise NotBuildable(f"what `{look_up.tool}` is looked up by is not known")
                return _get(completed(result.fields, values), path)
        return None

    def _past(self, draft: _Draft, tool: str, arguments: Mapping[str, Any], result: str | None) -> None:
        _limited(len(draft.past))
        text = exact_json.dumps(arguments)
        draft.past.append(PastCall(tool, text, result, f"past-{len(draft.past) + 1}"))

    def _earlier_calls(self, draft: _Draft, subject: Subject | None, holder: Mapping[str, Value]) -> None:
        for origin, wanted in draft.before.items():
            key = holder.get(origin.key) if origin.key else None
            if origin.key and (key is None or key is ABSENT):
                raise NotBuildable(f"the call has no `{origin.key}`")
            there = any(c.name == origin.tool and _has_key(c, origin.key, key) for c in draft.past)
            if wanted is False and there:
                raise NotBuildable(f"`{origin.tool}` was called before, for its result is read")
            if wanted and not there:
                self._past(draft, origin.tool, self._arguments(origin.tool, origin.key, key), self._result(origin.tool))

    def _arguments(
        self, tool: str, key: str, value: Value | None, more: Mapping[str, Value] | None = None
    ) -> dict[str, Any]:
        takes = self.world.takes(tool)
        known = {**({key: value} if key and value is not None else {}), **(more or {})}
        return wire_fields(takes.fields, completed(takes.fields, known)) if takes is not None else known

    def _result(self, tool: str) -> str:
        result = self.world.result_of(tool)
        return exact_json.dumps(wire_fields(result.fields, completed(result.fields, {}))) if result else "done"

    def _counted(
        self, draft: _Draft, subject: Subject | None, holder: Mapping[str, Value], calls: list[ToolCall]
    ) -> None:
        """Past calls until the totals and the counts are what they should be. What is missing cannot be added up."""
        for total, amount in ((t, x) for t, x in draft.totals.items() if holder.get(t.field) is not ABSENT):
            self._add_up(draft, total, amount, holder, calls)
        for so_far, number in draft.counts.items():
            if so_far.scope == "day":
                raise NotBuildable("calls of other conversations of the day are in no example")
            if so_far.scope == "answer":
                continue
            here = sum(c.name == so_far.tool for c in calls) + sum(c.name == so_far.tool for c in draft.past)
            _limited(number - here)
            if number < here:
                raise NotBuildable(f"`{so_far.tool}` is called more often already")
            for _ in range(number - here):
                self._past(draft, so_far.tool, self._filler(so_far.tool, draft), "done")

    def _filler(self, tool: str, draft: _Draft) -> dict[str, Any]:
        """A call that no total and no `after` counts: its keys are others."""
        keys = {o.key for o in draft.totals if o.tool == tool} | {o.key for o in draft.before if o.tool == tool}
        return self._arguments(tool, "", None, {key: _OTHER_KEY for key in keys if key})

    def _add_up(
        self, draft: _Draft, total: TotalPerKey, amount: Any, holder: Mapping[str, Value], calls: list[ToolCall]
    ) -> None:
        takes = self.world.takes(total.tool)
        counted = takes.field(total.field) if takes is not None else None
        here: Any = holder.get(total.field, 0)
        if counted is None or not isinstance(counted.type, Number):
            raise NotBuildable("what is added up is not declared")
        rest = amount - here * max(1, sum(c.name == total.tool for c in calls))
        low, high = counted.type.low, counted.type.high
        while rest > 0:
            part = rest if high is None else min(rest, high)
            if low is not None and 0 < rest - part < low:
                part = rest - low
            if low is not None and part < low:
                raise NotBuildable("the total is not the sum of amounts that may be called")
            rest -= part
            more = {total.field: part, total.key: holder.get(total.key, UNKNOWN)}
            self._past(draft, total.tool, self._arguments(total.tool, "", None, more), "done")
        if rest < 0:
            raise NotBuildable("the total is less than the call's own amount")


def wire_fields(fields: Iterable[Field], values: Mapping[str, Value]) -> dict[str, Any]:
    """The object as JSON; fields that are missing are left out."""
    return {f.name: wire_value(f.type, values[f.name]) for f in fields if values.get(f.name, ABSENT) is not ABSENT}


def _user_says(said: Mapping[UserSays, bool]) -> str | None:
    if not said:
        return None
    return " ".join(dict.fromkeys(o.phrases[0] for o, yes in said.items() if yes)) or "Hello."


def _has_key(call: PastCall, key: str, value: Value | None) -> bool:
    return not key or exact_json.loads(call.arguments).get(key) == value


def _limited(number: int) -> None:
    if number > _MOST_CALLS:
        raise NotBuildable(f"it takes more than {_MOST_CALLS} calls")


def _get(holder: Mapping[str, Value], path: tuple[str, ...]) -> Value | None:
    value: Value | None = holder
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _put(holder: dict[str, Value], fields: Iterable[Field], path: tuple[str, ...], value: Value) -> None:
    """Puts a value at a path of field names; records on the way become present."""
    name, *rest = path
    found = next((f for f in fields if f.name == name), None)
    if not rest:
        holder[name] = complete(found.type, value) if found is not None else value
        return
    if rest[0].isdigit():
        return
    inner = holder.get(name)
    record = dict(inner) if isinstance(inner, Mapping) else {}
    _put(record, found.type.fields if found is not None and isinstance(found.type, Record) else (), tuple(rest), value)
    holder[name] = record
