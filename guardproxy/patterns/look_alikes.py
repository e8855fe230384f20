"""The view `bare`: a clean text with its letters without marks, and what looks like an ASCII letter read as that.

Detectors look for ASCII alone, so for them all of this counts. Words and patterns are meant as they are written:
`resume` is not `résumé`. For them a match counts where its letters are in disguise: with marks that were put on them
one by one, or with letters of another alphabet among them. And a word that consists of such letters alone is just
a word of that alphabet where the letters before it are of it, too.
"""

import re
import unicodedata

from guardproxy.patterns.characters import ACCENTED, MARKS, NUMBERED, STROKED, characters, one_of, re2_class, re2_ranges
from guardproxy.patterns.engine import Machine, encoded
from guardproxy.patterns.look_alike_letters import LOOK_ALIKES
from guardproxy.patterns.views import Passes, Rewriting, replaced

_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\u058a\u1806\u2043\u02d7", "-")
_SIGNS = {"\u2024": ".", "\u2044": "/", "\u2215": "/", "\u2236": ":", "\ua789": ":", "\u02d0": ":", "\u0589": ":"}
_DIGITS = {
    chr(code): str(digit)
    for code in (*range(0x660, 0x1090), *range(0x17E0, 0x1A9A), *range(0xA620, 0xABFA))
    if (digit := unicodedata.digit(chr(code), None)) is not None and unicodedata.category(chr(code)) == "Nd"
}
_SQUARED = {
    chr(start + i): chr(ord("A") + i)
    for start in (0x1F150, 0x1F170)
    for i in range(26)
    if start + i not in (0x1F170, 0x1F171, 0x1F17E, 0x1F17F)  # these are emoji
}
LOOK_BACK = 16
"""So many characters before a word decide whether it is of their alphabet."""
LETTERS = {c: letter for letter, alike in LOOK_ALIKES.items() for c in alike} | _SQUARED
"""Letters of other alphabets, by the ASCII letter that they look like."""
_PLAIN = ACCENTED | STROKED | NUMBERED | _DIGITS | _DASHES | _SIGNS
_FORMS = _PLAIN | LETTERS
_TABLE = str.maketrans(_FORMS)

IN_DISGUISE = f"[{re2_class(LETTERS)}{re2_ranges(MARKS)}]"
ANY_FORM = f"[{re2_class(LETTERS)}{re2_class(_PLAIN)}{re2_ranges(MARKS)}]"
_strong, _any = Machine(IN_DISGUISE), Machine(ANY_FORM)
_marked = Machine(f"[{re2_ranges(MARKS)}]")
_mark = re.compile(f"[{characters(MARKS)}]")
_marks = re.compile(f"(?<=[\t-~])[{characters(MARKS)}]+")
_in_disguise = re.compile(f"[{one_of(LETTERS)}{characters(MARKS)}]")
_look_alike = re.compile(f"[{one_of(LETTERS)}]")
_own = re.compile("[A-Za-z0-9]")
_real = re.compile(
    f"(?![{one_of(LETTERS)}])[\u0370-\u058f\u10a0-\u10ff\u13a0-\u13ff\u1f00-\u1fff\u2c80-\u2dff\ua4d0-\ua4ff]"
)


def bare_letter(character: str) -> str:
    """What a character of a finder's own words is read as."""
    return "" if _mark.fullmatch(character) else character.translate(_TABLE)


class Bare:
    """The view, over what `clean` reads."""

    name = "bare"

    def applies(self, said: str, *, to_signs: bool) -> bool:
        """Whether a clean text has letters in disguise; `to_signs`: or accents, digits and dashes of other scripts."""
        return (_any if to_signs else _strong).search(encoded(said)) is not None

    def read(self, clean: Passes) -> Passes:
        said = replaced(clean.text, _FORMS, _TABLE)
        if not _marked.search(encoded(said)):
            return clean.after(said, len(said), None)
        written = Rewriting(said)
        for marks in _marks.finditer(said):
            written.put(marks.start(), marks.end(), "")
        bare, edits = written.done(len(said))
        return clean.after(bare, len(said), edits)

    def counts(self, clean: Passes, bare: Passes, start: int, end: int, *, always: bool) -> bool:
        """Whether a match `[start, end)` of the bare reading counts; `always`: for its finder all letters do."""
        if len(bare.edits) > len(clean.edits):
            start, end = bare.edits[-1].start(start), bare.edits[-1].end(end)
        said = clean.text[start:end]
        if not (always or _in_disguise.search(said)):
            return False
        if _own.search(said) or not _look_alike.search(said):
            return True
        return not _real.search(clean.text, max(0, start - LOOK_BACK), start)
