"""Reading a declared field of a complete object quickly: what is as declared and simple, at once; the rest as ever."""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from guardproxy.checks.values import read_field, read_value
from guardproxy.ir.types import Field, Number, OneOf, Type, Value, YesNo

Reader: TypeAlias = Callable[[Any], Value]
"""From the object that holds a field to its value or state: what `values.read_field` says."""

_REMEMBERED = 1024
_MOST_DIGITS = 40
_FROM_TEXT = ("date", "time", "instant")


def field_reader(field: Field) -> Reader:
    name, of = field.name, field.type
    simple = _simple_reader(of)
    if simple is None:
        return lambda holder: read_field(field, holder)

    def read(holder: Any) -> Value:
        if holder.__class__ is dict and name in holder:
            value = simple(holder[name])
            if value is not None:
                return value
        return read_field(field, holder)

    return read


def _simple_reader(of: Type) -> Callable[[Any], Value | None] | None:
    """A reader that gives None for what it leaves to `read_field`."""
    if isinstance(of, YesNo):
        return lambda raw: raw if raw is True or raw is False else None
    if isinstance(of, OneOf):
        listed = frozenset(of.values)
        return lambda raw: raw if raw.__class__ is str and raw in listed else None
    if not isinstance(of, Number) or of.kind in _FROM_TEXT:
        return None
    return _whole_reader(of) if of.wire == 1 and of.grid == 1 else _exact_reader(of)


def _whole_reader(of: Number) -> Callable[[Any], Value | None] | None:
    if of.low is None or of.high is None:
        return None
    low, high = of.low, of.high
    return lambda raw: raw if raw.__class__ is int and low <= raw <= high else None


def _exact_reader(of: Number) -> Callable[[Any], Value | None]:
    """Numbers that have to be scaled: the ones seen last are remembered, as rates and prices come again."""

    @lru_cache(maxsize=_REMEMBERED)
    def scaled(raw: int | Decimal) -> Value:
        return read_value(of, raw)

    def read(raw: Any) -> Value | None:
        if raw.__class__ is Decimal and len(raw.as_tuple().digits) <= _MOST_DIGITS:
            return scaled(raw)
        return scaled(raw) if raw.__class__ is int and -_LARGEST < raw < _LARGEST else None

    return read


_LARGEST = 10**_MOST_DIGITS
