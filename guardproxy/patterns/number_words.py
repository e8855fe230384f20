"""Numbers written in words: `seventeen`, `one hundred and five`, `a dozen`, `half a million`, `十七`.

`NUMBER_WORDS` and `KANJI` are the expressions that find them; the `and` between two of them is read by `amount_words`.
Ordinals (`twenty-first`) are found, so that no part of one is read, and are no number.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from guardproxy.patterns.tree import quoted

SPACE = r"[\s\v\x{85}\pZ]"
HYPHEN = r"[\-\x{2010}\x{2011}]"


def listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_SMALL: Mapping[str, int] = {
    word: value
    for value, word in enumerate(
        listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
_TENS: Mapping[str, int] = {
    word: 10 * value
    for value, word in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
MAGNITUDES: Mapping[str, int] = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 10**3,
    "lakh": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
    "trillion": 10**12,
}
"""Words behind a number that multiply it. A billion is a thousand million."""

LETTERS: Mapping[str, int] = {
    "k": 10**3,
    "m": 10**6,
    "mm": 10**6,
    "mn": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "tn": 10**12,
}
"""What stands for them behind an amount of money."""

ORDINALS = listed("first second third fourth fifth sixth seventh eighth ninth")
_KANJI_DIGITS: Mapping[str, int] = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0}
_KANJI_TENS: Mapping[str, int] = {"十": 10, "百": 100, "千": 1000}
_KANJI_GROUPS: Mapping[str, int] = {"万": 10**4, "億": 10**8, "兆": 10**12}

KANJI = "[" + "".join((*_KANJI_DIGITS, *_KANJI_TENS, *_KANJI_GROUPS)) + "]+"


def any_of(words: Iterable[str]) -> str:
    """The expression of any of these words, as long as possible, with their common beginnings written once."""
    branches: dict[str, list[str]] = {}
    known = set(words)
    for word in sorted(known - {""}):
        branches.setdefault(word[0], []).append(word[1:])
    options = [quoted(first) + any_of(rests) for first, rests in branches.items()]
    if not options:
        return ""
    together = options[0] if len(options) == 1 and "" not in known else f"(?:{'|'.join(options)})"
    return f"{together}?" if "" in known else together


_MAGNITUDE = rf"(?:{any_of(MAGNITUDES)})"
_WORD = any_of((*_SMALL, *_TENS, *MAGNITUDES, "half"))
_JOIN = rf"(?:{SPACE}{{1,4}}|{HYPHEN})"
MAGNITUDE = rf"(?i:{_MAGNITUDE})\b"
NUMBER_WORDS = (
    rf"(?i:(?:an?{SPACE}{{1,4}}(?:{_MAGNITUDE}|half)|half{SPACE}{{1,4}}an?|{_WORD})\b"
    rf"(?:{_JOIN}{_WORD}\b)*(?:{HYPHEN}{any_of(ORDINALS)}\b)?)"
)


def words_of(text: str) -> list[str]:
    """The words of a found number, in lower case."""
    return text.casefold().replace("-", " ").replace("\u2010", " ").replace("\u2011", " ").split()


def ends_large(words: Sequence[str]) -> bool:
    """Whether `and` and a smaller number may follow: `one hundred and five`."""
    return MAGNITUDES.get(words[-1], 0) >= 100 if words else False


def value_of(words: Sequence[str]) -> Fraction | None:
    """The number that these words say, without `and`; None when they say none."""
    words = [word for word in words if word not in ("a", "an")] if words[0] == "half" else list(words)
    if words[0] in ("a", "an"):
        words = words[1:] if words[1:2] == ["half"] else ["one", *words[1:]]
    if words[0] == "half":
        return times(Fraction(1, 2), words[1:])
    return _cardinal(words)


def times(value: Fraction, magnitudes: Sequence[str]) -> Fraction | None:
    """`5` and `hundred thousand` make 500,000."""
    for word in magnitudes[:8]:
        if word not in MAGNITUDES:
            return None
        value *= MAGNITUDES[word]
    return value if len(magnitudes) <= 8 else None


def _cardinal(words: Sequence[str]) -> Fraction | None:
    total, group, last = 0, -1, 10**18
    for word in words:
        if word in _SMALL:
            small = _SMALL[word]
            behind_tens = group % 100 >= 20 and group % 10 == 0 and 1 <= small <= 9
            if not (group < 0 or behind_tens or (group >= 100 and group % 100 == 0 and small)):
                return None
            group = max(group, 0) + small
        elif word in _TENS:
            if not (group < 0 or (group >= 100 and group % 100 == 0)):
                return None
            group = max(group, 0) + _TENS[word]
        elif word == "hundred":
            if not 1 <= group <= 99:
                return None
            group *= 100
        else:
            size = MAGNITUDES.get(word, last)
            if group < 1 or size >= last:
                return None
            total, group, last = total + group * size, -1, size
    return Fraction(total + max(group, 0))


def kanji_value(text: str) -> Fraction | None:
    """`十七` is 17, `二〇二六` 2026; None when the signs stand in no such order."""
    if len(text) <= 20 and all(c in _KANJI_DIGITS for c in text):
        return Fraction(int("".join(str(_KANJI_DIGITS[c]) for c in text)))
    total, last_group, group, last, digit = 0, 10**16, 0, 10**4, -1
    for c in text:
        if c in _KANJI_DIGITS and digit < 0:
            digit = _KANJI_DIGITS[c]
        elif c in _KANJI_TENS and _KANJI_TENS[c] < last:
            group, last, digit = group + max(digit, 1) * _KANJI_TENS[c], _KANJI_TENS[c], -1
        elif c in _KANJI_GROUPS and _KANJI_GROUPS[c] < last_group and group + max(digit, 0):
            total += (group + max(digit, 0)) * _KANJI_GROUPS[c]
            last_group, group, last, digit = _KANJI_GROUPS[c], 0, 10**4, -1
        else:
            return None
    return Fraction(total + group + max(digit, 0))
