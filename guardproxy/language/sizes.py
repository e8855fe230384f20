"""How much a rule says once its definitions and tables are put in: a definition may stand in another one twice.

Ten definitions that each say the one before them three times make 3^10 parts of a rule. So sizes are found before rules
are read, from the sizes of the definitions, each counted once; what is too large is refused and never put in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from guardproxy.language.collector import Mistakes
from guardproxy.language.names import Names
from guardproxy.language.phrases import Path, Phrase
from guardproxy.language.syntax import (
    AllowWhen,
    AnyKey,
    Demand,
    Guard,
    KeyRange,
    RepairText,
    RuleText,
    Table,
)

MOST_PARTS = 20_000
"""Of one rule: its phrases, with every definition and table put in wherever it is named."""
MOST_PARTS_TOGETHER = 200_000
"""Of all rules of a policy."""
DEEPEST = 100
"""Levels of phrases in each other, with definitions put in."""

_PHRASES = get_args(Phrase)


@dataclass(frozen=True, slots=True)
class Size:
    parts: int = 0
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Written:
    """What stands in a definition itself, and where it names others: each with how deep."""

    parts: int
    depth: int
    named: tuple[tuple[str, int], ...]


class Sizes:
    """Measures rules; every definition and table is measured once."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[str, Size] = {}

    def of(self, rule: RuleText) -> Size:
        roots: list[Phrase] = []
        for clause in rule.clauses:
            if isinstance(clause, Guard | Demand | AllowWhen):
                roots.append(clause.condition)
            elif isinstance(clause, RepairText) and clause.value is not None:
                roots.append(clause.value)
        written = self._written(roots)
        self._measure(written)
        return self._sum(written)

    def _sum(self, written: _Written) -> Size:
        """What is named and not measured leads back to itself, which is reported elsewhere."""
        parts, depth = written.parts, written.depth
        for name, level in written.named:
            size = self._known.get(name, Size())
            parts += size.parts
            depth = max(depth, level + size.depth)
        return Size(parts, depth)

    def _measure(self, written: _Written) -> None:
        """Measures all that is named, what it names itself first. Without recursion: chains may be long."""
        ahead = [name for name, _ in written.named]
        opened: dict[str, _Written] = {}
        while ahead:
            name = ahead[-1]
            if name in self._known:
                ahead.pop()
            elif name in opened:
                ahead.pop()
                self._known[name] = self._sum(opened[name])
            else:
                found = opened[name] = self._written(self._meaning(name))
                ahead += [each for each, _ in found.named if each not in opened]

    def _meaning(self, name: str) -> list[Phrase]:
        definition = self._names.definitions.get(name)
        if definition is not None:
            return [definition.meaning]
        table = self._names.tables[name]
        return [*table.by, *_in_rows(table)]

    def _written(self, roots: list[Phrase]) -> _Written:
        parts, depth, named = 0, 0, list[tuple[str, int]]()
        ahead = [(root, 1) for root in roots]
        while ahead:
            phrase, level = ahead.pop()
            parts += 1
            depth = max(depth, level)
            if isinstance(phrase, Path) and len(phrase.names) == 1:
                word = phrase.names[0].text
                if word in self._names.definitions or word in self._names.tables:
                    named.append((word, level))
            for inner in _inside(phrase):
                if isinstance(inner, int):
                    parts += inner
                else:
                    ahead.append((inner, level + 1))
        return _Written(parts, depth, tuple(named))


def too_large(rules: list[RuleText], names: Names, mistakes: Mistakes) -> set[int]:
    """The places of rules that are not to be read, each reported."""
    sizes, refused, together = Sizes(names), set[int](), 0
    for place, rule in enumerate(rules):
        size, shown = sizes.of(rule), rule.id.text
        together += min(size.parts, MOST_PARTS)
        if size.parts > MOST_PARTS:
            message = f"`{shown}` has more than {MOST_PARTS:,} parts once its definitions and tables are put in"
            help_ = "split it into several rules, or let its definitions name each other less often"
            mistakes.error("E043", message, rule.id.span, help_)
        elif together > MOST_PARTS_TOGETHER:
            message = f"up to `{shown}` the rules have more than {MOST_PARTS_TOGETHER:,} parts together"
            help_ = "share them out among several policies: all policies that are served judge every answer"
            mistakes.error("E043", message, rule.id.span, help_)
            return refused | set(range(place, len(rules)))
        elif size.depth > DEEPEST:
            message = f"`{shown}` is nested more than {DEEPEST} deep once its definitions are put in"
            mistakes.error("E006", message, rule.id.span, "let its definitions build on fewer others")
        else:
            continue
        refused.add(place)
    return refused


def _in_rows(table: Table) -> Iterator[Phrase]:
    for row in table.rows:
        yield row.value
        for key in row.keys:
            if isinstance(key, KeyRange):
                yield from (key.low, key.high)
            elif not isinstance(key, AnyKey):
                yield key


def _inside(phrase: Phrase) -> Iterator[Phrase | int]:
    """The phrases in a phrase, and how many words or patterns it looks for."""
    if isinstance(phrase, Path):
        return
    for slot in phrase.__slots__:
        value = getattr(phrase, slot)
        if isinstance(value, _PHRASES):
            yield value
        elif isinstance(value, tuple):
            found = [each for each in value if isinstance(each, _PHRASES)]
            yield from found
            yield len(value) - len(found)
