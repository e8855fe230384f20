r"""Things that are known by what stands before them: a bare number by its name, an address by what loads it.

One in ten numbers of nine digits has a right check digit, so `046 454 286` is a social insurance number only behind a
word that says so. The match begins at that word; what counts for exemptions (`except those starting with "12-"`) is the
thing alone, and where several stand in a row, each of them.
"""

from collections.abc import Callable, Iterator, Sequence

from guardproxy.patterns.engine import encoded, machine

_EDGE = r"[\s:#=.,;()\x5b\x5d*_'\x22/|~>\-\x{a0}\x{ff1a}\x{3000}\x{2013}\x{2116}\x{ba}\x{b0}]"
_PARTICLE = "(?:は|が|の|を|番号|号码|號碼|号|번호|는|은|이|为|是|為)"
_LINK_WORDS = (
    "number numbers no nr n num nos s it code is are was of for my your the und ist lautet est es è é är er on numero "
    "número numéro nummer nummern numer номер это равен là adalah"
)
_VALUE = (
    r"(?:[\x22']\s{0,3},\s{0,12}[\x22'](?:value|number|text|content|data|answer|id)[\x22']\s{0,2}:\s{0,2}[\x22']?)?"
)
"""In JSON, where the name stands in one member and the number in the next: `{"label": "SSN", "value": "..."}`."""

_BETWEEN = r"\s{0,2}(?:[,;/&、，・]|\b(?:and|or|und|oder|et|ou|y|o|e|och|og|en|i|и)\b|と|和|및)\s{0,2}"
"""Between two numbers that one word announces."""


def announcement(words: Sequence[str]) -> str:
    """What may stand before a number: one of the words in any case, then a few signs and little words."""
    named = "|".join(map(_word, sorted(words, key=len, reverse=True)))
    little = "|".join(_LINK_WORDS.split())
    behind = f"(?:{_EDGE}|{_PARTICLE}){{0,4}}(?:(?:{little}){_EDGE}{{1,3}}){{0,3}}{_PARTICLE}?{_EDGE}?"
    return f"(?i:(?:{named}){_VALUE}{behind})"


def _word(word: str) -> str:
    """A word, with an `s` for many of them; spaces stand for what joins words: `tax id`, `taxId`, `tax_id`."""
    spelled = r"[\s_\-]{0,3}".join("".join(map(_sign, part)) for part in word.split())
    first, last = (c.isascii() and c.isalnum() for c in (word[0], word[-1]))
    return (r"(?:\b|_)" if first else "") + spelled + ("s?" if last else "")


def _sign(sign: str) -> str:
    return sign if sign.isalnum() else rf"\x{{{ord(sign):x}}}"


class Announced:
    """A thing with what stands before it, and perhaps a form (`alone`) that needs no announcement.

    `check` gives how many of a thing's first characters count (0: none); None: all.
    """

    def __init__(self, front: str, thing: str, alone: str | None, check: Callable[[str], int] | None) -> None:
        self._front, self._thing = front, thing
        self._check = check
        row = f"(?:{front}){thing}(?:(?i:{_BETWEEN}){thing}){{0,7}}"
        self.expression = f"(?:{row}|{alone})" if alone else row

    def accept(self, matched: str) -> int:
        """How many of the first characters count: up to the last thing that can be one."""
        return max((end for _, end in self._spans(matched)), default=0)

    def parts(self, matched: str) -> list[str]:
        """The things in a match, without what announces them."""
        return [matched[start:end] for start, end in self._spans(matched)] or [matched]

    def _spans(self, matched: str) -> Iterator[tuple[int, int]]:
        data = encoded(matched)
        place = machine(self._front).end_at(data, 0)
        if place < 0:
            length = self._length(matched)
            if length:
                yield 0, length
            return
        thing = machine(self._thing)
        while span := thing.search(data, place):
            start, place = len(data[: span[0]].decode()), span[1]
            length = self._length(data[span[0] : span[1]].decode())
            if length:
                yield start, start + length

    def _length(self, text: str) -> int:
        return self._check(text) if self._check else len(text)


def things_in(thing: str) -> Callable[[str], list[str]]:
    """All the things in a match, wherever in it they stand; the match itself where none is seen."""

    def parts(matched: str) -> list[str]:
        data, place, found = encoded(matched), 0, list[str]()
        while span := machine(thing).search(data, place):
            found.append(data[span[0] : span[1]].decode())
            place = span[1]
        return found or [matched]

    return parts
