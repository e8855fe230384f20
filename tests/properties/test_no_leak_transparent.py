"""An answer in which nothing is found comes out as it came: whole ones equal as JSON, streams event by event."""

import json
from typing import Any

import pytest

from tests.proxy.judging import cut, guard_by
from tests.recorded.cases import GUARDS
from tests.recorded.receiving import received
from tests.recorded.recordings import RECORDINGS, STREAMS, WHOLE, Recording, events_in

NOBODY = guard_by()
"""Without policies."""

DROPPED = {
    "chat/audio.json": "recorded speech says the transcript again and cannot be judged: `data` is emptied",
    "chat/audio.sse": "the same",
    "chat/text.sse": "`obfuscation` stands for the length of another text",
}
"""Recordings that lose something under every policy, and why."""

NAMES = [recording.name for recording in RECORDINGS]


@pytest.mark.parametrize("recording", WHOLE, ids=[each.name for each in WHOLE])
def test_whole(recording: Recording) -> None:
    for guard in (NOBODY, *GUARDS.values()):
        body = received(guard, recording, [recording.body]).body
        if not recording.is_json:
            assert body == recording.body
        elif guard is NOBODY or recording.name not in DROPPED:
            assert read(recording, body) == recording.values


def read(recording: Recording, body: bytes) -> list[Any]:
    lines = body.splitlines() if recording.name.endswith(".jsonl") else [body]
    return [json.loads(line) for line in lines]
