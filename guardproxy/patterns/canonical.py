r"""The view `clean`: a text with its disguises undone that do not change what letters it has.

Undone are invisible characters, escapes (HTML, JSON and JavaScript, URL), terminal codes, signs of emphasis in
markdown, other forms of a character (full-width, half-width, mathematical, ligatures), and marks that make no one
character with their base. One pass undoes one layer; four are made, as `&amp;#52;` is `&#52;` is `4`.

Everything that is looked for here is bounded in length, looks at one character before it at most, and is not decided
while the text ends in it: so the reading never changes once it is settled. Letters keep their accents; see `bare` in
`look_alikes`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from html.entities import html5

from guardproxy.patterns.characters import (
    FORMS,
    HALF_KANA,
    INVISIBLE,
    JOINING,
    LONGER,
    MARKS,
    ONE_TO_ONE,
    TURNING,
    VOICING,
    characters,
    composes,
    one_of,
    re2_class,
    re2_ranges,
    voiced,
)
from guardproxy.patterns.engine import Machine, encoded
from guardproxy.patterns.views import Edits, Passes, Rewriting, index_of, replaced

LAYERS = 4
_MOST_UNDERSCORES = 8
_KEYCAP = "\u20e3"

_H = "[0-9A-Fa-f]"
_ZEROS = "0{0,64}+"
_MARKS = characters(MARKS)
_JOINING = characters(JOINING)

_UTF8_ESCAPE = rf"%[0-7]{_H}|%[cCdD]{_H}%[89abAB]{_H}|%[eE]{_H}(?:%[89abAB]{_H}){{2}}|%[fF][0-4](?:%[89abAB]{_H}){{3}}"
_OPEN_PERCENT = (
    rf"%(?:{_H}|[cCdD]{_H}(?:%[89abAB]?)?|[eE]{_H}(?:%(?:[89abAB](?:{_H}(?:%[89abAB]?)?)?)?)?"
    rf"|[fF][0-4](?:%(?:[89abAB](?:{_H}(?:%(?:[89abAB](?:{_H}(?:%[89abAB]?)?)?)?)?)?)?)?|u{_H}{{0,3}})?"
)
_HIGH, _LOW = rf"\\u[dD][89abAB]{_H}{{2}}", rf"\\u[dD][c-fC-F]{_H}{{2}}"
_OPEN_LOW = rf"\\(?:u(?:[dD](?:[c-fC-F]{_H}?)?)?)?"
_NUMBERS, _STRING = r"[0-9;:<=>?]{0,64}+[ -/]{0,4}+", r"[\]PX^_][^\x07\x1b]{0,256}+"
_CODE = rf"\x1b\[{_NUMBERS}[@-~]|\x1b{_STRING}(?:\x07|\x1b\\)|\x1b[ -/]{{0,2}}+[0-~]|\x9b{_NUMBERS}[@-~]"
_OPEN_CODE = rf"\x1b(?:\[{_NUMBERS}|{_STRING}\x1b?|[ -/]{{0,2}}+)?|\x9b{_NUMBERS}"

_OPEN = (
    rf"(?P<open>(?:&(?:#(?:{_ZEROS}[0-9]{{0,8}}|[xX]{_ZEROS}{_H}{{0,7}})|[A-Za-z][A-Za-z0-9]{{0,31}})?"
    rf"|\\(?:u(?:{_H}{{0,3}}|\{{{_ZEROS}{_H}{{0,6}})|x{_H}?|U{_H}{{0,7}})?|{_HIGH}(?:{_OPEN_LOW})?|{_OPEN_PERCENT}|{_OPEN_CODE}"
    rf"|~|[{HALF_KANA}])\Z)"
)
_SHOWN_OPEN = rf"(?P<open>(?:{_OPEN_CODE}|~|[{HALF_KANA}])\Z)"
_SHOWN = (
    rf"|(?P<kana>[{HALF_KANA}])(?P<voicing>[{VOICING}])?"
    rf"|(?<=[^{_MARKS}])(?P<marks>[{_MARKS}]+)"
    rf"|(?P<form>[{one_of(LONGER)}])"
    r"|(?P<escape>\x1b|\x9b)"
)
_ESCAPES = (
    rf"&#{_ZEROS}(?P<decimal>[0-9]{{1,8}})(?:;|(?![0-9;]))|&#[xX]{_ZEROS}(?P<hex>{_H}{{1,7}})(?:;|(?![0-9A-Fa-f;]))"
    r"|&(?P<name>[A-Za-z][A-Za-z0-9]{1,31};?)"
    rf"|(?P<pair>{_HIGH}{_LOW})|\\(?:u(?P<u4>{_H}{{4}})|u\{{{_ZEROS}(?P<u>{_H}{{1,6}})\}}|x(?P<x>{_H}{{2}})|U(?P<u8>{_H}{{8}}))"
    r"|\\(?P<control>[nrt])|\\(?P<sign>[!-/:-@\[-`{-~])"
    rf"|%u(?P<pu>{_H}{{4}})|(?P<percent>{_UTF8_ESCAPE})"
)


class _Tokens:
    """What is undone in the first layer and in the later ones, but for some invisible characters that are kept."""

    def __init__(self, kept: Collection[tuple[int, int]] = ()) -> None:
        signs = rf"[*`{characters(r for r in INVISIBLE if r not in kept)}]|~~+"
        # A code that may go on is no noise, wherever it stands.
        going_on = rf"(?P<noise>(?:{signs}|(?!(?:{_OPEN_CODE})\Z)(?:{_CODE}))+){_SHOWN}"
        ended = rf"(?P<noise>(?:{signs}|{_CODE})+){_SHOWN}"
        self.shown = re.compile(f"{_SHOWN_OPEN}|{going_on}"), re.compile(ended)
        self.later = re.compile(f"{_OPEN}|{_ESCAPES}|{going_on}"), re.compile(f"{_ESCAPES}|{ended}")

    def of(self, layer: int, *, final: bool) -> re.Pattern[str]:
        """Those of a layer, in a text that goes on or has ended."""
        return (self.later if layer else self.shown)[final]


_ALL, _WITH_TURNS = _Tokens(), _Tokens(TURNING)
_EDGES = r"(?P<edge>(?<!\w)_{1,3}(?!_)|(?<=[^\W_])_{1,3}(?!\w))"
_EDGES_GOING_ON, _EDGES_ENDED = re.compile(rf"(?P<open>(?<!_)_{{1,3}}\Z)|{_EDGES}"), re.compile(_EDGES)
_FIRSTS_IN_ASCII = re.compile(r"[*`&\\%~_\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FIRSTS = re.compile(rf"[*`&\\%~_\x1b\x9b{characters(INVISIBLE)}{one_of(LONGER)}{HALF_KANA}{_MARKS}]")
"""What they begin with: one class, so that the text between them is passed over quickly."""

# What begins one of these, or stands for another character: one search tells that a text has nothing of the kind.
_LOUD = (r for r in INVISIBLE if r[0])
_LEGACY = {name for name in html5 if not name.endswith(";")}
_CHANGING = (
    r"[*`\x1b\x01-\x08]|\\(?:[nrtuxU!-/:-@\[-`{-~]|\z)|~~|~\z"
    rf"|&(?:#|{'|'.join(sorted(_LEGACY))}|[A-Za-z][A-Za-z0-9]{{1,31}};|[A-Za-z0-9]{{0,32}}\z)"
    r"|%(?:[0-9A-Fa-f]{2}|u|[0-9A-Fa-f]?\z)"
    rf"|[{re2_class(LONGER)}{re2_class(ONE_TO_ONE)}{re2_ranges(_LOUD)}{re2_ranges(MARKS)}\x{{9b}}]"
)
_AT_EDGES = r"\b_|_\b"
STARTS = f"{_CHANGING}|{_AT_EDGES}"
_changing, _at_edges = Machine(_CHANGING), Machine(_AT_EDGES)
_ONE_TO_ONE_TABLE = str.maketrans(ONE_TO_ONE)
_invisible, _signs = re.compile(f"[{characters(INVISIBLE)}]"), re.compile(f"[*`{characters(INVISIBLE)}]")


def _character(code: int) -> str | None:
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 and code else None


def _of_hex(digits: str) -> str | None:
    return _character(int(digits, 16))


def _of_entity(code: int) -> str | None:
    """Browsers read the numbers of control characters as Windows wrote them: `&#150;` is a dash."""
    if 0x80 <= code < 0xA0:
        return bytes([code]).decode("cp1252", "ignore")
    return _character(code)


_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}


def _entity(name: str) -> tuple[int, str] | None:
    """How many characters of a name are read, and as what; browsers read old names without their semicolon."""
    if name.endswith(";") and name in html5:
        return len(name), html5[name]
    for length in range(min(len(name), 6), 1, -1):
        if name[:length] in _LEGACY:
            return length, html5[name[:length]]
    return None


def _percent(escapes: str) -> str | None:
    try:
        return bytes.fromhex(escapes.replace("%", "")).decode()
    except UnicodeDecodeError:
        return None


def _pair(escapes: str) -> str:
    high, low = int(escapes[2:6], 16), int(escapes[8:12], 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)


_SAID: dict[str, Callable[[str], str | None]] = {
    "noise": lambda _: "",
    "edge": lambda _: "",
    "escape": lambda _: "",
    "decimal": lambda digits: _of_entity(int(digits)),
    "hex": lambda digits: _of_entity(int(digits, 16)),
    "u4": _of_hex,
    "u": _of_hex,
    "x": _of_hex,
    "u8": _of_hex,
    "pu": _of_hex,
    "pair": _pair,
    "control": _CONTROLS.__getitem__,
    "sign": lambda sign: sign,
    "percent": _percent,
    "form": LONGER.__getitem__,
}


def folded(character: str) -> str:
    """What a character of a finder's own words is read as."""
    return "" if _invisible.fullmatch(character) else FORMS.get(character, character)


def _in_one_form(text: str) -> str:
    """Other forms of one character, each by the one that it stands for."""
    return text if text.isascii() else replaced(text, ONE_TO_ONE, _ONE_TO_ONE_TABLE)


def _layer(text: str, tokens: Iterable[re.Match[str]]) -> tuple[str, int, Edits | None]:
    """One pass: what is read, how much of the text that settled, and what changed."""
    written, settled = Rewriting(text), len(text)
    for token in tokens:
        kind, start = token.lastgroup, token.start()
        if kind == "open":
            settled = start
            break
        if kind == "marks":
            _take_off(written, text, start, token.end())
        elif kind == "name":
            if read := _entity(token["name"]):
                written.put(start, start + 1 + read[0], read[1])
        elif kind in ("kana", "voicing"):
            written.put(start, token.end(), voiced(token["kana"], token["voicing"] or ""))
        elif kind and (said := _SAID[kind](token[kind])) is not None:
            written.put(start, token.end(), said)
    said, edits = written.done(settled)
    return said, settled, edits


def _tokens(text: str, tokens: re.Pattern[str]) -> Iterator[re.Match[str]]:
    end = 0
    for first in (_FIRSTS_IN_ASCII if text.isascii() else _FIRSTS).finditer(text):
        start = first.start()
        if start >= end and (token := tokens.match(text, start)):
            end = token.end()
            yield token


def _take_off(written: Rewriting, text: str, start: int, end: int) -> None:
    """Drops the marks that make no one character with what they stand on, but for those of keycaps.

    These are for `bare`: `1\ufe0f\u20e3` is a sign before a word as well as a digit.
    """
    base = text[start - 1]
    for at in range(start, end):
        if text[at] != _KEYCAP and not composes(base, text[at]):
            written.put(at, at + 1, "")


class Clean:
    """The view. See the module's own words."""

    name = "clean"

    def applies(self, text: str) -> bool:
        return _changing.search(encoded(text)) is not None

    def layers(self, text: str, *, final: bool) -> Sequence[tuple[int, Passes]]:
        """The readings that differ from each other, from the one as it is shown to the one with the most undone.

        Each has the number of its layer; the last one, `LAYERS` + 1, has no underscores at the edges of words.
        """
        return _layers_kept(text, final) if len(text) > _LONG else _layers(text, final)

    def with_turns(self, text: str, *, final: bool) -> Passes:
        """What is read with all layers undone, but with the signs that turn its direction."""
        layers = [reading for layer, reading in _layers(text, final, _WITH_TURNS) if layer <= LAYERS]
        return layers[-1] if layers else Passes(text, len(text))


_LONG = 512
"""Longer texts are read once for all that is asked about them in a row."""


def _layers(text: str, final: bool, undone: _Tokens = _ALL) -> Sequence[tuple[int, Passes]]:
    found: list[tuple[int, Passes]] = []
    reading = Passes(text, len(text))
    for layer in range(LAYERS + 1):
        if not _clean.applies(reading.text):
            break
        said = _in_one_form(reading.text)
        read, settled, edits = _layer(said, _tokens(said, undone.of(layer, final=final)))
        if edits or read != reading.text:
            reading = reading.after(read, settled, edits)
            found.append((layer, reading))
        elif layer:
            break
    if _at_edges.search(encoded(reading.text)):
        edges = (_EDGES_ENDED if final else _EDGES_GOING_ON).finditer(reading.text)
        read, settled, edits = _layer(reading.text, edges)
        if edits or settled < len(reading.text):
            found.append((LAYERS + 1, reading.after(read, settled, edits)))
    return found


_layers_kept = lru_cache(maxsize=4)(_layers)
_clean = Clean()

_joins = re.compile(f"[{_JOINING}_]")


def anchor_in(reading: Passes, at: int, text: str, *, joining: bool = True) -> int:
    """The last place up to `at` that begins a character of the reading, or a run of signs that are not read.

    `joining`: and what the next ones depend on, such as the letter that a mark stands on.
    """
    said = reading.text
    index = index_of(reading, at)
    if index >= len(said) or reading.start(index) > at:
        index -= 1
        end = reading.end(index + 1)
        if end <= at and _signs.match(text, end):
            return end
    underscores = 0
    while joining and index > 0 and _joins.match(said, index) and underscores < _MOST_UNDERSCORES:
        underscores += said[index] == "_"
        index -= 1
    return min(at, reading.start(index)) if index >= 0 and said else 0
