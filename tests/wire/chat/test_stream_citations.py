"""Annotations of a stream: each whole, every string of each judged, also those that share a channel."""

import json

from tests.proxy.judging import Json, chunks_in, guard_by, stream_of

GUARD = guard_by("privacy")
SECRET = "AKIAIOSFODNN7EXAMPLE"


def cited(annotation: Json) -> list[Json]:
    """The annotations that are sent, and whatever else is said with them."""
    events = [
        {"index": 0, "delta": {"content": "Hello. ", "annotations": [annotation]}, "finish_reason": None},
        {"index": 0, "delta": {}, "finish_reason": "stop"},
    ]
    data = b"".join(b"data: " + json.dumps({"choices": [event]}).encode() + b"\n\n" for event in events)
    sent = stream_of(GUARD, [data, b"data: [DONE]\n\n"])
    return [a for chunk in chunks_in(sent) for c in chunk["choices"] for a in c["delta"].get("annotations", [])]


def test_every_string_of_a_channel_is_judged() -> None:
    assert SECRET not in json.dumps(cited({"content": [{"text": SECRET}, {"text": "hi"}]}))
    assert SECRET not in json.dumps(cited({"content": [{"text": "hi"}, {"text": SECRET}]}))
    assert SECRET[9:] not in json.dumps(cited({"content": [{"text": SECRET[:9]}, {"text": SECRET[9:]}]}))
    assert SECRET not in json.dumps(cited({"content": [{"text": SECRET}, {"text": "0 apples"}]}))


def test_an_annotation_in_which_nothing_is_found_stays_as_it_is() -> None:
    for annotation in ({"content": [{"text": "a"}, {"text": "b"}]}, {"type": "url_citation", "title": "Hours"}):
        assert cited(annotation) == [annotation]
