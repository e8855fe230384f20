"""All the ways in which a set of finders reads a text besides as it stands. `views` says what a view is.

| number | view                  | for which finders                                                             |
|--------|-----------------------|-------------------------------------------------------------------------------|
| 0      | as it stands          | all                                                                           |
| 1 to 6 | `canonical`, by layer | all; their own words are read in the same way                                 |
| 7, 8   | `bare`, over 5 and 6  | all, where `look_alikes` says that it counts                                  |
| 9      | decomposed            | those with accented letters or kana in their words, in texts with loose marks |
| 10, 11 | `hidden`, `backwards` | all                                                                           |
| 12 ... | decoders              | those of `any text, decoded`                                                  |
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from guardproxy.patterns.canonical import LAYERS, STARTS, Clean, anchor_in, folded
from guardproxy.patterns.characters import JOINING, characters, composed, decomposed, re2_ranges
from guardproxy.patterns.decoders import DECODERS
from guardproxy.patterns.engine import Machine, encoded, machine
from guardproxy.patterns.hidden import CARRIERS, OVERRIDE, Backwards, Hidden
from guardproxy.patterns.look_alikes import ANY_FORM, LOOK_BACK, Bare, bare_letter
from guardproxy.patterns.net import Net, net_of
from guardproxy.patterns.probe import Probe
from guardproxy.patterns.search import Counts, Search
from guardproxy.patterns.tree import Node, may_be_empty, respelled
from guardproxy.patterns.views import Passes, Reading, Rewriting, View, index_of
from guardproxy.patterns.words import LEFT_CONTEXT

PLAIN, SHOWN = 0, 1
EDGES = SHOWN + LAYERS + 1
BARE, BARE_EDGES, DECOMPOSED, HIDDEN, BACKWARDS, DECODED = range(EDGES + 1, EDGES + 7)

_clean, _bare = Clean(), Bare()
_hiding: tuple[tuple[int, View], ...] = ((HIDDEN, Hidden()), (BACKWARDS, Backwards()))
_decoders: tuple[tuple[int, View], ...] = tuple(enumerate(DECODERS, start=DECODED))
_VIEWS = dict((*_hiding, *_decoders))
_joins = re.compile(f"[{characters(JOINING)}]")
_MOST_STEPS = 64
"""Where no anchor is found in so many steps, all is kept."""
_FAR = 1100
"""Nothing that a view undoes is longer, but for runs of one kind of thing."""


@dataclass(frozen=True, slots=True)
class Read:
    """A text as one view reads it, and how its finders are searched for in that."""

    number: int
    search: Search
    reading: Reading
    judge: Counts | None = None
    members: tuple[int, ...] | None = None
    """The finders that this is for; None: all."""
    recomposed: bool = False

    def has(self, finder: int) -> bool:
        return self.members is None or finder in self.members

    def index(self, finder: int) -> int:
        return finder if self.members is None else self.members.index(finder)

    def finder(self, index: int) -> int:
        return index if self.members is None else self.members[index]

    def said(self, matched: str) -> str:
        return composed(matched) if self.recomposed else matched


class Disguises:
    """The readings of texts for some probes."""

    def __init__(self, probes: Sequence[Probe]) -> None:
        self._probes = tuple(probes)
        self._literal = any(p.is_detector for p in self._probes)
        self._decoded = tuple(i for i, p in enumerate(self._probes) if p.decoded)
        self.numbers = tuple(range(SHOWN, DECODED + (len(DECODERS) if self._decoded else 0)))

    @cached_property
    def _clean(self) -> tuple[Probe, ...]:
        return tuple(_respelled(p, folded) for p in self._probes)

    @cached_property
    def _bare(self) -> tuple[Probe, ...]:
        return tuple(_respelled(p, lambda c: bare_letter(folded(c))) for p in self._probes)

    @cached_property
    def _parts(self) -> tuple[Probe, ...]:
        return tuple(_respelled(p, lambda c: decomposed(folded(c))) for p in self._probes)

    @cached_property
    def _net(self) -> Net:
        known = {(i, p.searching) for i, p in enumerate(self._probes)}
        others: dict[tuple[int, str], Node] = {}
        for ways in (self._clean, self._bare, self._parts):
            others |= {(i, p.searching): p.tree for i, p in enumerate(ways) if (i, p.searching) not in known}
        spelled = [(p.searching, p.tree) for p in self._probes]
        return net_of(spelled, [p.kin for p in self._probes], [(i, said, tree) for (i, said), tree in others.items()])

    @cached_property
    def as_stands(self) -> Search:
        """The search in texts as they stand."""
        return Search(self._probes, self._net)

    @cached_property
    def _as_clean(self) -> Search:
        return Search(self._clean, self._net, respelled=True)

    @cached_property
    def _as_bare(self) -> Search:
        return Search(self._bare, self._net, respelled=True)

    @cached_property
    def _in_parts(self) -> tuple[tuple[int, ...], Search]:
        """The probes whose words have characters that may be written as several, and the search for them."""
        pairs = enumerate(zip(self._parts, self._clean, strict=True))
        members = tuple(i for i, (parts, clean) in pairs if parts.searching != clean.searching)
        return members, Search([_of_parts(self._parts[i]) for i in members], self._net, members, respelled=True)

    @cached_property
    def _for_decoded(self) -> Search:
        return Search([self._probes[i] for i in self._decoded], self._net, self._decoded)

    def reads(self, text: str, *, final: bool) -> list[Read]:
        """What a text says in each view that reads it otherwise than it stands."""
        if not self._probes or self._is_plain(text):
            return []
        return list(self._reads(text, final))

    def _is_plain(self, text: str) -> bool:
        """Whether every view reads the text as it stands."""
        return not self._decoded and self._starts.search(encoded(text)) is None

    @cached_property
    def _starts(self) -> Machine:
        return machine(f"{STARTS}|{ANY_FORM}|{CARRIERS}|{OVERRIDE}|[{re2_ranges(JOINING)}]")

    def _reads(self, text: str, final: bool) -> Iterator[Read]:
        clean = Passes(text, len(text))
        for layer, layered in _clean.layers(text, final=final):
            yield Read(SHOWN + layer, self._as_clean, layered)
            if SHOWN + layer == EDGES:
                yield from self._of_letters(layered, BARE_EDGES, final)
            else:
                clean = layered
        yield from self._of_letters(clean, BARE, final)
        if _joins.search(clean.text) and self._in_parts[0]:
            parts = _decomposed(clean)
            members, search = self._in_parts
            yield Read(DECOMPOSED, search, parts, partial(_keeps_marks, parts), members, recomposed=True)
        for number, view in _hiding:
            if view.applies(text):
                search = self._as_clean if number == BACKWARDS else self.as_stands
                yield Read(number, search, view.read(text, final=final))
        for number, decoder in _decoders if self._decoded else ():
            if decoder.applies(text):
                reading = decoder.read(text, final=final)
                yield Read(number, self._for_decoded, reading, members=self._decoded)

    def _of_letters(self, clean: Passes, number: int, final: bool) -> Iterator[Read]:
        # Words are found by letters in disguise among them, and one of these may still come.
        if not clean.text.isascii() and _bare.applies(clean.text, to_signs=self._literal or not final):
            bare = _bare.read(clean)
            yield Read(number, self._as_bare, bare, partial(self._counts, clean, bare))

    def _counts(self, clean: Passes, bare: Passes, finder: int, start: int, end: int) -> bool:
        return _bare.counts(clean, bare, start, end, always=self._probes[finder].is_detector)

    def context_start(self, text: str, end: int) -> int:
        """The last place from which on a text reads, and is judged behind `end`, as it is from its beginning."""
        start = max(0, end - LEFT_CONTEXT)
        if not start or not self._probes or self._is_plain(text[max(0, end - _FAR) : end]):
            return start
        reads = list(self._reads(text, False))
        for read in reads:
            index = index_of(read.reading, end)
            if read.number != HIDDEN:
                back = LOOK_BACK if read.number in (BARE, BARE_EDGES) else LEFT_CONTEXT
                start = min(start, read.reading.start(index - back) if index > back else 0)
        return self._anchored(text, start, reads)

    def parent(self, number: int, applying: Collection[int]) -> int:
        """The view that reads a text like this one where this one does not apply; -1: it reads nothing there."""
        if number == HIDDEN:
            return -1
        return max((n for n in applying if n < min(number, EDGES)), default=PLAIN)

    def _anchored(self, text: str, start: int, reads: Sequence[Read]) -> int:
        for _ in range(_MOST_STEPS):
            found = min(self._anchor(read, text, start) for read in reads) if reads else start
            if found >= start:
                return start
            start = found
        return 0

    def _anchor(self, read: Read, text: str, at: int) -> int:
        if isinstance(read.reading, Passes) and (read.number < HIDDEN or read.number == BACKWARDS):
            return anchor_in(read.reading, at, text, joining=read.number < HIDDEN)
        return _VIEWS[read.number].anchor(text, at)


def _respelled(probe: Probe, letter: Callable[[str], str]) -> Probe:
    """The same probe, its own words written as a view reads them."""
    if probe.searching.isascii():
        return probe
    tree = respelled(probe.tree, letter)
    return probe if tree == probe.tree or may_be_empty(tree) else replace(probe, tree=tree)


def _of_parts(probe: Probe) -> Probe:
    """A probe that is given characters in parts judges them as they are written together."""
    accept, exempt = probe.accept, probe.exempt

    def accepted(matched: str) -> int:
        whole = composed(matched)
        return len(decomposed(whole[: accept(whole)])) if accept else len(matched)

    def exempted(matched: str) -> bool:
        return bool(exempt and exempt(composed(matched)))

    return replace(probe, accept=accepted if accept else None, exempt=exempted if exempt else None)


def _decomposed(clean: Passes) -> Passes:
    written = Rewriting(clean.text)
    for at, character in enumerate(clean.text):
        if character > "\xbf" and (parts := decomposed(character)) != character:
            written.put(at, at + 1, parts)
    said, edits = written.done(len(clean.text))
    return clean.after(said, len(clean.text), edits)


def _keeps_marks(parts: Passes, finder: int, start: int, end: int) -> bool:
    """Whether a match ends with a whole character."""
    edits = parts.edits[-1] if parts.edits else None
    return edits is None or end >= len(parts.text) or edits.start(end) >= edits.end(end)
