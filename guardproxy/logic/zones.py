"""Time zones as the solver needs them: from when on which offset from UTC holds."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from guardproxy.ir.calendar import zone_named

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = 1_000_000
_MOST_CHANGES: Final = 128


def _start_of(year: int) -> int:
    return _micros(datetime(year, 1, 1, tzinfo=UTC))


@lru_cache(maxsize=64)
def offsets(zone: str, low: int, high: int) -> tuple[tuple[int, int], ...] | None:
    """`(from, offset)` for the instants from `low` to `high`, all in microseconds, the first from `low` on.

    None where there are too many changes to be written out. Take a range within `KNOWN_FROM` and `KNOWN_UNTIL`: the
    zone is looked at once a day. One that leaves an offset and comes back to it within a day is not seen; none does.
    """
    first, last = (_EPOCH + timedelta(microseconds=each) for each in (low, high))
    found = [(low, _offset(zone, first))]
    while first < last:
        following = min(first + timedelta(days=1), last)
        offset = _offset(zone, following)
        if offset != found[-1][1]:
            found.append((_micros(_change(zone, first, following)), offset))
            if len(found) > _MOST_CHANGES:
                return None
        first = following
    return tuple(found)


def _change(zone: str, before: datetime, after: datetime) -> datetime:
    """The second from which on the later offset holds."""
    later, before = _offset(zone, after), before.replace(microsecond=0)
    low, high = 0, int((after - before).total_seconds()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, before + timedelta(seconds=middle)) == later:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)


def _offset(zone: str, moment: datetime) -> int:
    offset = moment.astimezone(zone_named(zone)).utcoffset()
    assert offset is not None
    return _micros(_EPOCH + offset)


def _micros(moment: datetime) -> int:
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * _SECOND + since.microseconds


KNOWN_FROM: Final = _start_of(2000)
KNOWN_UNTIL: Final = _start_of(2050)
"""Between these two instants (microseconds) offsets are looked up; before and after them any may hold."""
