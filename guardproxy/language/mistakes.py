from dataclasses import dataclass

from guardproxy.diagnostics import Diagnostic
from guardproxy.language.tokens import Piece


@dataclass(frozen=True, slots=True)
class Stop:
    pieces: tuple[Piece, ...]
    at: int
    wanted: frozenset[str]


def explain(stop: Stop) -> Diagnostic | None:
    p = stop.pieces[min(stop.at, len(stop.pieces) - 1)]
    return Diagnostic("E005", f"{p.kind} {p.text} wanted {sorted(stop.wanted)}", p.span)
