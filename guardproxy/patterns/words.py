r"""Whole words in any script.

A phrase is found where no letter, digit, mark or `_` goes on at its ends. Edges are demanded only between characters of
scripts that are written with spaces: Japanese, Chinese, Thai, Lao, Khmer and Burmese have none to demand. Korean has
them, but its particles stick to the words before them, Latin ones too.
RE2's `\b` knows ASCII only, so the expression is a first sieve and the neighbours are looked at in code.
White space in a phrase stands for any run of it, and `'` for the typographic apostrophe too.
"""

from collections.abc import Callable
from functools import lru_cache

from guardproxy.patterns.engine import Machine, encoded
from guardproxy.patterns.tree import Assertion, Char, Concat, Node, Repeat, literal

LEFT_CONTEXT = 4
"""How many code points before a match decide whether it counts; no finder looks further back."""

_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\x{3006}\x{30fc}\x{ff70}"
_SPACE = r"[\s\v\x{85}\pZ]"
_APOSTROPHE = r"['\x{2019}]"

_word = Machine(r"[\pL\pN\pM_]")
_spaceless = Machine(f"[{_SPACELESS}]")
_latin, _korean = Machine(r"\p{Latin}"), Machine(r"\p{Hangul}")


@lru_cache(maxsize=8192)
def goes_on(character: str) -> bool:
    """Whether a word of a script with spaces would go on with this character (the empty string: the text ends)."""
    if character.isascii():
        return character.isalnum() or character == "_"
    data = encoded(character)
    return _word.search(data) is not None and _spaceless.search(data) is None


def begins_word(before: str) -> bool:
    """Whether a word can begin behind this text."""
    return not goes_on(before[-1:])


def ends_word(after: str) -> bool:
    """Whether a word can end before this text."""
    return not goes_on(after[:1])


def ends_latin_word(after: str) -> bool:
    """The same for a word of Latin letters."""
    return ends_word(after) or (not after.isascii() and _korean.search(encoded(after[:1])) is not None)


def end_of(last: str) -> Callable[[str], bool] | None:
    """What tells whether a word that ends with this character ends before a text; None: it ends anywhere."""
    if not goes_on(last):
        return None
    return ends_word if _latin.search(encoded(last)) is None else ends_latin_word


def phrase(text: str) -> Node:
    """The words of a phrase in any case, without its edges."""
    parts: list[Node] = []
    for character in text:
        if not character.isspace():
            parts.append(_letter(character))
        elif not parts or not isinstance(parts[-1], Repeat):
            parts.append(Repeat(Char(_SPACE), 1, None))
    return Concat(tuple(parts))


def _letter(character: str) -> Node:
    return Char(_APOSTROPHE) if character in "'\u2019" else literal(character, ignore_case=True).parts[0]


def sieve_before(character: str) -> tuple[Node, ...]:
    """What stands in the expression before a word that begins with `character`."""
    return (Assertion("edge"),) if _is_ascii_word(character) else ()


def sieve_behind(character: str) -> tuple[Node, ...]:
    """What stands in the expression behind a word that ends with `character`."""
    if not goes_on(character):
        return ()
    return (Assertion("edge" if _is_ascii_word(character) else "look ahead"),)


def _is_ascii_word(character: str) -> bool:
    return character.isascii() and goes_on(character)
