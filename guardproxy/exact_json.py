"""JSON without loss: numbers stay exact, a repeated key is an error, and every limit is stated.

A binary float never appears: whole numbers are `int`, others `Decimal`. What a model or a server sends may be hostile,
so depth, digits and exponents are bounded before anything is computed with them.
"""

import json
import re
from decimal import Decimal
from typing import Any, TypeAlias

import msgspec
import simplejson

Json: TypeAlias = "bool | int | Decimal | str | list[Json] | dict[str, Json] | None"

MAX_DEPTH = 100
MAX_DIGITS = 400
MAX_EXPONENT = 400
_EXPONENT_DIGITS = 4
_LONG_NUMBER = b"0" * (MAX_DIGITS + 1)
_STRINGS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_NO_BRACKETS = re.compile(r"[^\[\]{}]+")
_DIGITS_MARKED = bytes(48 if 48 <= byte <= 57 else 32 for byte in range(256))
"""Every digit becomes `0`, everything else a space: a run of digits is then found by plain search."""


class JsonError(ValueError):
    """The text is not one JSON value that we accept. `reason` says why, in words for an error message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotJson(JsonError):
    """The text is no JSON at all, or more than one value."""


class AmbiguousJson(JsonError):
    """A key appears twice in one object: two readers may see two different values."""


class JsonTooLarge(JsonError):
    """A number or the nesting is beyond the limits stated above."""


def loads(text: str | bytes) -> Any:
    """Parses one JSON value (see `Json`). Raises a `JsonError`; bytes have to be UTF-8."""
    try:
        source = text.decode("utf-8") if isinstance(text, bytes) else text
    except UnicodeDecodeError:
        raise NotJson("it is not encoded as UTF-8") from None
    if too_deep(source):
        raise JsonTooLarge(f"it is nested more than {MAX_DEPTH} levels deep")
    if source.startswith("\ufeff"):
        raise NotJson("it begins with a byte-order mark")
    try:
        return _decode(source)
    except json.JSONDecodeError as error:
        raise NotJson(f"it stops being one JSON value at character {error.pos + 1}") from None
    except ValueError as error:
        # Python itself refuses to read a whole number of thousands of digits.
        if isinstance(error, JsonError):
            raise
        raise JsonTooLarge(f"a number has more than {MAX_DIGITS} digits") from None


def dumps(value: Any) -> str:
    """Compact JSON with letters as they are; a lone surrogate, which UTF-8 cannot carry, stays an escape."""
    return encoded(value).decode()


def encoded(value: Any) -> bytes:
    """The same in UTF-8."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return str(_encode_escaped(value)).encode()


def too_deep(text: str) -> bool:
    """Whether brackets are nested beyond `MAX_DEPTH`; brackets inside strings do not count."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for bracket in _NO_BRACKETS.sub("", _STRINGS.sub("", text)):
        if bracket in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        else:
            depth -= 1
    return False


def whole_number(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise JsonTooLarge(f"a number has more than {MAX_DIGITS} digits")
    return int(text)


def decimal_number(text: str) -> Decimal:
    if len(text) > MAX_DIGITS:
        raise JsonTooLarge(f"a number has more than {MAX_DIGITS} digits")
    exponent = text.lower().partition("e")[2]
    # Long exponents are refused before anything is computed with them; leading zeros say nothing.
    if len(exponent.lstrip("+-0")) > _EXPONENT_DIGITS:
        raise JsonTooLarge(f"a number's exponent is beyond {MAX_EXPONENT}")
    number = Decimal(text)
    if number and abs(number.adjusted()) > MAX_EXPONENT:
        raise JsonTooLarge(f"a number's exponent is beyond {MAX_EXPONENT}")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise AmbiguousJson("a key appears twice in one object")
    return found


def _constant(name: str) -> Any:
    raise NotJson(f"`{name}` is no JSON number")


def _decode(source: str) -> Any:
    """Python's own parser is the fastest with these hooks; only a text with a long number needs its digits counted."""
    marked = source.encode("utf-8", "surrogatepass").translate(_DIGITS_MARKED) if len(source) > MAX_DIGITS else b""
    return (_careful if _LONG_NUMBER in marked else _decoder).decode(source)


RawJson: TypeAlias = msgspec.Raw
"""One JSON value as its bytes; `encoded` writes it as it is."""


def raw_members(source: bytes) -> dict[str, RawJson]:
    """The members of an object, unread; of a key that appears twice, the last. Raises `NotJson`."""
    try:
        return _members.decode(source)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotJson("it is no JSON object") from None


def raw_objects(source: RawJson) -> list[dict[str, RawJson]]:
    """The members of each object in a list, unread. Raises `NotJson`."""
    try:
        return _objects.decode(source)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotJson("it is no list of JSON objects") from None


def vector_of(source: bytes) -> list[float] | None:
    """A list of numbers as binary floats, to look at and not to write again; None where it is anything else."""
    try:
        return _numbers.decode(source)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_objects = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_numbers = msgspec.json.Decoder(list[float])
_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=decimal_number, parse_constant=_constant)
_careful = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=whole_number, parse_float=decimal_number, parse_constant=_constant
)
_encode = msgspec.json.Encoder(decimal_format="number").encode
_encode_escaped = simplejson.JSONEncoder(use_decimal=True, ensure_ascii=True, separators=(",", ":")).encode
