"""Answers made of numbers: embeddings and moderations.

A vector holds thousands of numbers, too many to look at each in Python, and none of them is said to anybody. That it
holds nothing but numbers of a vector's size is proved on its bytes, by a parser that takes nothing else; everything
around the vectors is searched like a listing. Scores between 0 and 1 pass unread for the same reason.
"""

import base64
import binascii
import math
import sys
from array import array
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from guardproxy.exact_json import JsonError, RawJson, encoded, loads, raw_members, raw_objects, vector_of
from guardproxy.wire.dialect import Unit
from guardproxy.wire.errors import unreadable
from guardproxy.wire.hidden_calls import HiddenCalls, refuse_answers
from guardproxy.wire.side_doors.door import SideDoor, read_json_object
from guardproxy.wire.side_strings import SideStrings

LARGEST, SMALLEST = 10_000.0, 1e-12
"""Members of an embedding are zero or between these: letters that were packed as numbers seldom are."""

_SEARCHED = 512
"""Letters of a packed vector up to which they are searched too: so few could be a word and happen to be a vector."""

_VECTOR = "embedding"
_SCORES = ("category_scores",)


class Embeddings:
    """`{"data": [{"embedding": [...]}, ...]}`."""

    content_type = b"application/json"

    def __init__(self, body: bytes, beside: SideStrings) -> None:
        self.units: list[Unit] = []
        try:
            members = raw_members(body)
            entries = raw_objects(members.pop("data"))
        except (JsonError, KeyError):
            raise unreadable("it is no list of embeddings") from None
        self._rest = _parsed(members)
        self._entries = [(_vector(entry.pop(_VECTOR, None), beside), _parsed(entry)) for entry in entries]
        if not beside.keeps_repeats:
            refuse_answers(self._rest)
            HiddenCalls().refuse([self._rest, *(rest for _, rest in self._entries)])

    def another(self, place: int, body: bytes) -> Unit:
        raise AssertionError("embeddings have no units")

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        data = [{**beside.withhold(rest), _VECTOR: vector} for vector, rest in self._entries]
        return encoded({**beside.withhold(self._rest), "data": data})


class Moderations:
    """`{"results": [{"category_scores": {...}, ...}]}`, or any other listing with scores in it."""

    content_type = b"application/json"

    def __init__(self, body: bytes, beside: SideStrings) -> None:
        self._value = read_json_object(body)
        if not beside.keeps_repeats:
            refuse_answers(self._value)
        self.units: list[Unit] = []

    def another(self, place: int, body: bytes) -> Unit:
        raise AssertionError("moderations have no units")

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        results = self._value.get("results")
        scored = results if isinstance(results, list) else []
        kept = [_scores_of(result, beside) for result in scored]
        value = beside.withhold(self._value)
        for result, scores in zip(scored, kept, strict=True):
            if scores:
                result.update(scores)
        return encoded(value)


def _scores_of(result: Any, beside: SideStrings) -> dict[str, Any]:
    """Takes the scores out of one result, if they are nothing else."""
    if not isinstance(result, dict):
        return {}
    found = {name: result[name] for name in _SCORES if _are_scores(result.get(name), beside)}
    for name in found:
        result[name] = None
    return found


def _are_scores(value: Any, beside: SideStrings) -> bool:
    return isinstance(value, dict) and all(
        isinstance(score, int | Decimal) and 0 <= score <= 1 and beside.harmless(name) for name, score in value.items()
    )


def _parsed(members: dict[str, RawJson]) -> dict[str, Any]:
    try:
        return {key: loads(bytes(raw)) for key, raw in members.items()}
    except JsonError as error:
        raise unreadable(f"as JSON, {error.reason}") from None


def _vector(raw: RawJson | None, beside: SideStrings) -> RawJson:
    """The bytes as they came, once they are proved to be a vector. Raises `UpstreamFailure`."""
    data = bytes(raw) if raw is not None else b""
    numbers = _packed(data, beside) if data.startswith(b'"') else vector_of(data)
    if raw is None or numbers is None or not _is_vector(numbers):
        raise unreadable("an embedding is no vector of numbers")
    return raw


def _is_vector(numbers: Sequence[float]) -> bool:
    sizes = [size for size in map(abs, numbers) if size]
    return all(map(math.isfinite, sizes)) and (not sizes or (max(sizes) <= LARGEST and min(sizes) >= SMALLEST))


def _packed(data: bytes, beside: SideStrings) -> Sequence[float] | None:
    """A vector as base64 of 32-bit floats, the lowest byte first; None where the string is none."""
    try:
        packed = base64.b64decode(data[1:-1], validate=True)
    except binascii.Error:
        return None
    if len(packed) % 4 or (len(data) <= _SEARCHED and not beside.harmless(data[1:-1].decode("ascii"))):
        return None
    floats = array("f", packed)
    if sys.byteorder == "big":
        floats.byteswap()
    return floats


class EmbeddingsDialect(SideDoor):
    def read_whole(self, body: bytes, beside: SideStrings) -> Embeddings:
        return Embeddings(body, beside)


class ModerationsDialect(SideDoor):
    def read_whole(self, body: bytes, beside: SideStrings) -> Moderations:
        return Moderations(body, beside)


EMBEDDINGS = EmbeddingsDialect("embeddings")
MODERATIONS = ModerationsDialect("moderations")
