"""Reading a chat request, and the recorded messages of `replay`, into our shapes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from guardproxy.conversation import Answer, Conversation, Passage, PastCall, ToolCall
from guardproxy.exact_json import dumps, loads
from guardproxy.wire.chat.message import read_call, read_message
from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.requests import ModelRequest, begun, flag, metadata_in, mistake, model_in, object_in, read_object

MAX_CHOICES = 128


def read_request(body: bytes) -> ModelRequest:
    """Raises `ClientMistake` for what is no chat request, with the field that is wrong."""
    value = read_object(body)
    messages = value.get("messages")
    if not isinstance(messages, list) or not messages:
        raise mistake("`messages` has to be a list with at least one message", "messages")
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise mistake("each message has to be an object with a `role`", f"messages[{index}]")
    if messages[-1].get("prefix") or value.get("continue_final_message"):
        # As several servers call it; OpenAI's own has no such thing.
        raise begun(f"messages[{len(messages) - 1}]")
    options = object_in(value, "stream_options")
    return ModelRequest(
        conversation=conversation_of(messages),
        model=model_in(value),
        wants_json=object_in(value, "response_format").get("type") in ("json_object", "json_schema"),
        choices=number_of_choices(value.get("n")),
        stream=flag(value, "stream"),
        include_usage=options.get("include_usage") is True,
        metadata=metadata_in(value),
    )


def conversation_of(messages: Sequence[Mapping[str, Any]]) -> Conversation:
    """The turns before an answer: every call with its result, and the user's latest words.

    Raises `ClientMistake` for calls that are not written as the API says.
    """
    calls: list[PastCall] = []
    waiting: dict[str, int] = {}
    said: str | None = None
    for index, message in enumerate(messages):
        role = message.get("role")
        if role == "user":
            said = text_of(message.get("content"))
        elif role == "assistant":
            for call in _past_calls(message, index):
                waiting[call.id or call.name] = len(calls)
                calls.append(PastCall(call.name, call.arguments, id=call.id))
        elif role in ("tool", "function"):
            place = waiting.pop(str(message.get("tool_call_id") or message.get("name")), None)
            if place is not None:
                calls[place] = replace(calls[place], result=text_of(message.get("content")))
    return Conversation(tuple(calls), said)


def _past_calls(message: Mapping[str, Any], index: int) -> list[ToolCall]:
    try:
        return calls_of(message)
    except UpstreamFailure as failure:
        what = failure.message.partition(": ")[2]
        raise mistake(f"a tool call of an earlier turn cannot be read: {what}", f"messages[{index}]") from None


def calls_of(message: Mapping[str, Any]) -> list[ToolCall]:
    """The calls of an earlier assistant message, as the client repeats them; what is none is passed over."""
    listed = message.get("tool_calls")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    if isinstance(message.get("function_call"), dict):
        entries.append({"function": message["function_call"]})
    return [read_call(entry) for entry in entries]


def answer_of(message: Mapping[str, Any]) -> Answer:
    """A recorded assistant message as the proxy would have judged it: every string, then every call."""
    read = read_message(loads(dumps(dict(message))), lambda key: True)
    texts: dict[str, str] = {}
    for place in read.places:
        texts[place.channel] = texts.get(place.channel, "") + place.text
    return Answer(
        tuple(Passage(*passage) for passage in texts.items()),
        tuple(ToolCall(c.name, c.judged_arguments, c.id) for c in read.calls),
    )


def text_of(content: Any) -> str:
    """The words of a message's content: a text, or a list of parts of which those with text count."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(p["text"]) for p in parts if isinstance(p, dict) and isinstance(p.get("text"), str))


def number_of_choices(n: Any) -> int:
    if n is None:
        return 1
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= MAX_CHOICES:
        raise mistake(f"`n` has to be a whole number from 1 to {MAX_CHOICES}", "n")
    return n
