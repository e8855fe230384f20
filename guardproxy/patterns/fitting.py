r"""Which of two readings a match belongs to where both find one: that in which it begins with a whole character.

`%20bob@example.org` as it stands has an address that begins with `20`, half of what is read as a space. So what
is replaced would be more than the address. Such a match gives way to one of its finder that begins where the next
character does and ends no earlier.
"""

from collections.abc import Sequence

from guardproxy.patterns.disguises import Read
from guardproxy.patterns.search import Match
from guardproxy.patterns.views import index_of

Found = list[tuple[bool, Match]]
"""Matches, by their places in the original, with whether they count."""


def fitting(found: Found, reads: Sequence[Read], hold: int) -> tuple[Found, int]:
    """Those that give way left out, and how far that is decided."""
    counting: dict[tuple[int, int, int], int] = {}
    for counts, match in found:
        if counts:
            key = match.view, match.finder, match.start
            counting[key] = max(match.end, counting.get(key, 0))
    kept, decided = [], hold
    for counts, match in found:
        gives_way = False
        for read in reads if counts else ():
            begin = _next_beginning(read, match.start)
            if not match.start < begin < match.end:
                continue
            gives_way |= counting.get((read.number, match.finder, begin), 0) >= match.end
            if match.start < hold <= begin:
                decided = min(decided, match.start)
        if not gives_way:
            kept.append((counts, match))
    return kept, decided


def _next_beginning(read: Read, start: int) -> int:
    """Where the first character of a reading that begins at `start` or behind it begins."""
    return read.reading.start(index_of(read.reading, start))
