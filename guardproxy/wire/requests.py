"""Reading a chat request, and the recorded messages of `replay`, into our shapes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from guardproxy.conversation import Answer, Conversation, Passage, PastCall, ToolCall
from guardproxy.exact_json import JsonError, dumps, loads
from guardproxy.wire.errors import ClientMistake, UpstreamFailure
from guardproxy.wire.message import read_call, read_message

MAX_CHOICES = 128


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What of a chat request concerns us. Its bytes go to the upstream as they are; no key appears in them twice."""

    conversation: Conversation
    model: str
    wants_json: bool
    choices: int
    stream: bool
    include_usage: bool
    metadata: Mapping[str, str]


def read_request(body: bytes) -> ChatRequest:
    """Raises `ClientMistake` for what is no chat request, with the field that is wrong."""
    try:
        value = loads(body)
    except JsonError as error:
        raise _mistake(f"the request body cannot be read as JSON: {error.reason}", None, "invalid_json") from None
    if not isinstance(value, dict):
        raise _mistake("the request body has to be a JSON object", None)
    messages = value.get("messages")
    if not isinstance(messages, list) or not messages:
        raise _mistake("`messages` has to be a list with at least one message", "messages")
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise _mistake("each message has to be an object with a `role`", f"messages[{index}]")
    if not isinstance(value.get("model"), str):
        raise _mistake("`model` has to name a model", "model")
    options = _object(value, "stream_options")
    return ChatRequest(
        conversation=conversation_of(messages),
        model=value["model"],
        wants_json=_object(value, "response_format").get("type") in ("json_object", "json_schema"),
        choices=_choices(value.get("n")),
        stream=_flag(value, "stream"),
        include_usage=options.get("include_usage") is True,
        metadata={k: v for k, v in _object(value, "metadata").items() if isinstance(v, str)},
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
        raise _mistake(f"a tool call of an earlier turn cannot be read: {what}", f"messages[{index}]") from None


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


def _choices(n: Any) -> int:
    if n is None:
        return 1
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= MAX_CHOICES:
        raise _mistake(f"`n` has to be a whole number from 1 to {MAX_CHOICES}", "n")
    return n


def _flag(value: Mapping[str, Any], name: str) -> bool:
    """Anything but true, false and null could be read differently by the upstream than by us."""
    flag = value.get(name)
    if flag is not None and not isinstance(flag, bool):
        raise _mistake(f"`{name}` has to be true or false", name)
    return flag is True


def _object(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _mistake(f"`{name}` has to be an object", name)
    return found


def _mistake(message: str, param: str | None, code: str = "invalid_request") -> ClientMistake:
    return ClientMistake(message, code, param=param)
