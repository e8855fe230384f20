"""Reading a request for a message into our shapes: the turns before it, and what is wanted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from guardproxy.conversation import Conversation, PastCall
from guardproxy.exact_json import dumps
from guardproxy.wire.requests import ModelRequest, begun, flag, metadata_in, mistake, model_in, object_in, read_object


def read_request(body: bytes) -> ModelRequest:
    """Raises `ClientMistake` for what is no such request, with the field that is wrong."""
    value = read_object(body)
    messages = _messages_in(value)
    if _begins_the_answer(messages[-1]):
        raise begun(f"messages[{len(messages) - 1}]")
    return ModelRequest(
        conversation=conversation_of(messages),
        model=model_in(value),
        wants_json=_wants_json(value),
        stream=flag(value, "stream"),
        metadata=metadata_in(value),
    )


def _messages_in(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    messages = value.get("messages")
    if not isinstance(messages, list) or not messages:
        raise mistake("`messages` has to be a list with at least one message", "messages")
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise mistake("each message has to be an object with a `role`", f"messages[{index}]")
        _check_content(message.get("content"), f"messages[{index}].content")
    return messages


def _begins_the_answer(last: Mapping[str, Any]) -> bool:
    """Whether the answer would go on with a text. A turn that paused at a tool of the provider's goes on with that."""
    blocks = list(_blocks(last)) if last["role"] == "assistant" else []
    return bool(blocks) and blocks[-1]["type"] == "text"


def _check_content(content: Any, where: str) -> None:
    if isinstance(content, str):
        return
    if not isinstance(content, list) or not all(isinstance(block, dict) for block in content):
        raise mistake("the content of a message has to be a text or a list of blocks", where)
    for index, block in enumerate(content):
        kind = block.get("type")
        if not isinstance(kind, str):
            raise mistake("each content block has to have a `type`", f"{where}[{index}].type")
        if kind.endswith("tool_use") and not isinstance(block.get("name"), str):
            raise mistake("a call of an earlier turn has to have a `name`", f"{where}[{index}].name")


def _wants_json(value: Mapping[str, Any]) -> bool:
    """Structured outputs: `output_config.format`, and `output_format` as it was called in the beta."""
    formats = (object_in(value, "output_config").get("format"), value.get("output_format"))
    return any(isinstance(f, dict) and f.get("type") in ("json_schema", "json_object") for f in formats)


def conversation_of(messages: Sequence[Mapping[str, Any]]) -> Conversation:
    """Every call with its result, the provider's own tools among them, and the user's latest words.

    A user's message that only brings results of tools has no words.
    """
    calls: list[PastCall] = []
    waiting: dict[str, int] = {}
    said: str | None = None
    for message in messages:
        blocks = list(_blocks(message))
        for block in blocks:
            if block["type"].endswith("tool_use"):
                waiting[str(block.get("id"))] = len(calls)
                calls.append(PastCall(block["name"], dumps(block.get("input", {})), id=str(block.get("id") or "")))
            elif block.get("tool_use_id") is not None:
                place = waiting.pop(str(block["tool_use_id"]), None)
                if place is not None:
                    calls[place] = replace(calls[place], result=_result_of(block.get("content")))
        if message["role"] == "user" and (not blocks or any(block["type"] == "text" for block in blocks)):
            said = text_of(blocks)
    return Conversation(tuple(calls), said)


def _blocks(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    content = message["content"]
    if isinstance(content, str):
        yield {"type": "text", "text": content}
    else:
        yield from content


def text_of(blocks: Sequence[Mapping[str, Any]]) -> str:
    return "".join(block["text"] for block in blocks if isinstance(block.get("text"), str))


def _result_of(content: Any) -> str:
    """The words of a result: those of its text blocks, or, from tools of the provider, its JSON."""
    if content is None or isinstance(content, str):
        return content or ""
    plain = isinstance(content, list) and all(isinstance(b, dict) and isinstance(b.get("text"), str) for b in content)
    return text_of(content) if plain else dumps(content)
