"""Where code stands in a text, and what it says: base64, base32, hexadecimal.

A *run* is an unbroken stretch of code characters. From its sixth byte on it is known whether it is decoded: if those
six can be read as text, or if it is longer than words are (`_LONG`).
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from string import ascii_letters, digits, hexdigits

_SURE = 6
"""Bytes that tell whether a run is text; shorter ones are not decoded."""
_LONG = 32
"""From so many characters on every run is decoded: words are shorter, and anything may stand before a text."""
_WRAPPED = 60
"""A line of at least so many characters, in whole groups, may go on in the next one: mail has 76, PEM 64."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run in a text, with its prefix and its padding. `places` is where its code characters stand.

    `open`: the text ends with the run and goes on, so more of it may come.
    """

    start: int
    places: Sequence[int]
    end: int
    open: bool = False
    lines: Sequence[int] = (0,)
    """Where its lines begin, counted in code characters."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How `group` code characters carry `carried` bytes."""

    name: str
    letters: frozenset[str]
    """The letters and digits among the code characters."""
    group: int
    carried: int
    decode: Callable[[str], bytes]
    runs: Callable[[str, bool], Iterator[Run]]
    """The runs of a text that are long enough to be decoded, or end where it ends; and whether nothing follows."""

    @property
    def sure(self) -> int:
        """Code characters that hold the bytes which tell whether a run is text."""
        return -(-_SURE * self.group // self.carried)

    def bytes_of(self, text: str, run: Run) -> bytes:
        """What the run says: whole groups while it is open, every whole byte once it has ended."""
        count = len(run.places)
        return self._decoded(text, run.places[: count - count % self.group] if run.open else run.places)

    def _decoded(self, text: str, places: Sequence[int]) -> bytes:
        code = text[places.start : places.stop] if isinstance(places, range) else "".join([text[at] for at in places])
        return self.decode(code + "A" * (-len(code) % self.group))[: len(code) * self.carried // self.group]

    def counts(self, text: str, run: Run) -> bool | None:
        """Whether the run is decoded; None while that is not known."""
        length = len(run.places)
        if length >= _LONG:
            return True
        if length >= self.sure and _reads_as_text(self._decoded(text, run.places[: self.sure])[:_SURE]):
            return True
        return None if run.open else False


def _reads_as_text(data: bytes) -> bool:
    """Whether these bytes can be the beginning of a text: UTF-8, maybe cut at its end, and nothing but characters."""
    whole = whole_characters(data)
    try:
        said = data[:whole].decode()
    except UnicodeDecodeError:
        return False
    return said.isprintable() or all(c.isprintable() or c in "\t\n\r\0" for c in said)


def whole_characters(data: bytes) -> int:
    """How many bytes there are without a character at the end that may not be complete."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if needed > back else len(data)
        if byte < 0x80:
            break
    return len(data)


# --- where runs stand -------------------------------------------------------------------------------------------------


def _contiguous(pattern: re.Pattern[str]) -> Callable[[str, bool], Iterator[Run]]:
    """Runs without anything between their code characters: group 1 of the pattern, padding behind it."""

    def runs(text: str, final: bool) -> Iterator[Run]:
        for match in pattern.finditer(text):
            yield Run(match.start(), range(*match.span(1)), match.end(), not final and match.end() == len(text))

    return runs


_BREAK = re.compile(r"\r?\n[ \t]{0,8}")
_UNFINISHED_BREAK = re.compile(r"(?:\r|\r?\n[ \t]{0,8})\Z")


def _in_lines(pattern: re.Pattern[str], next_line: re.Pattern[str]) -> Callable[[str, bool], Iterator[Run]]:
    """Runs that may go on behind a line break, if the line before it is full."""

    def runs(text: str, final: bool) -> Iterator[Run]:
        at = 0
        while match := pattern.search(text, at):
            found = [match]
            while further := _next_line(text, found[-1]):
                found.append(further)
            at = found[-1].end()
            goes_on = at == len(text) or (_is_full(found[-1]) and _UNFINISHED_BREAK.match(text, at) is not None)
            spans = [range(*line.span(1)) for line in found]
            lines = [0, *accumulate(map(len, spans))][:-1]
            places = spans[0] if len(spans) == 1 else list(chain(*spans))
            yield Run(match.start(), places, at, goes_on and not final, lines)

    def _next_line(text: str, line: re.Match[str]) -> re.Match[str] | None:
        gap = _BREAK.match(text, line.end()) if _is_full(line) else None
        return next_line.match(text, gap.end()) if gap else None

    return runs


def _is_full(line: re.Match[str]) -> bool:
    """Whether a line holds so many whole groups that the code may go on in the next one."""
    length = len(line[1])
    return length >= _WRAPPED and length % 4 == 0 and line.end() == line.end(1)


_PAIR = r"(?:0[xX]|\\x)?[0-9A-Fa-f]{2}"
_GAP = r"(?:, ?|[ :;_-])?"
_BEGINS = r"(?:(?<![0-9A-Za-z])|(?=\\))"
_HEX = re.compile(rf"{_BEGINS}{_PAIR}(?:{_GAP}{_PAIR})*")
_DIGITS = re.compile(r"(?:0[xX]|\\x)?([0-9A-Fa-f])([0-9A-Fa-f])")
_HALF = r"(?:0[xX]|\\x?)?[0-9A-Fa-f]?\Z"
_MORE = re.compile(_GAP + _HALF)
_FIRST = re.compile(rf"{_BEGINS}(?=.){_HALF}")


def _in_pairs(text: str, final: bool) -> Iterator[Run]:
    """Runs of pairs of hexadecimal digits, with a sign or a prefix between them or without."""
    end = 0
    for match in _HEX.finditer(text):
        end = match.end()
        pairs = _DIGITS.finditer(text, match.start(), end)
        places = [at for pair in pairs for at in (pair.start(1), pair.start(2))]
        yield Run(match.start(), places, end, not final and _MORE.match(text, end) is not None)
    if not final and (begins := _FIRST.search(text, max(end, len(text) - 4))):
        yield Run(begins.start(), range(*begins.span()), len(text), True)


def _of_base64(code: str) -> bytes:
    return binascii.a2b_base64(code.translate({ord("-"): "+", ord("_"): "/"}))


def _of_base32(code: str) -> bytes:
    return base64.b32decode(code.upper())


LETTERS = frozenset(ascii_letters + digits)


def _runs_of(code: str, like_text: str, least: int, padding: int) -> re.Pattern[str]:
    """So many of these characters or more, or fewer where the text ends; no run begins within a word or with a sign.

    One that is not long has to begin like a text, which most words do not: `like_text` looks at its first two bytes.
    """
    begins = "(?<![A-Za-z0-9])(?=[A-Za-z0-9])"
    return re.compile(rf"{begins}([{code}]{{{_LONG},}}|{like_text}[{code}]{{{least},}}|[{code}]+\Z)={{0,{padding}}}")


_GOES_ON = "I-LYZabo-r4-7"
"""In base64, a second character after which the second byte goes on with the character that the first began."""
_TEXT_IN_BASE64 = f"(?=[ACDI-Za-f][^{_GOES_ON}]|[w-z0-9][{_GOES_ON}])"
_TEXT_IN_BASE32 = "(?![Q-Xq-x])"
_BASE64_LINE = re.compile(r"([A-Za-z0-9+/]+)={0,2}")
_BASE64_RUNS = _in_lines(_runs_of("A-Za-z0-9+/", _TEXT_IN_BASE64, 8, 2), _BASE64_LINE)
BASE64 = Coding("base64", LETTERS, 4, 3, _of_base64, _BASE64_RUNS)
BASE64_URL = Coding("base64url", LETTERS, 4, 3, _of_base64, _contiguous(_runs_of("A-Za-z0-9_-", _TEXT_IN_BASE64, 8, 2)))
BASE32 = Coding(
    "base32", LETTERS - set("0189"), 8, 5, _of_base32, _contiguous(_runs_of("A-Za-z2-7", _TEXT_IN_BASE32, 10, 6))
)
HEX = Coding("hex", frozenset(hexdigits), 2, 1, bytes.fromhex, _in_pairs)
