"""What clients told, made comparable, and in words."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tests.clients.scenario import NOTICE
from tests.integration.upstreams import Json

_TEXTS = ("text", "thinking", "partial_json")


UNNOTICED = {
    (
        "pydantic-ai",
        "Agent, run_stream",
        "proxied",
    ): "Pydantic AI's `Agent.run_stream` does not look at why a text ended: "
    'what came before a block looks like the whole answer. With `blocked_as = "error"` it raises.',
}
"""Ways of clients that do not show a block once some text has been seen, by client, way and run."""


@dataclass(frozen=True)
class Difference:
    path: str
    direct: Any
    proxied: Any


def differences(direct: Json, proxied: Json) -> list[Difference]:
    """Where two outcomes differ for a user: every field but the cuts of a stream's pieces.

    Where a server gives no id of the request, the proxy gives one of its own.
    """
    found: list[Difference] = []
    for name in ("final", "raised"):
        _compare(direct[name], proxied[name], name, found)
    _compare(together(direct["pieces"]), together(proxied["pieces"]), "pieces", found)
    return found


def _compare(direct: Any, proxied: Any, path: str, found: list[Difference]) -> None:
    if path.endswith(".request_id") and direct is None:
        return
    if isinstance(direct, dict) and isinstance(proxied, dict):
        for key in dict.fromkeys((*direct, *proxied)):
            missing = "(missing)"
            _compare(direct.get(key, missing), proxied.get(key, missing), f"{path}.{key}", found)
    elif isinstance(direct, list) and isinstance(proxied, list) and len(direct) == len(proxied):
        for index, (one, other) in enumerate(zip(direct, proxied, strict=True)):
            _compare(one, other, f"{path}[{index}]", found)
    elif direct != proxied:
        found.append(Difference(path, direct, proxied))


def together(pieces: list[Any]) -> Any:
    """A stream without its cuts: of a growing text the last state, of Anthropic's events each block's text as one."""
    if not any(isinstance(piece, dict) for piece in pieces):
        return next((piece for piece in reversed(pieces) if piece is not None), None)
    if not any(piece.get("type") == "message_start" for piece in pieces):
        return pieces
    keyed = [(_place(piece), piece) for piece in pieces]
    order = list(dict.fromkeys(key for key, _ in keyed))
    ranked = sorted(keyed, key=lambda one: order.index(one[0]))
    return [_joined([piece for _, piece in group]) for _, group in groupby(ranked, key=lambda one: one[0])]


def _place(event: Json) -> tuple[Any, ...]:
    """Pieces of one text have one place; helpers' own events belong to the last of them."""
    return event["type"], event.get("index"), (event.get("delta") or {}).get("type")


def _joined(events: list[Json]) -> Json:
    joined = dict(events[-1])
    for name in _TEXTS:
        if all(isinstance(event.get(name), str) for event in events):
            joined[name] = "".join(event[name] for event in events)
    deltas = [event["delta"] for event in events if isinstance(event.get("delta"), dict)]
    if deltas:
        texts = [name for name in _TEXTS if all(isinstance(delta.get(name), str) for delta in deltas)]
        joined["delta"] = {**deltas[-1], **{name: "".join(delta[name] for delta in deltas) for name in texts}}
    return joined


def described(outcome: Json) -> str:
    """What the user notices of it, in few words."""
    raised = outcome["raised"]
    if raised:
        return f"{raised['class']}{', notice' if NOTICE in raised['message'] else ''}"
    final = outcome["final"] or _end_of(outcome["pieces"])
    parts = [final.get("why") or final.get("finish") or "no finish reason"]
    if NOTICE in str(final.get("refusal")):
        parts.append("notice")
    if final.get("text"):
        parts.append("notice as text" if final["text"] == NOTICE else "text so far")
    if final.get("object"):
        parts.append("object")
    return ", ".join(parts) if parts != ["no finish reason"] else "nothing"


def _end_of(pieces: list[Any]) -> Json:
    """Of raw events of Anthropic's, what the last ones say."""
    end: Json = {"text": ""}
    for event in pieces:
        delta = event.get("delta") if isinstance(event, dict) else None
        if isinstance(delta, dict):
            end["text"] += delta.get("text") or ""
            end["finish"] = delta.get("stop_reason") or end.get("finish")
            end["refusal"] = (delta.get("stop_details") or {}).get("explanation") or end.get("refusal")
    return end


def noticed(outcome: Json) -> bool:
    """Whether the user is told that this is no complete answer."""
    final = outcome["final"] or _end_of(outcome["pieces"])
    ends = (final.get("why"), final.get("finish"))
    return bool(outcome["raised"]) or any(end in ("content_filter", "content-filter", "refusal") for end in ends)
