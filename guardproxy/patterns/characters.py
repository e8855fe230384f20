"""Which characters hide letters: invisible ones, marks, and other forms of the same character, by Unicode's tables."""

import unicodedata
from collections.abc import Iterable, Iterator

# --- invisible characters ---------------------------------------------------------------------------------------------

TAGS = (0xE0020, 0xE007F)
"""Tag characters: an invisible copy of ASCII; the last one ends a flag."""
TURNING: tuple[tuple[int, int], ...] = ((0x202A, 0x202E), (0x2066, 0x2069))
"""What turns the direction of text. Invisible, too."""
INVISIBLE: tuple[tuple[int, int], ...] = (
    *(
        (0x00, 0x08),
        (0x0E, 0x1A),
        (0x1C, 0x1F),
        (0x7F, 0x84),
        (0x86, 0x9A),
        (0x9C, 0x9F),
    ),  # controls but line ends, ESC
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *TURNING,
    *((0x200B, 0x200F), (0x2060, 0x2065), (0x206A, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
"""Unicode's default-ignorable characters (DerivedCoreProperties.txt), interlinear marks and control characters."""

# --- marks ------------------------------------------------------------------------------------------------------------

MARKS: tuple[tuple[int, int], ...] = (
    *((0x300, 0x34E), (0x350, 0x36F), (0x483, 0x489), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF)),
    (0xFE20, 0xFE2F),
)
"""Marks that are written on Latin, Greek and Cyrillic letters, on digits and signs."""
JOINING: tuple[tuple[int, int], ...] = (*MARKS, (0x1100, 0x11FF), (0x3099, 0x309A))
"""What makes one character with the one before it: marks, parts of Korean syllables, the kana's voicing marks."""

# --- other forms ------------------------------------------------------------------------------------------------------

_FORMS = (
    *((0xA0, 0x33FF), (0xA640, 0xAB69), (0xF900, 0xFFEF), (0x10780, 0x107BA), (0x1D15E, 0x1D1C0), (0x1D400, 0x1D7FF)),
    *((0x1EE00, 0x1EEFF), (0x1F100, 0x1F251), (0x1FBF0, 0x1FBF9), (0x2F800, 0x2FA1F)),
)
"""The blocks with other forms of a character; the other blocks have none."""
_SPACES = dict.fromkeys("\x0b\x0c\x85\u1680\u2028\u2029", " ")
"""What separates like a space and has no form that says so."""
_APART = ("<super>", "<sub>", "<circle>", "<fraction>")
"""Footnotes, powers and list numbers are no part of the word or number that they stand beside."""
HALF_KANA = "\uff66-\uff9d"
VOICING = "\uff9e\uff9f"


def characters(ranges: Iterable[tuple[int, int]]) -> str:
    """The inside of a character class, for Python's `re` and for RE2."""
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)


def ranges_of(members: Iterable[str]) -> list[tuple[int, int]]:
    """The same characters in as few ranges as there are: classes of ranges are quick."""
    ranges: list[tuple[int, int]] = []
    for code in sorted(map(ord, members)):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = ranges[-1][0], code
        else:
            ranges.append((code, code))
    return ranges


def one_of(members: Iterable[str]) -> str:
    """The inside of a class of these characters, for Python's `re`."""
    return characters(ranges_of(members))


def re2_class(members: Iterable[str]) -> str:
    return re2_ranges(ranges_of(members))


def re2_ranges(ranges: Iterable[tuple[int, int]]) -> str:
    return "".join(f"\\x{{{low:x}}}-\\x{{{high:x}}}" for low, high in ranges)


def decomposed(character: str) -> str:
    return unicodedata.normalize("NFD", character)


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _forms() -> Iterator[tuple[str, str, str]]:
    """Characters, the kind of form that they are (none: the same character by Unicode), and what they stand for."""
    for low, high in _FORMS:
        for character in map(chr, range(low, high + 1)):
            kind = unicodedata.decomposition(character).partition(" ")[0]
            if kind.startswith("<"):
                yield character, kind, unicodedata.normalize("NFKC", character)
            elif kind and (same := composed(character)) != character and not unicodedata.combining(character):
                form = unicodedata.normalize("NFKC", same)
                yield character, "", form if len(form) == 1 else same


_ALL_FORMS = tuple(_forms())


def _plain_forms() -> Iterator[tuple[str, str]]:
    yield from _SPACES.items()
    for character, kind, form in _ALL_FORMS:
        if kind in _APART or (kind and any(map(unicodedata.combining, form))):
            continue
        if len(form) == 1 or not kind or (_is_word_with_signs(form) and unicodedata.digit(character, None) is None):
            yield character, form


def _is_word_with_signs(form: str) -> bool:
    return all(c.isalnum() or c in "()." for c in form) and any(c.isalnum() for c in form)


FORMS = dict(_plain_forms())
"""What a full-width, half-width, mathematical, small, ligated or presentation form stands for."""
ONE_TO_ONE = {c: form for c, form in FORMS.items() if len(form) == 1 and c > "\x7f" and not "\uff65" < c < "\uffa0"}
LONGER = {c: form for c, form in FORMS.items() if c not in ONE_TO_ONE}

NUMBERED = {c: form for c, kind, form in _ALL_FORMS if kind in _APART[:3] and len(form) == 1}
"""Raised, lowered and circled letters, digits and signs."""
DIGITS = {
    character: str(digit)
    for low, high in ((0xB2, 0x2793), (0xA620, 0xAC00), (0x104A0, 0x1FC00))
    for character in map(chr, range(low, high))
    if (digit := unicodedata.digit(character, None)) is not None
}
"""The digits of all scripts, and those in circles, brackets or with a point or comma."""
_BLOCKS_WITH_MARKS = (
    *((0x300, 0x1E00), (0x20D0, 0x20F1), (0x2CEF, 0x2E00), (0x302A, 0x309B), (0xA66F, 0xABEE), (0xFB1E, 0xFB1F)),
    *((0xFE20, 0xFE30), (0x101FD, 0x11F43), (0x13440, 0x13456), (0x16AF0, 0x16FE5), (0x1BC9D, 0x1BC9F)),
    *((0x1CF00, 0x1D245), (0x1DA00, 0x1E94B)),
)
ALL_MARKS = ranges_of(
    character
    for low, high in _BLOCKS_WITH_MARKS
    for character in map(chr, range(low, high))
    if unicodedata.category(character) in ("Mn", "Me")
)
"""The marks of all scripts that take no room of their own."""


def voiced(kana: str, mark: str) -> str:
    """A half-width kana with its voicing mark: one character where there is such a one."""
    return unicodedata.normalize("NFKC", kana + mark)


def composes(base: str, mark: str) -> bool:
    """Whether a mark makes one character with what it stands on: `é`, but no struck-out `e`."""
    return len(unicodedata.normalize("NFC", base + mark)) == 1


ACCENTED = {
    chr(code): form[0]
    for low, high in ((0xC0, 0x24F), (0x1E00, 0x1EFF))
    for code in range(low, high + 1)
    if len(form := decomposed(chr(code))) > 1 and form[0].isascii()
}
"""Latin letters with marks, as one character: the letter without them."""
STROKED = dict(zip("øØłŁđĐħĦŧŦɨʉȼȻɍɌɏɎ", "oOlLdDhHtTiucCrRyY", strict=True))
"""Letters with a stroke, which have no form without it."""
