"""A choice of a legacy completion and the same as one of a chat completion, whose message says nothing but `text`.

There is no field for a refusal here: `text` is what clients take for the answer, and a notice there would be one. So a
blocked choice is empty and ends with `content_filter`, and the notices stand in the `guardproxy` object, by the number
of their choice.
"""

from collections.abc import Mapping
from typing import Any, Literal

Entry = dict[str, Any]
Holder = Literal["message", "delta"]


def as_chat(entry: Entry, holder: Holder) -> Entry:
    """The choice with its text in a message; `text` and the message stand where the text stood."""
    said = {"text": entry["text"]} if "text" in entry else {}
    shaped = {
        holder if key == "text" else key: value for key, value in entry.items() if key not in ("message", "delta")
    }
    shaped[holder] = said
    return shaped


def as_completion(entry: Entry, holder: Holder) -> Entry:
    """The choice as clients read it. What is not there says nothing: it is the empty text."""
    said = entry.get(holder) or {}
    text = said.get("text")
    return {
        "text" if key == holder else key: (text if isinstance(text, str) else "") if key == holder else value
        for key, value in entry.items()
    }


def notice_in(entry: Entry, holder: Holder) -> str | None:
    """The notice of a chat choice that was blocked."""
    refusal = (entry.get(holder) or {}).get("refusal")
    return refusal if entry.get("finish_reason") == "content_filter" and isinstance(refusal, str) else None


def with_notices(remark: Mapping[str, Any], notices: Mapping[int, str]) -> dict[str, Any]:
    return {**remark, "notices": {str(index): notice for index, notice in notices.items()}}
