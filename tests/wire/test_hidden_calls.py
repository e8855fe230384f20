"""Calls outside the places of the API: an answer with one is unreadable, in a document they are judged as calls."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guardproxy.proxy.guard import Guard
from guardproxy.wire.anthropic.dialect import ANTHROPIC
from guardproxy.wire.completions.dialect import COMPLETIONS
from guardproxy.wire.dialect import Dialect
from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.hidden_calls import HiddenCalls, calls_in
from guardproxy.wire.surfaces.table import ENDPOINTS
from tests.proxy.judging import Json, events_of, guard_by, stream_of, whole_of
from tests.wire.anthropic import samples

BY_PATH = {row.name: row.dialect for row in ENDPOINTS if row.dialect is not None}
FILES, RESULTS = BY_PATH["GET /files/{id}/content"], BY_PATH["GET /messages/batches/{id}/results"]
POLICY = """policy "Accounts" version 1

check call delete_account as gone
  - user : text

rule DEL "No deletion"
  allow delete_account at most 0 times per conversation
  otherwise block "No account is deleted."
"""
BARE = {"name": "delete_account", "arguments": '{"user":"b"}'}
IN_CHAT = {"id": "1", "type": "function", "function": BARE}
IN_MESSAGE = {"type": "tool_use", "id": "1", "name": "delete_account", "input": {"user": "b"}}
CALLED: Json = {"role": "assistant", "content": None, "tool_calls": [IN_CHAT]}
CHAT: Json = {
    "id": "c", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "message": CALLED, "finish_reason": "tool_calls"}],
}  # fmt: skip
MESSAGE = samples.message(IN_MESSAGE, stop="tool_use")


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    policy = tmp_path_factory.mktemp("policies") / "accounts.policy"
    policy.write_text(POLICY)
    yield guard_by(str(Path(policy)))


def shown(guard: Guard, dialect: Dialect, *lines: Any) -> str:
    try:
        return whole_of(guard, b"\n".join(json.dumps(line).encode() for line in lines), dialect=dialect).body.decode()
    except UpstreamFailure as failure:
        return failure.message


CALLS = [
    *(BARE, IN_CHAT, IN_MESSAGE, {"type": "mcp", "mcp": BARE}, {"type": "Tool_Use", "name": "f"}),
    *({"tool_calls": [{"x": 1}]}, {"function_call": {"name": "f"}}, {"functionCall": {"name": "f"}}),
    *({"name": "f", "args": {}}, {"Name": "f", "ARGUMENTS": ""}, {"toolName": "f", "input": 1}),
    {"function": "f", "arguments": "{}"},
]
NO_CALLS: list[Json] = [
    *({"name": "f", "input_schema": {}}, {"name": "f", "parameters": {}}, {"tool_calls": []}, {"tool_calls": None}),
    *({"server_tool_use": {"web_search_requests": 1}}, {"arguments": "x"}, {"name": "f", "input": None}),
    *({"type": "tool_use"}, {"usage": {"tool_calls": 3}}),
]


@pytest.mark.parametrize("call", CALLS)
def test_what_clients_may_read_as_a_call_is_one(call: Json) -> None:
    for value in (call, {"x": [call]}, [[{"y": call}]]):
        with pytest.raises(UpstreamFailure, match="a tool call stands where none belongs"):
            HiddenCalls().refuse(value)


@pytest.mark.parametrize("value", NO_CALLS)
def test_what_speaks_of_calls_is_none(value: Json) -> None:
    HiddenCalls().refuse({"x": [value]})
    assert not calls_in(value)


def test_the_pieces_of_a_stream_are_put_together() -> None:
    hidden = HiddenCalls(in_pieces=True)
    hidden.refuse({"x": [{"index": 0, "name": "f"}]})
    with pytest.raises(UpstreamFailure, match="a tool call stands"):
        hidden.refuse({"x": [{"index": 0, "arguments": "{}"}]})


@pytest.mark.parametrize("more", [{"Tool_Calls": "x"}, {"TOOL_CALLS": None}])
def test_members_that_some_clients_take_for_others_are_unreadable(more: Json) -> None:
    with pytest.raises(UpstreamFailure, match="capital letters"):
        HiddenCalls().refuse({"content": "hi", **more}, skip=frozenset({"tool_calls"}))


def test_a_call_has_one_name_however_it_is_written(guard: Guard) -> None:
    for call in ({"type": "function", "Function": BARE}, {"function": {"name": "f", "arguments": "{}", "NAME": "g"}}):
        message = {"role": "assistant", "tool_calls": [{"id": "1", **call}]}
        assert "capital letters" in shown(guard, BY_PATH["POST /chat/completions"], {"choices": [{"message": message}]})


IN_CHOICES: list[Json] = [
    {"message": {"role": "assistant", "content": "hi"}, "tool_calls": [IN_CHAT]},
    {"message": {"role": "assistant", "content": [IN_MESSAGE]}},
    {"message": {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "mcp", "mcp": BARE}]}},
    {"message": {"role": "assistant", "content": "hi", "extra": {"deep": [BARE]}}},
]


@pytest.mark.parametrize("choice", IN_CHOICES)
def test_a_call_anywhere_else_makes_a_chat_unreadable(guard: Guard, choice: Json) -> None:
    assert "stands where none belongs" in shown(guard, BY_PATH["POST /chat/completions"], {"choices": [choice]})
    streamed = {"delta" if key == "message" else key: value for key, value in choice.items()}
    with pytest.raises(UpstreamFailure, match="stands where none belongs"):
        stream_of(guard, [b"data: " + json.dumps({"choices": [{"index": 0, **streamed}]}).encode() + b"\n\n"])


def test_a_call_anywhere_else_makes_a_completion_unreadable(guard: Guard) -> None:
    for beside in ({"tool_calls": [IN_CHAT]}, {"x": BARE}):
        assert "delete_account" not in shown(guard, COMPLETIONS, {"choices": [{"text": "hi"}], **beside})
        assert "delete_account" not in shown(guard, COMPLETIONS, {"choices": [{"text": "hi", **beside}]})


RESULT = {"type": "mcp_tool_result", "tool_use_id": "s", "is_error": False, "content": [IN_MESSAGE]}


@pytest.mark.parametrize("block", [{**IN_MESSAGE, "type": "Tool_Use"}, RESULT, {"type": "poem", "tool_calls": [BARE]}])
def test_a_call_anywhere_else_makes_a_message_unreadable(guard: Guard, block: Json) -> None:
    whole = samples.message(block)
    assert "stands where none belongs" in shown(guard, ANTHROPIC, whole)
    with pytest.raises(UpstreamFailure, match="stands where none belongs"):
        events_of(guard, ANTHROPIC, [samples.sse(samples.events_of(whole))], **samples.REQUEST)


def test_a_message_has_no_content_in_its_delta(guard: Guard) -> None:
    events = samples.events_of(samples.message(samples.text("hi")))
    events[-2]["delta"]["content"] = [IN_MESSAGE]
    with pytest.raises(UpstreamFailure, match="stands where none belongs"):
        events_of(guard, ANTHROPIC, [samples.sse(events)], **samples.REQUEST)


LINES: list[Json] = [
    {"response": {"body": {}}, "result": {"type": "succeeded", "message": MESSAGE}},
    {"result": {"type": "succeeded", "message": {**MESSAGE, "object": "foo"}}},
    {"result": {"type": "succeeded", "message": {k: v for k, v in MESSAGE.items() if k != "type"}}},
    {"response": {"body": CHAT}},
    {"response": {"body": {**CHAT, "object": "list", "data": []}}},
    {"response": {"body": {**CHAT, "object": "list", "data": [{"embedding": [0.5], "index": 0}]}}},
    {"response": {"body": {k: v for k, v in CHAT.items() if k != "object"}}},
    {"response": {"body": {"object": "response", "output": [{"type": "function_call", "id": "i", **BARE}]}}},
    {"response": {"body": [CHAT]}},
    {"response": {"body": json.dumps(CHAT)}},
    {"response": [{"body": CHAT}]},
    {"response": {"body": {"data": [{"embedding": [0.5]}]}, "x": BARE}},
    {"x": [CHAT]},
    {"body": {"messages": [CALLED]}},
    {"body": {"input": [{"type": "function_call", **BARE}]}},
    CHAT,
    MESSAGE,
]


@pytest.mark.parametrize("line", LINES)
def test_no_line_of_a_file_brings_a_call_that_a_rule_forbids(guard: Guard, line: Json) -> None:
    for dialect in (FILES, RESULTS):
        said = shown(guard, dialect, {"custom_id": "a", **line})
        assert "delete_account" not in said and '"user' not in said.replace("\\", "")


def test_calls_that_rules_let_through_stay_in_a_document() -> None:
    line = {
        "custom_id": "a",
        "body": {"messages": [CALLED], "tools": [{"type": "function", "function": {"name": "f"}}]},
    }
    assert json.loads(shown(guard_by("privacy"), FILES, line)) == line


def test_embeddings_are_no_answer(guard: Guard) -> None:
    for more in ({"choices": CHAT["choices"]}, {"x": BARE}, {"output": [{"type": "message"}]}):
        assert "stands where none belongs" in shown(guard, BY_PATH["POST /embeddings"], {"data": [], **more})


@pytest.mark.parametrize("role", ["assistant", "user", "system", "developer", "critic"])
def test_stored_messages_are_judged_whoever_is_named_as_their_speaker(guard: Guard, role: str) -> None:
    said = shown(guard, BY_PATH["GET /chat/completions/{id}/messages"], {"data": [{**CALLED, "role": role}]})
    assert "No account is deleted." in said and "delete_account" not in said
