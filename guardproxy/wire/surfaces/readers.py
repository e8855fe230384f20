"""How entries of lists and lines of files are read: each by the dialect that its kind belongs to."""

from collections.abc import Mapping
from typing import Any

from guardproxy.wire.anthropic.dialect import ANTHROPIC
from guardproxy.wire.chat.dialect import CHAT
from guardproxy.wire.completions.dialect import COMPLETIONS
from guardproxy.wire.responses.dialect import RESPONSES
from guardproxy.wire.side_doors.measures import EMBEDDINGS
from guardproxy.wire.side_doors.parts import AnswerPart, DocumentPart, Part, ReadPart, SearchedPart
from guardproxy.wire.side_strings import SideStrings


def stored_completion(value: dict[str, Any], beside: SideStrings) -> Part:
    return AnswerPart(value, beside, CHAT)


def text_completion(value: dict[str, Any], beside: SideStrings) -> Part:
    return AnswerPart(value, beside, COMPLETIONS)


def stored_message(value: dict[str, Any], beside: SideStrings) -> Part:
    """What an assistant said is read as a choice of a completion; what anybody else said, no model wrote."""
    if value.get("role") in ("user", "system", "developer"):
        return SearchedPart(value)
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


ANSWERS_BY_KIND: Mapping[str, ReadPart] = {
    "chat.completion": stored_completion,
    "text_completion": text_completion,
    "response": stored_response,
    "message": anthropic_message,
    "list": vectors,
}
"""By the member `object` of an answer, or its `type`."""
