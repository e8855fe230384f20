"""Dates and times as people write them: `21 November 2026`, `Nov. 21, 2026`, `21st of November 2026`, `6:30 p.m.`.

A date in figures is read where it can mean one day only: `2026-11-21`, `2026/11/21`, `25/12/2026`; `03/04/2026` is
found and is no date, as it is another day in another country. So is a day without its year.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from guardproxy.patterns.number_words import SPACE, any_of, listed

_NAMES = listed("january february march april may june july august september october november december")
_SHORT = {name[:3]: number for number, name in enumerate(_NAMES, 1)} | {"sept": 9}
_MONTHS: Mapping[str, int] = {name: number for number, name in enumerate(_NAMES, 1)} | _SHORT
_MONTH = rf"(?i:{any_of(_MONTHS)})\b\.?"
_DAY = r"[0-9]{1,2}(?i:st|nd|rd|th)?\b"
_YEAR = r"[0-9]{4}\b"
_GAP = rf"{SPACE}{{1,4}}"
_COMMA = rf"(?:{SPACE}{{0,4}},)?{_GAP}"
_ISO = r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}"
DATE = (
    rf"(?:\b[0-9]{{1,4}}[\-/.][0-9]{{1,2}}[\-/.][0-9]{{1,4}}\b"
    rf"|\b{_DAY}{_GAP}(?i:of{_GAP})?{_MONTH}(?:{_COMMA}{_YEAR})?"
    rf"|\b{_MONTH}{_GAP}{_DAY}(?:{_COMMA}{_YEAR})?)"
)
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_HALF = rf"{SPACE}{{0,2}}(?i:[ap]m\b|[ap]\.m\.)"
TIME = rf"\b(?:{_CLOCK}(?:{_HALF})?|[0-9]{{1,2}}{_HALF}|(?i:noon|midnight|midday)\b)"
INSTANT = rf"{_ISO}[Tt\x20]{_CLOCK}(?:Z|[+\-][0-9]{{2}}:[0-9]{{2}})?"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_date(text: str) -> int | None:
    """The day, as `date.toordinal`; None when it cannot be told, or there is no such day."""
    parts = text.casefold().replace(",", " ").split()
    try:
        if len(parts) == 1:
            return _in_figures(text)
        words = [part.rstrip(".") for part in parts if part != "of"]
        month = next(_MONTHS[word] for word in words if word in _MONTHS)
        day, year = (int(word.rstrip("stndrh")) for word in words if word not in _MONTHS)
        return date(year, month, day).toordinal()
    except (ValueError, StopIteration):
        return None


def _in_figures(text: str) -> int | None:
    separators = {c for c in text if not c.isdigit()}
    if len(separators) != 1:
        return None
    first, second, third = text.split(separators.pop())
    if len(first) == 4:
        return date(int(first), int(second), int(third)).toordinal() if len(third) <= 2 else None
    if len(third) != 4:
        return None
    day, month, year = int(first), int(second), int(third)
    if day == month or day > 12:
        return date(year, month, day).toordinal()
    return date(year, day, month).toordinal() if month > 12 else None


def read_time(text: str) -> int | None:
    """Seconds since midnight."""
    word = text.casefold().replace(".", "")
    if word in ("noon", "midday"):
        return 43200
    if word == "midnight":
        return 0
    half = word[-2:] if word.endswith("m") else ""
    hour, *rest = word.removesuffix(half).strip().split(":")
    if half and not 1 <= int(hour) <= 12:
        return None
    hours = int(hour) if not half else int(hour) % 12 + (12 if half == "pm" else 0)
    try:
        minutes, seconds, *_ = [*map(int, rest), 0, 0]
        clock = time(hours, minutes, seconds)
    except ValueError:
        return None
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def read_instant(text: str, zone: str) -> int | None:
    """Microseconds since 1970, UTC; `zone` is that of a text without one."""
    try:
        moment = datetime.fromisoformat(text.upper())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        return (moment.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None
