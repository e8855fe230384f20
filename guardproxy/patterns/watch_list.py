"""What a text gate watches for, what it does about it, and the stages that follow from that."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from guardproxy.ir.terms import Finder
from guardproxy.patterns.claims import ClaimReader, Reading
from guardproxy.patterns.probe import Probe, probe_of
from guardproxy.patterns.scan import FinderSet

ROUNDS = 3
"""How often a text is rewritten and judged again."""


@dataclass(frozen=True, slots=True)
class Substitute:
    """Put `text` in place of the span."""

    text: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut the text off where the span begins, with the white space before it: `x = 1  # why` becomes `x = 1`."""


@dataclass(frozen=True, slots=True)
class Halt:
    """An answer with such a span is blocked: nothing from the span on is ever released, and no more is read."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """An answer with such a span is held or asked again: nothing more is released, but a halt may still come."""


Reaction: TypeAlias = Substitute | Cut | Halt | Freeze


@dataclass(frozen=True, slots=True)
class Watch:
    """What a rule does about each match of a finder."""

    finder: Finder
    rule: str
    reaction: Reaction


@dataclass(frozen=True, slots=True)
class JudgedWatch:
    """Claims, each judged as soon as it is certain: it halts, freezes, or passes (None).

    `react` must depend on the reading's field and value alone. A claim is never rewritten: whatever else it asks for
    freezes.
    """

    reader: ClaimReader
    react: Callable[[Reading], Reaction | None]
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A finder of a stage, whose rule it is, and what that does about a matched text."""

    probe: Probe
    rule: str
    reaction: Callable[[str], Reaction]


@dataclass(frozen=True, slots=True)
class StageRules:
    """What one kind of stage watches for. `last`: a match that would rewrite means that rewriting does not settle.

    A stage behind the first reads rewritten text: `joins` is how what may be put into it begins, as far as that cannot
    itself be rewritten (None: one of them can, at once); `may_end` says whether the text may be cut off.
    """

    entries: tuple[Entry, ...]
    finders: FinderSet
    round: int
    cuts: bool = False
    last: bool = False
    joins: tuple[str, ...] | None = None
    may_end: bool = False


class WatchList:
    """All watches of one kind of channel, compiled once. Immutable; every gate may share it.

    `stages` are the stages of a gate in their order, `everything` watches for all at once.
    """

    def __init__(self, watches: Sequence[Watch], judged: Sequence[JudgedWatch] = ()) -> None:
        spans = tuple(_of_watch(w) for w in watches if not isinstance(w.reaction, Cut))
        spans += tuple(entry for watch in judged for entry in _of_claims(watch))
        cuts = tuple(_of_watch(w) for w in watches if isinstance(w.reaction, Cut))
        texts = dict.fromkeys(w.reaction.text for w in watches if isinstance(w.reaction, Substitute))
        for_spans, for_cuts = (FinderSet([e.probe for e in entries]) for entries in (spans, cuts))
        for_all = FinderSet([e.probe for e in (*spans, *cuts)]) if cuts else for_spans
        lasting = [text[: _lasts(for_all, text)] for text in texts]
        joins = tuple(dict.fromkeys(lasting)) if all(lasting) else None
        rules = partial(StageRules, joins=joins, may_end=bool(cuts))
        self.everything = rules((*spans, *cuts), for_all, ROUNDS + 1, last=True)
        self.cuts = bool(cuts)
        rounds: list[StageRules] = []
        for number in range(1, ROUNDS + 1):
            rounds.append(rules(spans, for_spans, number))
            rounds += [rules(cuts, for_cuts, number, cuts=True)] if cuts else []
        self.stages = (*rounds, self.everything) if texts or cuts else tuple(rounds[:1])


def _lasts(finders: FinderSet, replacement: str) -> int:
    """How many characters of a replacement stay as they are for certain: those before any match could start in it."""
    begins = [(len(before), before + replacement) for before in ("", " ", "\n", "x", "é")]
    return min(finders.first_start(text, begin) - begin for begin, text in begins)


def _of_watch(watch: Watch) -> Entry:
    return Entry(probe_of(watch.finder), watch.rule, lambda _: watch.reaction)


def _weight(reaction: Reaction | None) -> int:
    return 0 if reaction is None else 2 if isinstance(reaction, Halt) else 1


def _of_claims(watch: JudgedWatch) -> Iterator[Entry]:
    for index, probe in enumerate(watch.reader.probes):

        def react(matched: str, index: int = index) -> Reaction | None:
            asked = [watch.react(reading) for reading in watch.reader.readings(index, matched)]
            return max(asked, key=_weight, default=None)

        def reaction(matched: str, react: Callable[[str], Reaction | None] = react) -> Reaction:
            asked = react(matched)
            return asked if isinstance(asked, Halt) else Freeze()

        def counts(matched: str, react: Callable[[str], Reaction | None] = react) -> bool:
            return react(matched) is not None

        yield Entry(probe.counting(counts), watch.rule, reaction)
