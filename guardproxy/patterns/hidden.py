"""Two views of text that does not stand where it is seen: `hidden` in invisible characters, and `backwards`.

Tag characters are an invisible copy of ASCII; flags of regions are made of them and say a region's code. Variation
selectors are 256 invisible characters, enough to carry the bytes of a text. What is hidden is read without the text
around it, a line for each place.
"""

import re
from dataclasses import dataclass, field

from guardproxy.patterns.canonical import Clean, anchor_in
from guardproxy.patterns.characters import INVISIBLE, TAGS, TURNING, characters
from guardproxy.patterns.engine import Machine, encoded
from guardproxy.patterns.views import Passes, Rewriting

_BYTES = {0xFE00 + i: i for i in range(16)} | {0xE0100 + i: 16 + i for i in range(240)}
_TAG = characters([(TAGS[0], TAGS[1] - 1)])
_REGIONS = "|".join("".join(chr(0xE0000 + ord(c)) for c in code) for code in ("gbeng", "gbnir", "gbsct", "gbwls"))
"""The regions that have a flag of their own; the tags of any other are read."""
_other = "".join(f"[{characters([r])}]|" for r in INVISIBLE)[:-1]


def _vs(low: int, high: int) -> str:
    """The selectors of a range of bytes."""
    below = f"{chr(0xFE00 + low)}-{chr(0xFE00 + min(high, 15))}" if low < 16 else ""
    above = f"{chr(0xE0100 + max(low, 16) - 16)}-{chr(0xE0100 + high - 16)}" if high > 15 else ""
    return f"[{below}{above}]"


_NEXT = _vs(0x80, 0xBF)
_LEADS = (_vs(0xC2, 0xDF), _vs(0xE0, 0xEF), _vs(0xF0, 0xF4))
_ONE_BYTE = rf"[\ufe09\ufe0a\ufe0d]|{_vs(0x20, 0x7E)}"
_BYTES_OF_ONE = "|".join((_ONE_BYTE, *(f"{lead}{_NEXT}{{{i}}}" for i, lead in enumerate(_LEADS, start=1))))
_OPEN_BYTES = "|".join(f"{lead}{_NEXT}{{0,{i}}}" for i, lead in enumerate(_LEADS))
_OPEN = rf"(?P<open>\U0001f3f4[{_TAG}]{{0,6}}\Z|(?:{_OPEN_BYTES})\Z)"
_PIECES = (
    rf"(?P<flag>\U0001f3f4(?:{_REGIONS})\U000e007f)"
    rf"|(?P<tag>[{_TAG}])|(?P<bytes>{_BYTES_OF_ONE})|(?P<nothing>{_other})|(?P<seen>[^{_TAG}{characters(INVISIBLE)}]"
    rf"(?:[^{_TAG}{characters(INVISIBLE)}\U0001f3f4])*)"
)
_ended = re.compile(_PIECES)
_going_on = re.compile(f"{_OPEN}|{_PIECES}")
CARRIERS = r"[\x{e0020}-\x{e007e}\x{e0110}-\x{e01ef}]"
_carries = Machine(CARRIERS)
_run = re.compile(f"[{characters(INVISIBLE)}]+")
_FAR = 32


class Hidden:
    """What is said in tag characters and variation selectors."""

    name = "hidden"

    def applies(self, text: str) -> bool:
        return not text.isascii() and _carries.search(encoded(text)) is not None

    def read(self, text: str, *, final: bool) -> Passes:
        written, settled, apart = Rewriting(text), len(text), False
        for piece in (_ended if final else _going_on).finditer(text):
            kind, start, end = piece.lastgroup, piece.start(), piece.end()
            if kind == "open":
                settled = start
                break
            if kind == "tag":
                written.put(start, end, chr(ord(piece[0]) - 0xE0000))
                apart = False
            elif kind == "bytes":
                written.put(start, end, bytes(_BYTES[ord(c)] for c in piece[0]).decode("utf-8", "replace"))
                apart = False
            elif kind == "nothing":
                written.put(start, end, "")
            else:
                written.put(start, start + 1, "" if apart else "\n")
                written.put(start + 1, end, "")
                apart = True
        said, edits = written.done(settled)
        return Passes(said, settled, (edits,) if edits else ())

    def anchor(self, text: str, at: int) -> int:
        """A seen character; one before the invisible ones among which `at` is, or not far back among them."""
        start = at
        if start < len(text) and not _run.match(text, start):
            return start
        while start and _run.match(text, start - 1) and at - start < _FAR:
            start -= 1
        while 0 < start < len(text) and "\U000e0170" <= text[start] <= "\U000e01af":
            start -= 1  # the second or later byte of a character
        return start - 1 if start and not _run.match(text, start - 1) else start


OVERRIDE = "\u202e"
ESCAPED_OVERRIDE = "202[Ee]|8238|%(?:25)*[Ee]2%(?:25)*80%(?:25)*[Aa][Ee]"
_MOST_TURNED = 1000
_DEEPEST = 4
_OPENING, _CLOSING, _ISOLATING, _REJOINING = "\u202a\u202b\u202d\u202e", "\u202c", "\u2066\u2067\u2068", "\u2069"
_turns = Machine(f"{OVERRIDE}|{ESCAPED_OVERRIDE}")
_turning = re.compile(f"[{characters(TURNING)}]")
_turning_or_end = re.compile(f"[{characters(TURNING)}\n\r]")


@dataclass(slots=True)
class _Stretch:
    """Text of one direction, and stretches in it that are shown already."""

    opener: str
    start: int
    parts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text[::-1] if self.opener == OVERRIDE else text)

    def shown(self) -> str:
        return "".join(reversed(self.parts) if self.opener == OVERRIDE else self.parts)


class Backwards:
    """What stands behind a right-to-left override, up to its end or the line's: it is shown from its end to its start.

    Escapes and invisible signs are undone before. What is embedded in such a place is shown in its own direction. Each
    place is one; a match in it covers the whole of it.
    """

    name = "backwards"

    def applies(self, text: str) -> bool:
        return _turns.search(encoded(text)) is not None

    def read(self, text: str, *, final: bool) -> Passes:
        clean = _clean.with_turns(text, final=final)
        written, settled, at = Rewriting(clean.text), len(clean.text), 0
        while sign := _turning.search(clean.text, at):
            start, at = sign.span()
            if sign[0] != OVERRIDE:
                written.put(start, at, "")
                continue
            turned = _turned(clean.text, start, start + 1 + _MOST_TURNED, final=final)
            if turned is None:
                settled = start
                break
            at, shown = turned
            written.put(start, at, shown)
        said, edits = written.done(settled)
        return clean.after(said, settled, edits)

    def anchor(self, text: str, at: int) -> int:
        return anchor_in(self.read(text, final=True), at, text, joining=False)


def _turned(text: str, start: int, limit: int, *, final: bool) -> tuple[int, str] | None:
    """Where a turned place ends, at `limit` at the latest, and how it is shown; None: that is not known yet.

    What begins near the limit and goes beyond it is a place of its own.
    """
    open_ones, done = [_Stretch(text[start], start)], start + 1
    for sign in _turning_or_end.finditer(text, done, limit):
        if sign[0] in _OPENING + _ISOLATING and len(open_ones) == _DEEPEST:
            return sign.start(), _all_shown(open_ones, text[done : sign.start()])
        open_ones[-1].add(text[done : sign.start()])
        done = sign.end()
        if sign[0] in _OPENING + _ISOLATING:
            open_ones.append(_Stretch(sign[0], sign.start()))
        elif _ends_all(sign[0], open_ones):
            return sign.start(), _all_shown(open_ones, "")
    if len(text) < limit and not final:
        return None
    if len(text) >= limit and len(open_ones) > 1:
        return _turned(text, start, open_ones[1].start, final=True)
    end = min(limit, len(text))
    return end, _all_shown(open_ones, text[done:end])


def _ends_all(sign: str, open_ones: list[_Stretch]) -> bool:
    """Closes what a sign closes; whether that is the whole place."""
    if sign == _CLOSING and open_ones[-1].opener in _ISOLATING:
        return False
    closed = sign == _CLOSING
    while not closed and len(open_ones) > 1 and sign == _REJOINING:
        closed = open_ones[-1].opener in _ISOLATING
        if not closed:
            _close(open_ones)
    if not closed or len(open_ones) == 1:
        return True
    _close(open_ones)
    return False


def _close(open_ones: list[_Stretch]) -> None:
    last = open_ones.pop()
    open_ones[-1].parts.append(last.shown())


def _all_shown(open_ones: list[_Stretch], rest: str) -> str:
    open_ones[-1].add(rest)
    while len(open_ones) > 1:
        _close(open_ones)
    return open_ones[0].shown()


_clean = Clean()
