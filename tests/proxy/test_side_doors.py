"""The dialects of the side doors: a secret at any path of their answers never gets out, and any bytes end cleanly."""

import base64
import json
from array import array
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.wire.dialect import Dialect
from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.side_doors.documents import DOCUMENT, LISTING
from guardproxy.wire.side_doors.measures import EMBEDDINGS, MODERATIONS
from guardproxy.wire.side_doors.pictures import PICTURES
from guardproxy.wire.side_doors.transcripts import TRANSCRIPTS
from guardproxy.wire.surfaces.table import ENDPOINTS
from tests.integration.upstreams import completion
from tests.proxy.judging import Json, cut, events_of, guard_by, whole_of
from tests.proxy.test_any_json import NAMES, VALUES, places, with_value

GUARD, NOBODY = guard_by("privacy"), guard_by()
SECRET = "AKIAIOSFODNN7EXAMPLE"
BY_PATH = {row.name: row.dialect for row in ENDPOINTS if row.dialect is not None}
FILE = BY_PATH["GET /files/{id}/content"]
PACKED = base64.b64encode(array("f", [0.5, -0.25]).tobytes()).decode()
MESSAGE = {"id": "m1", "role": "assistant", "content": "Fine."}
ITEM = {
    "id": "i1", "type": "message", "role": "assistant", "status": "completed",
    "content": [{"type": "output_text", "text": "Fine.", "annotations": []}],
}  # fmt: skip
SEGMENT = {"id": 0, "seek": 0, "start": 0.0, "end": 1.5, "text": " Fine.", "tokens": [], "avg_logprob": -0.25}
ANSWERS: list[tuple[Dialect, Json]] = [
    (LISTING, {"object": "list", "data": [{"id": "m", "created": 1795255200, "owned_by": "o"}], "has_more": False}),
    (DOCUMENT, {"object": "page", "data": [{"content": [{"type": "text", "text": "Fine."}], "score": 0.87}]}),
    (EMBEDDINGS, {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.1, -1e-9, 0]}]}),
    (EMBEDDINGS, {"object": "list", "data": [{"embedding": PACKED, "index": 0}], "model": "e"}),
    (MODERATIONS, {"id": "mo", "results": [{"flagged": False, "category_scores": {"hate": 1.5e-7}}]}),
    (PICTURES, {"created": 1795255200, "data": [{"url": "https://a.example/p.png", "revised_prompt": "A cat"}]}),
    (TRANSCRIPTS, {"text": "Fine.", "usage": {"type": "tokens", "input_tokens": 5}}),
    (TRANSCRIPTS, {"text": "Fine.", "segments": [SEGMENT], "words": [{"word": "Fine", "start": 0.0, "end": 0.5}]}),
    (BY_PATH["GET /chat/completions"], {"object": "list", "data": [completion("Fine."), completion("Well.")]}),
    (
        BY_PATH["GET /chat/completions/{id}/messages"],
        {"data": [MESSAGE, {"id": "m2", "role": "user", "content": "Hi"}]},
    ),
    (BY_PATH["GET /conversations/{id}/items"], {"object": "list", "data": [ITEM], "first_id": "i1", "has_more": False}),
    (BY_PATH["GET /conversations/{id}/items/{item}"], ITEM),
    (FILE, {"id": "b", "custom_id": "c", "response": {"status_code": 200, "body": completion("Fine.")}, "error": None}),
    (FILE, {"custom_id": "c", "method": "POST", "url": "/v1/embeddings", "body": {"input": "Hi", "model": "e"}}),
    (FILE, {"custom_id": "c", "response": {"body": {"object": "list", "data": [{"embedding": [0.5], "index": 0}]}}}),
]
NAMED = [f"{index}-{dialect.name}" for index, (dialect, _) in enumerate(ANSWERS)]


@pytest.mark.parametrize(("dialect", "answer"), ANSWERS, ids=NAMED)
def test_an_answer_in_which_nothing_is_found_stays_as_it_is(dialect: Dialect, answer: Json) -> None:
    for guard in (GUARD, NOBODY):
        delivered = whole_of(guard, answer, dialect=dialect)
        assert (json.loads(delivered.body), delivered.verdict) == (answer, "allowed")


@pytest.mark.parametrize(("dialect", "answer"), ANSWERS, ids=NAMED)
def test_a_secret_at_any_path_never_gets_out(dialect: Dialect, answer: Json) -> None:
    for path in places(answer):
        for changed in (with_value(answer, path, SECRET, "extra"), with_value(answer, path, 1, SECRET)):
            assert SECRET not in shown(dialect, changed), path


@pytest.mark.parametrize(
    "beside",
    [{"content": [0, SECRET]}, {"segments": [{**SEGMENT, "text": "x"}, {**SEGMENT, "text": SECRET}]}],
)
def test_what_is_read_by_itself_is_judged_by_itself(beside: Json) -> None:
    said = json.loads(shown(TRANSCRIPTS, {"text": "Fine.", **beside}))
    assert SECRET not in map(str, texts(said))


def shown(dialect: Dialect, answer: Any) -> str:
    try:
        return whole_of(GUARD, json.dumps(answer).encode(), dialect=dialect).body.decode()
    except UpstreamFailure as failure:
        return failure.message


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(inner)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_json_is_judged_or_refused(data: st.DataObject) -> None:
    dialect, answer = data.draw(st.sampled_from(ANSWERS))
    path = data.draw(st.sampled_from(list(places(answer))))
    changed = with_value(answer, path, data.draw(VALUES), data.draw(NAMES))
    assert SECRET not in shown(dialect, changed)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(BY_PATH)), st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_any_bytes_are_judged_or_refused(name: str, body: bytes) -> None:
    for guard in (GUARD, NOBODY):
        try:
            whole_of(guard, body, dialect=BY_PATH[name])
        except UpstreamFailure as failure:
            assert failure.message


# --- a transcription as a stream ------------------------------------------------------------------------------------

TEXTS = st.lists(st.sampled_from(["SSN ", "123", "-45", "-67", "89", " and ", SECRET[:9], SECRET[9:], ". ", "é", "1"]))


def transcription(parts: list[str]) -> bytes:
    deltas = [{"type": "transcript.text.delta", "delta": part, "logprobs": []} for part in parts]
    text = "".join(parts)
    segments = [{"type": "transcript.text.segment", "id": "s", "start": 0, "end": 1, "speaker": "A", "text": text}]
    end = {"type": "transcript.text.done", "text": text, "usage": {"type": "tokens", "input_tokens": 3}}
    return b"".join(f"data: {json.dumps(event)}\n\n".encode() for event in [*deltas, *segments, end])


def heard(sent: list[bytes]) -> tuple[str, str | None, str | None]:
    """The text of the deltas, the text at the end, and the code of an error."""
    lines = [line[6:] for line in b"".join(sent).decode().split("\n") if line.startswith("data: ")]
    values = [json.loads(line) for line in lines]
    ends = [value["text"] for value in values if value["type"] == "transcript.text.done"]
    errors = [value["error"]["code"] for value in values if value["type"] == "error"]
    return "".join(v.get("delta", "") for v in values), *(e[0] if e else None for e in (ends, errors))


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 900), max_size=4))
def test_a_stream_says_the_same_however_it_is_cut(parts: list[str], cuts: list[int]) -> None:
    data = transcription(parts)
    once = heard(events_of(GUARD, TRANSCRIPTS, [data], model="m"))
    said, whole, error = heard(events_of(GUARD, TRANSCRIPTS, cut(data, (c for c in cuts if c < len(data))), model="m"))
    assert (whole, error) == once[1:] and GUARD.beside.harmless(said)
    if error is None:
        assert said == whole
        alone = whole_of(GUARD, {"text": "".join(parts)}, dialect=TRANSCRIPTS)
        assert json.loads(alone.body)["text"] == whole


def test_a_transcription_that_ends_early_is_no_transcription() -> None:
    with pytest.raises(UpstreamFailure, match="ended before its answer"):
        events_of(GUARD, TRANSCRIPTS, [transcription(["Good ", "day"]).rpartition(b"data: ")[0]], model="m")


# --- pieces that are read one by one, and in a row ------------------------------------------------------------------


def segments(*texts: str) -> bytes:
    said = [{"type": "transcript.text.segment", "id": "s", "start": 0, "end": 1, "text": text} for text in texts]
    end = {"type": "transcript.text.done", "text": "It is here."}
    return b"".join(f"data: {json.dumps(event)}\n\n".encode() for event in [*said, end])


@pytest.mark.parametrize("texts", [(f"It is {SECRET}", "0 apples"), ("It is 0", SECRET), ("It is 0", SECRET, "0")])
def test_segments_are_judged_one_by_one_too(texts: tuple[str, ...]) -> None:
    assert SECRET not in b"".join(events_of(GUARD, TRANSCRIPTS, [segments(*texts)], model="m")).decode()


def unknown(*texts: str, kind: str = "transcript.text.note") -> bytes:
    return b"".join(b"data: " + json.dumps({"type": kind, "text": text}).encode() + b"\n\n" for text in texts)


def test_new_events_of_a_transcription_are_texts_that_go_on() -> None:
    sent = b"".join(events_of(GUARD, TRANSCRIPTS, [unknown("It ", "is here.") + segments()], model="m"))
    assert b"It " in sent and b"is here." in sent
    found = b"".join(events_of(GUARD, TRANSCRIPTS, [unknown(SECRET[:9], SECRET[9:]) + segments()], model="m"))
    assert SECRET[:9].encode() not in found and SECRET[9:].encode() not in found


@pytest.mark.parametrize("kind", ["foo\ndata: x", "foo\rdata: x", "a b", "", "É"])
def test_the_name_of_an_event_says_nothing_else(kind: str) -> None:
    with pytest.raises(UpstreamFailure, match="an event is no object with a `type`"):
        events_of(GUARD, TRANSCRIPTS, [unknown("x", kind=kind)], model="m")


def test_strings_of_a_list_are_searched_in_a_row_too() -> None:
    for value in ([SECRET[:9], SECRET[9:]], {"x": [SECRET[:9], 1, SECRET[9:]]}):
        said = shown(LISTING, {"data": [{"id": "m", "tags": value}]})
        assert SECRET[:9] not in said and SECRET[9:] not in said
        line = {"custom_id": "c", "tags": value, "response": {"body": completion("Fine.")}}
        assert SECRET[9:] not in shown(FILE, line)
        assert SECRET[9:] not in shown(BY_PATH["POST /chat/completions"], {**completion("Fine."), "tags": value})


def subtitles(*cues: tuple[str, str]) -> bytes:
    times = "00:00:00,000 --> 00:00:01,000"
    return "\n".join(f"{number}\n{times}\n{text}\n" for number, text in cues).encode()


def test_numbers_of_cues_count_them_and_say_nothing_else() -> None:
    for first in (0, 1):
        counted = subtitles(*((str(first + n), f"Word {n}.") for n in range(12)))
        assert whole_of(GUARD, counted, dialect=TRANSCRIPTS).body == counted
    key = SECRET[:13] + "1234567"
    for at in (14, 16):
        cues = subtitles(("1", f"It is {key[:at]}"), (key[at:], " and so on"))
        assert whole_of(GUARD, cues, dialect=TRANSCRIPTS).verdict == "blocked"


def test_pieces_of_a_document_are_read_in_a_row_too() -> None:
    for value in ([SECRET[:9], SECRET[9:]], [{"text": SECRET[:9]}, {"text": SECRET[9:]}]):
        said = shown(DOCUMENT, {"data": [{"content": value}]})
        assert SECRET[:9] not in said and SECRET[9:] not in said
