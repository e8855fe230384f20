"""How entries of lists and lines of files are read: each by the dialect that its kind belongs to."""

from collections.abc import Mapping
from typing import Any

from guardproxy.wire.anthropic.dialect import ANTHROPIC
from guardproxy.wire.chat.dialect import CHAT
from guardproxy.wire.completions.dialect import COMPLETIONS
from guardproxy.wire.errors import unreadable
from guardproxy.wire.responses.dialect import RESPONSES
from guardproxy.wire.side_doors.measures import EMBEDDINGS
from guardproxy.wire.side_doors.parts import AnswerPart, DocumentPart, Part, ReadPart
from guardproxy.wire.side_strings import SideStrings


def stored_completion(value: dict[str, Any], beside: SideStrings) -> Part:
    return AnswerPart(value, beside, CHAT)


def text_completion(value: dict[str, Any], beside: SideStrings) -> Part:
    return AnswerPart(value, beside, COMPLETIONS)


def stored_message(value: dict[str, Any], beside: SideStrings) -> Part:
    """A message is read as a choice of a completion, whoever is named as its speaker: a server could name anybody."""
    return AnswerPart(value, beside, CHAT, wrap=_as_completion, unwrap=_message_of)


def any_document(value: dict[str, Any], beside: SideStrings) -> Part:
    return DocumentPart(value, beside)


def _as_completion(message: dict[str, Any]) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": message}]}


def _message_of(completion: dict[str, Any]) -> Any:
    return completion["choices"][0]["message"]


def stored_response(value: dict[str, Any], beside: SideStrings) -> Part:
    return AnswerPart(value, beside, RESPONSES)


def stored_item(value: dict[str, Any], beside: SideStrings) -> Part:
    """One item of a conversation is read as a list of one."""
    return AnswerPart(value, beside, RESPONSES, wrap=_as_list, unwrap=_item_of)


def _as_list(item: dict[str, Any]) -> dict[str, Any]:
    return {"object": "list", "data": [item]}


def _item_of(listed: dict[str, Any]) -> Any:
    return listed["data"][0]


def anthropic_message(value: dict[str, Any], beside: SideStrings) -> Part:
    return AnswerPart(value, beside, ANTHROPIC)


def vectors(value: dict[str, Any], beside: SideStrings) -> Part:
    return AnswerPart(value, beside, EMBEDDINGS)


_READERS: Mapping[str, ReadPart] = {
    "chat": stored_completion,
    "text": text_completion,
    "response": stored_response,
    "message": anthropic_message,
    "vectors": vectors,
}


def any_answer(value: dict[str, Any], beside: SideStrings) -> Part:
    """Read by what it holds, whatever its `object` says, for so do clients; what holds no answer is a document.

    Raises `UpstreamFailure` for what could be read as answers of two kinds.
    """
    kinds = _kinds_of(value)
    if len(kinds) > 1 and not beside.keeps_repeats:
        raise unreadable("it could be read as answers of two kinds")
    return _READERS[kinds[0]](value, beside) if kinds else any_document(value, beside)


def _kinds_of(value: dict[str, Any]) -> list[str]:
    kinds = []
    if value.get("choices") is not None:
        kinds.append("text" if _are_texts(value["choices"]) else "chat")
    if value.get("output") is not None:
        kinds.append("response")
    is_message = value.get("role") == "assistant" or value.get("type", "message") == "message"
    if isinstance(value.get("content"), list) and is_message:
        kinds.append("message")
    if _are_vectors(value.get("data")):
        kinds.append("vectors")
    return kinds


def _are_texts(choices: Any) -> bool:
    """Whether they are those of a legacy completion, which have no message."""
    entries = [each for each in choices if isinstance(each, dict)] if isinstance(choices, list) else []
    return any("text" in each for each in entries) and not any("message" in each for each in entries)


def _are_vectors(listed: Any) -> bool:
    return isinstance(listed, list) and any(isinstance(each, dict) and "embedding" in each for each in listed)
