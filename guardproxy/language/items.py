"""A policy's tokens, divided into its top-level items, so that a mistake in one does not hide those in another.

An item begins at a word such as `rule` in the shape of a beginning (`rule ID`, `tool NAME takes`, ...): no other
sentence of the language has such a sequence. A word that stands first on its line, without indentation, is taken as
a beginning even where the shape is broken, unless what stands before or behind it shows that it is a name.
"""

from collections.abc import Iterator, Sequence

from guardproxy.diagnostics import closest
from guardproxy.language import grammar
from guardproxy.language.tokens import Piece

BEGINNINGS = (
    "policy", "check", "tool", "facts", "claims", "record", "define", "pattern", "table", "rule", "tighten",
    "background", "example",
)  # fmt: skip


def divide(pieces: Sequence[Piece]) -> Iterator[Sequence[Piece]]:
    """The items, in order. What stands before the first beginning is an item of its own."""
    start = 0
    for at in range(1, len(pieces)):
        if begins_item(pieces, at):
            yield pieces[start:at]
            start = at
    if pieces:
        yield pieces[start:]


def begins_item(pieces: Sequence[Piece], at: int) -> bool:
    piece = pieces[at]
    if not piece.is_word(*BEGINNINGS):
        return _looks_like_beginning(pieces, at)
    shaped = _has_shape(piece.text, pieces[at + 1 : at + 3])
    if at and pieces[at - 1].is_sign(".", "-"):
        # A full stop ends no sentence of the language, but some authors write one.
        return shaped and _first_on_line(piece)
    return shaped or _stands_alone(pieces, at)


def _has_shape(word: str, following: Sequence[Piece]) -> bool:
    if not following:
        return False
    first, second = following[0], following[-1] if len(following) > 1 else None
    match word:
        case "rule" | "tighten":
            return first.kind in ("ID", "WORD") and second is not None and second.kind == "STRING"
        case "policy" | "example":
            return first.kind == "STRING"
        case "background":
            return first.is_word("given")
        case "check":
            return first.is_word("call") or (first.is_word("reply") and second is not None and second.is_word("as"))
        case "claims":
            return first.is_word("reply")
        case _:
            return second is not None and _is_second(word, second)


def _is_second(word: str, second: Piece) -> bool:
    signs = {"record": "-", "pattern": "="}
    words = {"tool": "takes", "facts": "from", "define": "as", "table": "by"}
    return second.is_sign(signs[word]) if word in signs else second.is_word(words[word])


def _stands_alone(pieces: Sequence[Piece], at: int) -> bool:
    following = pieces[at + 1] if at + 1 < len(pieces) else None
    is_name = following is not None and following.is_sign(".", ":", ",", "*", "/", "+", ")")
    return _first_on_line(pieces[at]) and not is_name


def _looks_like_beginning(pieces: Sequence[Piece], at: int) -> bool:
    """A misspelled beginning: a word at the left edge with a name and a title behind it (`rul X "..."`)."""
    word = pieces[at]
    if word.kind != "WORD" or word.text in grammar.words() or not _first_on_line(word) or len(pieces) < at + 3:
        return False
    first, second = pieces[at + 1 : at + 3]
    named = first.kind in ("WORD", "ID") and (second.kind == "STRING" or second.is_sign("-", "="))
    near = closest(pieces[at].text, BEGINNINGS) is not None and (named or first.kind == "STRING")
    return near or (first.kind == "WORD" and second.is_word("takes", "from", "as", "by"))


def _first_on_line(piece: Piece) -> bool:
    return piece.span.position[1] == 1
