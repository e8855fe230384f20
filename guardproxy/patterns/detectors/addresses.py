"""The addresses in a match, for exemptions: `except those starting with "https://cdn.example.com/"`.

A match begins at what loads the address (`![`, `src=`) and may hold several, as `srcset` does. Each is judged as it is
written and as a browser reads it, and both must be exempt: a browser removes tabs and line ends, takes `\\` for `/` and
resolves `..` (URL standard, basic URL parser).
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from guardproxy.patterns.engine import encoded, machine

_END = re.compile(r"[\s\"'<>`]|\]\(")
_LONGEST = 4096
"""Code points of one address that are judged; no exemption that names a server looks at more."""
_MOST = 100
"""So many addresses are judged; a match with more of them is judged as a whole, too, which is no address."""
_REMOVED = str.maketrans({"\t": None, "\r": None, "\n": None, "\\": "/"})
_DOT = re.compile(r"%2e", re.IGNORECASE)
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|[:/\\]|www\.", re.IGNORECASE)
"""How a match begins that is an address and nothing else: its own commas and brackets are no places for others."""
_SERVER = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:/*[^/?#]*|/{2,}[^/?#]*")


def addresses_in(places: str, addresses: str) -> Callable[[str], list[str]]:
    """All the addresses in a match, the match itself where none is seen.

    `addresses` is an expression for what stands before an address together with how that begins, `places` for the
    first of the two alone.
    """

    def parts(matched: str) -> list[str]:
        found = [] if _BARE.match(matched) else list(islice(_each(encoded(matched), places, addresses), _MOST))
        if len(found) == _MOST:
            found.append(matched)
        return [reading for address in found or [matched] for reading in _readings(address)]

    return parts


def _each(data: bytes, places: str, addresses: str) -> Iterator[str]:
    position = 0
    while span := machine(addresses).search(data, position):
        start = machine(places).end_at(data, span[0])
        # What the expression has taken of it may hold line ends: the rest goes to the first sign that ends it.
        begun, rest = data[start : span[1]].decode(), data[span[1] : span[1] + 4 * _LONGEST].decode("utf-8", "ignore")
        end = _END.search(rest)
        yield begun + rest[: end.start() if end else None][:_LONGEST]
        position = max(span[1], span[0] + 1)


def _readings(address: str) -> Iterator[str]:
    yield address
    read = as_read(address)
    if read != address:
        yield read


def as_read(address: str) -> str:
    """The address as a browser reads it: cleaned, and without `.` and `..` in its path."""
    cleaned = address.strip("".join(map(chr, range(33)))).translate(_REMOVED)
    server = _SERVER.match(cleaned)
    if server is None:
        return cleaned
    path = re.split(r"[?#]", cleaned[server.end() :], maxsplit=1)[0]
    kept: list[str] = []
    for part in path.split("/"):
        plain = _DOT.sub(".", part)
        if plain == "..":
            del kept[max(1, len(kept) - 1) :]
        elif plain != ".":
            kept.append(part)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return server[0] + "/".join(kept) + cleaned[server.end() + len(path) :]
