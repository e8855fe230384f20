"""Views for `any text, decoded`: what a text says once its base64, base32, hexadecimal or rot13 is undone.

A *run* is an unbroken stretch of code characters. From its sixth byte on it is known whether it is decoded: if those six
can be read as text, or if it is longer than words are (`_LONG`). What is decoded takes the place of the run in the
reading, between two spaces, so that nothing beside it changes where its words begin and end.

A match covers the code characters of the whole groups that carry it, so what is left of a run can still be decoded, and
is when the text is judged again. Percent escapes are undone in every text and need no decoder.
"""

import base64
import binascii
import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

_SURE = 6
"""Bytes that tell whether a run is text; shorter ones are not decoded."""
_LONG = 32
"""Characters beyond which every run is decoded: words are shorter, and a text may begin with a few bytes of anything."""
_BACK = 64
"""Code characters to keep of a run that is read from its middle on: it is decoded then, and its lines are as long."""
_WRAPPED = 60
"""A line of at least so many characters, in whole groups, may go on in the next one: mail has 76, PEM 64."""

_ESCAPED = {code: "\ufffd" for code in range(0xDC80, 0xDD00)} | {0: None}
"""Bytes that are no UTF-8 are read as U+FFFD; zero bytes are dropped, so that UTF-16 is read as well."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run in a text. `places` is where its code characters stand; `end` is behind its padding, if it has any.

    `open`: the text ends with the run and goes on, so more of it may come.
    """

    places: Sequence[int]
    end: int
    open: bool = False
    lines: Sequence[int] = ()
    """Where its lines begin, counted in code characters; the first one at 0."""

    @property
    def start(self) -> int:
        return self.places[0]


@dataclass(frozen=True, slots=True)
class Coding:
    """How `group` code characters carry `carried` bytes."""

    name: str
    group: int
    carried: int
    decode: Callable[[str], bytes]
    runs: Callable[[str, bool], Iterator[Run]]

    @property
    def sure(self) -> int:
        """Code characters that hold the bytes which tell whether a run is text."""
        return -(-_SURE * self.group // self.carried)

    def bytes_of(self, text: str, run: Run, most: int | None = None) -> bytes:
        """What the run says: whole groups while it is open, every whole byte once it has ended."""
        count = len(run.places) if most is None else min(most, len(run.places))
        if run.open:
            count -= count % self.group
        code = _taken(text, run.places[:count])
        return self.decode(code + "A" * (-count % self.group))[: count * self.carried // self.group]

    def counts(self, text: str, run: Run) -> bool | None:
        """Whether the run is decoded; None while that is not known."""
        length = len(run.places)
        if length >= _LONG:
            return True
        if length >= self.sure and _reads_as_text(self.bytes_of(text, Run(run.places, run.end), self.sure)[:_SURE]):
            return True
        return None if run.open else False


def _taken(text: str, places: Sequence[int]) -> str:
    if isinstance(places, range):
        return text[places.start : places.stop]
    return "".join([text[at] for at in places])


def _reads_as_text(data: bytes) -> bool:
    """Whether these bytes can be the beginning of a text: UTF-8, maybe cut at its end, and nothing but characters."""
    whole = _whole_characters(data)
    try:
        said = data[:whole].decode()
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c in "\t\n\r\0" for c in said)


def _whole_characters(data: bytes) -> int:
    """How many bytes there are without a character at the end that may not be complete."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if needed > back else len(data)
        if byte < 0x80:
            break
    return len(data)


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
        return any(run.open or self.coding.counts(text, run) for run in self.coding.runs(text, False))

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
            data = data[: _whole_characters(data)]
        said, firsts, lasts = _characters(data)
        places, group, carried = run.places, coding.group, coding.carried
        starts = [places[first // carried * group] for first in firsts]
        ends = [_end_of_group(run, last // carried, group) for last in lasts]
        writer.say(said, starts, ends)
        if not run.open:
            return run.end
        groups = len(data) // carried
        return places[groups * group] if groups * group < len(places) else run.end

    def anchor(self, text: str, at: int) -> int:
        """The last place up to `at` from which on the text reads as it does from its beginning on."""
        for run in self.coding.runs(text, True):
            if run.start >= at:
                break
            if at <= run.end:
                return self._anchor_in(run, at)
        return at

    def _anchor_in(self, run: Run, at: int) -> int:
        group = self.coding.group
        passed = bisect_right(run.places, at - 1)
        lines = run.lines or (0,)
        line = bisect_right(lines, passed) - 1
        if passed - lines[line] > _BACK:
            return run.places[lines[line] + (passed - lines[line] - _BACK) // group * group]
        return run.places[lines[max(0, line - 1)]]


def _end_of_group(run: Run, number: int, group: int) -> int:
    """Behind the last code character of a group; behind the padding where it is the last group of all."""
    last = (number + 1) * group
    return run.places[last - 1] + 1 if last < len(run.places) or run.open else run.end


def _characters(data: bytes) -> tuple[str, Sequence[int], Sequence[int]]:
    """The text of some bytes, and of each character the first byte and the last."""
    if data.isascii() and 0 not in data:
        return data.decode(), range(len(data)), range(len(data))
    parts, firsts, lasts, at = [], [], [], 0
    for character in data.decode("utf-8", "surrogateescape"):
        length = 1 if "\udc80" <= character <= "\udcff" else len(character.encode())
        if character != "\0":
            parts.append(character)
            firsts.append(at)
            lasts.append(at + length - 1)
        at += length
    return "".join(parts).translate(_ESCAPED), firsts, lasts


class Twice:
    """A view through another one, twice: what was encoded and then encoded again."""

    def __init__(self, once: Decoder) -> None:
        self._once = once
        self.name = f"{once.name} twice"

    def applies(self, text: str) -> bool:
        return self._once.applies(text)

    def read(self, text: str, *, final: bool) -> Decoded:
        outer = self._once.read(text, final=final)
        if not outer.changed:
            return outer
        inner = self._once.read(outer.text, final=final)
        if not inner.changed:
            settled = outer.start(inner.settled)
            return Decoded(inner.text, settled, True, outer._starts, outer._ends)
        starts = array("q", [outer.start(inner.start(at)) for at in range(len(inner.text))])
        ends = array("q", [outer.end(inner.end(at)) for at in range(1, len(inner.text) + 1)])
        return Decoded(inner.text, outer.start(inner.settled), True, starts, ends)

    def anchor(self, text: str, at: int) -> int:
        """Goes back until both readings begin with a whole group."""
        outer = self._once.read(text, final=True)
        while outer.changed:
            at = self._once.anchor(text, at)
            inside = bisect_right(outer._starts, at - 1)
            back = self._once.anchor(outer.text, inside)
            if back >= inside:
                break
            at = outer.start(back)
        return at


class Rot13:
    """Letters turned by half the alphabet."""

    name = "rot13"
    _TURNED = str.maketrans(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm"
    )

    def applies(self, text: str) -> bool:
        return text.translate(self._TURNED) != text

    def read(self, text: str, *, final: bool) -> Decoded:
        turned = text.translate(self._TURNED)
        return Decoded(turned, len(text))

    def anchor(self, text: str, at: int) -> int:
        return at


# --- where runs stand -------------------------------------------------------------------------------------------------


def _contiguous(pattern: re.Pattern[str]) -> Callable[[str, bool], Iterator[Run]]:
    """Runs without anything between their code characters: group 1 of the pattern, padding behind it."""

    def runs(text: str, final: bool) -> Iterator[Run]:
        for match in pattern.finditer(text):
            yield Run(range(*match.span(1)), match.end(), not final and match.end() == len(text))

    return runs


_BREAK = re.compile(r"\r?\n[ \t]{0,8}")
_UNFINISHED_BREAK = re.compile(r"(?:\r|\r?\n[ \t]{0,8})\Z")


def _in_lines(pattern: re.Pattern[str]) -> Callable[[str, bool], Iterator[Run]]:
    """Runs that may go on behind a line break, if the line before it is full."""

    def runs(text: str, final: bool) -> Iterator[Run]:
        at = 0
        while match := pattern.search(text, at):
            places: list[int] | range = range(*match.span(1))
            lines, end, line = [0], match.end(), len(places)
            while (further := _next_line(text, end, line, match)) is not None:
                places = [*places, *range(*further.span(1))]
                lines.append(len(places) - len(further[1]))
                match, end, line = further, further.end(), len(further[1])
            goes_on = not final and (end == len(text) or _may_break(text, end, line, match))
            yield Run(places, end, goes_on, lines)
            at = end

    def _next_line(text: str, end: int, line: int, match: re.Match[str]) -> re.Match[str] | None:
        if line < _WRAPPED or line % 4 or match.end() > match.end(1):
            return None
        gap = _BREAK.match(text, end)
        return pattern.match(text, gap.end()) if gap else None

    def _may_break(text: str, end: int, line: int, match: re.Match[str]) -> bool:
        is_full = line >= _WRAPPED and line % 4 == 0 and match.end() == match.end(1)
        return is_full and _UNFINISHED_BREAK.match(text, end) is not None

    return runs


_PAIR = r"(?:0[xX]|\\x)?[0-9A-Fa-f]{2}"
_GAP = r"(?:, ?|[ :;_-])?"
_HEX = re.compile(rf"(?<![0-9A-Za-z\\]){_PAIR}(?:{_GAP}{_PAIR})*")
_DIGITS = re.compile(r"(?:0[xX]|\\x)?([0-9A-Fa-f])([0-9A-Fa-f])")
_HALF = r"(?:0[xX]|\\x?)?[0-9A-Fa-f]?\Z"
_MORE = re.compile(_GAP + _HALF)
_FIRST = re.compile(rf"(?<![0-9A-Za-z\\])(?=.){_HALF}")


def _in_pairs(text: str, final: bool) -> Iterator[Run]:
    """Runs of pairs of hexadecimal digits, with a sign or a prefix between them or without."""
    end = 0
    for match in _HEX.finditer(text):
        end = match.end()
        pairs = _DIGITS.finditer(text, match.start(), end)
        places = [at for pair in pairs for at in (pair.start(1), pair.start(2))]
        yield Run(places, end, not final and _MORE.match(text, end) is not None)
    if not final and (begins := _FIRST.search(text, max(end, len(text) - 4))):
        yield Run(range(begins.start(), begins.end()), len(text), True)


def _of_base64(code: str) -> bytes:
    return binascii.a2b_base64(code.translate({ord("-"): "+", ord("_"): "/"}))


def _of_base32(code: str) -> bytes:
    return base64.b32decode(code.upper())


BASE64 = Coding("base64", 4, 3, _of_base64, _in_lines(re.compile(r"(?<![A-Za-z0-9+])([A-Za-z0-9][A-Za-z0-9+/]*)={0,2}")))
BASE64_URL = Coding(
    "base64url", 4, 3, _of_base64, _contiguous(re.compile(r"(?<![A-Za-z0-9])([A-Za-z0-9][A-Za-z0-9_-]*)={0,2}"))
)
BASE32 = Coding("base32", 8, 5, _of_base32, _contiguous(re.compile(r"(?<![A-Za-z0-9])([A-Za-z2-7]+)={0,6}")))
HEX = Coding("hex", 2, 1, bytes.fromhex, _in_pairs)

DECODERS = (Decoder(BASE64), Decoder(BASE64_URL), Decoder(BASE32), Decoder(HEX), Twice(Decoder(BASE64)), Rot13())
