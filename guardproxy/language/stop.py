"""Where an item stops making sense, as the explanations in `mistakes` and `wording` see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from guardproxy.language.tokens import Piece


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
