"""Dates as people write them elsewhere (`12/31/2026`, `31.12.2026`, `December 31, 2026`), and the days they mean."""

import re
from datetime import date

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_MONTH = rf"(?i:{'|'.join(_MONTHS)}|sept|{'|'.join(month[:3] for month in _MONTHS)})\b\.?"
_ORDINAL = r"(?:st|nd|rd|th)?"
_GAP = r"[ \t]+"
DATE = re.compile(
    rf"(?P<one>[0-9]{{1,2}})(?P<sign>[-/.])(?P<two>[0-9]{{1,2}})(?P=sign)(?P<year>[0-9]{{4}})(?![0-9])"
    rf"|(?P<first_year>[0-9]{{4}})(?P<other>[/.])(?P<month>[0-9]{{1,2}})(?P=other)(?P<day>[0-9]{{1,2}})(?![0-9])"
    rf"|(?P<month_word>{_MONTH}){_GAP}(?P<its_day>[0-9]{{1,2}}){_ORDINAL},?{_GAP}(?P<its_year>[0-9]{{4}})(?![0-9])"
    rf"|(?P<day_before>[0-9]{{1,2}}){_ORDINAL}{_GAP}(?P<named>{_MONTH}),?{_GAP}(?P<named_year>[0-9]{{4}})(?![0-9])"
)
"""No sentence of the language has any of these: what looks like a quotient or a difference is a date."""


def meant_by(text: str) -> tuple[str, ...]:
    """The days in ISO 8601 that such a date can mean: two where day and month cannot be told apart, none of a typo."""
    found = DATE.fullmatch(text)
    if found is None:
        return ()
    if found["year"]:
        one, two, year = int(found["one"]), int(found["two"]), int(found["year"])
        readings = [_iso(year, two, one), _iso(year, one, two)]
    elif found["first_year"]:
        readings = [_iso(int(found["first_year"]), int(found["month"]), int(found["day"]))]
    elif found["month_word"]:
        readings = [_iso(int(found["its_year"]), _number(found["month_word"]), int(found["its_day"]))]
    else:
        readings = [_iso(int(found["named_year"]), _number(found["named"]), int(found["day_before"]))]
    return tuple(dict.fromkeys(reading for reading in readings if reading))


def _number(month: str) -> int:
    return next(i for i, name in enumerate(_MONTHS, start=1) if name.startswith(month[:3].casefold()))


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
