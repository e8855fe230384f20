"""What is sent to the model when it is asked again."""

import json
from typing import Any

from guardproxy.conversation import Answer, Passage, ToolCall
from guardproxy.wire.chat.asking_again import next_request
from guardproxy.wire.usage import total

TOOLS = [{"type": "function", "function": {"name": "track"}}, {"type": "custom", "custom": {"name": "note"}}]


def added(refused: Answer, forbidden: str = "\0", **request: Any) -> Any:
    body = json.dumps({"model": "m", "messages": [], "tools": TOOLS, **request}).encode()
    return json.loads(next_request(body, refused, ["Too late", "Too much"], lambda text: forbidden not in text))


def said(*texts: str, calls: tuple[ToolCall, ...] = ()) -> Answer:
    return Answer(tuple(Passage("content", text) for text in texts), calls)


def test_the_request_stays_as_it_was() -> None:
    body = b'{"model":"m","temperature":0.10,"seed":12345678901234567890123,"n":4,"messages":[{"role":"user"}]}'
    sent = next_request(body, said("no"), ["x"], lambda text: True)
    assert sent.startswith(b'{"model":"m","temperature":0.10,"seed":12345678901234567890123,"n":1,"messages":[{"role"')


def test_all_reasons_are_told() -> None:
    assert "\n- Too late\n- Too much\n" in added(said("no"))["messages"][1]["content"]


def test_thoughts_are_not_repeated() -> None:
    thinking = Answer((Passage("reasoning_content", "hmm"), Passage("refusal", "I cannot")))
    assert added(thinking)["messages"][0]["content"] == "I cannot"


def test_every_call_gets_its_result_and_the_last_one_says_why() -> None:
    calls = ToolCall("track", "", "a"), ToolCall("track", '{"x": 1}', "b")
    said_, first, last = added(said(calls=calls))["messages"]
    assert [c["function"]["arguments"] for c in said_["tool_calls"]] == ["{}", '{"x": 1}']
    assert (said_["content"], first["tool_call_id"], last["tool_call_id"]) == (None, "a", "b")
    assert ("Too late" in first["content"], "Too late" in last["content"]) == (False, True)


def test_other_calls_are_told_in_words() -> None:
    for call in (
        ToolCall("note", '{"input":"x"}', "a"),
        ToolCall("other", "{}", "a"),
        ToolCall("track", "{}", ""),
        ToolCall("track", "[1]", "a"),
        ToolCall("track", "{", "a"),
    ):
        refused, why = added(said(calls=(call,)))["messages"]
        assert (refused["role"], "tool_calls" in refused, why["role"]) == ("assistant", False, "user")
        assert f"`{call.name}`" in refused["content"]


def test_what_may_not_be_repeated_is_left_out_however_it_is_written() -> None:
    for refused in (
        said("my secret"),
        said(calls=(ToolCall("track", '{"a": "sec\\u0072et"}', "a"),)),
        said(calls=(ToolCall("secret", "{}", "a"),)),
    ):
        assert "ret" not in json.dumps(added(refused, "secret")["messages"][0]).replace("is not repeated", "")


def test_an_answer_without_words_is_still_a_message() -> None:
    assert added(Answer())["messages"][0]["content"]


def test_usage_is_added_up_member_by_member() -> None:
    first = {"total": 8, "details": {"cached": 1}, "tier": "a"}
    assert total(first, {"total": 5, "details": {"cached": 2, "new": 3}}) == {
        "total": 13,
        "details": {"cached": 3, "new": 3},
        "tier": "a",
    }
    assert total(None, {"total": 5}) == {"total": 5} == total({"total": 5}, None)
