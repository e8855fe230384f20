"""Rules on calls reach whatever looks like a call: it is judged as one, or the answer is refused."""

from typing import Any

import pytest

from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.responses.dialect import RESPONSES
from tests.proxy.judging import Json, events_of, whole_of
from tests.wire.responses.scripted import FUNCTION, ITEMS, TOOLS, events, message, response, sse
from tests.wire.responses.test_stream import ASKED, guard_of

GUARD = guard_of(
    'policy "P" version 1\ncheck call delete_account as gone\n  - user : text\n'
    'rule D "None"\n  allow delete_account at most 0 times per conversation\n  otherwise block "No."\n'
)
CALL: Json = {**FUNCTION, "name": "delete_account", "arguments": '{"user":"bob"}'}
TOOL_CALL = {"id": "1", "type": "function", "function": {"name": "delete_account", "arguments": "{}"}}
HI = message("Hi.")
PART = HI["content"][0]


def get_through(output: list[Any], **beside: Any) -> list[bytes]:
    """The answers of all kinds in which the call is still there."""
    bodies = [response(output, **beside), {"object": "list", "data": output, **beside}]
    streams = [sse([{"type": "response.completed", "response": bodies[0]}])]
    if output in ([CALL], [HI]):
        streams.append(sse(events(output, **beside)))
    found = []
    for body in bodies:
        try:
            found.append(whole_of(GUARD, body, dialect=RESPONSES).body)
        except UpstreamFailure:
            continue
    for data in streams:
        try:
            found.append(b"".join(events_of(GUARD, RESPONSES, [data], **ASKED)))
        except UpstreamFailure:
            continue
    return [body for body in found if b"delete_account" in body]


@pytest.mark.parametrize(
    "item",
    [
        CALL,
        {**CALL, "type": "function_call2"},
        {**CALL, "type": "custom_tool_call2", "arguments": None, "input": "bob"},
        {**CALL, "type": "tool_use", "arguments": None, "input": {"user": "bob"}},
        {**CALL, "type": "message"},
        {key: value for key, value in CALL.items() if key != "type"},
        {**HI, "content": [PART, CALL]},
        {**HI, "content": [{**PART, "deep": [{"function": {"name": "delete_account"}}]}]},
        {**HI, "tool_calls": [TOOL_CALL]},
        {**HI, "function_call": {"name": "delete_account"}},
        {**TOOLS, "other": [TOOL_CALL]},
        {**TOOLS, "tools_too": [TOOL_CALL]},
        {**HI, "type": [], "tool_calls": [TOOL_CALL]},
        {**HI, "role": {}, "content": [CALL]},
    ],
)
def test_a_call_is_known_by_what_it_carries(item: Json) -> None:
    assert get_through([item]) == []


@pytest.mark.parametrize(
    "beside",
    [
        {"choices": [{"index": 0, "message": {"role": "assistant", "content": None, "tool_calls": [TOOL_CALL]}}]},
        {"required_action": {"submit_tool_outputs": {"tool_calls": [{"function": {"name": "delete_account"}}]}}},
        {"tool_calls": [TOOL_CALL]},
    ],
)
def test_calls_beside_the_output_are_refused(beside: Json) -> None:
    assert get_through([HI], **beside) == []


@pytest.mark.parametrize("member", ["item", "part", "annotation", "response", "delta", "hidden"])
@pytest.mark.parametrize("kind", ["output_text.delta", "output_text.done", "output_item.done", "hologram.done"])
def test_no_member_of_an_event_carries_a_call_past_the_rules(kind: str, member: str) -> None:
    for value in (CALL, [CALL], {"deep": [CALL]}, {"tool_calls": [TOOL_CALL]}):
        told = [{"type": f"response.{kind}", "output_index": 1, member: value}, *events([HI])]
        try:
            found = b"".join(events_of(GUARD, RESPONSES, [sse(told)], **ASKED))
        except UpstreamFailure:
            continue
        assert b"delete_account" not in found


def test_what_is_known_and_no_call_is_none() -> None:
    echoed = [{"type": "function", "function": {"name": "pay", "parameters": {}}}]
    body = response(ITEMS, tools=echoed, tool_choice={"type": "function", "function": {"name": "pay"}})
    assert whole_of(GUARD, body, dialect=RESPONSES).verdict == "allowed"


def test_an_unknown_kind_of_call_that_may_be_made_passes() -> None:
    item = {**FUNCTION, "type": "function_call2"}
    assert whole_of(GUARD, response([item]), dialect=RESPONSES).verdict == "allowed"
