"""What the drivers of Python's clients share: they read what to ask, ask it in every way, and tell what came of it.

On the standard input stands `{"runs": [{"target", "url", "key", "cases"}]}`, on the standard output what the user of
the client saw: `{"version", "runs": {target: {case: {way: {"pieces", "final", "raised"}}}}}`. A way is a generator that
is given the opened clients and a case; it gives a `Piece` for each piece of a stream, and what came out in the end.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Told = Iterator[Any] | AsyncIterator[Any]
Way = Callable[[Any, Json], Told]

QUESTION = "Where is my parcel?"
TRACK = {
    "name": "track",
    "description": "Where a parcel is.",
    "parameters": {"type": "object", "properties": {"parcel": {"type": "string"}}, "required": ["parcel"]},
}


@dataclass(frozen=True)
class Piece:
    value: Any


def tell(version: str, opened: Callable[[str, str], Any], ways: Callable[[Json], dict[str, Way]], raised: Any) -> None:
    """Asks all that is to be asked. `opened(url, key)` opens the clients, which raise `raised` and nothing else."""
    told: Json = {}
    with asyncio.Runner() as runner:
        for run in json.load(sys.stdin)["runs"]:
            clients = opened(run["url"], run["key"])
            told[run["target"]] = {
                case["name"]: {
                    name: runner.run(_outcome(way, clients, case, raised)) for name, way in ways(case).items()
                }
                for case in run["cases"]
            }
    json.dump({"version": version, "runs": told}, sys.stdout, default=str)


async def _outcome(way: Way, clients: Any, case: Json, raised: Any) -> Json:
    outcome: Json = {"pieces": [], "final": None, "raised": None}
    try:
        steps = way(clients, case)
        if isinstance(steps, AsyncIterator):
            async for step in steps:
                _note(outcome, step)
        else:
            for step in steps:
                _note(outcome, step)
    except raised as error:
        outcome["raised"] = mistake(error)
    return outcome


def _note(outcome: Json, step: Any) -> None:
    if isinstance(step, Piece):
        outcome["pieces"].append(step.value)
    else:
        outcome["final"] = step


def mistake(error: BaseException) -> Json:
    """An exception as a user may act on it. Of long messages the first line is told."""
    known = {name: getattr(error, name, None) for name in ("status_code", "code", "type", "param", "request_id")}
    return {"class": type(error).__name__, "message": (str(error).splitlines() or [""])[0], **known}


def joined(pieces: list[Json]) -> Json:
    """What a client puts together from the deltas of each choice, with all else that the chunks said."""
    whole: Json = {"choices": {}}
    for piece in pieces:
        for choice in piece.get("choices") or ():
            merge(whole["choices"].setdefault(choice["index"], {}), choice)
        merge(whole, {key: value for key, value in piece.items() if key not in ("choices", "id", "object", "model")})
    return whole


def merge(known: Json, more: Json) -> None:
    """Texts that come in pieces are joined, lists go by their `index` or are continued, all else is replaced."""
    for key, value in more.items():
        if value is None:
            known.setdefault(key, None)
        elif isinstance(value, dict):
            known[key] = known.get(key) or {}
            merge(known[key], value)
        elif isinstance(value, list) and all(isinstance(one, dict) and "index" in one for one in value):
            known[key] = known.get(key) or {}
            for one in value:
                merge(known[key].setdefault(str(one["index"]), {}), one)
        elif isinstance(value, list) and key in ("content", "refusal"):
            known[key] = [*(known.get(key) or ()), *value]
        elif isinstance(value, str) and key in ("content", "refusal", "arguments", "reasoning_content", "text"):
            known[key] = (known.get(key) or "") + value
        else:
            known[key] = value
