"""What an answer became: each value that a repair changed, with why nothing smaller does, and each text rewritten."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.observation import Observation, parsed_object
from guardproxy.checks.repairing import spliced
from guardproxy.checks.reply_object import reply_object
from guardproxy.checks.values import read_field, wire_value
from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.conversation import Answer, Passage
from guardproxy.ir.types import ABSENT, Field, Number, Type, Value, rational

Violated = Callable[[Answer], tuple[str, ...]]
"""The rules that an answer does not comply with."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value or text that changed. `type` None: a text, whose `before` is not repeated where it may be a secret.

    `instead` is the value one step nearer to the original (None where there is no step), and `breaks` the rules that
    the answer would violate with it; `undone_breaks` those that it would violate with the original value.
    """

    place: str
    before: Value
    after: Value
    type: Type | None = None
    instead: Value | None = None
    breaks: tuple[str, ...] = ()
    undone_breaks: tuple[str, ...] = ()


def changes_of(
    compiled: CompiledPolicies, seen: Observation, verdict: Verdict, violated: Violated
) -> tuple[Change, ...]:
    """The changes of a repaired or rewritten answer, in its order."""
    if verdict.ending is Ending.REPAIRED:
        return (*_repaired(compiled, seen, verdict.answer, violated), *_texts(seen, verdict.answer, objects=False))
    return tuple(_texts(seen, verdict.answer, objects=True)) if verdict.ending is Ending.REWRITTEN else ()


def _repaired(compiled: CompiledPolicies, seen: Observation, answer: Answer, violated: Violated) -> Iterator[Change]:
    for number, (old, new) in enumerate(zip(seen.calls, answer.calls, strict=False)):
        fields = [
            f for _, s in compiled.schemas if s.kind in ("call", "tool") and s.tool == old.call.name for f in s.fields
        ]

        def with_call(changes: Mapping[str, Any], number: int = number) -> Answer:
            call = answer.calls[number]
            changed = replace(call, arguments=spliced(call.arguments, changes))
            return replace(answer, calls=(*answer.calls[:number], changed, *answer.calls[number + 1 :]))

        trees = (old.tree, parsed_object(new.arguments or "{}"))
        yield from _field_changes(f"call {number + 1}, $", fields, trees, with_call, violated)
    for channel, tree in seen.replies:
        fields = [f for _, s in compiled.schemas if s.kind == "reply" for f in s.fields]
        at = next(i for i, p in enumerate(answer.passages) if p.channel == channel)

        def with_reply(changes: Mapping[str, Any], at: int = at) -> Answer:
            passage = answer.passages[at]
            start = reply_object(passage.text).start
            text = passage.text[:start] + spliced(passage.text[start:], changes)
            passages = (*answer.passages[:at], Passage(passage.channel, text), *answer.passages[at + 1 :])
            return replace(answer, passages=passages)

        trees = (tree, reply_object(answer.passages[at].text).tree)
        yield from _field_changes("the reply, $", fields, trees, with_reply, violated)


def _field_changes(
    place: str,
    fields: Sequence[Field],
    trees: tuple[Any, Any],
    with_values: Callable[[Mapping[str, Any]], Answer],
    violated: Violated,
) -> Iterator[Change]:
    for field in {field.name: field for field in fields}.values():
        before, after = (read_field(field, tree) for tree in trees)
        if before == after:
            continue
        instead = _one_step_back(field.type, before, after)
        breaks = violated(with_values({field.name: wire_value(field.type, instead)})) if instead is not None else ()
        raw = trees[0].get(field.name, ABSENT)
        undone = violated(with_values({field.name: raw})) if after is not ABSENT and raw is not ABSENT else ()
        yield Change(f"{place}.{field.name}", before, after, field.type, instead, breaks, undone)


def _one_step_back(of: Type, before: Value, after: Value) -> Value | None:
    """The value one step nearer to the original."""
    if not isinstance(of, Number) or isinstance(before, bool) or isinstance(after, bool):
        return None
    if not isinstance(before, int | Fraction) or not isinstance(after, int | Fraction):
        return None
    step = Fraction(of.step)
    nearer = after + step if before > after else after - step
    past = nearer > before if before > after else nearer < before
    return before if past else rational(Fraction(nearer))


def _texts(seen: Observation, answer: Answer, objects: bool) -> Iterator[Change]:
    """Passages and, where `objects`, arguments whose text changed."""
    new = {passage.channel: passage.text for passage in answer.passages}
    replies = {channel for channel, _ in seen.replies}
    for passage in seen.passages:
        text = new.pop(passage.channel, "")
        if text != passage.text and (objects or passage.channel not in replies):
            yield Change(passage.channel, passage.text, text)
    yield from (Change(channel, ABSENT, text) for channel, text in new.items())
    for number, (old, call) in enumerate(zip(seen.calls, answer.calls, strict=False), start=1):
        if objects and old.call.arguments != call.arguments:
            yield Change(f"call {number}", old.call.arguments, call.arguments)
