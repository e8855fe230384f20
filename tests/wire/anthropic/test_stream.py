"""Streamed messages: whatever the cut, the client puts together what may be said, and nothing else."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.proxy.streamed_message import StreamedMessage
from guardproxy.wire.anthropic.dialect import ANTHROPIC
from guardproxy.wire.errors import UpstreamError, UpstreamFailure
from tests.proxy.judging import DECISION, LOOP, NOWHERE, cut, events_of, guard_by
from tests.wire.anthropic import samples
from tests.wire.anthropic.samples import (
    MESSAGES,
    REQUEST,
    SECRET,
    Json,
    events_in,
    message,
    places_in,
    put_together,
    sse,
    text,
    thinking,
    tool_use,
    with_at,
)

PRIVACY, NOTHING = guard_by("privacy"), guard_by()
MAIL = "bob.jones@mail.example"


def sent(events: list[Json], size: int = 1 << 20, guard: Any = PRIVACY) -> list[Json]:
    raw = sse(events)
    return events_in(events_of(guard, ANTHROPIC, cut(raw, range(size, len(raw), size)), **REQUEST))


def delta(index: int, **words: Any) -> Json:
    return {"type": "content_block_delta", "index": index, "delta": words}


@pytest.mark.parametrize("name", MESSAGES)
def test_events_in_which_nothing_waits_are_equal(name: str) -> None:
    events = samples.events_of(MESSAGES[name])
    assert sent(events, guard=NOTHING) == events


@given(st.sampled_from(sorted(MESSAGES)), st.lists(st.integers(1, 3000), max_size=6))
@settings(max_examples=60)
def test_any_cut_gives_the_same_message(name: str, cuts: list[int]) -> None:
    events = samples.events_of(MESSAGES[name])
    raw = sse(events)
    found = events_of(PRIVACY, ANTHROPIC, cut(raw, [c for c in cuts if c < len(raw)]), **REQUEST)
    assert put_together(events_in(found)) == put_together(events)


@given(st.sampled_from(sorted(MESSAGES)), st.data())
@settings(max_examples=60)
def test_a_secret_is_visible_at_no_place(name: str, data: st.DataObject) -> None:
    events = samples.events_of(MESSAGES[name])
    path = data.draw(st.sampled_from([p for p in places_in(events) if len(p) > 1]))
    form = data.draw(st.sampled_from([f" {SECRET} ", {SECRET: 1}, [SECRET], 4111111111111111]))
    assert not _shown(with_at(events, path, form), data.draw(st.sampled_from([1, 3, 7, 4096])))


def _shown(events: list[Json], size: int = 4096) -> bool:
    try:
        said = json.dumps(sent(events, size), ensure_ascii=False)
    except UpstreamFailure:
        return False
    return SECRET[:5] in said or "41111111" in said


@given(st.integers(0, 20), st.sampled_from(["text", "thinking"]))
@settings(max_examples=40)
def test_a_secret_cut_over_two_blocks_is_found(at: int, kind: str) -> None:
    block = text if kind == "text" else thinking
    whole = message(block(f"It is {SECRET[:at]}"), block(f"{SECRET[at:]} yes"))
    found = put_together(sent(samples.events_of(whole)))
    assert "".join(block[kind] for block in found["content"]) == "It is "
    assert found["stop_reason"] == "refusal"


@pytest.mark.parametrize("parts", [(SECRET, "X it is."), ("It is X", SECRET), ("It is X", SECRET, "X")])
def test_a_block_that_must_not_be_shown_by_itself_is_not(parts: tuple[str, ...]) -> None:
    assert not _shown(samples.events_of(message(*map(text, parts))), 40)


def test_glued_blocks_in_which_nothing_is_found_come_out_equal() -> None:
    events = samples.events_of(message(text("It is half"), text("way through"), text("out. All of it")))
    assert put_together(sent(events)) == put_together(events)


def test_a_block_ends_what_is_open_and_says_why() -> None:
    events = samples.events_of(message(text("Sure. "), text(f"The key is {SECRET} ok")))
    found = sent(events)
    assert [event["type"] for event in found[-3:]] == ["content_block_stop", "message_delta", "message_stop"]
    whole = put_together(found)
    assert [block["text"] for block in whole["content"]] == ["Sure. ", "The key is "]
    assert whole["stop_reason"] == "refusal"
    assert whole["stop_details"]["explanation"] == "The answer contained a credential."
    assert whole["usage"]["output_tokens"] == 5 and whole["guardproxy"]["rules"] == ["SEC-KEYS"]


def test_rewritten_thoughts_lose_their_signature() -> None:
    whole = message(thinking(f"I know {MAIL} now."), text(f"Write to {MAIL} today"), tool_use("t", to=MAIL))
    found = put_together(sent(samples.events_of(whole), 7))
    assert [block.get("signature") for block in found["content"]] == ["", None, None]
    assert found["content"][1]["text"] == "Write to [e-mail] today"
    assert found["content"][2]["input"] == {"to": "[e-mail]"}


def test_what_comes_behind_a_call_of_the_provider_does_not_wait_for_the_end() -> None:
    events = samples.events_of(MESSAGES["search"])
    asked = ANTHROPIC.read_request(json.dumps(REQUEST).encode())
    stream = ANTHROPIC.open_stream(asked, PRIVACY.beside, DECISION)
    answer = StreamedMessage(PRIVACY, NOWHERE, DECISION, stream)
    found = put_together(events_in([LOOP.run_until_complete(answer.take(sse(events[:-2])))]))
    assert found["content"][3]["text"] == "It arrives " and found["content"][4]["text"]


def test_the_end_may_be_missing_once_the_reason_was_told() -> None:
    events = samples.events_of(MESSAGES["plain"])
    assert sent(events[:-1]) == sent(events)


ODD: list[Any] = [None, "", "x", True, -1, 1.5, 10**30, [], {}, [None], {"type": "x"}, {"a": [{"b": ""}]}]


@given(st.sampled_from(sorted(MESSAGES)), st.data())
@settings(max_examples=50)
def test_whatever_an_event_holds_there_is_an_answer_or_one_clean_failure(name: str, data: st.DataObject) -> None:
    events = samples.events_of(MESSAGES[name])
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([p for p in places_in(events) if p]))
        events = with_at(events, path, data.draw(st.sampled_from(ODD)))
    raw = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)
    with suppress(UpstreamFailure):
        events_in(events_of(PRIVACY, ANTHROPIC, [raw], **REQUEST))


def test_what_waits_behind_a_text_is_bounded() -> None:
    start, *_, end, stop = samples.events_of(message())
    held = samples.events_of(message(text("AKIA")))[2:5]
    upload = {"type": "container_upload", "file_id": "f", "data": "A" * 900_000}
    more = [{"type": "content_block_start", "index": i, "content_block": upload} for i in range(1, 7)]
    with pytest.raises(UpstreamFailure, match="wait for being judged"):
        sent([start, *held, *more, end, stop])


def test_an_error_of_the_upstream_is_one() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    with pytest.raises(UpstreamError) as caught:
        sent([*samples.events_of(MESSAGES["plain"])[:4], error])
    assert caught.value.error["message"] == "Overloaded"


def test_new_kinds_of_blocks_deltas_and_events_pass_and_are_judged() -> None:
    def events(words: str) -> list[Json]:
        start, *_, end, stop = samples.events_of(message())
        opened = {"type": "content_block_start", "index": 0, "content_block": {"type": "poem", "title": words}}
        more = [delta(0, type="poem_delta", line=words), {"type": "news", "text": words}]
        return [start, opened, *more, {"type": "content_block_stop", "index": 0}, end, stop]

    assert sent(events("harmless")) == events("harmless")
    assert not _shown(events(f"a {SECRET} b"))


@pytest.mark.parametrize(
    "wrong",
    [
        [delta(5, type="text_delta", text="x")],
        [delta(0, type="thinking_delta", thinking="x")],
        [delta(0, type="input_json_delta", partial_json="{}")],
        [{"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}],
        [{"type": "content_block_start", "index": -1, "content_block": {"type": "text", "text": ""}}],
        [{"type": "a\nb"}],
        [{"type": "message_start", "message": message()}],
    ],
)
def test_what_clients_could_read_otherwise_than_we_is_unreadable(wrong: list[Json]) -> None:
    with pytest.raises(UpstreamFailure):
        sent([*samples.events_of(MESSAGES["plain"])[:4], *wrong])


def test_what_a_rule_puts_behind_the_answer_is_one_more_block(tmp_path: Path) -> None:
    policy = tmp_path / "note.policy"
    policy.write_text(
        'policy "Notes" version 1\n\nrule NOTE "A note"\n  require reply text mentions "pharmacist"\n'
        '  otherwise append " Ask your pharmacist."\n'
    )
    found = sent(samples.events_of(message(text("Take one."))), guard=guard_by(str(policy)))
    said = [e["delta"]["text"] for e in found if e["type"] == "content_block_delta"]
    assert "".join(said) == "Take one. Ask your pharmacist."
    assert [e["index"] for e in found if e["type"] == "content_block_stop"] == [0, 1]
    assert found[-1]["type"] == "message_stop"


@pytest.mark.parametrize("kind", ["text", "thinking"])
def test_the_words_of_two_open_blocks_are_not_told_apart(kind: str) -> None:
    start, *_, end, stop = samples.events_of(message())
    opened = [{"type": "content_block_start", "index": i, "content_block": {"type": kind, kind: ""}} for i in (0, 1)]
    pieces = [(0, "Hello there friend. "), (1, "well well "), (0, SECRET[:9]), (1, " and so on "), (0, SECRET[9:])]
    deltas = [delta(index, **{"type": f"{kind}_delta", kind: words}) for index, words in pieces]
    closed = [{"type": "content_block_stop", "index": i} for i in (0, 1)]
    with pytest.raises(UpstreamFailure, match="a content block begins within a text"):
        sent([start, *opened, *deltas, *closed, end, stop])


@pytest.mark.parametrize("parts", [(SECRET, "X it is."), ("It is X", SECRET), ("It is X", SECRET, "X")])
@pytest.mark.parametrize("size", [1, 40, 4096])
def test_thoughts_that_must_not_be_shown_by_themselves_are_not(parts: tuple[str, ...], size: int) -> None:
    assert not _shown(samples.events_of(message(*map(thinking, parts))), size)


def test_glued_thoughts_in_which_nothing_is_found_come_out_equal() -> None:
    events = samples.events_of(message(thinking("It is half"), thinking("way through"), thinking("out. All of it")))
    assert put_together(sent(events)) == put_together(events)


def test_a_signature_in_pieces_is_read_as_one() -> None:
    events = samples.events_of(message(thinking("Yes. ")))
    at = next(i for i, event in enumerate(events) if event.get("delta", {}).get("type") == "signature_delta")
    signed = [delta(0, type="signature_delta", signature=piece) for piece in ("c2ln", "bmF0")]
    assert sent([*events[:at], *signed, *events[at + 1 :]]) == [*events[:at], *signed, *events[at + 1 :]]
    secret = [delta(0, type="signature_delta", signature=piece) for piece in (SECRET[:9], SECRET[9:])]
    assert not _shown([*events[:at], *secret, *events[at + 1 :]])
