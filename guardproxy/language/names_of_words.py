"""Names that their author wrote as several words, or with a hyphen: tables, fields, rules and time zones."""

import re
from collections.abc import Callable, Sequence

from guardproxy.diagnostics import Diagnostic
from guardproxy.language import grammar, literals
from guardproxy.language.stop import Stop, words_from
from guardproxy.language.tokens import Piece


def _zone_of_words(stop: Stop, here: Piece) -> Diagnostic | None:
    """`dates in New York`."""
    at = next((i for i in range(stop.at - 1, 0, -1) if stop.pieces[i].is_word("in")), None)
    if at is None or not stop.pieces[0].is_word("policy") or not stop.pieces[at - 1].is_word("dates"):
        return None
    words = words_from(stop.pieces, at + 1)
    last = next((i for i, word in enumerate(words) if word in ("owner", "tags", "source")), len(words))
    place = " ".join(words[:last])
    if last < 2:
        return None
    zones = literals.zones_at(place)
    help_ = f"write `dates in {zones[0]}`" if zones else "write `utc` or a place of the time zone database"
    span = stop.pieces[at + 1].span.to(stop.pieces[at + last].span)
    return Diagnostic("E024", f"there is no time zone `{place}`", span, help_)


_NAMING = ("table", "facts", "define", "tool", "pattern", "record", "as", "call")


def _name_of_words(stop: Stop, here: Piece) -> Diagnostic | None:
    """`table max-apr by`, `- first payment : date`: a name is one word."""
    start = _name_start(stop)
    if start is None:
        return None
    end = start + 1
    while end < len(stop.pieces) and (_is_part(stop.pieces, end) or stop.pieces[end - 1].is_sign("-")):
        end += 1
    last = stop.pieces[end - 1]
    if end <= stop.at or last.kind != "WORD" or end >= len(stop.pieces) or not _follows_name(stop, end):
        return None
    span = stop.pieces[start].span.to(last.span)
    if span.position[0] != last.span.position[0]:
        return None
    name = re.sub(r"[\s-]+", "_", span.text)
    return Diagnostic("E005", "a name is one word", span, f"write `{name}`")


def _name_start(stop: Stop) -> int | None:
    """Where the name begins that the pieces before the stop are a part of."""
    for at in range(stop.at - 1, max(0, stop.at - 4), -1):
        before = stop.pieces[at - 1]
        first_of_item = at == 1 and before.is_word(*_NAMING)
        if stop.pieces[at].kind == "WORD" and (first_of_item or (at > 1 and _names_part(stop.pieces, at))):
            return at
    return None


def _names_part(pieces: Sequence[Piece], at: int) -> bool:
    if not pieces[0].is_word("check", "claims", "facts", "tool", "record"):
        return False
    before = pieces[at - 1]
    field = before.is_sign("-") and pieces[at - 2].span.position[0] < before.span.position[0]
    return field or (pieces[0].is_word("check", "claims") and before.is_word("as", "call"))


def _is_part(pieces: Sequence[Piece], at: int) -> bool:
    piece, before = pieces[at], pieces[at - 1]
    touches = piece.span.start == before.span.end
    return (piece.kind == "WORD" and piece.text not in grammar.words()) or (piece.is_sign("-") and touches)


def _follows_name(stop: Stop, end: int) -> bool:
    following = stop.pieces[end]
    return following.is_sign(":", "-", "=") or following.is_word("by", "from", "takes", "as")


def _id_of_words(stop: Stop, here: Piece) -> Diagnostic | None:
    """`rule SHAPE ONE "..."`."""
    if stop.at != 2 or not stop.pieces[0].is_word("rule", "tighten") or here.kind not in ("WORD", "ID"):
        return None
    end = next((i for i, p in enumerate(stop.pieces[:6]) if p.kind == "STRING"), None)
    if end is None or any(p.kind not in ("WORD", "ID", "FIGURE") for p in stop.pieces[1:end]):
        return None
    span = stop.pieces[1].span.to(stop.pieces[end - 1].span)
    id_ = "-".join(p.text for p in stop.pieces[1:end])
    return Diagnostic("E005", "the id of a rule is one word", span, f"write `{id_}`")


NAMES_OF_WORDS: Sequence[Callable[[Stop, Piece], Diagnostic | None]] = (
    _zone_of_words,
    _name_of_words,
    _id_of_words,
)
