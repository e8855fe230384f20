"""Whole responses: every string is judged, what is left alone stays as it was, and a block leaves nothing."""

import json
from typing import Any

import pytest

from guardproxy.proxy.guard import Guard
from guardproxy.proxy.whole_answer import Delivery
from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.responses.dialect import RESPONSES
from tests.proxy.judging import Json, guard_by, whole_of
from tests.proxy.test_every_string import poisoned
from tests.wire.responses.scripted import CITATION, COMPACTION, ITEMS, MESSAGE, message, response

NUMBER = "123-45-6789"
KEY = "AKIA" + "IOSFODNN7EXAMPLE"


@pytest.fixture(scope="module")
def guard() -> Guard:
    return guard_by("privacy")


def delivered(guard: Guard, answer: Json) -> Delivery:
    return whole_of(guard, answer, dialect=RESPONSES)


def texts(delivery: Delivery) -> list[str]:
    items = json.loads(delivery.body)["output"]
    return [part["text"] for item in items for part in item["content"]]


def test_what_says_nothing_forbidden_passes_as_it_is(guard: Guard) -> None:
    found = delivered(guard, response(ITEMS))
    assert (json.loads(found.body), found.verdict) == (response(ITEMS), "allowed")


def test_without_policies_everything_passes() -> None:
    answer = response([*ITEMS, {"type": "message", "content": [{"type": "output_audio", "data": "UklGRg=="}]}])
    assert json.loads(delivered(guard_by(), answer).body) == answer


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: str(item["type"]))
@pytest.mark.parametrize("secret", [KEY, NUMBER])
def test_a_secret_in_any_place_never_gets_out(guard: Guard, item: Json, secret: str) -> None:
    for other in poisoned(response([item]), secret):
        try:
            body = delivered(guard, other).body
        except UpstreamFailure:
            continue
        assert secret.encode() not in body, other
        json.loads(body)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["Hers is 123-45-67", "89 I think."], ["Hers is [SSN]", " I think."]),
        (["Hers is 123-45-6789", "and on."], ["Hers is [SSN]", "and on."]),
        (["x", "123-45-6789"], ["x", "[SSN]"]),
        (["a 123-45-6789 b", "c 123-45-6789 d"], ["a [SSN] b", "c [SSN] d"]),
        (["A", '{"a": "123-45-6789"}'], ["A", '{"a": "[SSN]"}']),
    ],
)
def test_texts_are_judged_as_one_and_each_by_itself(guard: Guard, said: list[str], expected: list[str]) -> None:
    assert texts(delivered(guard, response([message(*said)]))) == expected
    apart = [message(text, id=f"msg_{place}") for place, text in enumerate(said)]
    assert texts(delivered(guard, response(apart))) == expected


def test_citations_follow_the_text(guard: Guard) -> None:
    answer = response([message("Hers is 123-45-6789. See there, page.")])
    part = answer["output"][0]["content"][0]
    part["annotations"] = [
        {**CITATION, "start_index": 21, "end_index": 30},
        {**CITATION, "start_index": 8, "end_index": 19},
    ]
    found = json.loads(delivered(guard, answer).body)["output"][0]["content"][0]
    assert found["text"] == "Hers is [SSN]. See there, page."
    assert found["annotations"] == [{**CITATION, "start_index": 15, "end_index": 24}]


def test_log_probabilities_stay_for_what_was_left_alone(guard: Guard) -> None:
    def tokens(*said: str) -> list[Json]:
        entries = [{"token": text, "bytes": list(text.encode()), "logprob": -1} for text in said]
        return [{**entry, "top_logprobs": []} for entry in entries]

    for said in (("Well", " then"), ("Hers", " is ", NUMBER)):
        answer = response([message("".join(said))])
        answer["output"][0]["content"][0]["logprobs"] = tokens(*said)
        found = json.loads(delivered(guard, answer).body)["output"][0]["content"][0]
        assert [entry["token"] for entry in found["logprobs"]] == [text for text in said if text != NUMBER]


def test_a_block_leaves_the_notice_and_the_usage(guard: Guard) -> None:
    found = delivered(guard, response([MESSAGE, message(f"Your key is {KEY}.")]))
    body = json.loads(found.body)
    assert (found.status, found.verdict) == (200, "blocked")
    assert (body["status"], body["incomplete_details"]) == ("incomplete", {"reason": "content_filter"})
    (item,) = body["output"]
    assert item["content"] == [{"type": "refusal", "refusal": "The answer contained a credential."}]
    assert body["usage"] == {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
    assert body["guardproxy"]["rules"] == ["SEC-KEYS"]


def test_a_response_in_the_background_has_nothing_to_say_yet(guard: Guard) -> None:
    answer = response([], "queued", usage=None, background=True)
    assert json.loads(delivered(guard, answer).body) == answer


def test_the_echoed_instructions_are_searched(guard: Guard) -> None:
    found = delivered(guard, response([MESSAGE], instructions=f"The key is {KEY}, keep it."))
    assert json.loads(found.body)["instructions"] != f"The key is {KEY}, keep it."
    assert KEY.encode() not in found.body


def test_compacted_responses_and_lists_of_items(guard: Guard) -> None:
    compacted = {"id": "c", "object": "response.compaction", "created_at": 1, "output": [COMPACTION, message(NUMBER)]}
    listed = {"object": "list", "data": [message(NUMBER)], "first_id": "a", "last_id": "b", "has_more": False}
    for answer, name in ((compacted, "output"), (listed, "data")):
        found: Any = json.loads(delivered(guard, answer).body)
        assert found[name][-1]["content"][0]["text"] == "[SSN]"
        assert {key: found[key] for key in answer if key != name} == {k: v for k, v in answer.items() if k != name}


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"object":"response","output":[1]}', b'{"choices":[]}'])
def test_what_is_no_response_is_refused(guard: Guard, body: bytes) -> None:
    with pytest.raises(UpstreamFailure):
        whole_of(guard, body, dialect=RESPONSES)
