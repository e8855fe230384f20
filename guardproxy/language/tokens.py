"""A policy's text, cut into words, literals and signs.

Whether a word is one of the language or a name is not decided here but at its place in a sentence (`parse`). What can
be no token at all (a stray character, a text without its end) is reported and left out, and cutting goes on behind it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from unicodedata import category

from guardproxy.diagnostics import Diagnostic
from guardproxy.ir import currencies
from guardproxy.ir.measures import longest_unit
from guardproxy.language import literals, other_dates, stray
from guardproxy.source import SourceText, Span

Kind = Literal[
    "WORD", "ID", "STRING", "REGEX", "FIGURE", "UNIT", "PERCENTAGE", "AMOUNT", "VERSION_NUMBER", "CALENDAR_DATE",
    "MOMENT", "CLOCK_TIME", "JSON", "SIGN", "STRAY",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """One token as written. `STRAY`: what was reported already."""

    kind: Kind
    text: str
    span: Span

    def is_word(self, *texts: str) -> bool:
        return self.kind == "WORD" and self.text in texts

    def is_sign(self, *texts: str) -> bool:
        return self.kind == "SIGN" and self.text in texts


def cut(source: SourceText) -> tuple[list[Piece], list[Diagnostic]]:
    """All tokens of a text, without comments and white space, and what is wrong with its characters."""
    cutter = _Cutter(source)
    return list(cutter.pieces()), cutter.mistakes


_SKIP = re.compile(r"(?:[\s\ufeff]+|#[^\n]*)+")
_DIGITS = rf"(?:{literals.POINTS_FOR_COMMAS}|[0-9](?:[0-9]|,(?=[0-9]))*(?:\.[0-9]+)?)"
_SIGN = "[" + re.escape("".join(sorted(currencies.SIGNS))) + "]"
_LITERALS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("MOMENT", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9][0-9:.]*(?:Z|[+-][0-9]{2}:?[0-9]{2})?")),
    ("CALENDAR_DATE", other_dates.DATE),
    ("CALENDAR_DATE", re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])")),
    ("CLOCK_TIME", re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9:])")),
    ("PERCENTAGE", re.compile(_DIGITS + r"[ \t]*[%％]")),
    ("AMOUNT", re.compile(_SIGN + r"[ \t]*" + _DIGITS)),
    ("AMOUNT", re.compile(_DIGITS + r"[ \t]*(?:" + "|".join(currencies.MINOR_DIGITS) + r")(?!\w)")),
    ("FIGURE", re.compile(_DIGITS)),
)
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_ID = re.compile(r"\w+(?:-\w+)*")
_UNIT_WORD = re.compile(r"[^\W\d]\w*(?:/[^\W\d]\w*)*+")
_SHORTENED = re.compile(r"[^\W\d_]+['’][^\W\d_]+")
_OTHER_REMARK = re.compile(r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?|--+(?=[ \t\n]|$)[^\n]*")
_KEY_OF_NEXT_ROW = re.compile(r"\s*[:,]")
_STRING = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"')
_REGEX = re.compile(r"/(?:[^/\\\n]|\\[^\n])+/")
_BRACES = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"|[{}]')
_SIGNS = re.compile(r"<=|>=|==|!=|<>|&&|\|\||[-+*/().:,=<>≤≥≠!]")


class _Cutter:
    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.text = source.text
        self.mistakes: list[Diagnostic] = []
        self.last: Piece | None = None
        self.naming_rules = False
        self.listing_rules = False

    def pieces(self) -> Iterator[Piece]:
        at = self._skip(0)
        while at < len(self.text):
            if remark := self._remark_of_other_languages(at):
                at = self._skip(remark)
                continue
            piece = self._next(at)
            self._remember(piece)
            yield piece
            at = self._skip(piece.span.end)

    def _remember(self, piece: Piece) -> None:
        """Rules are named behind `rule` and `tighten`, and in the list behind `by`."""
        named = self.naming_rules
        is_name = self.last is not None and self.last.is_sign(".", "-") and piece.span.position[1] > 1
        if piece.is_word("rule", "tighten", "by") and not is_name:
            self.naming_rules, self.listing_rules = True, piece.text == "by"
        elif self.listing_rules and piece.is_sign(","):
            self.naming_rules = True
        else:
            self.naming_rules = False
            self.listing_rules = self.listing_rules and named and piece.kind in ("ID", "WORD")
        self.last = piece

    def _skip(self, at: int) -> int:
        match = _SKIP.match(self.text, at)
        return match.end() if match else at

    def _remark_of_other_languages(self, at: int) -> int | None:
        """Where a `//`, `/*` or `--` remark ends: reported, and passed over like a comment."""
        match = None if self._pattern_stands_here() else _OTHER_REMARK.match(self.text, at)
        if match is None:
            return None
        self.mistakes.append(stray.remark(Span(self.source, at, at + 2)))
        return match.end()

    def _piece(self, kind: Kind, start: int, end: int) -> Piece:
        return Piece(kind, self.text[start:end], Span(self.source, start, end))

    def _next(self, at: int) -> Piece:
        char = self.text[at]
        if char == '"':
            return self._without_nul(self._delimited("STRING", _STRING, at))
        if char == "{":
            return self._json(at)
        if char == "/" and self._pattern_stands_here():
            return self._delimited("REGEX", _REGEX, at)
        if self.naming_rules and (match := _ID.match(self.text, at)):
            return self._piece("ID" if _looks_like_id(match.group()) else "WORD", at, match.end())
        return self._literal(at) or self._word(at) or self._sign(at)

    def _pattern_stands_here(self) -> bool:
        return self.last is not None and (self.last.is_sign("=") or self.last.is_word("matches", "matching"))

    def _literal(self, at: int) -> Piece | None:
        if self.last is not None and self.last.is_word("version") and (match := _VERSION.match(self.text, at)):
            return self._piece("VERSION_NUMBER", at, match.end())
        for kind, pattern in _LITERALS:
            if match := pattern.match(self.text, at):
                return self._piece(kind, at, match.end())
        return None

    def _word(self, at: int) -> Piece | None:
        if not (self.text[at].isalpha() or self.text[at] == "_"):
            return None
        if match := _SHORTENED.match(self.text, at):
            self.mistakes.append(stray.shortened(Span(self.source, at, match.end())))
            return self._piece("STRAY", at, match.end())
        unit = self._unit(at)
        return self._piece("UNIT", at, at + len(unit)) if unit else self._piece("WORD", at, _end_of_word(self.text, at))

    def _unit(self, at: int) -> str:
        """The unit that stands here, directly behind a figure; a word that begins the next row of a table is none."""
        match = _UNIT_WORD.match(self.text, at)
        if self.last is None or self.last.kind != "FIGURE" or match is None:
            return ""
        unit = longest_unit(match.group())
        next_row = "\n" in self.text[self.last.span.end : at] and _KEY_OF_NEXT_ROW.match(self.text, at + len(unit))
        return "" if next_row else unit

    def _sign(self, at: int) -> Piece:
        if match := _SIGNS.match(self.text, at):
            return self._piece("SIGN", at, match.end())
        piece = self._piece("STRAY", at, stray.end_of_run(self.text, at))
        self.mistakes.append(stray.character(piece.span))
        return piece

    def _delimited(self, kind: Kind, pattern: re.Pattern[str], at: int) -> Piece:
        if match := pattern.match(self.text, at):
            return self._piece(kind, at, match.end())
        line_end = self.text.find("\n", at)
        piece = self._piece(kind, at, len(self.text) if line_end < 0 else line_end)
        self.mistakes.append(stray.unterminated(piece.span))
        return Piece("STRAY", piece.text, piece.span)

    def _without_nul(self, piece: Piece) -> Piece:
        """A text with a zero byte comes from a damaged file: nobody types one, and readers end at it."""
        if "\0" in piece.text:
            at = piece.span.start + piece.text.index("\0")
            self.mistakes.append(stray.character(Span(self.source, at, at + 1)))
        return piece

    def _json(self, at: int) -> Piece:
        end = _end_of_braces(self.text, at)
        if end is not None:
            return self._piece("JSON", at, end)
        line_end = self.text.find("\n", at)
        piece = self._piece("STRAY", at, len(self.text) if line_end < 0 else line_end)
        self.mistakes.append(stray.unclosed_brace(piece.span))
        return piece


def _looks_like_id(text: str) -> bool:
    """`REF-LOOK`, and what was meant as one; a word alone such as `lowering` or a declaration's name is none."""
    return "-" in text or (text == text.upper() and text != text.lower())


def _end_of_word(text: str, at: int) -> int:
    """Letters, digits and `_`, with the marks that many scripts write their vowels with."""
    while at < len(text) and (text[at].isalnum() or text[at] == "_" or category(text[at]).startswith("M")):
        at += 1
    return at


def _end_of_braces(text: str, at: int) -> int | None:
    """Where the object that begins here ends; None when it does not. Braces inside strings do not count."""
    depth = 0
    for match in _BRACES.finditer(text, at):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return match.end()
    return None
