"""Legacy completions, whole and streamed: equal where nothing is found, each choice judged by itself."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.proxy.streamed_answer import StreamedAnswer
from guardproxy.wire.completions.dialect import COMPLETIONS
from guardproxy.wire.errors import UpstreamFailure
from tests.proxy.judging import DECISION, NOWHERE, chunks_in, cut, guard_by, sent_by, whole_of
from tests.wire.anthropic.samples import places_in, with_at

Json = dict[str, Any]
PRIVACY = guard_by("privacy")
SECRET = "AKIAIOSFODNN7EXAMPLE"
HEAD = {"id": "cmpl-1", "object": "text_completion", "created": 1795255200, "model": "m"}
LOGPROBS = {
    "tokens": ["It ", "arrives"],
    "token_logprobs": [None, -0.5],
    "top_logprobs": [None, {"arrives": -0.5, "comes": -2.25}],
    "text_offset": [0, 3],
}


def completion(*texts: str, **more: Any) -> Json:
    choices = [
        {"text": words, "index": index, "logprobs": None, "finish_reason": "stop", **more}
        for index, words in enumerate(texts)
    ]
    return {**HEAD, "choices": choices, "usage": {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}}


def stream_of(*texts: str) -> list[Json]:
    def chunk(index: int, words: str, finish: str | None) -> Json:
        return {**HEAD, "choices": [{"text": words, "index": index, "logprobs": None, "finish_reason": finish}]}

    chunks = [chunk(i, piece, None) for i, words in enumerate(texts) for piece in (words[:3], words[3:])]
    return [*chunks, *(chunk(i, "", "stop") for i in range(len(texts)))]


def sent(chunks: Iterable[Json], cuts: Iterable[int] = (), **request: Any) -> list[Json]:
    raw = b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks) + b"data: [DONE]\n\n"
    body = {"model": "m", "prompt": "x", "stream": True, **request}
    asked = COMPLETIONS.read_request(json.dumps(body).encode())
    stream = COMPLETIONS.open_stream(asked, PRIVACY.beside, DECISION)
    pieces = cut(raw, [c for c in cuts if c < len(raw)])
    return chunks_in(sent_by(StreamedAnswer(PRIVACY, NOWHERE, asked, DECISION, stream), pieces))


def put_together(chunks: Iterable[Json]) -> dict[int, tuple[str, Any]]:
    found: dict[int, tuple[str, Any]] = {}
    for entry in (entry for chunk in chunks for entry in chunk["choices"]):
        words, finish = found.get(entry["index"], ("", None))
        found[entry["index"]] = words + entry["text"], entry["finish_reason"] or finish
    return found


def judged(answer: Json) -> tuple[str, Any]:
    delivery = whole_of(PRIVACY, answer, dialect=COMPLETIONS)
    return delivery.verdict, json.loads(delivery.body)


@pytest.mark.parametrize(
    "answer",
    [
        completion("It arrives on Thursday."),
        completion("One.", "Two."),
        completion("It arrives", logprobs=LOGPROBS),
        completion("x", stop_reason=None, extra={"a": "b"}),
    ],
)
def test_an_answer_in_which_nothing_is_found_is_equal(answer: Json) -> None:
    assert judged(answer) == ("allowed", answer)


def hidden() -> Iterator[Json]:
    answer = completion("It arrives", logprobs=LOGPROBS)
    for path in places_in(answer):
        for form in (SECRET, f"so {SECRET} it is", {SECRET: 1}, [SECRET], 4111111111111111):
            yield with_at(answer, path, form)


def test_a_secret_is_visible_at_no_place() -> None:
    for answer in hidden():
        try:
            body = whole_of(PRIVACY, answer, dialect=COMPLETIONS).body
        except UpstreamFailure:
            continue
        assert b"AKIA" not in body and b"41111111" not in body, answer


def test_a_blocked_choice_is_empty_and_its_notice_stands_beside() -> None:
    verdict, body = judged(completion(f"The key is {SECRET}", "Two."))
    first, second = body["choices"]
    assert verdict == "blocked"
    assert first == {"text": "", "index": 0, "logprobs": None, "finish_reason": "content_filter"}
    assert second["text"] == "Two." and body["usage"]["total_tokens"] == 8
    assert body["guardproxy"]["notices"] == {"0": "The answer contained a credential."}


def test_log_probabilities_go_with_what_was_rewritten() -> None:
    words = {**LOGPROBS, "tokens": ["Write to bob.jones", "@mail.example now"]}
    verdict, body = judged(completion("Write to bob.jones@mail.example now", logprobs=words))
    assert (verdict, body["choices"][0]["text"]) == ("rewritten", "Write to [e-mail] now")
    assert body["choices"][0]["logprobs"] is None


def test_log_probabilities_that_say_more_than_the_text_go() -> None:
    for more in ({"tokens": ["It ", SECRET]}, {"top_logprobs": [{SECRET: -1}]}, {"x": 1}, {"text_offset": [41111]}):
        _, body = judged(completion("It arrives", logprobs={**LOGPROBS, **more}))
        assert (body["choices"][0]["logprobs"] is None) == ("text_offset" not in more)


@given(st.lists(st.integers(1, 900), max_size=5))
@settings(max_examples=40)
def test_any_cut_of_a_stream_says_the_same(cuts: list[int]) -> None:
    chunks = stream_of("It arrives on Thursday.", "Zażółć 東京 \u2028")
    found = sent(chunks, cuts, n=2)
    assert put_together(found) == put_together(chunks)
    entries = [entry for chunk in found for entry in chunk["choices"]]
    assert all(entry.keys() >= {"text", "index", "finish_reason"} and "delta" not in entry for entry in entries)


@given(st.lists(st.integers(1, 900), max_size=5))
@settings(max_examples=40)
def test_a_blocked_choice_of_a_stream_ends_and_the_others_go_on(cuts: list[int]) -> None:
    found = sent(stream_of(f"Key {SECRET} ok", "Two."), cuts, n=2)
    assert put_together(found) == {0: ("Key ", "content_filter"), 1: ("Two.", "stop")}
    assert "AKIA" not in json.dumps(found)
    remarks = [chunk["guardproxy"]["notices"] for chunk in found if "guardproxy" in chunk]
    assert remarks == [{"0": "The answer contained a credential."}]


def test_usage_has_its_own_chunk() -> None:
    usage = {**HEAD, "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
    found = sent([*stream_of("Yes."), usage], stream_options={"include_usage": True})
    assert found[-1] == usage


def test_what_is_no_completion_is_unreadable() -> None:
    for body in (
        b"{}",
        b'{"choices":[{"index":0}]}',
        b'{"choices":[{"text":1}]}',
        b'{"choices":[{"text":"x","index":-1}]}',
    ):
        with pytest.raises(UpstreamFailure):
            whole_of(PRIVACY, body, dialect=COMPLETIONS)
