"""Streams told in other pieces: the texts that grow in them, with a secret put in, cut anew into deltas."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from tests.recorded.placing import GROWING, Path, in_json, json_in, value_at

_ITS_PLACE = ("type", "item_id", "output_index", "content_index", "summary_index", "command_index", "index")
_SHORTEST = 4
"""Letters of a text that is looked for where it is said again."""


@dataclass(frozen=True)
class Growing:
    """A text that comes in pieces: `events` are the places of its events in the stream, `paths` where they hold it."""

    name: str
    events: tuple[int, ...]
    paths: tuple[Path, ...]
    text: str


def growing(events: list[Any]) -> list[Growing]:
    """All texts that grow in a stream, in the order in which they begin."""
    found: dict[Any, list[tuple[int, Path, str]]] = {}
    for number, event in enumerate(events):
        here = tuple(event.get(name) for name in _ITS_PLACE)
        for path, named, text in _strings(event):
            if path[-1] in GROWING and "logprobs" not in path:
                found.setdefault((here, named), []).append((number, path, text))
    return [
        Growing(
            str(key), tuple(n for n, _, _ in told), tuple(path for _, path, _ in told), "".join(t for _, _, t in told)
        )
        for key, told in found.items()
        if any(text for _, _, text in told) and not _is_whole(events[told[0][0]])
    ]


def _is_whole(event: Any) -> bool:
    """Whether an event says a text whole, that others have said or that nobody says again."""
    kind = str(event.get("type", ""))
    return bool(kind) and not kind.endswith("delta")


def _strings(value: Any, path: Path = (), named: Path = ()) -> Iterator[tuple[Path, Path, str]]:
    """Strings with their path, and with the path in which entries are called by their `index`."""
    if isinstance(value, str):
        yield path, named, value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _strings(member, (*path, key), (*named, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            known = item.get("index", index) if isinstance(item, dict) else index
            yield from _strings(item, (*path, index), (*named, known))


def with_text(events: list[Any], which: Growing, text: str, size: int | Random) -> list[Any]:
    """The stream with another text in the place of a growing one, in deltas of `size` characters (or random ones)."""
    told = deepcopy(events)
    at = [n for n, path in zip(which.events, which.paths, strict=True) if value_at(told[n], path)]
    pattern, path = at[0], which.paths[which.events.index(at[0])]
    others = [g for g in growing(events) if g.name != which.name]
    new = [_with_piece(events[pattern], path, piece, others, pattern) for piece in cut_text(text, size)]
    _put(told[pattern], path, "")
    for number, place in zip(which.events, which.paths, strict=True):
        _put(told[number], place, "")
    told = [_said_again(event, which.text, text) for event in told]
    told[pattern + 1 : pattern + 1] = new
    return numbered(told)


def cut_text(text: str, size: int | Random) -> list[str]:
    pieces, at = [], 0
    while at < len(text):
        step = size if isinstance(size, int) else size.choice((1, 2, 3, 5, 9, 20))
        pieces.append(text[at : at + step])
        at += step
    return pieces


def numbered(events: list[Any]) -> list[Any]:
    for number, event in enumerate(events):
        if "sequence_number" in event:
            event["sequence_number"] = number
    return events


def _with_piece(event: Any, path: Path, piece: str, others: list[Growing], number: int) -> Any:
    copy = deepcopy(event)
    for other in others:
        for at, place in zip(other.events, other.paths, strict=True):
            if at == number:
                _put(copy, place, "")
    _put(copy, path, piece)
    _tell_tokens(copy, piece)
    return copy


def _tell_tokens(value: Any, piece: str) -> None:
    """Log probabilities say the piece, as one token."""
    if isinstance(value, dict):
        for key, member in value.items():
            if isinstance(member, list) and member and isinstance(member[0], dict) and "token" in member[0]:
                value[key] = [{**member[0], "token": piece, "bytes": list(piece.encode()), "top_logprobs": []}]
            else:
                _tell_tokens(member, piece)
    elif isinstance(value, list):
        for item in value:
            _tell_tokens(item, piece)


def _said_again(value: Any, text: str, other: str) -> Any:
    """The event with the new text where the old one is said whole."""
    if isinstance(value, str):
        return value.replace(text, other) if len(text) >= _SHORTEST else value
    if isinstance(value, dict):
        return {key: _said_again(member, text, other) for key, member in value.items()}
    return [_said_again(item, text, other) for item in value] if isinstance(value, list) else value


def _put(event: Any, path: Path, text: str) -> None:
    value_at(event, path[:-1])[path[-1]] = text


def with_secret(text: str, secret: str) -> list[tuple[str, str]]:
    """Where the secret was put, and the text with it; in JSON it is put into its strings."""
    if json_in(text) is not None:
        return [("in its JSON", said) for said in in_json(text, secret)]
    half = text.find(" ", len(text) // 2)
    middle = [("in the middle", f"{text[:half]} {secret}{text[half:]}")] if half > 0 else []
    return [("at the beginning", f"{secret} {text}"), *middle, ("at the end", f"{text} {secret} ")]


def cut_over_two_texts(events: list[Any], secret: str, at: int) -> Iterator[tuple[str, list[Any]]]:
    """The secret cut over two texts of the same kind that follow one another and that clients join."""
    found = [g for g in growing(events) if _is_reply(events[g.events[0]])]
    for first, second in pairwise(found):
        one = with_text(events, first, f"{first.text} {secret[:at]}", 3)
        again = next(g for g in growing(one) if g.name == second.name)
        yield f"{first.name} and {second.name}, cut at {at}", with_text(one, again, f"{secret[at:]} {second.text}", 3)


def _is_reply(event: Any) -> bool:
    """A text that clients join with the next of its kind: parts of a response, text blocks of a message."""
    kind, delta = event.get("type"), event.get("delta")
    return kind == "response.output_text.delta" or (isinstance(delta, dict) and delta.get("type") == "text_delta")
