"""A policy's text, read into the syntax tree of its items; every item that does not read is reported.

What a word is depends on its place. The parser's table says which tokens it would take next: a word is a word of the
language where that one is among them, else a name. Two words such as `except when` count as one token first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lark import Token, Tree

from guardproxy.diagnostics import Diagnostic
from guardproxy.language import grammar, tokens
from guardproxy.language.items import BEGINNINGS, divide
from guardproxy.language.machine import END, Machine
from guardproxy.language.mistakes import ends_early, explain, too_deep
from guardproxy.language.read import Reader
from guardproxy.language.resume import clause_starts, without_broken_clause
from guardproxy.language.stop import Declared, Stop, declared_in
from guardproxy.language.syntax import Broken, Item
from guardproxy.language.tokens import Piece
from guardproxy.source import SourceText

MAX_MISTAKES = 20
"""Most mistakes of grammar that are reported for one item."""
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
        return _broken(pieces), _mistakes(outcome, declared)
    if _depth(outcome) > MAX_DEPTH:
        return _broken(pieces), [too_deep(pieces[0].span, MAX_DEPTH)]
    reader = Reader(pieces[0].span.source)
    item: Item = reader.read(outcome)
    return item, reader.mistakes


def _mistakes(stop: Stop, declared: Declared) -> list[Diagnostic]:
    """What is wrong with an item, clause by clause: each broken one is left out and the rest is read once more."""
    found: list[Diagnostic] = []
    outcome: Stop | Tree[Token] = stop
    joint = -1
    while isinstance(outcome, Stop) and outcome.at > joint and len(found) < MAX_MISTAKES:
        unfinished = _unfinished(outcome)
        if unfinished is not None and unfinished.at <= joint:
            break
        outcome = unfinished or outcome
        mistake = ends_early(outcome) if unfinished is not None else explain(replace(outcome, declared=declared))
        found.extend([mistake] if mistake else [])
        rest = without_broken_clause(outcome)
        if rest is None:
            break
        # A stop at the joint may be due to what was left out, and says nothing about the author's text.
        pieces, joint = rest
        outcome = parse_tree(pieces)
    return found


def _unfinished(stop: Stop) -> Stop | None:
    """Where a clause is not finished, so that the word that begins the next one was taken as a part of it."""
    at = stop.at - 1
    if at not in clause_starts(stop.pieces) or stop.pieces[at - 1].is_sign("."):
        return None
    before, word = _stop_at(stop.pieces, at), stop.pieces[at].text
    if word == "-":
        # Behind the sign of a field comes a name, behind that of a number a figure.
        return before if "NAME" not in stop.wanted else None
    following = stop.here.text if stop.here is not None else ""
    own = {grammar.words().get(word, ""), grammar.phrases().get(word, {}).get(following, "")}
    return None if own & before.wanted else before


def parse_tree(pieces: Sequence[Piece]) -> Tree[Token] | Stop:
    """The tree of one item, or where its tokens stop making sense."""
    machine = Machine()
    at = 0
    while at < len(pieces):
        width = _feed(machine, pieces, at)
        if not width:
            return _stop(machine, pieces, at)
        at += width
    return machine.finish() if machine.takes(END) else _stop(machine, pieces, at)


def _feed(machine: Machine, pieces: Sequence[Piece], at: int) -> int:
    """Feeds the token that begins at `at` and gives how many pieces it takes; 0 when none fits there."""
    for type_, width in _choices(pieces, at, machine.wanted()):
        if machine.takes(type_):
            machine.feed(_token(type_, pieces[at : at + width]))
            return width
    return 0


def _stop(machine: Machine, pieces: Sequence[Piece], at: int) -> Stop:
    """What would have fitted at `at`, which the machine has reached."""
    wanted = frozenset(type_ for type_ in machine.wanted() if type_.isupper() and machine.takes(type_))
    return Stop(tuple(pieces), at, wanted)


def _stop_at(pieces: Sequence[Piece], at: int) -> Stop:
    """What would have fitted at a place before the one where an item stops."""
    machine, reached = Machine(), 0
    while reached < at:
        reached += _feed(machine, pieces, reached)
    return _stop(machine, pieces, at)


def _depth(tree: Tree[Token]) -> int:
    """How deep a tree is, without recursion."""
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [child for parent in level for child in parent.children if isinstance(child, Tree)]
    return deepest


def _choices(pieces: Sequence[Piece], at: int, wanted: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
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
    return Token(type_, text, start.start, end_pos=end.end)


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
