"""The query of a request: what the row of its endpoint names goes on, written anew, and the rest stays behind."""

import re
from collections.abc import Collection
from urllib.parse import quote, unquote_to_bytes

from guardproxy.wire.requests import mistake

_NAME = re.compile(r"([A-Za-z0-9_-]{1,64})(\[[A-Za-z0-9_.-]{0,64}\])?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LISTS = frozenset({"include"})
"""Parameters that may be repeated; so may all whose names end with `[]`."""
_MOST, _LONGEST = 100, 512

Pairs = list[tuple[str, str]]


def named(query: bytes, names: Collection[str] | None) -> Pairs:
    """The parameters of these names, in their order, decoded once; None: all. `metadata[key]` is named `metadata`.

    Raises `ClientMistake` for one that appears twice, or that nobody could write anew.
    """
    found: Pairs = []
    parts = query.split(b"&")
    if len(parts) > _MOST:
        raise mistake(f"the query has more than {_MOST} parameters", None)
    for part in parts:
        raw_name, _, raw_value = part.partition(b"=")
        name = _decoded(raw_name)
        matched = _NAME.fullmatch(name)
        if matched is None or (names is not None and matched[1] not in names):
            continue
        value = _decoded(raw_value)
        if len(value) > _LONGEST or _CONTROL.search(value):
            raise mistake(f"`{name}` in the query cannot be read", name)
        if name not in _LISTS and not name.endswith("[]") and any(name == other for other, _ in found):
            raise mistake(f"`{name}` appears twice in the query", name)
        found.append((name, value))
    return found


def written(pairs: Pairs) -> str:
    """A query with its question mark, or nothing."""
    return "?" + "&".join(f"{quote(name, safe='[]')}={quote(value, safe='')}" for name, value in pairs) if pairs else ""


def _decoded(raw: bytes) -> str:
    return unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8", "replace")
