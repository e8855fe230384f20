"""Texts that clients join and show one by one: no cut and no mixing of them hides what any of them says."""

import json
from typing import Any

import pytest

from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.responses.dialect import RESPONSES
from tests.proxy.judging import Json, events_of, whole_of
from tests.wire.responses.scripted import events, message, response, sse
from tests.wire.responses.test_stream import ASKED, GUARD, NUMBER, guard_of, through

PROMISE = guard_of(
    'policy "P" version 1\nrule G "No promises"\n  never reply text mentions "guarantee"\n  otherwise block "No."\n'
)


def delta(text: str, item: int = 0, part: int = 0, name: str = "output_text", **more: Any) -> Json:
    return {"type": f"response.{name}.delta", "output_index": item, "content_index": part, "delta": text, **more}


def sent(told: list[Json]) -> str:
    """What a client has got when the stream ends, however it ends."""
    pieces: list[bytes] = []
    for upto in range(1, len(told) + 1):
        try:
            pieces = events_of(GUARD, RESPONSES, [sse(told[:upto])], **ASKED)
        except UpstreamFailure as failure:
            if "ended before" not in failure.message:
                break
    return b"".join(pieces).decode()


@pytest.mark.parametrize("other", [{"item": 1}, {"part": 1}])
@pytest.mark.parametrize("name", ["output_text", "refusal", "output_audio_transcript"])
def test_mixed_pieces_of_two_texts_are_refused(name: str, other: dict[str, int]) -> None:
    told = [
        delta("Hello there. ", name=name),
        delta("well well ", name=name, **other),
        delta("123-45-", name=name),
        delta(" and so on ", name=name, **other),
        delta("6789 ", name=name),
    ]
    with pytest.raises(UpstreamFailure, match="behind the beginning of the next"):
        through(sse(told))
    assert "45" not in sent(told)


@pytest.mark.parametrize("places", [[0, 0, 0], [0, 1, 2], [0, 1, 1]])
@pytest.mark.parametrize("name", ["output_text", "reasoning_text", "function_call_arguments"])
def test_clients_that_go_by_the_ids_of_items_read_what_was_judged(name: str, places: list[int]) -> None:
    said = zip(("123-45-", " zz ", "6789 "), places, ("m1", "m2", "m1"), strict=True)
    told = [delta(text, item, name=name, item_id=id_) for text, item, id_ in said]
    with pytest.raises(UpstreamFailure, match=r"two places|are mixed"):
        through(sse(told))


def test_servers_may_give_each_event_an_id_of_its_own() -> None:
    told = events([message("Hello there.")])
    for place, event in enumerate(told):
        if "item_id" in event:
            event["item_id"] = f"id_{place}"
    assert through(sse(told)) == told


def test_an_unknown_event_is_not_mistaken_for_a_message() -> None:
    for kind in ("content", "output"):
        other = {"type": kind, "output_index": 0, "text": "so so so so so ", "content": [{"text": "so so so so"}]}
        found = through(sse([other, delta("x "), delta(NUMBER, 1), delta(" y", 2), end(message("x "))]))
        assert NUMBER not in json.dumps(found)


def test_a_transcript_is_not_hidden_by_one_of_another_item() -> None:
    spoken = {"type": "message", "content": [{"type": "output_audio", "transcript": " foo "}]}
    told = [
        delta("mine is 123-45-", name="audio.transcript"),
        {"type": "response.output_item.done", "output_index": 3, "item": spoken},
        delta("6789 x", name="audio.transcript"),
    ]
    with pytest.raises(UpstreamFailure):
        through(sse(told))


def test_a_text_that_goes_on_behind_its_end_is_refused() -> None:
    for name in ("output_text", "reasoning_text"):
        told = [delta("123-45-", name=name), {**delta("", name=name), "type": f"response.{name}.done", "text": "x"}]
        with pytest.raises(UpstreamFailure, match="behind its end"):
            through(sse([*told, delta("6789", name=name)]))


def test_a_part_that_begins_with_words_is_one_text_with_what_follows() -> None:
    item = message("My number: 123-45-6789.")
    told = events([item], piece=1000)
    begun = next(event for event in told if event["type"].endswith("content_part.added"))
    words = next(event for event in told if event["type"].endswith("text.delta"))
    begun["part"]["text"], words["delta"] = "My number: 123-45", "-6789."
    assert through(sse(told))[-1]["response"]["output"][0]["content"][0]["text"] == "My number: [SSN]."


@pytest.mark.parametrize("said", [["I guarantee", "0 apples"], ["x", "I guarantee", "0 apples"], ["1", "guarantee it"]])
def test_a_word_is_not_hidden_by_what_stands_next_to_it(said: list[str]) -> None:
    for output in ([message(*said)], [message(text, id=f"m{place}") for place, text in enumerate(said)]):
        for piece in (1, 1000):
            found = events_of(PROMISE, RESPONSES, [sse(events(output, piece=piece))], **ASKED)
            assert b"guarantee" not in b"".join(found)
        assert b"guarantee" not in whole_of(PROMISE, response(output), dialect=RESPONSES).body


@pytest.mark.parametrize("name", ["output_text", "reasoning_text", "hologram", "function_call_arguments"])
def test_pieces_in_members_that_we_do_not_know_are_read_as_one(name: str) -> None:
    for pieces in (("123-45-", "6789"), (f"it is {NUMBER}", "0 apples")):
        told = [delta("a", name=name, hidden=pieces[0]), delta("b", name=name, hidden=pieces[1])]
        try:
            found = b"".join(events_of(GUARD, RESPONSES, [sse([*told, end()])], **ASKED))
        except UpstreamFailure:
            continue
        assert not (pieces[0].encode() in found and pieces[1].encode() in found)


def end(*output: Json) -> Json:
    return {"type": "response.completed", "response": response(output)}


def test_an_answer_is_judged_as_one_whatever_it_was_called_before() -> None:
    said = "I guarantee it."
    item = message(said)
    thought = {"id": "msg_1", "type": "reasoning", "content": [{"type": "reasoning_text", "text": said}]}
    part = {"type": "response.content_part.added", "output_index": 0, "content_index": 0}
    added, done = ({"type": f"response.output_item.{step}", "output_index": 0} for step in ("added", "done"))
    for told in (
        [{**added, "item": thought}, {**done, "item": item}, end(item)],
        [delta(said, name="reasoning_text"), end(item)],
        [{**part, "part": {"type": "reasoning_text", "text": said}}, {**done, "item": item}, end(item)],
        [{**added, "item": {**item, "role": "user", "content": []}}, delta(said), end({**item, "role": "user"})],
        [{**part, "type": "response.summary_part.done", "part": item["content"][0]}, end(message("Hi."))],
    ):
        found = through(sse(told), PROMISE)
        assert found[-1]["type"] == "response.incomplete"
        assert "output_text" not in json.dumps([event for event in found if said in json.dumps(event)])
