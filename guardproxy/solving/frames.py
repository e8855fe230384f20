"""What the pool and a worker say to each other: pickles, each behind its length in eight bytes.

A worker computes with what a model wrote, so its side is not trusted with more than it needs: a message is made of the
classes listed here (terms, types, questions and answers, all plain dataclasses and enumerations, and `Fraction`) and of
what pickle writes without naming a class: numbers, texts, tuples, lists, dictionaries.
"""

import io
import os
import pickle
import select
import struct
import time
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from typing import Any, Final

from guardproxy.ir import terms, types
from guardproxy.logic import budget, questions

_LENGTH: Final = struct.Struct(">Q")
_LONGEST: Final = 64 * 1024 * 1024
_PIECE: Final = 64 * 1024
_PLAIN: Final[Mapping[tuple[str, str], type]] = {
    (plain.__module__, plain.__qualname__): plain
    for plain in (
        Fraction,
        types.State,
        types.YesNo,
        types.Number,
        types.OneOf,
        types.Text,
        types.ListOf,
        types.Record,
        types.ClaimPattern,
        types.Field,
        types.Schema,
        terms.Exemption,
        terms.Finder,
        terms.FieldOf,
        terms.PickedFrom,
        terms.Conforms,
        terms.LookUp,
        terms.ResultField,
        terms.FoundInText,
        terms.UserSays,
        terms.CalledBefore,
        terms.CallsSoFar,
        terms.CallsElsewhere,
        terms.CallsInAnswer,
        terms.TotalPerKey,
        terms.Clock,
        terms.Element,
        terms.Constant,
        terms.Variable,
        terms.Not,
        terms.And,
        terms.Or,
        terms.Compare,
        terms.IsPresent,
        terms.Holds,
        terms.Sum,
        terms.Scaled,
        terms.Product,
        terms.Case,
        terms.MonthsBetween,
        terms.CountOf,
        terms.TotalOf,
        terms.ForEach,
        terms.IsIn,
        terms.SameSet,
        terms.DateOf,
        questions.Decision,
        questions.Decide,
        questions.Adjustable,
        questions.FindRepair,
        questions.Repaired,
        questions.NoRepair,
        questions.FindCases,
        questions.Case,
        questions.NoCase,
        questions.Cases,
        budget.Budget,
    )
}


class ConnectionLost(Exception):
    """The other side is gone, too slow, or says what it must not."""


def send(pipe: int, message: Any, until: float | None = None) -> None:
    """Writes a message; `until` is a point of `time.monotonic`. Raises `ConnectionLost`."""
    body = io.BytesIO()
    _ByValue(body, pickle.HIGHEST_PROTOCOL).dump(message)
    rest = memoryview(_LENGTH.pack(body.tell()) + body.getvalue())
    while rest:
        _wait(pipe, select.POLLOUT, until)
        try:
            # Small enough to fit where poll sees room, so that the write does not block.
            rest = rest[os.write(pipe, rest[: select.PIPE_BUF]) :]
        except OSError as error:
            raise ConnectionLost("the other side is gone") from error


def receive(pipe: int, until: float | None = None) -> Any:
    """Reads a message of our own plain values. Raises `ConnectionLost`."""
    (length,) = _LENGTH.unpack(_read(pipe, _LENGTH.size, until))
    if length > _LONGEST:
        raise ConnectionLost("the message is too long")
    try:
        return _PlainValues(io.BytesIO(_read(pipe, length, until))).load()
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, TypeError, ValueError) as error:
        raise ConnectionLost("the message is damaged") from error


def _read(pipe: int, length: int, until: float | None) -> bytes:
    parts: list[bytes] = []
    while length:
        _wait(pipe, select.POLLIN, until)
        part = os.read(pipe, min(length, _PIECE))
        if not part:
            raise ConnectionLost("the other side is gone")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _wait(pipe: int, event: int, until: float | None) -> None:
    if until is None:
        return
    poll = select.poll()
    poll.register(pipe, event)
    if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
        raise ConnectionLost("the other side is too slow")


class _ByValue(pickle.Pickler):
    """Enumerations by class and value: Python 3.11.0 to 3.11.3 would write `getattr`, which the reader refuses."""

    def reducer_override(self, value: Any) -> Any:
        return (type(value), (value.value,)) if isinstance(value, Enum) else NotImplemented


class _PlainValues(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """The class of `_PLAIN` by this name; any other name is an `UnpicklingError`. Imports nothing."""
        found = _PLAIN.get((module, name))
        if found is None:
            raise pickle.UnpicklingError(f"`{module}.{name}` is no plain value")
        return found
