"""Repairs under several rules at once, of numbers, choices, lists and tool arguments: compared with trying them all."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy import exact_json
from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.judging import driven, judge_rule
from guardproxy.checks.verdict import Ending, Status
from guardproxy.conversation import Answer, Passage, Situation, ToolCall
from guardproxy.ir import build
from guardproxy.ir.policy import Policy, Repair, Rule, Subject
from guardproxy.ir.terms import FieldOf, Term, Variable
from guardproxy.ir.types import Field, ListOf, Number, OneOf, Record, Schema, Type
from tests.properties.policies import NOWHERE
from tests.properties.test_enforcement import FINE, ask

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "200"))
SMALL, KIND, GONE = Number("whole", 0, 4, grid=1), OneOf(("a", "b", "c")), object()
BOX = Record("box", (Field("w", SMALL), Field("h", SMALL)))
FIELDS = {"x": SMALL, "y": SMALL, "kind": KIND, "extras": ListOf(SMALL, 0, 3), "box": BOX}
PATHS: dict[str, Type] = {"x": SMALL, "y": SMALL, "kind": KIND, "extras": FIELDS["extras"], "box.w": SMALL}


def schema_of(kind: Any) -> Schema:
    fields = tuple(Field(n, t, optional=n == "extras") for n, t in FIELDS.items())
    return Schema("it", kind, fields, tool="act" if kind == "call" else "")


def read(kind: Any, path: str) -> Variable:
    return Variable(f"it.{path}", PATHS[path], FieldOf("it", kind, tuple(path.split("."))))


@st.composite
def demands(draw: st.DrawFn, kind: str) -> Term:
    number = st.sampled_from([read(kind, "x"), read(kind, "x"), read(kind, "y"), read(kind, "box.w")])
    limit = build.constant(draw(st.integers(0, 6)), SMALL)
    relation: Any = draw(st.sampled_from(["at most", "at most", "at least"]))
    which = draw(st.integers(0, 5))
    if which == 0:
        return build.compare("is", read(kind, "kind"), build.constant("b", KIND))
    if which == 1:
        extras = read(kind, "extras")
        few = build.compare("at most", build.count_of(extras), limit)
        return build.any_of(build.negate(build.is_present(extras)), few)
    if which == 2:
        return build.compare(relation, draw(number), limit)
    if which == 3:
        return build.any_of(
            build.compare(relation, draw(number), limit),
            build.compare("is", read(kind, "kind"), build.constant("c", KIND)),
        )
    return build.compare(relation, build.add(draw(number), draw(number)), limit)


def repair(how: Any, kind: str, *paths: str) -> Repair:
    return Repair(how, tuple(read(kind, p) for p in paths), "b" if how == "setting" else None)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Policy, list[dict[str, Any]], str]:
    kind = draw(st.sampled_from(["reply", "call"]))
    ways = [
        *(repair("lowering", kind, *paths) for paths in (("x",), ("y",), ("x", "y"), ("x", "box.w"))),
        repair("raising", kind, "x"),
        repair("setting", kind, "kind"),
        repair("removing", kind, "extras"),
        None,
    ]
    schema = schema_of(kind)
    about: Any = {"reply": Subject("reply", "it"), "call": Subject("call", "it", "act")}[kind]
    rules = tuple(
        Rule(f"R{i}", f"R{i}", build.TRUE, draw(demands(kind)), NOWHERE, about, repair=draw(st.sampled_from(ways)))
        for i in range(draw(st.integers(1, 3)))
    )
    objects = [draw(things()) for _ in range(draw(st.integers(1, 2)) if kind == "call" else 1)]
    return Policy("generated", "1", "0" * 64, (schema,), rules, ()), objects, kind


@st.composite
def things(draw: st.DrawFn) -> dict[str, Any]:
    small = st.integers(0, 4)
    made: dict[str, Any] = {"x": draw(small), "box": {"h": draw(small), "w": draw(small)}, "y": draw(small)}
    made["kind"] = draw(st.sampled_from(KIND.values))
    return {**made, "extras": draw(st.lists(small, max_size=3))} if draw(st.booleans()) else made


def answer_of(objects: list[dict[str, Any]], kind: str) -> Answer:
    texts = [exact_json.dumps(o) for o in objects]
    if kind == "reply":
        return Answer((Passage("content", texts[0]),))
    return Answer(calls=tuple(ToolCall("act", text) for text in texts))


def objects_of(answer: Answer, kind: str) -> list[dict[str, Any]]:
    texts = [answer.text("content")] if kind == "reply" else [c.arguments for c in answer.calls]
    return [exact_json.loads(text) for text in texts]


@dataclass(frozen=True)
class Change:
    call: int
    path: tuple[str, ...]
    how: str


def named(compiled: CompiledPolicies, answer: Answer) -> set[Change] | None:
    """What the violated rules say may change; None where one of them says nothing, or a value is not there."""
    found: set[Change] = set()
    seen = compiled.observe(answer, Situation())
    for rule in compiled.rules:
        judged = driven(judge_rule(rule, seen), ask)
        for violated in (j for j in judged if j.status is Status.VIOLATED):
            if rule.rule.repair is None:
                return None
            for variable in rule.rule.repair.fields:
                assert isinstance(variable.origin, FieldOf)
                found.add(Change(violated.occurrence.index or 0, variable.origin.path, rule.rule.repair.how))
    places = [(c.call, c.path) for c in found]
    return found if len(set(places)) == len(places) else None


def options(change: Change, objects: list[dict[str, Any]]) -> Iterator[tuple[Any, int]] | None:
    """The values that a field may take, each with how many steps away it is; None where there is no such field."""
    now: Any = objects[change.call]
    for name in change.path:
        if name not in now:
            return None
        now = now[name]
    if change.how in ("removing", "setting"):
        other = GONE if change.how == "removing" else "b"
        return iter([(now, 0)] if now == other else [(now, 0), (other, 1)])
    allowed = range(now + 1) if change.how == "lowering" else range(now, 5)
    return iter([(value, abs(value - now)) for value in allowed])


def changed(objects: list[dict[str, Any]], values: dict[Change, Any]) -> list[dict[str, Any]]:
    copies = [{**o, "box": {**o["box"]}} for o in objects]
    for change, value in values.items():
        holder: Any = copies[change.call]
        for name in change.path[:-1]:
            holder = holder[name]
        if value is GONE:
            del holder[change.path[-1]]
        else:
            holder[change.path[-1]] = value
    return copies


def best(compiled: CompiledPolicies, objects: list[dict[str, Any]], kind: str) -> list[dict[str, Any]] | None:
    """The one smallest change that makes the answer comply; None where there is none, or more than one."""
    changes = named(compiled, answer_of(objects, kind))
    ways: dict[Any, list[Any]] = {}
    listed = [(c, options(c, objects)) for c in changes or ()]
    if not listed or any(o is None for _, o in listed):
        return None
    for chosen in product(*(list(o or ()) for _, o in listed)):
        values = {c: value for (c, _), (value, _) in zip(listed, chosen, strict=True)}
        new = changed(objects, values)
        away = {c: distance for (c, _), (_, distance) in zip(listed, chosen, strict=True)}
        calls = tuple(sum(d for c, d in away.items() if c.call == i) for i in range(len(objects)))
        if judge(compiled, answer_of(new, kind), Situation(), ask).ending in FINE:
            ways.setdefault((sum(1 for d in away.values() if d), sum(away.values()), calls), []).append(new)
    return ways[min(ways)][0] if ways and len(ways[min(ways)]) == 1 else None


@settings(max_examples=EXAMPLES, deadline=None)
@given(cases())
def test_the_one_smallest_repair_is_made_or_none(case: tuple[Policy, list[dict[str, Any]], str]) -> None:
    policy, objects, kind = case
    compiled = CompiledPolicies([policy])
    verdict = judge(compiled, answer_of(objects, kind), Situation(), ask)
    if verdict.ending in FINE:
        return
    expected = best(compiled, objects, kind)
    if expected is None:
        assert verdict.ending is Ending.BLOCKED
        return
    assert verdict.ending is Ending.REPAIRED
    assert objects_of(verdict.answer, kind) == expected
    assert judge(compiled, verdict.answer, Situation(), ask).ending in FINE
