"""A policy's text, read into the syntax tree of its items; every item that does not read is reported.

What a word is depends on its place. The parser's table says which tokens it would take next: a word is a word of the
language where that one is among them, else a name. Two words such as `except when` count as one token first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from lark import Token, Tree
from lark.exceptions import UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from guardproxy.diagnostics import Diagnostic
from guardproxy.language import grammar, tokens
from guardproxy.language.items import BEGINNINGS, divide
from guardproxy.language.mistakes import Stop, explain
from guardproxy.language.read import Reader
from guardproxy.language.syntax import Broken, Item
from guardproxy.language.tokens import Piece
from guardproxy.source import SourceText


@dataclass(frozen=True, slots=True)
class Parsed:
    """The items that read, `Broken` ones for those that did not, and all mistakes."""

    source: SourceText
    items: tuple[Item, ...]
    diagnostics: tuple[Diagnostic, ...]


def parse(source: SourceText) -> Parsed:
    pieces, diagnostics = tokens.cut(source)
    items: list[Item] = []
    for group in divide(pieces):
        item, mistakes = _parse_item(group)
        items.append(item)
        diagnostics.extend(mistakes)
    return Parsed(source, tuple(items), tuple(diagnostics))


def _parse_item(pieces: Sequence[Piece]) -> tuple[Item, list[Diagnostic]]:
    reader = Reader(pieces[0].span.source)
    try:
        tree = parse_tree(pieces)
    except _Stopped as stopped:
        mistake = explain(stopped.stop)
        return _broken(pieces), [mistake] if mistake else []
    item: Item = reader.read(tree)
    return item, reader.mistakes


class _Stopped(Exception):
    def __init__(self, stop: Stop) -> None:
        super().__init__("the sentence does not go on like this")
        self.stop = stop


def parse_tree(pieces: Sequence[Piece]) -> Tree[Token]:
    interactive = grammar.parser().parse_interactive(None)
    at = 0
    while at < len(pieces):
        wanted = _wanted(interactive)
        chosen = _choose(pieces, at, wanted)
        if chosen is None:
            raise _Stopped(Stop(tuple(pieces), at, frozenset(wanted)))
        type_, width = chosen
        try:
            interactive.feed_token(_token(type_, pieces[at : at + width]))
        except UnexpectedToken:
            raise _Stopped(Stop(tuple(pieces), at, frozenset(wanted))) from None
        at += width
    wanted = _wanted(interactive)
    if "$END" not in wanted:
        raise _Stopped(Stop(tuple(pieces), at, frozenset(wanted)))
    return cast(Tree[Token], cast(Any, interactive).feed_eof())


def _wanted(interactive: InteractiveParser) -> dict[str, Any]:
    state = interactive.parser_state
    table: dict[str, Any] = state.parse_conf.parse_table.states[state.position]
    return table


def _choose(pieces: Sequence[Piece], at: int, wanted: dict[str, Any]) -> tuple[str, int] | None:
    """The type of the token that begins here and how many pieces it takes; None when it cannot stand here."""
    piece = pieces[at]
    if piece.kind == "WORD":
        following = pieces[at + 1] if at + 1 < len(pieces) else None
        if following is not None and following.kind == "WORD":
            phrase = grammar.phrases().get(piece.text, {}).get(following.text)
            if phrase in wanted:
                return phrase, 2
        word = grammar.words().get(piece.text)
        if word in wanted:
            return word, 1
        return ("NAME", 1) if "NAME" in wanted else None
    if piece.kind == "SIGN":
        sign = grammar.words().get(piece.text)
        return (sign, 1) if sign in wanted else None
    if piece.kind == "ID" and "ID" not in wanted and "NAME" in wanted and "-" not in piece.text:
        return "NAME", 1
    return (piece.kind, 1) if piece.kind in wanted else None


def _token(type_: str, pieces: Sequence[Piece]) -> Token:
    start, end = pieces[0].span, pieces[-1].span
    text = " ".join(p.text for p in pieces)
    return Token(
        type_, text, start.start, start.position[0], start.position[1], end_pos=end.end, end_line=0, end_column=0
    )


def _broken(pieces: Sequence[Piece]) -> Broken:
    """What a broken item was going to declare, so that its uses are not reported as well."""
    words = [p for p in pieces[:5] if p.kind in ("WORD", "ID", "STRING")]
    kind = pieces[0].text if pieces[0].is_word(*BEGINNINGS) else ""
    names = tuple(p.text.strip('"') for p in words[1:])
    if kind in ("check", "claims"):
        names = tuple(p.text for p in words[1:] if not p.is_word("reply", "call", "as", "text"))
    return Broken(pieces[0].span.to(pieces[-1].span), kind, names)
