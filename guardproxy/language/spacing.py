"""How tokens stand beside each other in the canonical layout, and how wide a line is."""

import re
from collections.abc import Collection, Sequence
from unicodedata import combining, east_asian_width

from guardproxy.language.tokens import Piece

JSON_WIDTH = 400
"""Columns. An object that is wider on one line gets a line for each of its members."""

_MEMBER = "\n      "
_IN_JSON = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s"\[\]{},:]+', re.DOTALL)
_AMOUNT = re.compile(r"(.*?[0-9])\s*([A-Z]{3})|(\D+?)\s*([0-9].*)")


def width(text: str) -> int:
    """Columns of a terminal: full-width letters take two, marks that sit on others none."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def joined(pieces: Sequence[Piece], glued: Collection[int]) -> str:
    """The tokens on one line. `glued` are the starts of those that stand directly behind the one before."""
    text = ""
    for before, piece in zip([None, *pieces], pieces, strict=False):
        text += separator(before, piece, glued) + written(piece)
    return text


def separator(before: Piece | None, piece: Piece, glued: Collection[int]) -> str:
    """What stands between two tokens of one line."""
    if before is None or piece.span.start in glued or piece.is_sign(",", ")", "."):
        return ""
    return "" if before.is_sign("(", ".") else " "


def written(piece: Piece) -> str:
    """A token as the layout writes it: every character kept but white space inside of amounts and of JSON."""
    if piece.kind == "JSON":
        return spaced_json(piece.text)
    if piece.kind == "PERCENTAGE":
        return "".join(piece.text.split())
    if piece.kind == "AMOUNT" and (found := _AMOUNT.fullmatch(piece.text)):
        return f"{found[1]} {found[2]}" if found[2] else f"{found[3]}{found[4]}"
    return piece.text


def spaced_json(text: str) -> str:
    """JSON with numbers and texts as they were written: `{ "a": [1, 2], "b": {} }`, over several lines if very wide."""
    parts = [match[0] for match in _IN_JSON.finditer(text)]
    line = _spaced(parts, "")
    return line if width(line) <= JSON_WIDTH else _spaced(parts, _MEMBER)


def _spaced(parts: Sequence[str], member: str) -> str:
    """`member` is what stands before a member of the outermost object; empty: a space."""
    shown, before, depth = "", "", 0
    for part in parts:
        depth -= part in ("]", "}")
        outermost = depth == 1 and before in ("{", ",")
        shown += (member if member and outermost else _json_separator(before, part)) + part
        depth += part in ("[", "{")
        before = part
    return shown


def _json_separator(before: str, part: str) -> str:
    if part in (",", ":", "]") or before in ("", "["):
        return ""
    return "" if (before, part) == ("{", "}") else " "
