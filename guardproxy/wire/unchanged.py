"""What of a text is still there after it was rewritten, and where: whatever speaks of parts of the text follows it.

Rewriting leaves most of a text as it was. Tokens with their probabilities and citations that say "from here to there"
stay for what was left alone, and go for what was touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_ANCHOR = 16
"""Code points that have to be equal before a text counts as going on after something that was rewritten."""

_NEAR = 2048
"""How far behind a rewritten span its replacement may end."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The code points from `start` to `end` of a text stand in the rewritten one, `shift` further on."""

    start: int
    end: int
    shift: int


def kept_parts(text: str, rewritten: str) -> tuple[Kept, ...]:
    """The parts that were left alone, in their order; what cannot be told for certain is none of them.

    Takes time by the length of the text, times that of a short search where it was rewritten.
    """
    if text == rewritten:
        return (Kept(0, len(text), 0),) if text else ()
    tail = _alike_at_end(text, rewritten)
    parts: list[Kept] = []
    at, to = 0, 0
    until, upto = len(text) - tail, len(rewritten) - tail
    while at < until and to < upto:
        same = _alike(text, at, until, rewritten, to, upto)
        if same:
            parts.append(Kept(at, at + same, to - at))
            at, to = at + same, to + same
        found = _goes_on(text, at, until, rewritten, to, upto)
        if found is None:
            break
        at, to = found
    return (*parts, Kept(until, len(text), upto - until)) if tail else tuple(parts)


def moved(start: int, end: int, parts: Sequence[Kept]) -> tuple[int, int] | None:
    """Where a span stands now; None if any of it was rewritten."""
    for part in parts:
        if part.start <= start and end <= part.end:
            return start + part.shift, end + part.shift
    return None


def _alike(text: str, at: int, until: int, other: str, to: int, upto: int) -> int:
    """How many code points are equal from two places on."""
    low, high = 0, min(until - at, upto - to)
    if text[at : at + high] == other[to : to + high]:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text[at : at + middle] == other[to : to + middle] else (low, middle - 1)
    return low


def _alike_at_end(text: str, other: str) -> int:
    low, high = 0, min(len(text), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text[-middle:] == other[-middle:] else (low, middle - 1)
    return low


def _goes_on(text: str, at: int, until: int, other: str, to: int, upto: int) -> tuple[int, int] | None:
    """Where both go on alike behind a place at which they differ."""
    window = other[to : min(upto, to + _NEAR)]
    for start in range(at, until - _ANCHOR + 1):
        found = window.find(text[start : start + _ANCHOR])
        if found >= 0:
            return start, to + found
    return None


class Followed:
    """A text that arrives and is released piece by piece: which parts of it were left alone so far.

    `settled`: so many of its code points are accounted for by what was released.
    """

    __slots__ = ("_alike", "_changed", "_released", "_waiting", "settled")

    def __init__(self) -> None:
        self.settled = 0
        self._waiting = ""
        self._released = 0
        self._alike = 0
        """So many code points from the beginning on were left alone; what is known of the others is in `_changed`."""
        self._changed: list[Kept] = []

    @property
    def arrived(self) -> int:
        return self.settled + len(self._waiting)

    @property
    def untouched(self) -> bool:
        """Whether all that was settled was released as it came."""
        return self._alike == self.settled == self._released

    @property
    def parts(self) -> list[Kept]:
        return [Kept(0, self._alike, 0), *self._changed] if self._alike else self._changed

    def arrive(self, text: str) -> None:
        self._waiting += text

    def release(self, text: str, settled: int) -> None:
        """This text is sent, and stands for all that arrived up to `settled`."""
        waiting, length = self._waiting, len(text)
        if self._alike == self.settled == settled - length == self._released and waiting.startswith(text):
            self._alike = self.settled = self._released = settled
            self._waiting = waiting[length:]
            return
        settled = min(max(settled, self.settled), self.arrived)
        span, self._waiting = waiting[: settled - self.settled], waiting[settled - self.settled :]
        shift = self._released - self.settled
        for part in kept_parts(span, text):
            self._keep(part.start + self.settled, part.end + self.settled, part.shift + shift)
        self.settled, self._released = settled, self._released + length

    def end(self) -> None:
        """Nothing more is released: what waits was taken out."""
        self.settled, self._waiting = self.arrived, ""

    def where(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a settled span stands in what was released; None if any of it was rewritten."""
        return moved(start, end, self.parts)

    def _keep(self, start: int, end: int, shift: int) -> None:
        last = self._changed[-1] if self._changed else None
        if last is not None and last.end == start and last.shift == shift:
            self._changed[-1] = Kept(last.start, end, shift)
        elif last is None and start == self._alike and not shift:
            self._alike = end
        else:
            self._changed.append(Kept(start, end, shift))
