"""Where an item stops making sense, as the explanations in `mistakes` and `wording` see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from guardproxy.diagnostics import Diagnostic
from guardproxy.language import grammar
from guardproxy.language.tokens import Piece
from guardproxy.source import Span


@dataclass(frozen=True, slots=True)
class Declared:
    """What the file's declarations are called, as far as their first words tell: read before anything else is."""

    replies: tuple[str, ...] = ()
    calls: tuple[tuple[str, str], ...] = ()
    """Tools, each with the name that its calls are read by."""


@dataclass(frozen=True, slots=True)
class Stop:
    """An item's tokens, the first one that does not fit (or their number, where the end does not), and what would."""

    pieces: tuple[Piece, ...]
    at: int
    wanted: frozenset[str]
    declared: Declared = Declared()

    @property
    def here(self) -> Piece | None:
        return self.pieces[self.at] if self.at < len(self.pieces) else None

    @property
    def before(self) -> Piece | None:
        return self.pieces[self.at - 1] if self.at else None


def declared_in(items: Sequence[Sequence[Piece]]) -> Declared:
    """The names of replies and calls that the items declare."""
    replies: list[str] = []
    calls: list[tuple[str, str]] = []
    for item in items:
        words = [piece.text.strip('"') for piece in item[:5]]
        match words:
            case ["check", "reply", "as", name, *_]:
                replies.append(name)
            case ["check", "call", tool, "as", name]:
                calls.append((tool, name))
            case ["tool", name, *_]:
                calls.append((name, name))
    return Declared(tuple(replies), tuple(calls))


# --- parts of an explanation ------------------------------------------------------------------------------------------

_FURTHEST = 6
"""So many words behind a place are looked at."""


def other_words(span: Span, help_: str) -> Diagnostic:
    return Diagnostic("E005", f"`{span.one_line}` is said in other words here", span, help_)


def words_from(pieces: Sequence[Piece], start: int) -> list[str]:
    """The words from a place on, up to the first piece that is none."""
    words: list[str] = []
    for piece in pieces[start : start + _FURTHEST]:
        if piece.kind != "WORD":
            break
        words.append(piece.text)
    return words


def subject(stop: Stop, end: int) -> str:
    """The path or `reply text` that ends before the piece `end`, as it was written."""
    start = end
    while start and (stop.pieces[start - 1].is_sign(".") or _is_part(stop.pieces, start - 1, end)):
        start -= 1
    return stop.pieces[start].span.to(stop.pieces[end - 1].span).one_line if start < end else "..."


def _is_part(pieces: Sequence[Piece], at: int, end: int) -> bool:
    """Whether the piece is a part of the path, or a word of `reply text`."""
    piece = pieces[at]
    if at + 1 < end and not pieces[at + 1].is_sign("."):
        return piece.is_word("reply", "any") and pieces[at + 1].is_word("text")
    behind_dot = at > 0 and pieces[at - 1].is_sign(".")
    is_name = piece.text not in grammar.words() or piece.is_word("text", "today", "now")
    return piece.kind in ("WORD", "STRING") and (behind_dot or is_name)
