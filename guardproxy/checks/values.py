"""Wire JSON to typed values, and the four states where there is no value.

Exact: a number is taken as written, never through a binary float. What does not fit its type, its range or its grid is
`INVALID`; nothing is coerced (`"12"` is no number, `1` is no yes). Values that are still arriving (`arriving_json`) are
`UNKNOWN` as long as some continuation fits, and `INVALID` as soon as none does.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from guardproxy.arriving_json import OpenList, OpenNumber, OpenObject, OpenText
from guardproxy.ir.types import (
    ABSENT,
    INVALID,
    UNKNOWN,
    Field,
    ListOf,
    Number,
    OneOf,
    Record,
    Schema,
    Text,
    Type,
    Value,
    YesNo,
    rational,
)

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def read_value(type_: Type, raw: Any) -> Value:
    """The typed value of a JSON value (exact, or arriving), or a `State`."""
    return _READERS[type(type_)](type_, raw)


def read_field(field: Field, holder: Any) -> Value:
    """The field's value in an object: absent or, while the object is open, unknown where the key is not there.

    A `null` is `ABSENT` for an optional field (clients with strict schemas can only say it so), else `INVALID`.
    """
    if not isinstance(holder, dict):
        return INVALID
    if field.name not in holder:
        return UNKNOWN if isinstance(holder, OpenObject) else ABSENT
    raw = holder[field.name]
    if raw is None and field.optional:
        return ABSENT
    if field.optional and isinstance(raw, OpenNumber) and raw.startswith("n"):
        return UNKNOWN
    return read_value(field.type, raw)


def read_path(schema: Schema, path: tuple[str, ...], holder: Any) -> Value:
    """A field by its path through records. An absent or unknown record makes its fields so."""
    fields: tuple[Field, ...] = schema.fields
    value: Value = INVALID
    for depth, name in enumerate(path):
        field = next((f for f in fields if f.name == name), None)
        if field is None:
            return INVALID
        value = read_field(field, holder)
        if depth + 1 == len(path):
            break
        if not isinstance(field.type, Record) or not isinstance(holder, dict):
            return INVALID
        if value in (ABSENT, UNKNOWN) and not isinstance(holder.get(name), OpenObject):
            return value
        fields, holder = field.type.fields, holder.get(name)
    return value


def misfit(schema: Schema, holder: Any) -> str | None:
    """The first declared field that the object cannot have right any more, or None.

    A field that is missing counts once the object is closed, unless it is optional.
    """
    for field in schema.fields:
        value = read_field(field, holder)
        if value is INVALID or (value is ABSENT and not field.optional):
            return field.name
    return None


def _yes_no(_: Type, raw: Any) -> Value:
    if isinstance(raw, bool):
        return raw
    return UNKNOWN if isinstance(raw, OpenNumber) and raw[0] in "tf" else INVALID


def _number(type_: Type, raw: Any) -> Value:
    assert isinstance(type_, Number)
    if isinstance(raw, OpenNumber):
        return UNKNOWN if raw[0] in "-0123456789" and type_.kind not in _READ_FROM_TEXT else INVALID
    if isinstance(raw, OpenText):
        return UNKNOWN if type_.kind in _READ_FROM_TEXT else INVALID
    read = _READ_FROM_TEXT.get(type_.kind)
    if read is not None:
        return within(type_, read(type_, raw)) if isinstance(raw, str) else INVALID
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        return INVALID
    if type_.wire == 1 and isinstance(raw, int):
        return within(type_, raw)
    return within(type_, rational(Fraction(raw) * type_.wire))


def within(type_: Number, value: Value) -> Value:
    """The number, or `INVALID` when it is out of the declared range or off the grid."""
    if not isinstance(value, int | Fraction):
        return INVALID
    if (type_.low is not None and value < type_.low) or (type_.high is not None and value > type_.high):
        return INVALID
    if type_.grid is not None and (type_.grid != 1 or not isinstance(value, int)) and value % type_.grid != 0:
        return INVALID
    return value


# ISO 8601 as policies write it; Python's parser alone would also take week dates, missing separators and more digits
# than a microsecond has.
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_INSTANT = re.compile(
    rf"{_DATE.pattern}T[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?"
)


def _date(_: Number, raw: str) -> Value:
    if not _DATE.fullmatch(raw):
        return INVALID
    try:
        return date.fromisoformat(raw).toordinal()
    except ValueError:
        return INVALID


def _time(_: Number, raw: str) -> Value:
    try:
        read = time.fromisoformat(raw) if _TIME.fullmatch(raw) else None
    except ValueError:
        return INVALID
    if read is None:
        return INVALID
    return read.hour * 3600 + read.minute * 60 + read.second


def _instant(type_: Number, raw: str) -> Value:
    try:
        read = datetime.fromisoformat(raw) if _INSTANT.fullmatch(raw) else None
    except ValueError:
        return INVALID
    if read is None:
        return INVALID
    aware = read if read.tzinfo else read.replace(tzinfo=ZoneInfo(type_.zone))
    since = aware - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


_READ_FROM_TEXT: Mapping[str, Callable[[Number, str], Value]] = {"date": _date, "time": _time, "instant": _instant}


def _one_of(type_: Type, raw: Any) -> Value:
    assert isinstance(type_, OneOf)
    if isinstance(raw, OpenText):
        return UNKNOWN if any(v.startswith(raw) for v in type_.values) else INVALID
    return raw if isinstance(raw, str) and not isinstance(raw, OpenNumber) and raw in type_.values else INVALID


def _text(type_: Type, raw: Any) -> Value:
    assert isinstance(type_, Text)
    if not isinstance(raw, str) or isinstance(raw, OpenNumber):
        return INVALID
    if type_.high is not None and len(raw) > type_.high:
        return INVALID
    if isinstance(raw, OpenText):
        return UNKNOWN
    return raw if len(raw) >= type_.low else INVALID


def _list(type_: Type, raw: Any) -> Value:
    assert isinstance(type_, ListOf)
    if not isinstance(raw, list) or (type_.high is not None and len(raw) > type_.high):
        return INVALID
    items = tuple(read_value(type_.item, item) for item in raw)
    if any(item is INVALID for item in items):
        return INVALID
    if isinstance(raw, OpenList):
        return UNKNOWN
    return items if len(items) >= type_.low else INVALID


def _record(type_: Type, raw: Any) -> Value:
    assert isinstance(type_, Record)
    if not isinstance(raw, dict):
        return INVALID
    values = {f.name: read_field(f, raw) for f in type_.fields}
    if any(values[f.name] is INVALID or (values[f.name] is ABSENT and not f.optional) for f in type_.fields):
        return INVALID
    return UNKNOWN if isinstance(raw, OpenObject) else values


_READERS: Mapping[type, Callable[[Type, Any], Value]] = {
    YesNo: _yes_no,
    Number: _number,
    OneOf: _one_of,
    Text: _text,
    ListOf: _list,
    Record: _record,
}


def wire_value(type_: Type, value: Value) -> Any:
    """The JSON form of a typed value: the inverse of `read_value` for every value that JSON can carry exactly."""
    if isinstance(type_, ListOf) and isinstance(value, tuple):
        return [wire_value(type_.item, item) for item in value]
    if isinstance(type_, Record) and isinstance(value, Mapping):
        return {f.name: wire_value(f.type, value[f.name]) for f in type_.fields if value[f.name] is not ABSENT}
    if isinstance(type_, Number) and isinstance(value, int | Fraction) and not isinstance(value, bool):
        return _wire_number(type_, value)
    return value


def _wire_number(type_: Number, value: int | Fraction) -> Any:
    match type_.kind:
        case "date":
            return date.fromordinal(int(value)).isoformat()
        case "time":
            return (datetime.min + timedelta(seconds=int(value))).time().isoformat()
        case "instant":
            return (_EPOCH + timedelta(microseconds=int(value))).isoformat()
    plain = rational(Fraction(value) / Fraction(type_.wire))
    return plain if isinstance(plain, int) else _decimal(plain)


def _decimal(value: Fraction) -> Decimal:
    """Exact where the fraction ends; the digits of other fractions are cut off after twenty."""
    places = next((n for n in range(_MOST_PLACES) if 10**n % value.denominator == 0), 20)
    digits = value.numerator * 10**places // value.denominator
    return Decimal((int(digits < 0), tuple(map(int, str(abs(digits)))), -places))


_MOST_PLACES = 400
