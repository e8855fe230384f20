"""JSON in examples: where it stops being JSON, and keys that nothing declares but almost."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from guardproxy import exact_json
from guardproxy.diagnostics import closest
from guardproxy.ir.currencies import SIGNS
from guardproxy.language.collector import Mistakes
from guardproxy.language.phrases import Literal
from guardproxy.source import Span

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]', re.DOTALL)
_COLON = re.compile(r"\s*:")
_HELP = "JSON has its keys and texts in double quotes and a comma between two entries"


def read_json(content: Literal, mistakes: Mistakes) -> Any:
    """The value; a mistake and None for what is no JSON, with a caret where it stops being one."""
    try:
        return exact_json.loads(content.text)
    except exact_json.AmbiguousJson:
        key, start, end = next(_repeated(content.text))
        help_ = "name each key once: two readers may take different values"
        mistakes.error("E003", f"the key `{key}` stands twice in one object", _part(content, start, end), help_)
    except exact_json.NotJson as error:
        at = _where(content.text)
        if at is None:
            mistakes.error("E003", f"this is no JSON object: {error.reason}", content.span, _HELP)
        else:
            span = _part(content, at, at + 1)
            mistakes.error("E003", "this is no JSON from here on", span, _cure(content.text, at))
    except exact_json.JsonError as error:
        mistakes.error("E003", f"this is no JSON object: {error.reason}", content.span, "shorten it")
    return None


def _part(content: Literal, start: int, end: int) -> Span:
    return Span(content.span.source, content.span.start + start, content.span.start + end)


def _where(text: str) -> int | None:
    """The offset of the first character that no JSON goes on with; a comma with nothing behind it is one."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        before = len(text[: error.pos].rstrip())
        at = before - 1 if before and text[before - 1] == "," and text[error.pos : error.pos + 1] in "}]" else error.pos
        return min(at, len(text) - 1)
    return None


def _cure(text: str, at: int) -> str:
    rest = text[at:]
    if rest[0] == "'":
        return 'keys and texts stand in double quotes: "..."'
    if rest[0] in "%％":
        return "JSON has plain numbers: leave the `%` out, as in `36`"
    if rest[0] in SIGNS:
        return f"JSON has plain numbers: leave the `{rest[0]}` out"
    if rest[0] == ",":
        return "take this comma out, or write what comes behind it"
    if rest.startswith(("True", "False", "None")):
        return "write `true`, `false` or `null`"
    return _HELP


def _keys(text: str) -> Iterator[tuple[tuple[int, ...], str, int, int]]:
    """Every key of well-formed JSON: in which object (the path of offsets where its brackets open), and where."""
    inside: tuple[int, ...] = ()
    for match in _PIECE.finditer(text):
        sign = match.group()
        if sign in "{[":
            inside = (*inside, match.start())
        elif sign in "}]":
            inside = inside[:-1]
        elif sign != "," and _COLON.match(text, match.end()):
            yield inside, str(json.loads(sign)), match.start(), match.end()


def _repeated(text: str) -> Iterator[tuple[str, int, int]]:
    seen: set[tuple[tuple[int, ...], str]] = set()
    for inside, key, start, end in _keys(text):
        if (inside, key) in seen:
            yield key, start, end
        seen.add((inside, key))


def point_out_keys(content: Literal, declared: Sequence[str], what: str, mistakes: Mistakes) -> None:
    """Other keys may be there, but one that almost is a declared one, which is left out, is most likely a slip."""
    if not _is_json(content.text):
        return
    keys = [(key, start, end) for inside, key, start, end in _keys(content.text) if len(inside) == 1]
    left_out = [name for name in declared if name not in {key for key, _, _ in keys}]
    for key, start, end in keys:
        meant = closest(key, left_out) if key not in declared else None
        if meant is not None and is_slip(key, meant):
            message = f"`{what}` has no field `{key}`"
            mistakes.warning("W208", message, _part(content, start, end), f"did you mean `{meant}`?")


def _is_json(text: str) -> bool:
    try:
        exact_json.loads(text)
    except exact_json.JsonError:
        return False
    return True


def is_slip(name: str, meant: str) -> bool:
    """Whether one name is the other but for a slip of the pen; names of examples may be any others."""
    allowed = (len(meant) > 3) + (len(meant) > 7)
    return _slips(name.casefold(), meant.casefold()) <= allowed


def _slips(one: str, other: str) -> int:
    """How many letters have to be added, left out, replaced, or exchanged with their neighbour."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            best = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (letter != wanted))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], wanted):
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
