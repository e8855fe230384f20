"""Where reading goes on behind a mistake: at the next clause, field or line of the same item.

Only a word that begins a clause and stands first on its line counts: so whole clauses are left out, and the
rest reads as its author meant it.
"""

from collections.abc import Mapping, Sequence

from guardproxy.language.stop import Stop
from guardproxy.language.tokens import Piece

_OF_RULES = frozenset(
    {
        "severity", "owner", "tags", "let", "when", "require", "never", "every", "some", "no", "allow", "unless",
        "except", "repair", "if", "otherwise", "source",
    }
)  # fmt: skip
_OF_FIELDS = frozenset({"-", "returns"})
_OF_EXAMPLES = frozenset({"given", "reply", "call", "expect"})
_BEGINNINGS: Mapping[str, frozenset[str]] = {
    "policy": frozenset({"owner", "tags", "source"}),
    **dict.fromkeys(("rule", "tighten"), _OF_RULES),
    **dict.fromkeys(("check", "tool", "facts", "claims", "record"), _OF_FIELDS),
    **dict.fromkeys(("example", "background"), _OF_EXAMPLES),
}


def without_broken_clause(stop: Stop) -> tuple[Sequence[Piece], int] | None:
    """The item's pieces without the clause in which it stops, and where that clause stood; None when none follows."""
    starts = clause_starts(stop.pieces)
    broken = max((at for at in starts if at < stop.at), default=None)
    following = min((at for at in starts if at >= stop.at), default=None)
    if broken is None or following is None:
        return None
    return (*stop.pieces[:broken], *stop.pieces[following:]), broken


def clause_starts(pieces: Sequence[Piece]) -> list[int]:
    """Where the clauses, fields or lines of an item begin, behind its first word."""
    beginnings = _BEGINNINGS.get(pieces[0].text, frozenset())
    found, line = [], pieces[0].span.position[0]
    for at, piece in enumerate(pieces):
        here = piece.span.position[0]
        if here > line and piece.kind in ("WORD", "SIGN") and piece.text in beginnings:
            found.append(at)
        line = here
    return found
