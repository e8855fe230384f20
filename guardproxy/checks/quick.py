"""The quick way to judge a complete answer: rules about one thing together, and the verdict's lines from memory.

What it finds is what `judging.judge_rule` finds for each rule (`tests/properties/test_quick.py`); only the rules that
are violated, open or unreadable become `Judged`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import getitem
from typing import TypeAlias

from guardproxy.checks.fetch import Fetch
from guardproxy.checks.fused import LEFT_OUT, VIOLATED, Codes, FusedRules, fuse
from guardproxy.checks.judging import Judged, Judging, judge_rule, judge_values, rule_verdicts
from guardproxy.checks.observation import Observation, Occurrence
from guardproxy.checks.reading import Reader, field_reader
from guardproxy.checks.rules import CompiledRule, occurrences
from guardproxy.checks.verdict import RuleVerdict, Status
from guardproxy.ir.terms import FieldOf, Variable
from guardproxy.ir.types import ABSENT, INVALID, Field, Schema, Value

_STATUSES = (Status.NOT_APPLICABLE, Status.COMPLIES, Status.VIOLATED)
_STATUSES_BY_CODE = (*_STATUSES, Status.NOT_APPLICABLE)
"""The last stands for `LEFT_OUT`, until the exact path has spoken."""
_MOST_LINES = 1024

Said: TypeAlias = tuple[int, int | None, Codes]
"""What a group (by its number) says of one occurrence (by its index)."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The rules of one policy about one thing. The fields of its declaration have the first slots."""

    rules: tuple[CompiledRule, ...]
    schema: Schema | None
    fields: tuple[Field, ...]
    readers: tuple[Reader, ...]
    fetches: tuple[Fetch, ...]
    places: tuple[tuple[int, ...], ...]
    """For each rule, the slots of its variables."""
    lines: tuple[tuple[RuleVerdict, ...], ...]
    """For each rule, its verdict's line by code."""
    fused: FusedRules

    def values(self, seen: Observation, occurrence: Occurrence) -> list[Value]:
        """In their slots."""
        holder = occurrence.holder
        values = [read(holder) for read in self.readers]
        values += [fetch(seen, occurrence) for fetch in self.fetches]
        return values

    def fits(self, values: Sequence[Value]) -> bool:
        """Whether the declared fields are as declared."""
        return not any(
            x is INVALID or (x is ABSENT and not field.optional)
            for x, field in zip(values, self.fields, strict=False)
            if x is INVALID or x is ABSENT
        )


def group(rules: Sequence[CompiledRule]) -> Group:
    """Rules of one policy with one subject."""
    subject, policy = rules[0].rule.subject, rules[0].policy
    schema = policy.schema(subject.schema, "reply", "call", "tool") if subject is not None else None
    fields = schema.fields if schema is not None else ()
    places = {field.name: slot for slot, field in enumerate(fields)}
    slots: dict[Variable, int] = {}
    fetches: list[Fetch] = []
    for rule in rules:
        for variable, fetch in zip(rule.variables, rule.fetches, strict=True):
            if variable in slots:
                continue
            place = places.get(_own_field(variable, schema))
            if place is None:
                place = len(fields) + len(fetches)
                fetches.append(fetch)
            slots[variable] = place
    width = len(fields) + len(fetches)
    return Group(
        rules=tuple(rules),
        schema=schema,
        fields=tuple(fields),
        readers=tuple(map(field_reader, fields)),
        fetches=tuple(fetches),
        places=tuple(tuple(slots[variable] for variable in rule.variables) for rule in rules),
        lines=tuple(tuple(rule.line(status, None) for status in _STATUSES_BY_CODE) for rule in rules),
        fused=fuse(rules, slots, width),
    )


def _own_field(variable: Variable, schema: Schema | None) -> str:
    """The declared field that the variable is, or no name."""
    origin = variable.origin
    is_own = isinstance(origin, FieldOf) and schema is not None and origin.kind == schema.kind
    return origin.path[0] if isinstance(origin, FieldOf) and is_own and len(origin.path) == 1 else ""


class QuickRules:
    """All rules of a set of policies."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._rules = rules
        together: dict[object, list[CompiledRule]] = {}
        self._claims: list[CompiledRule] = []
        for rule in rules:
            subject = rule.rule.subject
            if subject is not None and subject.kind == "claims":
                self._claims.append(rule)
            else:
                together.setdefault((id(rule.policy), subject), []).append(rule)
        self.groups = [group(each) for each in together.values()]
        self._silent = [rule.line(Status.NOT_APPLICABLE, None) for rule in rules]
        self._lines: dict[object, tuple[RuleVerdict, ...]] = {}
        self._others: tuple[tuple[str, Schema], ...] | None = None

    def judge(self, seen: Observation) -> Judging["QuickJudgement"]:
        judged: list[Judged] = []
        said: list[Said] = []
        exactly: list[Judged] = []
        fits = True
        for number, each in enumerate(self.groups):
            for occurrence in occurrences(each.rules[0], seen):
                values = each.values(seen, occurrence)
                fits = fits and each.fits(values)
                codes = each.fused.codes(values)
                said.append((number, occurrence.index, codes))
                for place in _remarkable(codes):
                    rule, own = each.rules[place], [values[slot] for slot in each.places[place]]
                    if codes[place] == VIOLATED:
                        judged.append(Judged(rule, occurrence, Status.VIOLATED, own))
                    else:
                        exactly.append((yield from judge_values(rule, seen, occurrence, own)))
        for rule in self._claims:
            exactly += yield from judge_rule(rule, seen)
        judged += exactly
        judged.sort(key=lambda j: (j.compiled.position, j.occurrence.slot))
        return QuickJudgement(judged, fits, tuple(said), exactly)

    def other_schemas(self, schemas: Sequence[tuple[str, Schema]]) -> tuple[tuple[str, Schema], ...]:
        """The declarations that no group reads."""
        if self._others is None:
            read = [each.schema for each in self.groups]
            self._others = tuple(pair for pair in schemas if not any(pair[1] is schema for schema in read))
        return self._others

    def lines(self, found: "QuickJudgement") -> tuple[RuleVerdict, ...]:
        """One line for each rule."""
        groups = {number for number, index, _ in found.said if index is None}
        if len(groups) == len(found.said) and not self._claims:
            return self._lines_of_one(found)
        return self._lines_of_several(found)

    def _lines_of_one(self, found: "QuickJudgement") -> tuple[RuleVerdict, ...]:
        """Where no rule was judged more than once."""
        lines = list(self._silent)
        for number, _, codes in found.said:
            each = self.groups[number]
            for rule, line in zip(each.rules, map(getitem, each.lines, codes), strict=True):
                lines[rule.position] = line
        for judged in found.exactly:
            lines[judged.compiled.position] = judged.compiled.line(judged.status, None)
        return tuple(lines)

    def _lines_of_several(self, found: "QuickJudgement") -> tuple[RuleVerdict, ...]:
        """The most usual verdicts are remembered."""
        exactly = tuple((j.compiled.position, j.occurrence.index, j.status) for j in found.exactly)
        key = (found.said, exactly)
        known = self._lines.get(key)
        if known is None:
            if len(self._lines) >= _MOST_LINES:
                self._lines.clear()
            statuses = sorted((*self._statuses(found.said), *exactly), key=lambda s: -1 if s[1] is None else s[1])
            known = self._lines[key] = rule_verdicts(self._rules, statuses, ())
        return known

    def _statuses(self, said: Iterable[Said]) -> Iterator[tuple[int, int | None, Status]]:
        for number, index, codes in said:
            for rule, code in zip(self.groups[number].rules, codes, strict=True):
                if code != LEFT_OUT:
                    yield rule.position, index, _STATUSES[code]


def _remarkable(codes: Codes) -> list[int]:
    if max(codes) < VIOLATED:
        return []
    return [place for place, code in enumerate(codes) if code >= VIOLATED]


@dataclass(frozen=True, slots=True, eq=False)
class QuickJudgement:
    """`judged` are the rules that may ask for something, in their order. `fits`: no declared field is amiss."""

    judged: list[Judged]
    fits: bool
    said: tuple[Said, ...]
    exactly: list[Judged]
