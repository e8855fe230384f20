"""Requests for messages become conversations."""

import json
from typing import Any

import pytest

from guardproxy.conversation import Answer, Conversation, Passage, PastCall, ToolCall
from guardproxy.wire.anthropic.asking_again import next_request
from guardproxy.wire.anthropic.requests import read_request
from guardproxy.wire.errors import ClientMistake


def asked(*messages: Any, **more: Any) -> bytes:
    return json.dumps({"model": "m", "max_tokens": 9, "messages": messages, **more}).encode()


USER = {"role": "user", "content": "Hi"}


def test_calls_are_paired_with_their_results() -> None:
    messages = (
        USER,
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "I look."},
                {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}},
                {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"title": "T"}]},
                {"type": "tool_use", "id": "a", "name": "find", "input": {}},
                {"type": "tool_use", "id": "b", "name": "pay", "input": {"x": 1.50}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "b", "content": [{"type": "text", "text": '{"paid": true}'}]},
                {"type": "tool_result", "tool_use_id": "a", "content": "found"},
            ],
        },
    )
    assert read_request(asked(*messages)).conversation == Conversation(
        (
            PastCall("web_search", '{"query":"x"}', '[{"title":"T"}]', "s"),
            PastCall("find", "{}", "found", "a"),
            PastCall("pay", '{"x":1.5}', '{"paid": true}', "b"),
        ),
        "Hi",
    )


def test_a_request_says_what_it_wants() -> None:
    schema = {"format": {"type": "json_schema", "schema": {}}}
    request = read_request(asked(USER, stream=True, output_config=schema, metadata={"user_id": "u"}))
    assert (request.stream, request.wants_json, request.metadata) == (True, True, {"user_id": "u"})
    assert not read_request(asked(USER)).wants_json


@pytest.mark.parametrize(
    ("messages", "field"),
    [
        ((), "messages"),
        (({"role": "user"},), "messages[0].content"),
        (({"content": "x"},), "messages[0]"),
        ((USER, {"role": "assistant", "content": [{"type": "tool_use"}]}), "messages[1].content[0].name"),
        (({"role": "user", "content": [{"text": "x"}]},), "messages[0].content[0].type"),
    ],
)
def test_a_mistake_names_the_field(messages: Any, field: str) -> None:
    with pytest.raises(ClientMistake) as caught:
        read_request(asked(*messages))
    assert caught.value.param == field


def test_asking_again_adds_the_answer_and_the_reasons_in_words() -> None:
    refused = Answer((Passage("content", "No."),), (ToolCall("find", "{}", "a"),))
    body = json.loads(next_request(asked(USER), refused, ["Too late"], lambda text: True))
    first, said, why = body["messages"]
    assert (first, said["role"], why["role"], body["max_tokens"]) == (USER, "assistant", "user", 9)
    assert said["content"] == "No.\n(I called the tool `find` with {}.)" and "Too late" in why["content"]


def test_an_answer_that_the_client_begins_is_refused() -> None:
    begun = {"role": "assistant", "content": "{"}
    with pytest.raises(ClientMistake) as caught:
        read_request(json.dumps({"model": "m", "max_tokens": 9, "messages": [USER, begun]}).encode())
    assert (caught.value.code, caught.value.param) == ("begun_answer", "messages[1]")
    assert caught.value.message == (
        "the answer cannot go on with words that the request gives, for rules judge answers from their beginning; "
        "let the last message be the user's, and ask for the form of the reply in it"
    )


def test_a_turn_that_paused_at_a_tool_of_the_providers_goes_on() -> None:
    call = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
    paused = {"role": "assistant", "content": [{"type": "text", "text": "I look."}, call]}
    assert read_request(json.dumps({"model": "m", "max_tokens": 9, "messages": [USER, paused]}).encode()).model == "m"
