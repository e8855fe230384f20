"""Whole answers: each choice ends by itself, and what repeats the text goes where the text was changed."""

import json
from typing import Any

import pytest

from tests.proxy.judging import DECISION, Json, guard_by, whole_of

GUARD = guard_by("privacy")
KEY, MAIL = "AKIAIOSFODNN7EXAMPLE", "bob@example.org"


def answer(*contents: str, **choice: Any) -> Json:
    choices = [
        {"index": i, "message": {"role": "assistant", "content": text}, "finish_reason": "stop", **choice}
        for i, text in enumerate(contents)
    ]
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m", "choices": choices}


def token(text: str, *others: str) -> Json:
    alternatives = [{"token": t, "bytes": list(t.encode()), "logprob": -1} for t in (text, *others)]
    return {**alternatives[0], "top_logprobs": alternatives}


def test_the_strongest_verdict_is_shown_and_the_others_arrive() -> None:
    delivered = whole_of(GUARD, answer("Fine.", MAIL, KEY))
    value = json.loads(delivered.body)
    messages = [choice["message"] for choice in value["choices"]]
    assert delivered.verdict == "blocked"
    assert [message["content"] for message in messages] == ["Fine.", "[e-mail]", None]
    assert value["guardproxy"] == {"decision": DECISION, "verdict": "blocked", "rules": ["SEC-KEYS"]}


def test_numbers_arrive_as_they_were_written() -> None:
    raw = json.dumps(answer("Fine.", score=0.5)).replace("0.5", "0.10000000000000000000001").encode()
    assert b"0.10000000000000000000001" in whole_of(GUARD, raw).body


def alone(text: str) -> Json:
    return {**token(text), "top_logprobs": []}


HI, YOU = token("Hi"), token(" you", " me")


@pytest.mark.parametrize(
    ("text", "tokens", "kept"),
    [
        ("Hi you", [HI, YOU], [HI, YOU]),
        ("Hi you", [HI, token(" all")], [HI]),
        ("Hi you", [token("Hi", MAIL), YOU], [alone("Hi"), alone(" you")]),
        ("Hi you", [token("Hi", "bob@"), token(" you", "example.org")], [alone("Hi"), alone(" you")]),
        ("Hi you", [{**HI, "note": "x"}], None),
        (f"Hi {MAIL}", [token("Hi "), token(MAIL)], [token("Hi ")]),
        (f"Hi {MAIL} you", [HI, token(" bob"), token("@example.org "), token("you")], [HI, token("you")]),
        (f"Hi {MAIL} you", [HI, token(" bob"), token("@example.org"), YOU], [HI, YOU]),
        ("é ü", [token("é"), token(" ü")], [token("é"), token(" ü")]),
        (MAIL, [token(MAIL)], None),
    ],
)
def test_log_probabilities_stay_for_what_was_left_alone(text: str, tokens: list[Json], kept: list[Json] | None) -> None:
    delivered = json.loads(whole_of(GUARD, answer(text, logprobs={"content": tokens})).body)
    assert delivered["choices"][0]["logprobs"] == (None if kept is None else {"content": kept})


def test_citations_move_with_the_text() -> None:
    def cited(start: int, end: int) -> Json:
        return {"type": "url_citation", "url_citation": {"start_index": start, "end_index": end, "url": "https://a.x/"}}

    value = answer("Ann, bob@example.org, says so [1] and so [2].")
    spans = [(0, 3), (5, 20), (4, 21), (30, 33), (41, 44), (500, 501)]
    value["choices"][0]["message"]["annotations"] = [cited(*span) for span in spans]
    message = json.loads(whole_of(GUARD, value).body)["choices"][0]["message"]
    text, marks = message["content"], [a["url_citation"] for a in message["annotations"]]
    assert [text[m["start_index"] : m["end_index"]] for m in marks] == ["Ann", "[1]", "[2]"]


def test_calls_beside_an_empty_text() -> None:
    calls = [{"id": f"c{i}", "type": "function", "function": {"name": "f", "arguments": "{}"}} for i in range(2)]
    value = answer("", finish_reason="tool_calls")
    value["choices"][0]["message"]["tool_calls"] = calls
    assert json.loads(whole_of(GUARD, value).body) == value
