"""What a text says besides its letters: readings of it, each with a map back.

A *view* reads a text in one way: with its escapes undone, say. Its *reading* is a text again, and tells where each of
its characters stands in the original. Every view is prefix-stable: what it reads of a text that goes on, up to
`settled`, stays as it is whatever follows, with its places. And a text may be cut off before any `anchor`: from there
on it reads as it did.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class Reading(Protocol):
    """A text as a view reads it. Offsets count code points."""

    @property
    def text(self) -> str: ...

    @property
    def settled(self) -> int:
        """So many characters of the original are read for certain; behind them anything may come to stand."""
        ...

    def start(self, at: int) -> int:
        """Where character `at` of the reading begins in the original; `settled` for the end of the reading."""
        ...

    def end(self, at: int) -> int:
        """Where the character before `at` ends in the original."""
        ...


class View(Protocol):
    """One way to read a text."""

    @property
    def name(self) -> str: ...

    def applies(self, text: str) -> bool:
        """Whether the text, or what it may become, reads otherwise than it stands; quick."""
        ...

    def read(self, text: str, *, final: bool) -> Reading:
        """What the text says; `final`: nothing follows it."""
        ...

    def anchor(self, text: str, at: int) -> int:
        """The last place up to `at` from which on the text reads as it does from its beginning on."""
        ...


def index_of(reading: Reading, position: int) -> int:
    """The first character of a reading that begins at `position` of the original or behind it."""
    return reading.index(position) if isinstance(reading, Passes) else _index_of(reading, position)


def _index_of(reading: Reading, position: int) -> int:
    low, high = 0, len(reading.text)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if reading.start(middle) < position else (low, middle)
    return low


@dataclass(frozen=True, slots=True)
class Edits:
    """What one pass over a text changed. Edit `i` put `[new[i], new_ends[i])` in the place of `[old[i], old_ends[i])`.

    The characters between edits stand as they stood. All lists rise.
    """

    old: Sequence[int] = ()
    old_ends: Sequence[int] = ()
    new: Sequence[int] = ()
    new_ends: Sequence[int] = ()

    def index(self, at: int) -> int:
        """The first character that came from there or from behind it."""
        edit = bisect_right(self.old, at) - 1
        if edit < 0:
            return at
        if at < self.old_ends[edit]:
            return self.new[edit] if at == self.old[edit] else self.new_ends[edit]
        return self.new_ends[edit] + at - self.old_ends[edit]

    def start(self, at: int) -> int:
        """Where the character `at` came from. Behind a dropped stretch a character begins where it stands itself."""
        edit = bisect_right(self.new, at) - 1
        if edit < 0:
            return at
        if at < self.new_ends[edit]:
            return self.old[edit]
        return self.old_ends[edit] + at - self.new_ends[edit]

    def end(self, at: int) -> int:
        """Where the character before `at` ended."""
        edit = bisect_right(self.new, at - 1) - 1
        if edit < 0:
            return at
        if at - 1 < self.new_ends[edit]:
            return self.old_ends[edit]
        return self.old_ends[edit] + at - self.new_ends[edit]


@dataclass(frozen=True, slots=True)
class Passes:
    """A reading that came about in several passes, the first of them over the original."""

    text: str
    settled: int
    edits: tuple[Edits, ...] = ()

    def index(self, at: int) -> int:
        for edits in self.edits:
            at = edits.index(at)
        return min(at, len(self.text))

    def start(self, at: int) -> int:
        if at >= len(self.text):
            return self.settled
        for edits in reversed(self.edits):
            at = edits.start(at)
        return at

    def end(self, at: int) -> int:
        for edits in reversed(self.edits):
            at = edits.end(at)
        return at

    def after(self, text: str, settled: int, edits: Edits | None) -> "Passes":
        """One pass more, which settled so many characters of this reading."""
        whole = self.settled if settled >= len(self.text) else self.start(settled)
        return Passes(text, whole, (*self.edits, edits) if edits is not None else self.edits)


_MANY = 16
_beyond_ascii = re.compile("[^\x00-\x7f]+")


def replaced(text: str, table: Mapping[str, str], translation: dict[int, str]) -> str:
    """The text with characters replaced one by one; texts have few different ones of them, mostly."""
    found = table.keys() & set("".join(_beyond_ascii.findall(text)))
    if len(found) > _MANY:
        return text.translate(translation)
    for character in found:
        text = text.replace(character, table[character])
    return text


class Rewriting:
    """Collects what a pass puts in the place of what; ascending."""

    __slots__ = ("_done", "_length", "_new", "_new_ends", "_old", "_old_ends", "_parts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._parts: list[str] = []
        self._old: list[int] = []
        self._old_ends: list[int] = []
        self._new: list[int] = []
        self._new_ends: list[int] = []
        self._done = self._length = 0

    def put(self, start: int, end: int, said: str) -> None:
        """Instead of `[start, end)`, this is read."""
        self._parts.append(self._text[self._done : start])
        length = self._length + start - self._done
        self._old.append(start)
        self._old_ends.append(end)
        self._new.append(length)
        if said:
            self._parts.append(said)
            length += len(said)
        self._new_ends.append(length)
        self._done, self._length = end, length

    def done(self, end: int) -> tuple[str, Edits | None]:
        """What is read of the text up to `end`, and the edits, if there were any."""
        if not self._old:
            return self._text[:end], None
        self._parts.append(self._text[self._done : end])
        return "".join(self._parts), Edits(self._old, self._old_ends, self._new, self._new_ends)
