"""Requests and recorded messages become conversations and answers."""

import json
from typing import Any

import pytest

from guardproxy.conversation import Answer, Conversation, Passage, PastCall, ToolCall
from guardproxy.wire.chat.requests import answer_of, conversation_of, read_request
from guardproxy.wire.errors import ClientMistake


def call(id_: str, name: str, arguments: str) -> dict[str, Any]:
    return {"id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}


def test_calls_are_paired_with_their_results() -> None:
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": None, "tool_calls": [call("a", "find", "{}"), call("b", "pay", '{"x":1}')]},
        {
            "role": "tool",
            "tool_call_id": "b",
            "content": [{"type": "text", "text": "pa"}, {"type": "text", "text": "id"}],
        },
        {"role": "tool", "tool_call_id": "a", "content": "found"},
        {"role": "assistant", "tool_calls": [call("a", "find", "[]")]},
        {
            "role": "user",
            "content": [{"type": "text", "text": "And "}, {"type": "image_url"}, {"type": "text", "text": "now?"}],
        },
    ]
    assert conversation_of(messages) == Conversation(
        (
            PastCall("find", "{}", "found", "a"),
            PastCall("pay", '{"x":1}', "paid", "b"),
            PastCall("find", "[]", None, "a"),
        ),
        "And now?",
    )


def test_legacy_function_calls() -> None:
    messages = [
        {"role": "assistant", "content": None, "function_call": {"name": "find", "arguments": "{}"}},
        {"role": "function", "name": "find", "content": "found"},
    ]
    assert conversation_of(messages).calls == (PastCall("find", "{}", "found"),)


def test_an_answer_has_every_string() -> None:
    message = {
        "role": "assistant",
        "content": [{"type": "text", "text": "Hello"}],
        "reasoning": "why",
        "annotations": [{"type": "url_citation", "url_citation": {"title": "T", "start_index": 3}}],
        "odd key": {"deep": ["x", None, 1]},
        "tool_calls": [call("c1", "pay", '{"x": 1}')],
    }
    assert answer_of(message) == Answer(
        (
            Passage("content", "Hello"),
            Passage("reasoning", "why"),
            Passage("annotations[0].url_citation.title", "T"),
            Passage('["odd key"].deep[0]', "x"),
            Passage("tool_calls[0].id", "c1"),
        ),
        (ToolCall("pay", '{"x": 1}', "c1"),),
    )


def test_a_request_says_what_it_wants() -> None:
    body = {
        "model": "m",
        "messages": [{"role": "user", "content": "Hi"}],
        "n": 2,
        "stream": True,
        "stream_options": {"include_usage": True},
        "response_format": {"type": "json_schema"},
        "metadata": {"a.b": "1"},
    }
    request = read_request(json.dumps(body).encode())
    assert (request.choices, request.stream, request.include_usage, request.wants_json) == (2, True, True, True)
    assert request.metadata == {"a.b": "1"} and request.conversation.user_says == "Hi"


def test_a_mistake_names_the_field() -> None:
    with pytest.raises(ClientMistake) as caught:
        read_request(b'{"model": "m", "messages": [{"role": "user"}], "n": 1.5}')
    assert (caught.value.param, caught.value.status) == ("n", 400)


@pytest.mark.parametrize("begun", [{"continue_final_message": True}, {"prefix": True}], ids=str)
def test_an_answer_that_the_client_begins_is_refused(begun: dict[str, bool]) -> None:
    last = {"role": "assistant", "content": "{", **({} if "continue_final_message" in begun else begun)}
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}, last], **begun}
    with pytest.raises(ClientMistake) as caught:
        read_request(json.dumps(body).encode())
    assert (caught.value.code, caught.value.param) == ("begun_answer", "messages[1]")
