"""Two views of text that does not stand where it is seen: `hidden` in invisible characters, and `backwards`.

Tag characters are an invisible copy of ASCII; flags of regions are made of them and say a region's code. Variation
selectors are 256 invisible characters, enough to carry the bytes of a text. What is hidden is read without the text
around it, a line for each place.
"""

import re

from guardproxy.patterns.characters import INVISIBLE, TAGS, characters
from guardproxy.patterns.engine import Machine, encoded
from guardproxy.patterns.views import Passes, Rewriting, index_of

_BYTES = {0xFE00 + i: i for i in range(16)} | {0xE0100 + i: 16 + i for i in range(240)}
_TAG = characters([(TAGS[0], TAGS[1] - 1)])
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
    rf"(?P<flag>\U0001f3f4[{_TAG}]{{2,6}}\U000e007f)"
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
        return _carries.search(encoded(text)) is not None

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
        """One seen character before the invisible ones among which `at` is, or not far back among them."""
        start = at
        while start and _run.match(text[start - 1]) and at - start < _FAR:
            start -= 1
        while 0 < start < len(text) and "\U000e0170" <= text[start] <= "\U000e01af":
            start -= 1  # the second or later byte of a character
        return start - 1 if start and not _run.match(text[start - 1]) else start


OVERRIDE = "\u202e"
_MOST_TURNED = 1000
_turned = re.compile(
    rf"{OVERRIDE}([^\u202c\u2069\n\r\u2028\u2029{OVERRIDE}]{{0,{_MOST_TURNED}}})(?=[\u202c\u2069\n\r\u2028\u2029{OVERRIDE}]|\Z)"
)


class Backwards:
    """What stands behind a right-to-left override, up to its end or the line's: it is shown from its end to its start.

    Each such place is one; a match in it covers the whole of it.
    """

    name = "backwards"

    def applies(self, text: str) -> bool:
        return OVERRIDE in text

    def read(self, text: str, *, final: bool) -> Passes:
        written, settled = Rewriting(text), len(text)
        for turned in _turned.finditer(text):
            if turned.end() == len(text) and not final and len(turned[1]) <= _MOST_TURNED:
                settled = turned.start()
                break
            written.put(turned.start(), turned.end(), turned[1][::-1])
        said, edits = written.done(settled)
        return Passes(said, settled, (edits,) if edits else ())

    def anchor(self, text: str, at: int) -> int:
        reading = self.read(text, final=True)
        index = index_of(reading, at)
        return min(
            at, reading.start(index if index < len(reading.text) and reading.start(index) <= at else max(0, index - 1))
        )
