"""The view `bare`: a clean text with its letters without marks, and what looks like an ASCII letter read as that.

Detectors look for ASCII alone, so for them all of this counts. Words and patterns are meant as they are written:
`resume` is not `résumé`. For them a match counts where its letters are in disguise: with marks that were put on them
one by one, or with letters of another alphabet among them. And a word that consists of such letters alone is just
a word of that alphabet where the letters before it are of it, too.
"""

import re
from collections.abc import Mapping

from guardproxy.patterns.characters import (
    ACCENTED,
    ALL_MARKS,
    DIGITS,
    MARKS,
    NUMBERED,
    STROKED,
    characters,
    one_of,
    re2_class,
    re2_ranges,
)
from guardproxy.patterns.engine import Machine, encoded
from guardproxy.patterns.look_alike_letters import LOOK_ALIKES
from guardproxy.patterns.views import Passes, Rewriting, replaced

_DASHES = dict.fromkeys(
    "\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0"
    "\ufe31\ufe32\U00010ead\u02d7\u2043\u2212\u2500\u2501\u2796\u30fc",
    "-",
)
"""Unicode's dashes, and what is drawn like one."""
_SIGNS = {"\u2024": ".", "\u2044": "/", "\u2215": "/", "\u2236": ":", "\ua789": ":", "\u02d0": ":", "\u0589": ":"}
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


def _closed(table: Mapping[str, str]) -> dict[str, str]:
    """The table with what each character is read as in the end: a raised `ɑ` is an `ɑ`, which is an `a`."""
    closed = {}
    for character, read in table.items():
        while read in table:
            read = table[read]
        closed[character] = read
    return closed


_FORMS = _closed(NUMBERED | ACCENTED | STROKED | DIGITS | _DASHES | _SIGNS | LETTERS)
_PLAIN = [c for c in _FORMS if c not in LETTERS]
_TABLE = str.maketrans(_FORMS)

IN_DISGUISE = f"[{re2_class(LETTERS)}{re2_ranges(MARKS)}]"
ANY_FORM = f"[{re2_class(LETTERS)}{re2_class(_PLAIN)}{re2_ranges(MARKS)}]|[\t-~][{re2_ranges(ALL_MARKS)}]"
_strong, _any = Machine(IN_DISGUISE), Machine(ANY_FORM)
_marked = Machine(f"[{re2_ranges(MARKS)}]|[\t-~][{re2_ranges(ALL_MARKS)}]")
_mark = re.compile(f"[{characters(MARKS)}]")
_marks = re.compile(f"(?<=[\t-~])[{characters((*MARKS, *ALL_MARKS))}]+")
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
