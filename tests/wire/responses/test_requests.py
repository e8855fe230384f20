"""Requests for responses: what of them concerns us, and mistakes with the field that is wrong."""

import json
from typing import Any

import pytest

from guardproxy.conversation import Answer, Conversation, Passage, PastCall, ToolCall
from guardproxy.wire.errors import ClientMistake
from guardproxy.wire.responses.asking_again import next_request
from guardproxy.wire.responses.requests import read_query, read_request
from tests.wire.responses.scripted import CODE, CUSTOM, FUNCTION, MCP, REASONING, SHELL, message


def request(**body: Any) -> bytes:
    return json.dumps({"model": "m", **body}).encode()


def test_a_text_is_what_the_user_says() -> None:
    read = read_request(request(input="Hello", stream=True, metadata={"who": "me"}, background=True))
    assert (read.conversation, read.stream, read.model) == (Conversation((), "Hello"), True, "m")
    assert (read.metadata, read.wants_json, read.told) == ({"who": "me"}, False, {"background": True})


@pytest.mark.parametrize("format_", ["json_object", "json_schema"])
def test_a_format_of_json_is_one(format_: str) -> None:
    assert read_request(request(input="x", text={"format": {"type": format_}})).wants_json
    assert not read_request(request(input="x", text={"format": {"type": "text"}})).wants_json


def test_items_are_the_earlier_turns() -> None:
    items = [
        {"role": "user", "content": "First."},
        REASONING,
        FUNCTION,
        CUSTOM,
        {"type": "function_call_output", "call_id": "call_1", "output": '{"paid": true}'},
        {"type": "custom_tool_call_output", "call_id": "call_2", "output": [{"type": "input_text", "text": "1"}]},
        MCP,
        CODE,
        SHELL,
        message("Done."),
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "And "}, {"text": "now?"}]},
    ]
    assert read_request(request(input=items)).conversation == Conversation(
        (
            PastCall("pay", FUNCTION["arguments"], '{"paid": true}', "call_1"),
            PastCall("sql", '{"input":"SELECT 1"}', "1", "call_2"),
            PastCall("ask", MCP["arguments"], "Nobody.", "mcp_1"),
            PastCall("code_interpreter_call", '{"code":"print(1)\\n"}', '[{"type":"logs","logs":"1\\n"}]', "ci_1"),
            PastCall(
                "shell_call",
                '{"action":{"commands":["ls -l","pwd"],"timeout_ms":1000,"max_output_length":null}}',
                None,
                "call_3",
            ),
        ),
        "And now?",
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"input": 5}, "input"),
        ({"input": ["x"]}, "input[0]"),
        ({"input": [{"type": "function_call", "name": 5}]}, "input[0]"),
        ({"input": "x", "stream": "yes"}, "stream"),
        ({"input": "x", "background": 1}, "background"),
        ({"input": "x", "text": []}, "text"),
        ({"input": "x", "text": {"format": "json"}}, "format"),
        ({"input": "x", "model": 5}, "model"),
        ({"input": "x", "metadata": []}, "metadata"),
    ],
)
def test_mistakes_name_the_field(body: dict[str, Any], field: str) -> None:
    with pytest.raises(ClientMistake) as mistake:
        read_request(request(**body))
    assert (mistake.value.param, mistake.value.status) == (field, 400)


def test_a_stored_response_is_asked_for_by_its_query() -> None:
    assert not read_query({}).stream
    assert read_query({"stream": "true", "starting_after": "7"}).told == {"starting_after": 7}
    for wrong in ({"stream": "1"}, {"starting_after": "7"}, {"stream": "true", "starting_after": "-1"}):
        with pytest.raises(ClientMistake):
            read_query(wrong)


def asked_again(body: bytes, refused: Answer, repeatable: bool = True) -> Any:
    found = next_request(body, refused, ["It names a price."], lambda text: repeatable)
    return None if found is None else json.loads(found)["input"]


def test_asking_again_goes_on_from_the_refused_answer() -> None:
    refused = Answer((Passage("content", "It costs 5."),), (ToolCall("pay", "{}", "call_1"),))
    first, said, note = asked_again(request(input="How much?"), refused)
    assert first == {"type": "message", "role": "user", "content": "How much?"}
    assert (said["role"], said["content"]) == ("assistant", "It costs 5.\n(I called the tool `pay` with {}.)")
    assert note["role"] == "user"
    assert "It names a price." in note["content"]
    assert "5" not in asked_again(request(input="How much?"), refused, repeatable=False)[1]["content"]


@pytest.mark.parametrize("kept", [{"background": True}, {"conversation": "conv_1"}])
def test_turns_that_the_provider_keeps_are_not_asked_again(kept: dict[str, Any]) -> None:
    assert asked_again(request(input="x", **kept), Answer()) is None
