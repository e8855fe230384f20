"""Values as the language reads them back: what is written here and compiled is the same value again."""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from guardproxy import exact_json
from guardproxy.ir.printed import printed_number, printed_value, quoted
from guardproxy.ir.types import ABSENT, UNKNOWN, Number, OneOf, Type, Value, YesNo

_NAME = re.compile(r"[^\W\d]\w*")
_WORDS = frozenset(
    (
        *("present", "missing", "not", "one", "in", "optional", "unknown", "yes", "no", "any", "and", "or", "is", "at"),
        *("above", "below", "today", "now", "every", "some", "has", "where", "true", "false", "expect", "given"),
        *("reply", "call", "text"),
    )
)
"""Listed values that mean something else behind `is`, or might."""


class NotWritable(ValueError):
    """The language has no words for it; the text says what, as the end of a sentence."""


def written_value(value: Value, of: Type) -> str:
    """A fact's value behind `is`: `36%`, `gold`, `"two words"`, `unknown`. Raises `NotWritable`."""
    match of:
        case _ if value is UNKNOWN:
            return "unknown"
        case _ if value is ABSENT:
            return "missing"
        case YesNo() if isinstance(value, bool):
            return printed_value(value, of)
        case OneOf() if isinstance(value, str):
            return value if _NAME.fullmatch(value) and value not in _WORDS else quoted(value)
        case Number(kind="instant") if isinstance(value, int) and value % 1_000_000:
            raise NotWritable("an instant between two seconds")
        case Number() if isinstance(value, int | Fraction):
            return _number(value, of)
    if isinstance(value, str):
        return quoted(value)
    raise NotWritable("lists and records among the facts cannot be written")


def _number(value: int | Fraction, of: Number) -> str:
    text = printed_value(value, of)
    if "/" in text.split(" ")[0]:
        raise NotWritable(f"{text} has no end when it is written in digits")
    return text


def written_name(name: str) -> str:
    """A declaration's, field's or tool's name."""
    return name if _NAME.fullmatch(name) else quoted(name)


def written_json(value: Any) -> str:
    """JSON on one line, as people write it: `{ "amount": 5000, "reasons": ["a", "b"] }`."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{exact_json.dumps(k)}: {written_json(v)}" for k, v in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written_json, value))}]"
    if isinstance(value, Decimal):
        return printed_number(Fraction(value))
    return exact_json.dumps(value)
