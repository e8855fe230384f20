"""A text as it was judged: what of it was left alone, and what stands where the rest was.

The same text can be judged in two ways: as a part of all that the response says, and by itself, as it is shown. What is
delivered of it is what both let pass: their gaps are laid over one another.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guardproxy.wire.unchanged import kept_parts


@dataclass(slots=True)
class Gap:
    """The code points from `start` to `end` were taken out, and `text` stands for them; it may stand between two."""

    start: int
    end: int
    text: str
    is_told: bool = False
    """Whether `text` has been delivered."""


class View:
    """What became of a text that arrives and is released piece by piece. Counts are code points of what arrived."""

    def __init__(self, text: str = "") -> None:
        self.gaps: list[Gap] = []
        self.settled = 0
        self.arrived = len(text)
        self._waiting = text

    def arrive(self, text: str) -> int:
        """More of it; returns where it begins."""
        self._waiting += text
        self.arrived += len(text)
        return self.arrived - len(text)

    def release(self, text: str, settled: int) -> None:
        """This is what may be sent for all that arrived up to `settled`."""
        settled = min(max(settled, self.settled), self.arrived)
        span, self._waiting = self._waiting[: settled - self.settled], self._waiting[settled - self.settled :]
        if span != text:
            self.gaps += (Gap(g.start + self.settled, g.end + self.settled, g.text) for g in gaps_in(span, text))
        self.settled = settled

    def untold(self) -> str:
        """What was put into the text, in the place of nothing, and has not been delivered with any piece of it."""
        return "".join(gap.text for gap in self.gaps if gap.start == gap.end and not gap.is_told)


def gaps_in(text: str, rewritten: str) -> Iterator[Gap]:
    """What was taken out of a text, and what stands there now."""
    at = to = 0
    for part in kept_parts(text, rewritten):
        if part.start > at or part.start + part.shift > to:
            yield Gap(at, part.start, rewritten[to : part.start + part.shift])
        at, to = part.end, part.end + part.shift
    if at < len(text) or to < len(rewritten):
        yield Gap(at, len(text), rewritten[to:])


def share(text: str, views: Sequence[tuple[View, int]], is_last: bool = False) -> str:
    """What may be delivered of a piece of text: for each view, where the piece stands in it. What no view has settled
    is left out; `is_last`: what is put behind all text belongs to this piece."""
    gaps: list[tuple[int, int, Gap]] = []
    for view, start in views:
        settled = view.settled - start
        if settled < len(text):
            gaps.append((max(0, settled), len(text), Gap(0, 0, "", is_told=True)))
        first = bisect_left(view.gaps, start, key=lambda gap: gap.end)
        last = bisect_right(view.gaps, start + len(text), key=lambda gap: gap.start)
        gaps += ((gap.start - start, gap.end - start, gap) for gap in view.gaps[first:last])
    return _laid_over(text, sorted(gaps, key=lambda gap: gap[:2]), is_last) if gaps else text


def _laid_over(text: str, gaps: Sequence[tuple[int, int, Gap]], is_last: bool) -> str:
    out: list[str] = []
    at, size = 0, len(text)
    latest: tuple[int, int, str] | None = None
    for start, end, gap in gaps:
        if start > size or (start == size and not is_last):
            continue
        if start >= 0 and not gap.is_told:
            gap.is_told = True
            if start >= at and (start, end, gap.text) != latest:
                out += (text[at:start], gap.text)
                at, latest = start, (start, end, gap.text)
        elif start > at:
            out.append(text[at:start])
        at = max(at, min(end, size))
    out.append(text[at:])
    return "".join(out)
