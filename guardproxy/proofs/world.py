"""What holds between the values of an answer and its situation, whatever the answer says.

The solver knows each variable by its declared range. That the judged call is one of those that are counted, that a
total holds the judged amount, that a result which is there means that there was a call: this is said here. Leaving
something out is sound for what is proved, and a case that relies on it does not survive being judged by the engine.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from guardproxy.ir.build import any_of, compare, constant, is_present, negate
from guardproxy.ir.policy import Policy, Subject
from guardproxy.ir.terms import (
    CalledBefore,
    CallsInAnswer,
    CallsSoFar,
    Clock,
    DateOf,
    FieldOf,
    Finder,
    FoundInText,
    ResultField,
    Term,
    TotalPerKey,
    UserSays,
    Variable,
)
from guardproxy.ir.types import Field, Number, Record, Schema

_WHOLE = Number("whole", grid=1)


class World:
    """The facts of life of one policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def holding(
        self, subject: Subject | None, presence: Iterable[Variable], reads: Iterable[Variable]
    ) -> tuple[Term, ...]:
        """Conditions that are true wherever these variables are read for this subject.

        `presence` are those of which it is asked whether they are there.
        """
        known = tuple(dict.fromkeys(reads))
        found = [
            *self._presence(dict.fromkeys(presence)),
            *self._claims(subject, known),
            *self._counts(subject, known),
            *self._totals(known),
            *_look_ups(known),
            *_texts(known),
            *_clocks(known),
        ]
        return tuple(found)

    def _presence(self, asked: Iterable[Variable]) -> Iterator[Term]:
        for variable in asked:
            if not self.may_be_absent(variable):
                yield is_present(variable)

    def may_be_absent(self, variable: Variable) -> bool:
        """Whether a field that fits its declaration can be missing."""
        origin = variable.origin
        if isinstance(origin, FieldOf) and origin.kind != "claims":
            return any(f.optional for f in _fields_on(self._policy.schema(origin.schema), origin.path))
        if isinstance(origin, ResultField):
            return any(f.optional for f in _fields_on(self.result_of(origin.look_up.tool), origin.path))
        return True

    def result_of(self, tool: str) -> Schema | None:
        return next((s for s in self._policy.schemas if s.kind == "result" and s.tool == tool), None)

    def takes(self, tool: str) -> Schema | None:
        return next((s for s in self._policy.schemas if s.kind in ("tool", "call") and s.tool == tool), None)

    def _claims(self, subject: Subject | None, known: Sequence[Variable]) -> Iterator[Term]:
        """A rule on claims is judged where one of them is made."""
        claims = [v for v in known if isinstance(v.origin, FieldOf) and v.origin.kind == "claims"]
        if subject is not None and subject.kind == "claims" and claims:
            yield any_of(*(is_present(v) for v in claims))

    def _counts(self, subject: Subject | None, known: Sequence[Variable]) -> Iterator[Term]:
        """The judged call is counted, and the calls of the answer are counted among those of the conversation."""
        tool = subject.tool if subject is not None and subject.kind == "call" else None
        one = constant(1, _WHOLE)
        for v in known if tool is not None else ():
            if isinstance(v.origin, CallsInAnswer) or (isinstance(v.origin, CallsSoFar) and v.origin.tool == tool):
                yield compare("at least", v, one)
        so_far = [v for v in known if isinstance(v.origin, CallsSoFar)]
        for less in so_far:
            for more in (*so_far, *(v for v in known if isinstance(v.origin, CallsInAnswer))):
                if _counts_more(more, less):
                    yield compare("at least", more, less)

    def _totals(self, known: Sequence[Variable]) -> Iterator[Term]:
        """A total holds the judged call's own amount, where no amount is below zero."""
        for total in known:
            if not isinstance(total.origin, TotalPerKey):
                continue
            schema = self.takes(total.origin.tool)
            field = schema.field(total.origin.field) if schema is not None else None
            if schema is None or field is None or not isinstance(field.type, Number) or (field.type.low or -1) < 0:
                continue
            own = Variable(
                f"{schema.name}.{field.name}", field.type, FieldOf(schema.name, _kind(schema), (field.name,))
            )
            holds_own = compare("at least", total, own)
            yield any_of(negate(is_present(own)), holds_own) if field.optional else holds_own


def _kind(schema: Schema) -> Literal["call", "tool"]:
    assert schema.kind in ("call", "tool")
    return schema.kind


def _fields_on(schema: Schema | None, path: Sequence[str]) -> list[Field]:
    """The fields that lead to a value, as far as they are declared."""
    fields, found = (schema.fields if schema is not None else ()), []
    for name in path:
        field = next((f for f in fields if f.name == name), None)
        if field is None:
            break
        found.append(field)
        fields = field.type.fields if isinstance(field.type, Record) else ()
    return found


def _counts_more(more: Variable, less: Variable) -> bool:
    """Whether what `less` counts is always counted by `more` too."""
    assert isinstance(less.origin, CallsSoFar)
    if less.origin.scope == "answer" and isinstance(more.origin, CallsInAnswer):
        return True
    same_tool = isinstance(more.origin, CallsSoFar) and more.origin.tool == less.origin.tool
    return (
        same_tool
        and isinstance(more.origin, CallsSoFar)
        and (less.origin.scope, more.origin.scope)
        == (
            "answer",
            "conversation",
        )
    )


def _look_ups(known: Sequence[Variable]) -> Iterator[Term]:
    """Where a result's field is there, its tool was called before with that key; where nothing was called it is not.

    The field of a result that was not found is unknown to the engine, and absent in a case (`logic.bounds`).
    """
    results = [v for v in known if isinstance(v.origin, ResultField)]
    for before in known:
        if not (isinstance(before.origin, CalledBefore) and before.origin.with_result):
            continue
        key = before.origin.key
        for result in results:
            assert isinstance(result.origin, ResultField)
            look_up = result.origin.look_up
            own = look_up.match is not None and isinstance(look_up.match.origin, FieldOf)
            same_key = not key or (
                look_up.key == key and own and look_up.match is not None and _last(look_up.match) == key
            )
            if look_up.tool == before.origin.tool and same_key:
                yield any_of(negate(is_present(result)), before)


def _last(variable: Variable | None) -> str:
    return variable.origin.path[-1] if variable is not None and isinstance(variable.origin, FieldOf) else ""


def _texts(known: Sequence[Variable]) -> Iterator[Term]:
    """What is found by fewer finders, or in less of the text, is found by more."""
    found = [v for v in known if isinstance(v.origin, FoundInText)]
    looking: dict[Finder, list[Variable]] = {}
    for variable in found:
        for finder in _found_by(variable):
            looking.setdefault(finder, []).append(variable)
    for less in found:
        for more in looking[_finders(less)[0]] if _finders(less) else found:
            if less != more and _finds_more(more, less):
                yield any_of(negate(less), more)
    said = [v for v in known if isinstance(v.origin, UserSays)]
    for less in said:
        for more in said:
            if less != more and _says_more(more, less):
                yield any_of(negate(less), more)


def _finders(variable: Variable) -> tuple[Finder, ...]:
    assert isinstance(variable.origin, FoundInText)
    return variable.origin.finders


def _finds_more(more: Variable, less: Variable) -> bool:
    assert isinstance(more.origin, FoundInText) and isinstance(less.origin, FoundInText)
    wider = more.origin.scope == "any" or less.origin.scope == more.origin.scope
    return wider and set(less.origin.finders) <= _found_by(more)


def _found_by(variable: Variable) -> set[Finder]:
    """The finders, and those that find no more than they do: what stands in a text is also there with it decoded."""
    finders = set(_finders(variable))
    return finders | {replace(finder, decoded=False) for finder in finders if finder.decoded}


def _says_more(more: Variable, less: Variable) -> bool:
    assert isinstance(more.origin, UserSays) and isinstance(less.origin, UserSays)
    return set(less.origin.phrases) <= set(more.origin.phrases)


def _clocks(known: Sequence[Variable]) -> Iterator[Term]:
    """Today is the day of now in the zone of the file that says `today`."""
    for now in (v for v in known if v.origin == Clock("now")):
        for today in known:
            if isinstance(today.origin, Clock) and today.origin.what == "today":
                yield compare("is", today, DateOf(now, today.origin.zone))
