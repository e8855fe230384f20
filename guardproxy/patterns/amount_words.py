"""How amounts stand in a sentence: numbers, what stands before and behind them, and what joins several of them.

The expressions are loose where that keeps them small; `amounts_in` takes what they found apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from guardproxy.ir.currencies import ALSO_WORDS, CODES, HUNDREDTHS, SIGNS, WORDS
from guardproxy.ir.measures import SIZELESS, SPOKEN
from guardproxy.ir.types import NumberKind
from guardproxy.patterns.engine import Machine
from guardproxy.patterns.number_words import (
    HYPHEN,
    KANJI,
    LETTERS,
    MAGNITUDE,
    NUMBER_WORDS,
    ORDINALS,
    SPACE,
    any_of,
    ends_large,
    kanji_value,
    times,
    value_of,
    words_of,
)

_LONGEST = 60
"""Digits of a number; a longer one is no value."""
_MOST = 64
"""Numbers in a row; more of them together are no value."""
_DIGIT = r"[0-9\x{ff10}-\x{ff19}]"
_POINT = r"[.,\x{ff0c}\x{ff0e}]"
_APART = r"[\x20\x{a0}\x{2009}\x{202f}'\x{2019}]"
_FRACTION = r"(?:[½¼¾]|/[2-9]\b|\x20[½¼¾]|\x20[1-9]/[2-9]\b)"
_FIGURES = (
    rf"(?:(?:{_DIGIT}{{1,3}}(?:{_APART}{_DIGIT}{{3}}\b){{1,6}}(?:{_POINT}{_DIGIT}+)?"
    rf"|{_DIGIT}+(?:{_POINT}{_DIGIT}+){{0,6}}){_FRACTION}?|[½¼¾])"
)
_GAP = rf"{SPACE}{{0,4}}"
_SPACES = rf"{SPACE}{{1,4}}"
_SIGN = r"[\-\x{2212}]"
_DASH = r"[\-/\x{2010}\x{2011}\x{2013}\x{2014}]"
_JOIN = rf"(?:{_SPACES}(?i:and|or|to)(?:{_SPACES}an?)?{_SPACES}|{_GAP}{_DASH}{_GAP})"


def _number(letters: Iterable[str] = ()) -> str:
    short = any_of(letters)
    larger = rf"(?:{_GAP}(?:{MAGNITUDE}|(?i:{short})\b))*" if short else rf"(?:{_GAP}{MAGNITUDE})*"
    return rf"(?:{_FIGURES}{larger}|{NUMBER_WORDS}|{KANJI})"


def _names(words: Iterable[str]) -> str:
    """Any of the words in any case, each up to its end: `min` is no part of `minimum`. A sign ends by itself."""
    known = set(words)
    ending = {word for word in known if word[-1].isascii() and word[-1].isalpha()}
    return rf"(?i:{any_of(ending)}\b|{any_of(known - ending)})"


_CURRENCIES = WORDS | SIGNS | set(HUNDREDTHS) | (CODES - ALSO_WORDS)
_MEASURES = {*SPOKEN, *SIZELESS}
_PER = rf"(?:(?:{_GAP}/{_GAP}|{_SPACES}(?i:per){_SPACES})(?i:{any_of(_MEASURES)})\b)"
_UNIT = (
    rf"(?:{_names({w.casefold() for w in (*_CURRENCIES, *_MEASURES)} | {'percent', 'per cent', 'pct', '%'})}{_PER}*"
    rf"|(?:{any_of(ALSO_WORDS)})\b|[\p{{Sc}}\x{{ff05}}])"
)
# `\p{Sc}`: a currency sign that nobody declares still says that the number is no amount in the field's own currency.
_BEFORE = rf"(?:(?:{_names(WORDS | SIGNS)}|\b{any_of(CODES)}|\p{{Sc}}){_GAP})"
_PERCENT = rf"(?:[%\x{{ff05}}]|(?i:percent|per{SPACE}cent|pct)\b)"


def _several(first: str, more: str, unit: str, loose: str) -> str:
    """Amounts that belong together. `loose`: what may stand between two without a word, where there is a unit."""
    return rf"{first}(?:(?:{unit}(?:{_JOIN}|{loose})|{_JOIN}){more})*(?:{unit})?"


_MONEY = _number(LETTERS)
_PLAIN = _number(["k"])
_BARE = _number()
_BEHIND = rf"{_GAP}{HYPHEN}?{_UNIT}"
# `\b` knows ASCII only; lengths are limited where a search could begin at each place.
_WIDE = rf"\B(?:第?{KANJI}|[½¼¾]|[\x{{ff10}}-\x{{ff19}}]{{1,20}}(?:{_POINT}[\x{{ff10}}-\x{{ff19}}]{{1,20}})?)"
NUMBERS = rf"(?:(?:{_SIGN}|\b){_PLAIN}|{_WIDE})(?:{_JOIN}{_SIGN}?{_PLAIN})*"
LAST_NUMBERS = rf"{NUMBERS}(?:{_BEHIND})?"
_FIRST = rf"(?:(?:{_SIGN}|\b){_BARE}|{_WIDE})"
PERCENTAGES = _several(_FIRST, rf"{_SIGN}?{_BARE}", rf"{_GAP}{_PERCENT}", _JOIN)
QUANTITIES = _several(_FIRST, rf"{_SIGN}?{_BARE}", _BEHIND, rf",?{_SPACES}")
MONEY = _several(
    rf"(?:(?:{_SIGN}?{_BEFORE}{_SIGN}?|{_SIGN}|\b){_MONEY}|{_WIDE})",
    rf"{_SIGN}?{_BEFORE}?{_SIGN}?{_MONEY}",
    _BEHIND,
    rf",?{_SPACES}",
)

_FINDS = {"money": Machine(_MONEY), "whole": Machine(_PLAIN), "decimal": Machine(_PLAIN)}
_FINDS_BARE = Machine(_BARE)


@dataclass(frozen=True, slots=True)
class Amount:
    """One number and what stands around it. `joined`: how it follows the one before (`and`, `or`, `to`, or nothing).

    `value` is None where the figures are no number; `end` is where the amount ends, with its unit.
    """

    text: str
    value: Fraction | None
    before: str
    behind: str
    joined: str
    end: int
    is_ordinal: bool = False


def amounts_in(text: str, kind: NumberKind) -> list[Amount]:
    """The amounts of a text that an expression here found."""
    machine = _FINDS.get(kind, _FINDS_BARE)
    data = text.encode("utf-8", "replace")
    spans: list[tuple[int, int]] = []
    position = 0
    while span := machine.search(data, position):
        spans.append(span)
        position = span[1]
        if len(spans) > _MOST:
            return [Amount(text, None, "", "", "", len(text))]
    return _amounts(data, spans, kind)


def _amounts(data: bytes, spans: list[tuple[int, int]], kind: NumberKind) -> list[Amount]:
    found: list[Amount] = []
    before, joined, merged = data[: spans[0][0]].decode() if spans else "", "", ""
    point = len(before)
    for i, (start, end) in enumerate(spans):
        found_text = data[start:end].decode()
        number = merged + found_text
        follows = data[end : spans[i + 1][0] if i + 1 < len(spans) else len(data)].decode()
        behind, join, next_before = _between(follows, is_last=i + 1 == len(spans))
        merged = ""
        if join == "and" and not behind and not next_before and i + 1 < len(spans):
            after = data[slice(*spans[i + 1])].decode()
            if _is_one_number(number, after):
                merged = f"{number} and "
                point += len(found_text) + len(follows)
                continue
        point += len(found_text)
        sign = -1 if "-" in before or "\u2212" in before else 1
        value = _value(number, kind)
        found.append(
            Amount(
                number,
                None if value is None else sign * value,
                _name(before),
                behind,
                joined,
                point + (follows.index(behind) + len(behind) if behind else 0),
                _is_ordinal(number, before),
            )
        )
        before, joined = next_before, join
        point += len(follows)
    return found


def _is_ordinal(number: str, before: str) -> bool:
    return before.endswith("第") or words_of(number)[-1] in ORDINALS


def _between(text: str, *, is_last: bool) -> tuple[str, str, str]:
    """The unit behind a number, what joins it to the next one, and what stands before that."""
    if is_last:
        return _name(text), "", ""
    words = text.split()
    for place, word in enumerate(words):
        if word.casefold() in ("and", "or", "to"):
            rest = [w for w in words[place + 1 :] if w.casefold() not in ("a", "an")]
            return _name(" ".join(words[:place])), word.casefold(), " ".join(rest)
    stripped = text.strip()
    for place in range(len(stripped) - 1, -1, -1):
        sign = stripped[place]
        if sign in "-\u2010\u2011\u2013\u2014/" and not any(c.isalpha() for c in stripped[place:]):
            return _name(stripped[:place]), "to", stripped[place + 1 :]
    return _name(stripped.removesuffix(",")), "", ""


def _is_one_number(left: str, right: str) -> bool:
    if words_of(right)[:2] == ["a", "half"] or words_of(right)[:1] == ["half"]:
        return "half" not in left.casefold() and left[-1:] not in "½¼¾"
    words = [word for word in words_of(left) if word != "and"]
    return ends_large(words) and value_of([*words, *words_of(right)]) is not None


def _name(text: str) -> str:
    """The unit or currency that stands next to a number, without what parts them."""
    return text.strip().strip("-\u2010\u2011\u2212").strip()


@lru_cache(maxsize=4096)
def _value(number: str, kind: NumberKind) -> Fraction | None:
    whole, joint, rest = number.casefold().partition(" and ")
    half = [word for word in rest.split() if word != "a"]
    if joint and half[:1] == ["half"]:
        value = _value(whole, kind)
        return None if value is None else times(value + Fraction(1, 2), half[1:])
    figures = number[:1].isdigit() or number[:1] in "½¼¾"
    if figures:
        return _figures(number, kind)
    if number[0] in KANJI:
        return kanji_value(number)
    return value_of([word for word in words_of(number) if word != "and"])


_HALVES = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4)}


def _figures(text: str, kind: NumberKind) -> Fraction | None:
    """Figures with what makes them larger: `5 million`, `2½`, `1 1/2`."""
    end = len(text)
    while end and not (text[end - 1].isdigit() or text[end - 1] in _HALVES):
        end -= 1
    value = _with_fraction(text[:end].translate(_NARROW))
    sizes = text[end:].casefold().split()
    if value is None or len(sizes) > 8:
        return None
    for size in sizes:
        larger = times(value, [size])
        value = larger if larger is not None else value * LETTERS[size]
    return value


_NARROW = {0xFF10 + i: str(i) for i in range(10)} | {0xFF0C: ",", 0xFF0E: "."}


def _with_fraction(text: str) -> Fraction | None:
    if text[-1] in _HALVES:
        whole = _exact(text[:-1].strip()) if text[:-1].strip() else Fraction(0)
        return None if whole is None else whole + _HALVES[text[-1]]
    rest, slash, below = text.rpartition("/")
    if not slash:
        return _exact(text)
    whole_text, _, above = rest.rpartition(" ")
    whole = _exact(whole_text) if whole_text else Fraction(0)
    if whole is None or not above.isdigit() or len(above) > 1 or int(above) >= int(below):
        return None
    return whole + Fraction(int(above), int(below))


def _exact(digits: str) -> Fraction | None:
    """The number. Commas or spaces part thousands, one point comes before the decimals."""
    if len(digits) > _LONGEST:
        return None
    for sign in "\u00a0\u2009\u202f'\u2019 ":
        digits = digits.replace(sign, ",")
    whole, point, decimals = digits.partition(".")
    first, *thousands = whole.split(",")
    grouped = not thousands or (len(first) <= 3 and all(len(group) == 3 for group in thousands))
    if not grouped or (point and not decimals.isdigit()):
        return None
    return Fraction(whole.replace(",", "") + (f".{decimals}" if point else ""))
