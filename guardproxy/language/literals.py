"""Literals as written: figures with commas, texts with escapes, dates and times. Everything is exact."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from guardproxy.language import other_dates

_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
POINTS_FOR_COMMAS = r"[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,})(?![0-9])"
"""`1.000,50` and `1.000.000`, as much of the world groups thousands."""
_OTHERWISE_GROUPED = re.compile(POINTS_FOR_COMMAS)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_SIMPLE = {'"': '"', "\\": "\\", "n": "\n"}
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_FIGURE = 60


class BadLiteral(ValueError):
    """What is wrong with a literal (`message`) and how it is written (`help`)."""

    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help_


def figure(text: str, around: str = "{}") -> Fraction:
    """`2,000` or `0.5`. Commas stand before groups of three digits. `around` is what it stands in, such as `${}`."""
    if len(text) > MAX_FIGURE:
        raise BadLiteral(f"this number has more than {MAX_FIGURE} characters", "no limit needs that many digits")
    if _OTHERWISE_GROUPED.fullmatch(text):
        right = text.translate(str.maketrans(",.", ".,"))
        message = f"`{around.format(text)}` has its points and commas the other way round"
        raise BadLiteral(message, f"write `{around.format(right)}`")
    if "," in text and not _GROUPED.fullmatch(text):
        help_ = f"a decimal point is a dot: `{around.format(text.replace(',', '.'))}`" if text.count(",") == 1 else ""
        help_ = (help_ + "; " if help_ else "") + "between listed numbers write a comma and a space"
        raise BadLiteral(f"the commas of `{around.format(text)}` do not stand before three digits", help_)
    if "," not in text and not _PLAIN.fullmatch(text):
        raise BadLiteral(f"`{text}` is no number", "write `12`, `2,000` or `0.5`")
    return Fraction(text.replace(",", ""))


def string(text: str) -> str:
    """What a text between its quotes says; `text` still has them."""
    escaped = _ESCAPE.sub(_unescaped, text[1:-1])
    try:
        return escaped.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise BadLiteral(
            "this text has half of a surrogate pair", "write both `\\u` halves, or the sign itself"
        ) from None


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1)
    if code in _SIMPLE:
        return _SIMPLE[code]
    if len(code) == 5:
        return chr(int(code[1:], 16))
    raise BadLiteral(f"`\\{code}` means nothing in a text", 'a text knows `\\"`, `\\\\`, `\\n` and `\\u3042`')


def regex(text: str) -> str:
    """The regular expression between its slashes, with `\\/` as a plain slash."""
    return re.sub(r"\\(.)", lambda m: "/" if m.group(1) == "/" else m.group(), text[1:-1])


def day(text: str) -> int:
    """The ordinal of `2026-11-21`."""
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        meant = " or ".join(f"`{day}`" for day in other_dates.meant_by(text))
        help_ = f"write {meant}: year, month and day" if meant else "write year, month and day: 2026-11-21"
        raise BadLiteral(f"`{text}` is no date of a policy" if meant else f"`{text}` is no date", help_) from None


def clock_time(text: str) -> int:
    """Seconds since midnight of `18:00` or `18:00:30`."""
    hours, minutes, seconds = [int(part) for part in (text + ":0").split(":")[:3]]
    if hours > 23 or minutes > 59 or seconds > 59:
        raise BadLiteral(f"`{text}` is no time of day", "write hours and minutes: 18:00")
    return hours * 3600 + minutes * 60 + seconds


def moment(text: str, zone: str) -> int:
    """Microseconds since 1970 UTC of `2026-11-21T10:00Z`; without an offset it is a time in `zone`."""
    match = _MOMENT.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        day_, hours, minutes, seconds, fraction, offset = match.groups()
        at = datetime.fromisoformat(f"{day_}T{hours}:{minutes}:{seconds or '00'}.{(fraction or '0').ljust(6, '0')}")
        at = at.replace(tzinfo=_offset(offset) if offset else ZoneInfo(zone))
        return (at - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        raise BadLiteral(f"`{text}` is no instant", "write date, time and zone: 2026-11-21T10:00Z") from None


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def day_of(now: int, zone: str) -> int:
    """The ordinal of the day that it is in `zone` at an instant."""
    return (_EPOCH + timedelta(microseconds=now)).astimezone(ZoneInfo(zone)).toordinal()


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


@cache
def zones_at(place: str) -> tuple[str, ...]:
    """The names of the time zone database that end with a place: `America/New_York` for `New York`."""
    wanted = place.casefold().replace(" ", "_")
    return tuple(sorted(zone for zone in available_timezones() if zone.casefold().endswith(f"/{wanted}")))
