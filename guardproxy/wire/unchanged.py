"""What of a text is still there after it was rewritten, and where: whatever speaks of parts of the text follows it.

Rewriting leaves most of a text as it was. Tokens with their probabilities and citations that say "from here to there"
stay for what was left alone, and go for what was touched.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

_ANCHOR = 16
"""Code points that have to be equal before a text counts as going on after something that was rewritten."""

_NEAR = 2048
"""How far behind a rewritten span its replacement may end."""

_TRIED, _QUICK = 32, 256
"""Code points of a rewritten span, and of its replacement, that are looked through without noting anything."""

_FEW, _SHORT = 4, 512
"""In texts that are no longer than `_SHORT`, so many code points do where they stand in both only once."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The code points from `start` to `end` of a text stand in the rewritten one, `shift` further on."""

    start: int
    end: int
    shift: int


def kept_parts(text: str, rewritten: str) -> tuple[Kept, ...]:
    """The parts that were left alone, in their order; what cannot be told for certain is none of them.

    Takes time by the length of both texts, and little more where much was rewritten.
    """
    if text == rewritten:
        return (Kept(0, len(text), 0),) if text else ()
    tail = _alike_at_end(text, rewritten)
    parts: list[Kept] = []
    at, to = 0, 0
    until, upto = len(text) - tail, len(rewritten) - tail
    ahead = _Ahead(text, until, rewritten, upto)
    while at < until and to < upto:
        same = _alike(text, at, until, rewritten, to, upto)
        if same:
            parts.append(Kept(at, at + same, to - at))
            at, to = at + same, to + same
        found = ahead.goes_on(at, to)
        if found is None:
            break
        at, to = found
    return (*parts, Kept(until, len(text), upto - until)) if tail else tuple(parts)


def moved(start: int, end: int, parts: Sequence[Kept]) -> tuple[int, int] | None:
    """Where a span stands now; None if any of it was rewritten. `parts` are in their order."""
    first = bisect_left(parts, start, key=lambda part: part.end)
    for part in islice(parts, first, first + 2):
        if part.start <= start and end <= part.end:
            return start + part.shift, end + part.shift
    return None


def _alike(text: str, at: int, until: int, other: str, to: int, upto: int) -> int:
    """How many code points are equal from two places on. Reads little more than those."""
    most, same, step = min(until - at, upto - to), 0, _ANCHOR
    while step:
        step = min(step, most - same)
        if text[at + same : at + same + step] == other[to + same : to + same + step]:
            same += step
            step = min(2 * step, most - same)
        else:
            return same + _first_other(text[at + same : at + same + step], other[to + same : to + same + step])
    return same


def _first_other(text: str, other: str) -> int:
    """Where two texts of one length begin to differ."""
    low, high = 0, len(text) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def _alike_at_end(text: str, other: str) -> int:
    low, high = 0, min(len(text), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text[-middle:] == other[-middle:] else (low, middle - 1)
    return low


class _Ahead:
    """Finds where two texts go on alike behind a place at which they differ. Asked in the order of the places.

    A few places are tried at once. Where they do not do, all that stands in the other text is noted, once.
    """

    def __init__(self, text: str, until: int, other: str, upto: int) -> None:
        self._text, self._until = text, until
        self._other, self._upto = other, upto
        self._noted: dict[str, list[int]] = {}
        self._noted_up_to = 0

    def goes_on(self, at: int, to: int) -> tuple[int, int] | None:
        """The nearest place of the text from `at` on, and where in the other from `to` on."""
        last = self._until - _ANCHOR + 1
        window = self._other[to : min(self._upto, to + _QUICK)]
        for start in range(at, min(at + _TRIED, last)):
            found = window.find(self._text[start : start + _ANCHOR])
            if found >= 0:
                return start, to + found
        upto = self._note(to)
        text, noted = self._text, self._noted
        for start in range(at, last):
            places = noted.get(text[start : start + _ANCHOR])
            if places:
                place = bisect_left(places, to)
                if place < len(places) and places[place] < upto:
                    return start, places[place]
        return self._only_once(at, to)

    def _note(self, to: int) -> int:
        """Notes what stands in the other text near a place; returns up to where an anchor may begin."""
        upto = min(self._upto, to + _NEAR) - _ANCHOR + 1
        for place in range(max(self._noted_up_to, to), upto):
            self._noted.setdefault(self._other[place : place + _ANCHOR], []).append(place)
        self._noted_up_to = max(self._noted_up_to, upto)
        return upto

    def _only_once(self, at: int, to: int) -> tuple[int, int] | None:
        """Short texts that go on with a few code points which stand once in either."""
        if max(self._until - at, self._upto - to) > _SHORT:
            return None
        here, there = _standing_once(self._text, at, self._until), _standing_once(self._other, to, self._upto)
        return next(((start, there[words]) for words, start in here.items() if words in there), None)


def _standing_once(text: str, start: int, end: int) -> dict[str, int]:
    """Every white space of a span with what follows it, where that stands in the span once, and where, in their order.

    What is put in for something may hold a part of a word of it by chance, and less likely the beginning of one.
    """
    places: dict[str, int] = {}
    for place in range(start, end - _FEW + 1):
        if text[place].isspace():
            words = text[place : place + _FEW]
            places[words] = -1 if words in places else place
    return {words: place for words, place in places.items() if place >= 0}


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
