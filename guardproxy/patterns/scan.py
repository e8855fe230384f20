"""Finding many patterns in one text, however it is written, and how much of its end could still become a match.

Matches of one finder are leftmost and do not overlap; where several are possible at one place, the expression's own
priority decides, as in Perl and Python. An exempted match does not count, and what lies inside it is not looked at
again. Matches of different finders are independent of each other.

**Views.** A text is searched as it stands and, where something in it could hide a match, as `disguises` reads it. A
match that some view finds counts, and is given by its place in the original; one that several find there is one match.
So text without a disguise is searched once, and nothing else is done to it.

**Streams.** `hold`, `certain` and `survey` take the text so far and say what no continuation can change. A caller need
not keep the whole text: it may drop what lies before `position`, except for its `context`, which decides about word
edges and how what follows is read. It must never pass `position` 0 unless the text really begins there (`^`, `starts
with`).

**Time.** Text without any match costs one pass of one automaton. An expression whose every match needs a look at the
rest of the text (`a.*b|a`) takes quadratic time, like in every engine; in a stream it does not, as there the rest is
held until it is decided. A caller that feeds a long undecided text in small pieces pays for its length each time, so
limit the length that is held.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from guardproxy.ir.terms import Finder
from guardproxy.patterns.disguises import BACKWARDS, PLAIN, Disguises, Read
from guardproxy.patterns.fitting import fitting
from guardproxy.patterns.probe import Probe, probe_of
from guardproxy.patterns.search import Match, Search, Survey, in_order
from guardproxy.patterns.views import index_of

__all__ = ["FinderSet", "Match", "Resume", "Survey"]

Resume: TypeAlias = Mapping[tuple[int, int], int]
"""Where to look on behind an exempted match, by the view that found it and its finder."""

_NOWHERE: Resume = {}


class FinderSet:
    """Finders compiled together. Immutable, and safe to share between threads."""

    def __init__(self, finders: Sequence[Finder | Probe]) -> None:
        self._probes = tuple(f if isinstance(f, Probe) else probe_of(f) for f in finders)

    @cached_property
    def _search(self) -> Search:
        return self._disguises.as_stands

    @cached_property
    def _disguises(self) -> Disguises:
        return Disguises(self._probes)

    def __len__(self) -> int:
        return len(self._probes)

    def find(self, text: str, position: int = 0) -> list[Match]:
        """All matches that count in a text that ends here, ordered by start."""
        return list(self.survey_whole(text, position).matches)

    def any(self, text: str) -> bool:
        """Whether some match counts in a text that ends here."""
        if self._search.any(text):
            return True
        return any(r.search.any(r.reading.text, r.judge) for r in self._disguises.reads(text, final=True))

    def any_within(self, text: str) -> bool:
        """Whether some match counts in any part of a text, as far as one can say; no part has one where this says no.

        What decides by the text around is left out, and so is what is read by its end: those say yes.
        """
        if self._search.any(text):
            return True
        reads = self._disguises.reads(text, final=True)
        return any(r.number == BACKWARDS or r.search.any(r.reading.text) for r in reads)

    def hold(self, text: str, position: int = 0) -> int:
        """Where the shortest suffix starts that some continuation could turn into (part of) a match that counts.

        The length of the text when there is none. A match that is complete but could still grow, vanish or change is
        held; so is an exempted one that could cease to be, and the beginning of an escape.
        """
        return self.survey(text, position).hold

    def quick_hold(self, text: str, position: int = 0) -> int | None:
        """`hold`, where one search of each reading tells that and no match is certain before it; None otherwise."""
        hold = self._search.quick_hold(text, position)
        if hold is None:
            return None
        for read in self._disguises.reads(text, final=False):
            found = read.search.quick_hold(read.reading.text, index_of(read.reading, position))
            if found is None:
                return None
            hold = min(hold, read.reading.start(found))
        return max(hold, position)

    def first_start(self, text: str, position: int = 0) -> int:
        """Where the first match, finished or not, may start, by its expression alone."""
        first = self._search.first_start(text, position)
        for read in self._disguises.reads(text, final=False):
            reading = read.reading
            begin = index_of(reading, position)
            first = min(first, reading.start(read.search.first_start(reading.text, begin)))
        return max(first, position)

    def finds_nothing(self, text: str) -> bool:
        """Whether no expression matches anywhere in a text that ends here: quicker than `any`, and no less certain."""
        if not self._search.finds_nothing(text):
            return False
        return all(r.search.finds_nothing(r.reading.text) for r in self._disguises.reads(text, final=True))

    def certain(self, text: str, position: int = 0) -> list[Match]:
        """The matches that start before `hold`: no continuation can change them or put another one before them."""
        return list(self.survey(text, position).matches)

    def survey_whole(self, text: str, position: int = 0, resume: Resume = _NOWHERE) -> Survey:
        """Everything about a text that ends here; `hold` is its length."""
        plain = self._search.survey_whole(text, position, _of_view(PLAIN, resume))
        reads = self._disguises.reads(text, final=True)
        surveys = [r.search.survey_whole(r.reading.text, *_place(r, position, resume), r.judge) for r in reads]
        return self._merged(plain, reads, surveys, len(text))

    def survey(self, text: str, position: int = 0, resume: Resume = _NOWHERE) -> Survey:
        """What is decided about a text that goes on. `resume`: where to start behind `position`."""
        plain = self._search.survey(text, position, _of_view(PLAIN, resume))
        reads = self._disguises.reads(text, final=False)
        surveys = [r.search.survey(r.reading.text, *_place(r, position, resume), r.judge) for r in reads]
        holds = [r.reading.start(found.hold) for r, found in zip(reads, surveys, strict=True)]
        return self._merged(plain, reads, surveys, max(position, min([plain.hold, *holds])))

    def context(self, text: str, end: int) -> str:
        """What to keep of a text that is done up to `end`, so that what follows is read and judged as before."""
        return text[self._disguises.context_start(text, end) : end]

    def _merged(self, plain: Survey, reads: Sequence[Read], surveys: Sequence[Survey], hold: int) -> Survey:
        if not reads and not plain.exempted:
            return plain
        found = [(True, m) for m in plain.matches] + [(False, m) for m in plain.exempted]
        for read, survey in zip(reads, surveys, strict=True):
            found += [(True, _mapped(read, m)) for m in survey.matches]
            found += [(False, _mapped(read, m)) for m in survey.exempted]
        found, hold = fitting(_without_excused(found), reads, hold)
        # A view that does not apply finds what another one does, and will look on behind it, too.
        applying = {read.number for read in reads}
        passed: dict[int, list[Match]] = {}
        for counts, match in found:
            if not counts:
                passed.setdefault(match.view, []).append(match)
        for number in (n for n in self._disguises.numbers if passed and n not in applying):
            parent = self._disguises.parent(number, applying)
            found += [(False, Match(m.finder, m.start, m.end, m.said, number)) for m in passed.get(parent, ())]
        return in_order(_once((counts, m) for counts, m in found if m.start < hold), hold)


def _without_excused(found: list[tuple[bool, Match]]) -> list[tuple[bool, Match]]:
    """What is exempted as it stands does not count for the same characters decoded: an address is one in rot13 too."""
    excused = {(m.finder, m.start, m.end) for counts, m in found if not counts and m.view == PLAIN}
    if not excused:
        return found
    return [(counts, m) for counts, m in found if not counts or (m.finder, m.start, m.end) not in excused]


def _once(found: Iterable[tuple[bool, Match]]) -> list[tuple[bool, Match]]:
    """Each match that counts once, whichever views found it."""
    return list({(counts, m) if counts else (counts, m, m.view): (counts, m) for counts, m in found}.values())


def _of_view(number: int, resume: Resume) -> dict[int, int]:
    return {finder: at for (view, finder), at in resume.items() if view == number} if resume else {}


def _place(read: Read, position: int, resume: Resume) -> tuple[int, dict[int, int]]:
    """Where to start in a reading, and for each finder behind that."""
    on = {read.index(f): index_of(read.reading, at) for f, at in _of_view(read.number, resume).items() if read.has(f)}
    return index_of(read.reading, position), on


def _mapped(read: Read, match: Match) -> Match:
    reading = read.reading
    start, end = reading.start(match.start), reading.end(match.end)
    return Match(read.finder(match.finder), start, end, read.said(match.said), read.number)
