"""Views for `any text, decoded`: what a text says once its base64, base32, hexadecimal or rot13 is undone.

What is decoded takes the place of its run in the reading, between two spaces, so that nothing beside it changes where
its words begin and end. A match covers the code characters of the whole groups that carry it, so what is left of a run
can still be decoded, and is when the text is judged again. Percent escapes are undone in every text without this.
"""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from string import ascii_lowercase, ascii_uppercase

from guardproxy.patterns.encodings import BASE32, BASE64, BASE64_URL, HEX, LETTERS, Coding, Run, whole_characters

_BACK = 64
"""Code characters to keep of a run that is read from its middle on: it is decoded then, and its lines are as long."""
_ESCAPED = dict.fromkeys(range(0xDC80, 0xDD00), "\ufffd") | {0: None}
"""Bytes that are no UTF-8 are read as U+FFFD; zero bytes are dropped, so that UTF-16 is read as well."""


@dataclass(slots=True)
class Decoded:
    """A text as a decoder reads it; `settled` characters of the original are read for certain.

    `changed`: something was decoded. Otherwise `text` is the beginning of the original, as far as that is settled.
    """

    text: str
    settled: int
    changed: bool = False
    _starts: "array[int]" = field(default_factory=lambda: array("q"))
    _ends: "array[int]" = field(default_factory=lambda: array("q"))

    def start(self, at: int) -> int:
        """Where character `at` begins in the original; for the end of the reading, where it is settled to."""
        if at >= len(self.text):
            return self.settled
        return self._starts[at] if self.changed else at

    def end(self, at: int) -> int:
        """Where the character before `at` ends in the original."""
        return self._ends[at - 1] if self.changed and at else at


class _Writer:
    """Puts a reading together, piece by piece."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._parts: list[str] = []
        self._starts, self._ends = array("q"), array("q")

    def keep(self, start: int, end: int) -> None:
        self._parts.append(self._text[start:end])
        self._starts.extend(range(start, end))
        self._ends.extend(range(start + 1, end + 1))

    def edge(self, at: int) -> None:
        self._parts.append(" ")
        self._starts.append(at)
        self._ends.append(at)

    def say(self, said: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self._parts.append(said)
        self._starts.extend(starts)
        self._ends.extend(ends)

    def reading(self, settled: int) -> Decoded:
        return Decoded("".join(self._parts), settled, True, self._starts, self._ends)


class Decoder:
    """The view of one coding."""

    def __init__(self, coding: Coding) -> None:
        self.coding = coding
        self.name = coding.name

    def applies(self, text: str) -> bool:
        """Whether something is decoded, or might be once the text goes on."""
        return next(self.coding.runs(text, False), None) is not None

    def read(self, text: str, *, final: bool) -> Decoded:
        writer, done, changed = _Writer(text), 0, False
        for run in self.coding.runs(text, final):
            counts = self.coding.counts(text, run)
            if counts is None:
                return self._ended(writer, text, done, run.start, changed)
            if not counts:
                continue
            writer.keep(done, run.start)
            writer.edge(run.start)
            done, changed = self._say(writer, text, run), True
            if run.open:
                return writer.reading(done)
            writer.edge(done)
        return self._ended(writer, text, done, len(text), changed)

    def _ended(self, writer: _Writer, text: str, done: int, settled: int, changed: bool) -> Decoded:
        if not changed:
            return Decoded(text[:settled], settled)
        writer.keep(done, settled)
        return writer.reading(settled)

    def _say(self, writer: _Writer, text: str, run: Run) -> int:
        """Writes down what the run says, as far as that is certain; returns where that ends in the original."""
        coding, data = self.coding, self.coding.bytes_of(text, run)
        if run.open:
            data = data[: whole_characters(data)]
        said, firsts, lasts = _characters(data)
        group, carried = coding.group, coding.carried
        starts, ends = run.places[::group], [place + 1 for place in run.places[group - 1 :: group]]
        groups = len(data) // carried
        done = starts[groups] if run.open and groups < len(starts) else run.end
        if not run.open:
            ends[len(starts) - 1 :] = [run.end]
        writer.say(said, _each(starts, carried, firsts), _each(ends, carried, lasts))
        return done

    def anchor(self, text: str, at: int) -> int:
        """The last place up to `at` from which on the text reads as it does from its beginning on."""
        for run in self.coding.runs(text, True):
            if run.start >= at:
                break
            if at <= run.end:
                return self._anchor_in(text, run, at)
        while at and text[at - 1] in LETTERS:
            # No run begins within a word: a text that began here must not look as if one could.
            at -= 1
            if text[at] not in self.coding.letters:
                break
        return at

    def _anchor_in(self, text: str, run: Run, at: int) -> int:
        group = self.coding.group
        passed = bisect_right(run.places, at - 1)
        lines = run.lines
        line = bisect_right(lines, passed) - 1
        if passed - lines[line] <= _BACK:
            return run.places[lines[line - 1]] if line > 1 else run.start
        back = (passed - lines[line] - _BACK) // group * group
        while back and not text[run.places[lines[line] + back]].isalnum():
            back -= group  # no run begins with a sign
        return run.places[lines[line] + back]


def _each(of_groups: Sequence[int], carried: int, wanted: Sequence[int]) -> "array[int]":
    """What is said of each group, for the bytes that are wanted."""
    of_bytes = array("q", bytes(8 * carried * len(of_groups)))
    one_each = array("q", of_groups)
    for place in range(carried):
        of_bytes[place::carried] = one_each
    return array("q", map(of_bytes.__getitem__, wanted))


def _characters(data: bytes) -> tuple[str, Sequence[int], Sequence[int]]:
    """The text of some bytes, and of each character the first byte and the last."""
    if data.isascii() and 0 not in data:
        return data.decode(), range(len(data)), range(len(data))
    said = data.decode("utf-8", "surrogateescape")
    firsts = [0, *accumulate(map(_bytes_of, said))]
    lasts = [first - 1 for first in firsts[1:]]
    if 0 in data:
        kept = [at for at, character in enumerate(said) if character != "\0"]
        return said.translate(_ESCAPED), [firsts[at] for at in kept], [lasts[at] for at in kept]
    return said.translate(_ESCAPED), firsts[:-1], lasts


def _bytes_of(character: str) -> int:
    """How many bytes a character came from; one that stands for a byte which is no UTF-8, from that."""
    if character < "\x80" or "\udc80" <= character <= "\udcff":
        return 1
    return 2 if character < "\u0800" else 3 if character < "\U00010000" else 4


class Twice:
    """One view through another one: what was encoded and then encoded again."""

    def __init__(self, outer: Decoder, inner: Decoder) -> None:
        self._outer, self._inner = outer, inner
        self.name = f"{inner.name} in {outer.name}"

    def applies(self, text: str) -> bool:
        return self._outer.applies(text) or self._inner.applies(text)

    def read(self, text: str, *, final: bool) -> Decoded:
        outer = self._outer.read(text, final=final)
        inner = self._inner.read(outer.text, final=final)
        if not outer.changed:
            return inner
        if not inner.changed:
            settled = outer.start(inner.settled)
            return Decoded(inner.text, settled, True, outer._starts, outer._ends)
        outer_starts, outer_ends = [*outer._starts, outer.settled], [0, *outer._ends]
        starts = array("q", [outer_starts[at] for at in inner._starts])
        ends = array("q", [outer_ends[at] for at in inner._ends])
        return Decoded(inner.text, outer.start(inner.settled), True, starts, ends)

    def anchor(self, text: str, at: int) -> int:
        """Goes back until both readings begin with a whole group."""
        outer = self._outer.read(text, final=True)
        if not outer.changed:
            return self._inner.anchor(text, self._outer.anchor(text, at))
        while True:
            at = self._outer.anchor(text, at)
            inside = bisect_right(outer._starts, at - 1)
            back = self._inner.anchor(outer.text, inside)
            if back >= inside:
                break
            at = outer.start(back)
        return at


class Rot13:
    """Letters turned by half the alphabet."""

    name = "rot13"
    _TURNED = str.maketrans(
        ascii_uppercase + ascii_lowercase,
        ascii_uppercase[13:] + ascii_uppercase[:13] + ascii_lowercase[13:] + ascii_lowercase[:13],
    )

    def applies(self, text: str) -> bool:
        return text.translate(self._TURNED) != text

    def read(self, text: str, *, final: bool) -> Decoded:
        turned = text.translate(self._TURNED)
        return Decoded(turned, len(text))

    def anchor(self, text: str, at: int) -> int:
        return at


_base64, _base64_url = Decoder(BASE64), Decoder(BASE64_URL)
DECODERS = (
    _base64,
    _base64_url,
    Decoder(BASE32),
    Decoder(HEX),
    Twice(_base64, _base64),
    Twice(_base64_url, _base64),
    Rot13(),
)
