"""Many finders in one text as it stands: where they match, and how much of the end could still become a match.

`scan` asks this for every reading of a text. Offsets are those of the text that is given here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeAlias

from guardproxy.patterns.engine import (
    MARK_BYTES,
    Buffer,
    Machine,
    Sieve,
    Uncompilable,
    encoded,
    grown_machine,
    union_machine,
)
from guardproxy.patterns.probe import Probe
from guardproxy.patterns.tree import NOTHING, Node, expression, grouped, growth
from guardproxy.patterns.words import LEFT_CONTEXT

Counts: TypeAlias = Callable[[int, int, int], bool]
"""Whether a match of a finder (its index), from here to there, counts at all."""

_CONTEXT_BYTES = 4 * LEFT_CONTEXT
_ASCII = frozenset(range(128))
_APART = frozenset(code for code in range(128) if not (chr(code).isalnum() or chr(code) in "_.,"))
"""Behind these every match can begin, whatever `begins` looks at: no word and no number goes on."""

_LOOK = 256
"""Bytes from the beginning of a match that tell which expressions it may be of."""


@dataclass(frozen=True, slots=True)
class Match:
    """`finder` is its index; `start` and `end` count code points, half open.

    `said` is what was read there, in the view of this number (0: as the text stands).
    """

    finder: int
    start: int
    end: int
    said: str = field(default="", compare=False)
    view: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Survey:
    """What is decided about a text whose continuation is not known.

    Every match that starts before `hold` is in `matches` if it counts and in `exempted` if it does not, both in order
    (start, then the longest, then the finder); no continuation adds one, removes one or changes one. Some continuation
    makes the text from `hold` on (part of) a match: it is the length of the text where there is no such place.
    """

    matches: tuple[Match, ...]
    exempted: tuple[Match, ...]
    hold: int


class Search:
    """Finders compiled together. Immutable, and safe to share between threads."""

    def __init__(self, probes: Sequence[Probe]) -> None:
        self._probes = tuple(probes)
        self._shared = _shared(tuple(p.searching for p in self._probes), _Trees([p.tree for p in self._probes]))
        self._checked = tuple((p, p.accept) for p in self._probes if p.accept and not p.ends)
        # Whether an unfinished match behind ASCII text is one: `begins` then adds nothing to the expression.
        self._exact = all(p.begins is None or p.exact_in_ascii for p in self._probes)

    @cached_property
    def _unchecked(self) -> Machine:
        trees = [p.tree for p in self._probes if p.accept is None or p.ends]
        return union_machine("|".join(growth(tree) for tree, _ in grouped(trees)) or NOTHING)

    @cached_property
    def _beginning(self) -> Sieve:
        """Which of the checked ones may begin here; more of them where the text is cut off."""
        return Sieve([probe.growing for probe, _ in self._checked], at_beginning=True)

    def any(self, text: str, judge: Counts | None = None) -> bool:
        """Whether some match counts in a text that ends here."""
        buffer = Buffer(text, marked=False)
        for index in self._shared.passing(buffer.data):
            probe = self._probes[index]
            if any(counts for counts, _ in _walk(index, probe.search, probe, buffer, 0, judge)):
                return True
        return False

    def quick_hold(self, text: str, position: int = 0) -> int | None:
        """`hold`, where one search tells that and no match is certain before it; None where it does not."""
        first = self._shared.first
        if first is None:
            return None
        data = encoded(text)
        end = len(data)
        is_ascii = end == len(text)
        data += MARK_BYTES
        start = position if is_ascii else len(encoded(text[:position]))
        while (span := first.search(data, start)) and span[0] < end:
            start = span[0]
            if not (start == 0 or data[start - 1] in (_ASCII if self._exact else _APART)):
                return None
            if span[1] > end or (is_open := self._open_at(data, start)):
                return start if is_ascii else len(data[:start].decode())
            if is_open is None:
                return None
            start += 1
        return len(text)

    def _open_at(self, data: bytes, start: int) -> bool | None:
        """What starts at this byte: a match that is not finished, none that counts (False), or what one that may."""
        stop = self._unchecked.end_at(data, start)
        if 0 <= stop < len(data):
            return None
        is_open = stop > 0
        for index in self._beginning.passing(data[start : start + _LOOK]):
            probe, accept = self._checked[index]
            stop = probe.growth.end_at(data, start)
            if stop == len(data):
                is_open = True
            elif stop > 0 and accept(data[start:stop].decode()):
                return None
        return is_open

    def last_start(self, text: str, position: int = 0) -> int:
        """Where the first match starts that the end of the text may be the beginning of, by its expression alone.

        Nothing is said about matches that are decided: `hold` is here or later if there are none. One search backwards,
        which takes time by the length of what could be such a beginning.
        """
        last = self._shared.last
        if last is None:
            return position
        data = encoded(text)
        is_ascii = len(data) == len(text)
        span = last.search(data + MARK_BYTES, position if is_ascii else len(encoded(text[:position])))
        if span is None or span[0] >= len(data):
            return len(text)
        return span[0] if is_ascii else len(data[: span[0]].decode())

    def first_start(self, text: str, position: int = 0) -> int:
        """Where the first match, finished or not, may start, by its expression alone."""
        first = self._shared.first
        buffer = Buffer(text, marked=True)
        span = first.search(buffer.data, buffer.byte(position)) if first else (0, 0)
        return buffer.point(min(span[0], buffer.end)) if span else len(text)

    def finds_nothing(self, text: str) -> bool:
        """Whether no expression matches anywhere in a text that ends here: quicker than `any`, and no less certain."""
        return not self._shared.passing(encoded(text))

    def survey_whole(self, text: str, position: int, resume: Mapping[int, int], judge: Counts | None = None) -> Survey:
        """Everything about a text that ends here; `hold` is its length."""
        buffer = Buffer(text, marked=False)
        found: list[tuple[bool, Match]] = []
        for index in self._shared.passing(buffer.data):
            probe = self._probes[index]
            start = buffer.byte(max(position, resume.get(index, 0)))
            found.extend(_walk(index, probe.search, probe, buffer, start, judge))
        return in_order(found, len(text))

    def survey(self, text: str, position: int, resume: Mapping[int, int], judge: Counts | None = None) -> Survey:
        """What is decided about a text that goes on. `resume`: finder by finder, where to start behind `position`."""
        if not resume and (hold := self.quick_hold(text, position)) is not None:
            return Survey((), (), hold)
        buffer = Buffer(text, marked=True)
        start = buffer.byte(position)
        found: list[tuple[bool, Match]] = []
        hold = len(text)
        for index in self._shared.growing(buffer.data, start):
            probe = self._probes[index]
            begin = max(start, buffer.byte(resume[index])) if index in resume else start
            for counts, match in _walk(index, probe.growth, probe, buffer, begin, judge):
                if match.end > len(text):
                    hold = min(hold, match.start)
                else:
                    found.append((counts, match))
        return in_order([(counts, m) for counts, m in found if m.start < hold], hold)


class _Shared:
    """What a list of expressions compiles to, each part when it is first needed.

    The alternations are None when they are too large for one automaton.
    """

    def __init__(self, trees: Sequence[Node]) -> None:
        self._groups = grouped(trees)

    @cached_property
    def _sieve(self) -> Sieve:
        return Sieve([expression(tree) for tree, _ in self._groups])

    def passing(self, data: bytes) -> list[int]:
        """The finders that may match a text, in order; none of the others does."""
        return sorted(index for group in self._sieve.passing(data) for index in self._groups[group][1])

    @cached_property
    def _growths(self) -> list[tuple[str, tuple[int, ...]]]:
        return [(growth(tree), members) for tree, members in self._groups]

    def growing(self, data: bytes, start: int) -> list[int]:
        """The finders that may have a match from here on, finished or not.

        A finished one is a match of the expression itself; an unfinished one starts no earlier than `last` says.
        """
        end = len(data) - len(MARK_BYTES)
        span = self.last.search(data, start) if self.last else (start, end)
        first = span[0] if span else end
        finished = set(self.passing(data[:end]))
        found: list[int] = []
        for growing, members in self._growths:
            if not finished.isdisjoint(members) or grown_machine(growing).search(data, first) != (end, len(data)):
                found += members
        return sorted(found)

    @cached_property
    def first(self) -> Machine | None:
        """Finds where the first match of any expression starts, finished or not."""
        return _fitting(self._union)

    @cached_property
    def last(self) -> Machine | None:
        """Finds where the first unfinished match starts, backwards from the end of the text."""
        return _fitting(rf"(?:{self._union})\z")

    @property
    def _union(self) -> str:
        return "|".join(growing for growing, _ in self._growths) or NOTHING


def _fitting(source: str) -> Machine | None:
    try:
        return union_machine(source)
    except Uncompilable:
        return None


class _Trees:
    """The trees of some expressions. Equal to all others, as the expressions beside them say which they are."""

    def __init__(self, trees: Sequence[Node]) -> None:
        self.trees = trees

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Trees)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=256)
def _shared(expressions: tuple[str, ...], trees: _Trees) -> _Shared:
    return _Shared(trees.trees)


def _walk(
    index: int, machine: Machine, probe: Probe, buffer: Buffer, position: int, judge: Counts | None
) -> Iterator[tuple[bool, Match]]:
    """The matches of one finder, each with whether it counts. One that takes the mark is unfinished and the last."""
    data, last = buffer.data, buffer.end
    search, begins, ends, accept, exempt = machine.search, probe.begins, probe.ends, probe.accept, probe.exempt
    while (span := search(data, position)) and span[0] < last:
        start, end = span
        if begins and not begins(_before(buffer, start)):
            position = buffer.following(start)
        elif end > last:
            yield True, Match(index, buffer.point(start), buffer.point(last) + 1)
            return
        elif ends and not ends(_behind(buffer, end)):
            position = buffer.following(start)
        else:
            matched = data[start:end].decode()
            length = accept(matched) if accept else len(matched)
            if not length:
                position = buffer.following(start)
                continue
            counted = matched[:length]
            first = buffer.point(start)
            if judge and not judge(index, first, first + length):
                position = buffer.following(start)
                continue
            position = end if length == len(matched) else start + len(counted.encode())
            yield not (exempt and exempt(counted)), Match(index, first, first + length, counted)


def _before(buffer: Buffer, start: int) -> str:
    """The last code points before a match; the first of them may be cut off."""
    return buffer.data[max(0, start - _CONTEXT_BYTES) : start].decode("utf-8", "ignore")


def _behind(buffer: Buffer, end: int) -> str:
    """The code point behind a match."""
    return buffer.data[end : min(end + 4, buffer.end)].decode("utf-8", "ignore")[:1]


def in_order(found: Iterable[tuple[bool, Match]], hold: int) -> Survey:
    ordered = sorted(found, key=lambda entry: (entry[1].start, -entry[1].end, entry[1].finder))
    return Survey(
        tuple(m for counts, m in ordered if counts),
        tuple(m for counts, m in ordered if not counts),
        hold,
    )
