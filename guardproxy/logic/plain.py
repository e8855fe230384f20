"""Some value of a type, where any will do: the plainest there is."""

from datetime import date
from typing import Final

from guardproxy.ir.types import (
    ABSENT,
    UNKNOWN,
    Field,
    ListOf,
    Number,
    OneOf,
    Rational,
    Record,
    Text,
    Type,
    Value,
    YesNo,
)
from guardproxy.logic.bounds import limits

_ROOM: Final = 20
"""Characters in which the words that stand for a text find room."""
_PLAIN_DAY: Final = date(2026, 1, 1).toordinal()


class NoRoom(ValueError):
    """A text may not be as long as it needs to be to differ from others."""


def another_text(word: str, number: int, of: Text) -> str:
    """A text of a length that fits: words where there is room, else letters. Raises `NoRoom`."""
    text = f"{word} text {number}"
    if of.high is not None and len(text) > of.high:
        text, rest = "", number
        while rest:
            rest, letter = divmod(rest - 1, 26)
            text = chr(ord("a") + letter) + text
    if of.high is not None and len(text) > of.high:
        raise NoRoom("so short a text cannot be told from others")
    return text.ljust(of.low, ".")


def plain_value(of: Type) -> Value:
    """Some value of a type, the plainest: 0 or what is nearest to it, the first listed value, no optional fields."""
    match of:
        case YesNo():
            return False
        case Number():
            return _plain_number(of)
        case OneOf(values):
            return values[0] if values else UNKNOWN
        case Text():
            return another_text("some", 0, of) if of.high is None or of.high >= _ROOM else "." * of.low
        case ListOf(item, low):
            return (plain_value(item),) * max(low, 0)
        case Record(_, fields):
            return {each.name: plain_field(each) for each in fields}


def plain_field(of: Field) -> Value:
    """Nothing where a field is optional."""
    return ABSENT if of.optional else plain_value(of.type)


def _plain_number(of: Number) -> Rational:
    low, high = limits(of)
    wanted = _PLAIN_DAY if of.kind == "date" else 0
    if low is not None and low > wanted:
        return low
    return high if high is not None and high < wanted else wanted
