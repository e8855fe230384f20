"""The values of `format` that are checked: date, date-time, email, uuid. All others are remarks."""

import re
from collections.abc import Callable
from datetime import date

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(\.\d+)?([zZ]|[+-](\d\d):(\d\d))", re.ASCII)
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    try:
        date(*(int(part) for part in found.groups()))
    except ValueError:
        return False
    return True


def _is_instant(text: str) -> bool:
    """RFC 3339, where a zone is needed and 60 is a leap second."""
    found = _TIME.fullmatch(text[11:]) if len(text) > 10 and text[10] in "tT" and _is_date(text[:10]) else None
    if found is None:
        return False
    hour, minute, second, zone_hour, zone_minute = (int(found.group(i) or 0) for i in (1, 2, 3, 6, 7))
    return hour < 24 and minute < 60 and second <= 60 and zone_hour < 24 and zone_minute < 60


def _is_email(text: str) -> bool:
    local = text.partition("@")[0]
    return _EMAIL.fullmatch(text) is not None and not local.startswith(".") and not local.endswith(".")


def _is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


FORMS: dict[str, Callable[[str], bool]] = {
    "date": _is_date,
    "date-time": _is_instant,
    "email": _is_email,
    "uuid": _is_uuid,
}
