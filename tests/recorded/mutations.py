"""Recorded answers that went wrong on the way: other values, members and events, and bytes that nobody meant."""

import json
from copy import deepcopy
from random import Random
from typing import Any

from tests.recorded.cases import KEY
from tests.recorded.placing import NAMES, Path, value_at
from tests.recorded.recordings import RECORDINGS, Recording

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 3, 10**9, 10**40, 0.5, 1e300, -1e-7, "", "x", " ", "{", "[]", "null", "\u2028"),
    *("\ud800", "\u0000", "stop", "tool_calls", "function", "custom", "text", "audio", "message", "in_progress"),
    *(f" {KEY} ", [], {}, [None], [[]], [0], {"": ""}, {"index": 0}, {"type": "text"}, {"text": [f" {KEY} "]}),
    *({f" {KEY} ": 1}, {"error": "e"}, ["\ud800", {"id": {}}], {"content": {"text": f" {KEY} "}}, float("inf")),
)
_PIECES = (
    *(b"\x00", b"\xff", b'"', b"{", b"}", b"[", b"]", b"\\", b"\n", b"\n\n", b"\r", b"data: ", b"data: [DONE]\n\n"),
    *(b": x\n\n", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\\ud800", b"\\u0000", b"null", b"1e999", b"-", b"NaN", b","),
    *(b"event: error\n", b"retry: 1\n\n", b"[DONE]", b" " + KEY.encode() + b" ", b"1" * 400, b"[" * 90),
)


def mutated(recording: Recording, chance: Random) -> bytes:
    """Its body after one to three mutations of the values, of the bytes, or of both."""
    body = recording.body
    kind = chance.randrange(4)
    if kind < 3 and (recording.is_json or recording.is_stream):
        values = deepcopy(recording.values)
        for _ in range(chance.randint(1, 3)):
            _mutate_values(values, chance)
        body = written(recording, values)
    for _ in range(chance.randint(1, 3) if kind > 1 else 0):
        body = _mutate_bytes(body, chance)
    return body


def written(recording: Recording, values: list[Any]) -> bytes:
    """As bytes; what is no object any more is an event all the same."""
    if not recording.is_stream:
        return recording.written(values)
    return b"".join(
        recording.written([value]).removesuffix(b"data: [DONE]\n\n")
        if isinstance(value, dict)
        else b"data: " + json.dumps(value).encode() + b"\n\n"
        for value in values
    ) + (b"data: [DONE]\n\n" if b"[DONE]" in recording.body else b"")


def _mutate_values(values: list[Any], chance: Random) -> None:
    path = chance.choice(_paths(values))
    holder, step = value_at(values, path[:-1]), path[-1]
    match chance.randrange(6):
        case 0 | 1:
            holder[step] = deepcopy(chance.choice(ODD))
        case 2:
            del holder[step]
        case 3 if isinstance(holder, list):
            holder.insert(chance.randint(0, len(holder)), deepcopy(chance.choice(holder)))
        case 4 if isinstance(holder, list):
            chance.shuffle(holder)
        case _ if isinstance(holder, dict):
            holder[chance.choice(NAMES)] = deepcopy(chance.choice([*ODD, holder[step]]))
        case _:
            holder[step] = [holder[step]]
    if not values:
        values.append({})


def _paths(value: Any, path: Path = ()) -> list[Path]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for key, member in members:
        found += _paths(member, (*path, key))
    return found


def _mutate_bytes(body: bytes, chance: Random) -> bytes:
    at, until = sorted((chance.randint(0, len(body)), chance.randint(0, len(body))))
    match chance.randrange(5):
        case 0:
            return body[:at] + chance.choice(_PIECES) + body[at:]
        case 1:
            return body[:at] + body[min(until, at + chance.randint(1, 60)) :]
        case 2:
            return body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
        case 3:
            other = chance.choice(RECORDINGS).body
            start = chance.randint(0, len(other))
            return body[:at] + other[start : start + chance.randint(1, 300)] + body[at:]
        case _:
            return body[:until]
