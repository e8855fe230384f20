"""A policy's text, read into the syntax tree of its items; every item that does not read is reported.

What a word is depends on its place. The parser's table says which tokens it would take next: a word is a word of the
language where that one is among them, else a name. Two words such as `except when` count as one token first.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, cast

from lark import Token, Tree
from lark.exceptions import UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from guardproxy.diagnostics import Diagnostic
from guardproxy.language import grammar, tokens
from guardproxy.language.items import BEGINNINGS, divide
from guardproxy.language.mistakes import explain, too_deep
from guardproxy.language.read import Reader
from guardproxy.language.stop import Declared, Stop, declared_in
from guardproxy.language.syntax import Broken, Item
from guardproxy.language.tokens import Piece
from guardproxy.source import SourceText

MAX_DEPTH = 150
"""Deepest nesting of one item's tree."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The items that read, `Broken` ones for those that did not, and all mistakes."""

    source: SourceText
    items: tuple[Item, ...]
    diagnostics: tuple[Diagnostic, ...]


def parse(source: SourceText) -> Parsed:
    pieces, diagnostics = tokens.cut(source)
    items: list[Item] = []
    groups = list(divide(pieces))
    declared = declared_in(groups)
    for group in groups:
        item, mistakes = _parse_item(group, declared)
        items.append(item)
        diagnostics.extend(mistakes)
    return Parsed(source, tuple(items), tuple(diagnostics))


def _parse_item(pieces: Sequence[Piece], declared: Declared) -> tuple[Item, list[Diagnostic]]:
    outcome = parse_tree(pieces)
    if isinstance(outcome, Stop):
        mistake = explain(replace(outcome, declared=declared))
        return _broken(pieces), [mistake] if mistake else []
    if _depth(outcome) > MAX_DEPTH:
        return _broken(pieces), [too_deep(pieces[0].span, MAX_DEPTH)]
    reader = Reader(pieces[0].span.source)
    item: Item = reader.read(outcome)
    return item, reader.mistakes


def parse_tree(pieces: Sequence[Piece]) -> Tree[Token] | Stop:
    """The tree of one item, or where its tokens stop making sense."""
    interactive = grammar.parser().parse_interactive(None)
    at = 0
    while at < len(pieces):
        width = _feed(interactive, pieces, at)
        if not width:
            return _stop(pieces, at)
        at += width
    if not _takes(interactive, "$END"):
        return _stop(pieces, at)
    return cast(Tree[Token], cast(Any, interactive).feed_eof())


def _feed(interactive: InteractiveParser, pieces: Sequence[Piece], at: int) -> int:
    """Feeds the token that begins at `at` and gives how many pieces it takes; 0 when none fits there."""
    choices = list(_choices(pieces, at, _wanted(interactive)))
    for type_, width in choices:
        if type_ != choices[-1][0] and not _takes(interactive, type_):
            continue
        try:
            interactive.feed_token(_token(type_, pieces[at : at + width]))
        except UnexpectedToken:
            return 0
        return width
    return 0


def _takes(interactive: InteractiveParser, type_: str) -> bool:
    """Whether a token fits in the end: the table's entries merge places, so that some lead nowhere."""
    probe: InteractiveParser = cast(Any, interactive).copy(deepcopy_values=False)
    probe.parser_state.parse_conf = copy(probe.parser_state.parse_conf)
    probe.parser_state.parse_conf.callbacks = {}
    try:
        probe.feed_token(Token(type_, ""))
    except UnexpectedToken:
        return False
    return True


def _stop(pieces: Sequence[Piece], at: int) -> Stop:
    """What would have fitted at `at`: read once more up to there, for a token that does not fit disturbs the parser."""
    interactive, reached = grammar.parser().parse_interactive(None), 0
    while reached < at:
        reached += _feed(interactive, pieces, reached)
    wanted = frozenset(type_ for type_ in _wanted(interactive) if type_.isupper() and _takes(interactive, type_))
    return Stop(tuple(pieces), at, wanted)


def _depth(tree: Tree[Token]) -> int:
    """How deep a tree is, without recursion."""
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [child for parent in level for child in parent.children if isinstance(child, Tree)]
    return deepest


def _wanted(interactive: InteractiveParser) -> dict[str, Any]:
    state = interactive.parser_state
    table: dict[str, Any] = state.parse_conf.parse_table.states[state.position]
    return table


def _choices(pieces: Sequence[Piece], at: int, wanted: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The types of token that may begin here and how many pieces each takes, the likeliest first."""
    piece = pieces[at]
    if piece.kind == "WORD":
        following = pieces[at + 1] if at + 1 < len(pieces) else None
        if following is not None and following.kind == "WORD":
            phrase = grammar.phrases().get(piece.text, {}).get(following.text, "")
            if phrase in wanted:
                yield phrase, 2
        word = grammar.words().get(piece.text, "")
        if word in wanted:
            yield word, 1
    elif piece.kind == "SIGN":
        sign = grammar.words().get(piece.text, "")
        if sign in wanted:
            yield sign, 1
    elif piece.kind in wanted:
        yield piece.kind, 1
    if "NAME" in wanted and (piece.kind == "WORD" or (piece.kind == "ID" and "-" not in piece.text)):
        yield "NAME", 1


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
    if kind in ("rule", "tighten"):
        names = tuple(p.text for p in pieces[1:2] if p.kind in ("WORD", "ID"))
    if kind in ("check", "claims"):
        names = tuple(p.text for p in words[1:] if not p.is_word("reply", "call", "as", "text"))
    return Broken(pieces[0].span.to(pieces[-1].span), kind, names)
