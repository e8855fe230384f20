"""An answer in which nothing is found comes out as it came: whole ones equal as JSON, streams in the same events."""

import json
from typing import Any

import pytest

from guardproxy.proxy.guard import Guard
from tests.proxy.judging import guard_by
from tests.recorded.cases import GUARDS
from tests.recorded.placing import GROWING
from tests.recorded.receiving import received
from tests.recorded.recordings import STREAMS, WHOLE, Recording, events_in

GUARDED = [guard_by(), *GUARDS.values()]
"""Without policies, and with two that find nothing."""

DROPPED = {
    "obfuscation": "it stands for the length of another text",
    "audio.data": "recorded speech says the transcript again and cannot be judged: it is emptied",
    "logprobs": "null where they hold no token",
}
"""What an answer may lose in which nothing was found, and why."""

CALLS_SENT_WHOLE = ("tools", "custom-tool", "function-call", "gemini")
"""Streamed completions with calls: one chunk for each call, once it is released, instead of its pieces."""


def plain(value: Any) -> Any:
    """The value without what may be lost."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: plain(member) for key, member in value.items() if key != "obfuscation"}
    if isinstance(kept.get("audio"), dict) and "data" in kept["audio"]:
        kept["audio"]["data"] = ""
    if isinstance(kept.get("logprobs"), dict) and not any(kept["logprobs"].values()):
        kept["logprobs"] = None
    return kept


@pytest.mark.parametrize("guard", GUARDED)
@pytest.mark.parametrize("recording", WHOLE, ids=[each.name for each in WHOLE])
def test_whole(recording: Recording, guard: Guard) -> None:
    body = received(guard, recording, [recording.body]).body
    if recording.is_json:
        lines = body.splitlines() if recording.name.endswith(".jsonl") else [body]
        assert plain([json.loads(line) for line in lines]) == plain(recording.values)
    else:
        assert body == recording.body


@pytest.mark.parametrize("guard", GUARDED)
@pytest.mark.parametrize("recording", STREAMS, ids=[each.name for each in STREAMS])
def test_streamed(recording: Recording, guard: Guard) -> None:
    blocks = [block + b"\n\n" for block in recording.body.split(b"\n\n") if block]
    events = events_in(received(guard, recording, blocks).body)
    if recording.name in [f"chat/{name}.sse" for name in CALLS_SENT_WHOLE]:
        assert put_together(events) == put_together(recording.values)
    else:
        assert told(plain(events)) == told(plain(recording.values))


def told(events: list[Any]) -> dict[str, list[str]]:
    """What differs in no event but for its words, in the order of the stream, with all the words of each.

    A policy that looks for words holds some back until it knows more: a delta may come in two pieces.
    """
    found: dict[str, list[str]] = {}
    for event in events:
        words: list[str] = []
        key = json.dumps(_without_words(event, words))
        known = found.setdefault(key, [""] * len(words))
        found[key] = [before + more for before, more in zip(known, words, strict=True)]
    return found


def _without_words(value: Any, words: list[str], name: str = "") -> Any:
    if isinstance(value, str) and name in GROWING:
        words.append(value)
        return ""
    if isinstance(value, dict):
        return {key: _without_words(value[key], words, key) for key in sorted(value) if key != "sequence_number"}
    return [_without_words(item, words, name) for item in value] if isinstance(value, list) else value


def put_together(chunks: list[Any]) -> Any:
    """The message and the calls of choice 0, and everything that stands beside them."""
    message: dict[str, Any] = {}
    beside: dict[str, Any] = {}
    for chunk in chunks:
        beside |= {key: member for key, member in chunk.items() if key != "choices"}
        for choice in chunk["choices"]:
            _append(message, choice["delta"])
            if choice["finish_reason"]:
                beside["finish_reason"] = choice["finish_reason"]
    return message, beside


def _append(known: dict[str, Any], piece: dict[str, Any]) -> None:
    for key, member in piece.items():
        if isinstance(member, dict):
            _append(known.setdefault(key, {}), member)
        elif isinstance(member, list):
            for item in member:
                _append(known.setdefault(key, {}).setdefault(item["index"], {}), item)
        elif key in ("arguments", "input", "content") and isinstance(member, str):
            known[key] = (known.get(key) or "") + member
        else:
            known[key] = member
