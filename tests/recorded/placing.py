"""A secret at every place of a parsed answer: as a value, beside one, in JSON in a string, as a number, as a key."""

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from typing import Any

Path = tuple[Any, ...]

GROWING = frozenset(
    (
        *("content", "text", "refusal", "reasoning", "reasoning_content", "thinking", "transcript", "summary"),
        *("delta", "arguments", "input", "code", "partial_json", "stdout", "stderr"),
    )
)
"""Members whose texts clients put together from pieces, or read together with their neighbours."""


NAMES = (
    *("content", "text", "type", "index", "id", "delta", "audio", "data", "logprobs", "tokens", "name", "role"),
    *("arguments", "input", "tool_calls", "function_call", "error", "output", "item", "part", "annotations", "usage"),
    *("output_index", "content_index", "sequence_number", "partial_json", "citations", "choices", "finish_reason"),
    *("annotation", "transcript", "summary", "thinking", "signature", "encrypted_content", "result", "image_url"),
    *("stop_reason", "status", "refusal", "reasoning", "response", "message", "content_block", "object", "code"),
)
"""Members that mean something somewhere; wherever else they stand, they are judged too."""


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every string, number and object under a value, with its path."""
    if isinstance(value, dict):
        yield path, value
        for key, member in value.items():
            yield from places(member, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield path, value


def with_at(value: Any, path: Path, other: Any) -> Any:
    """The value with something else at a path."""
    if not path:
        return other
    copy = deepcopy(value)
    holder = copy
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = other
    return copy


def poisoned(value: Any, secrets: Iterator[str], digits: str, names: Iterator[str]) -> Iterator[tuple[str, str, Any]]:
    """What was done, what must not be seen, and the value with it. `digits` is a secret that is a number.

    `names` are those of members which objects get besides their own, three for each.
    """
    for path, there in places(value):
        where = ".".join(map(str, path)) or "."
        if isinstance(there, dict):
            secret = next(secrets)
            yield f"{where}: one more key", secret, with_at(value, path, {**there, secret: "x"})
            for other in more_members(there, names, secret):
                yield f"{where}: {other}", secret, with_at(value, path, {**there, **other})
            for key in there:
                secret = next(secrets)
                renamed = {secret if k == key else k: v for k, v in there.items()}
                yield f"{where}: the key {key} renamed", secret, with_at(value, path, renamed)
        elif isinstance(there, str):
            goes_on = bool(path) and path[-1] in GROWING
            for secret in (next(secrets), next(secrets)):
                for other in in_string(there, secret, goes_on):
                    yield f"{where}: {other}", secret, with_at(value, path, other)
            if not goes_on:
                yield f"{where}: a number", digits, with_at(value, path, int(digits))
        else:
            secret = next(secrets)
            yield f"{where}: {digits}", digits, with_at(value, path, int(digits))
            yield f"{where}: a text", secret, with_at(value, path, secret)


def more_members(there: dict[str, Any], names: Iterator[str], secret: str) -> Iterator[dict[str, Any]]:
    """A member that the object does not have, under a name that means something elsewhere."""
    for held in (f" {secret} ", [{"token": secret, "text": secret}], {"type": "text", "text": secret}):
        name = next(names)
        if name not in there:
            yield {name: held}


def in_string(text: str, secret: str, goes_on: bool = False) -> Iterator[str]:
    """The secret instead of a text, after it, before it, and in each string of the JSON that it holds.

    In a text that `goes_on` in other places it has an edge on both sides: glued to a word it is no secret.
    """
    edge = " " if goes_on else ""
    yield f"{edge}{secret}{edge}"
    if not text:
        return
    yield f"{text} {secret}{edge}"
    yield f"{edge}{secret} {text}"
    yield from in_json(text, secret)


def in_json(text: str, secret: str) -> Iterator[str]:
    """Plain, and with its letters escaped, as a client decodes it."""
    inner = json_in(text)
    for path, there in places(inner) if inner is not None else ():
        if isinstance(there, dict):
            yield json.dumps(with_at(inner, path, {**there, secret: 1}))
        elif isinstance(there, str):
            said = json.dumps(with_at(inner, path, f"{secret} {there}"))
            yield said
            yield said.replace(secret, "".join(f"\\u{ord(letter):04x}" for letter in secret))


def json_in(text: str) -> Any:
    """The object or list that a text holds, or None."""
    if not text.startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def cut_over_two(room: str, value: Any, secret: str, at: int) -> Iterator[tuple[str, Any]]:
    """The secret cut over two texts that clients join."""
    for paths in texts_joined(room, value):
        for first, second in pairwise(paths):
            one, other = value_at(value, first), value_at(value, second)
            changed = with_at(with_at(value, first, f"{one} {secret[:at]}"), second, f"{secret[at:]} {other}")
            yield f"{first} and {second}, cut at {at}", changed


def value_at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def texts_joined(room: str, value: Any) -> list[list[Path]]:
    """The paths of the texts that clients read as one, for each such text."""
    if room == "chat":
        return [
            [("choices", n, "message", "content", k, "text") for k, part in enumerate(parts) if "text" in part]
            for n, choice in enumerate(value["choices"])
            if isinstance(parts := choice["message"].get("content"), list)
        ]
    if room == "responses":
        return [
            [
                ("output", n, "content", k, "text")
                for n, item in enumerate(value["output"])
                if item["type"] == "message"
                for k, part in enumerate(item["content"])
                if "text" in part
            ]
        ]
    if room == "messages":
        return [[("content", n, "text") for n, block in enumerate(value["content"]) if block["type"] == "text"]]
    if room == "transcripts":
        return [[("segments", n, "text") for n, _ in enumerate(value.get("segments", ()))]]
    return []
