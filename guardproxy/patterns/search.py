"""Many finders in one text as it stands: where they match, and how much of the end could still become a match.

`scan` asks this for every reading of a text. Offsets are those of the text that is given here.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from guardproxy.patterns.engine import Buffer, Machine, encoded
from guardproxy.patterns.net import Net, net_of
from guardproxy.patterns.probe import Probe
from guardproxy.patterns.words import LEFT_CONTEXT

Counts: TypeAlias = Callable[[int, int, int], bool]
"""Whether a match of a finder (its index), from here to there, counts at all."""

_MOST_BYTES = 4
"""Of one character."""
_CONTEXT_BYTES = _MOST_BYTES * LEFT_CONTEXT
_FEW, _LONG = 4, 1024
"""It is quicker to search so few, or in so few bytes, than to ask first."""


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
    """Finders compiled together. Immutable, and safe to share between threads.

    `net` reads for several searches, and counts their finders as `members` does. `respelled`: the probes are spelled as
    a view spells them.
    """

    def __init__(
        self,
        probes: Sequence[Probe],
        net: Net | None = None,
        members: Sequence[int] | None = None,
        *,
        respelled: bool = False,
    ) -> None:
        self._probes = tuple(probes)
        self._net = net or net_of([(p.searching, p.tree) for p in probes], [p.kin for p in probes])
        self._places = None if members is None else {finder: place for place, finder in enumerate(members)}
        self._respelled = respelled

    def any(self, text: str, judge: Counts | None = None) -> bool:
        """Whether some match counts in a text that ends here."""
        buffer = Buffer(text, marked=False)
        for index in self._passing(buffer.data):
            probe = self._probes[index]
            if any(counts for counts, _ in _walk(index, probe.search, probe, buffer, 0, judge)):
                return True
        return False

    def _passing(self, data: bytes) -> Sequence[int]:
        return self._own(self._net.passing(data, other=self._respelled))

    def _growing(self, data: bytes) -> Sequence[int]:
        return self._own(self._net.growing(data, other=self._respelled))

    def _own(self, found: Sequence[int]) -> Sequence[int]:
        places = self._places
        return found if places is None else [places[finder] for finder in found if finder in places]

    def quick_hold(self, text: str, position: int = 0) -> int | None:
        """`hold` of a text in which no match is certain before it; None of any other."""
        found = self.survey(text, position, {})
        return None if found.matches or found.exempted else found.hold

    def first_start(self, text: str, position: int = 0) -> int:
        """Where the first match, finished or not, may start, by its expression alone."""
        buffer = Buffer(text, marked=True)
        start = buffer.byte(position)
        growing = self._growing(buffer.data)
        spans = [span for index in growing if (span := self._probes[index].growth.search(buffer.data, start))]
        return buffer.point(min([buffer.end, *(span[0] for span in spans)]))

    def finds_nothing(self, text: str) -> bool:
        """Whether no expression matches anywhere in a text that ends here: quicker than `any`, and no less certain."""
        return not self._passing(encoded(text))

    def survey_whole(self, text: str, position: int, resume: Mapping[int, int], judge: Counts | None = None) -> Survey:
        """Everything about a text that ends here; `hold` is its length."""
        buffer = Buffer(text, marked=False)
        found: list[tuple[bool, Match]] = []
        for index in self._passing(buffer.data):
            probe = self._probes[index]
            start = buffer.byte(max(position, resume.get(index, 0)))
            found.extend(_walk(index, probe.search, probe, buffer, start, judge))
        return in_order(found, len(text))

    def survey(self, text: str, position: int, resume: Mapping[int, int], judge: Counts | None = None) -> Survey:
        """What is decided about a text that goes on. `resume`: finder by finder, where to start behind `position`."""
        buffer = Buffer(text, marked=True)
        growing = self._growing(buffer.data)
        if not growing:
            return Survey((), (), len(text))
        start = buffer.byte(position)
        found: list[tuple[bool, Match]] = []
        hold = len(text)
        finished = self._finished(buffer, start, growing)
        for index in growing:
            probe = self._probes[index]
            begin = max(start, buffer.byte(resume[index])) if index in resume else start
            if index not in finished and probe.longest is not None:
                begin = max(begin, buffer.end - _MOST_BYTES * probe.longest)
            for counts, match in _walk(index, probe.growth, probe, buffer, begin, judge):
                if match.end > len(text):
                    hold = min(hold, match.start)
                else:
                    found.append((counts, match))
        return in_order([(counts, m) for counts, m in found if m.start < hold], hold)

    def _finished(self, buffer: Buffer, start: int, growing: Sequence[int]) -> Collection[int]:
        """Of these finders those that may have a whole match: where another one may begin is near the text's end."""
        if len(growing) <= _FEW or buffer.end - start < _LONG:
            return growing
        return frozenset(self._passing(buffer.data[: buffer.end]))


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
