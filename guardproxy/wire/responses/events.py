"""Where the events of a stream say what: a table for those that bring or repeat one text."""

import re
from typing import Any

from guardproxy.exact_json import JsonError, loads
from guardproxy.wire.errors import UpstreamError, unreadable
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.responses.walk import channel_at

TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})
"""The last event of a stream."""

SOUND_EVENTS = frozenset({"response.audio.delta", "response.output_audio.delta"})
"""Recorded speech: it says the transcript again, and nobody can judge it."""

_TEXTS: dict[str, tuple[str, str, str]] = {
    "response.output_text": ("content", "text", "text"),
    "response.refusal": ("content", "refusal", "refusal"),
    "response.reasoning_text": ("content", "text", "text"),
    "response.reasoning_summary_text": ("summary", "text", "text"),
    "response.audio.transcript": ("content", "transcript", "transcript"),
    "response.output_audio_transcript": ("content", "transcript", "transcript"),
}
"""`(list in the item, member of its element, member of the .done event)`, by the name before `.delta` and `.done`."""

CALL_WORDS: dict[str, tuple[str, str]] = {
    "response.function_call_arguments": ("function_call", "arguments"),
    "response.mcp_call_arguments": ("mcp_call", "arguments"),
    "response.mcp_call.arguments": ("mcp_call", "arguments"),
    "response.custom_tool_call_input": ("custom_tool_call", "input"),
    "response.code_interpreter_call_code": ("code_interpreter_call", "code"),
    "response.code_interpreter_call.code": ("code_interpreter_call", "code"),
}
"""`(kind of the call, member of the .done event)`."""

SHELL_COMMAND = "response.shell_call_command"
SHELL_OUTPUT = "response.shell_call_output_content"

_WHOLE = frozenset(
    (
        *("added", "done", "created", "queued", "in_progress", "completed", "incomplete", "failed", "cancelled"),
        *("searching", "interpreting", "generating", "compacting", "partial_image"),
    )
)
"""Last words of the types of events that say things whole. The strings of any other may be pieces."""

_TYPE = re.compile(r"[a-z0-9_.]{1,80}")
_INDEXES = ("output_index", "content_index", "summary_index", "annotation_index", "command_index", "sequence_number")
_LARGEST = 1_000_000


def read_event(data: str, is_harmless: IsHarmless) -> dict[str, Any]:
    """One event. Raises `UpstreamFailure` for what is none, and `UpstreamError` for a reported error."""
    try:
        value = loads(data)
    except JsonError as error:
        raise unreadable(f"an event is no JSON: {error.reason}") from None
    if not isinstance(value, dict):
        raise unreadable("an event is no object")
    kind = value.get("type")
    if kind == "error" or value.get("error") is not None:
        failure = UpstreamError("the upstream reported an error in its stream", "upstream_error", reason="status")
        failure.error = value.get("error") or {k: v for k, v in value.items() if k not in ("type", "sequence_number")}
        raise failure
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind) or not is_harmless(kind):
        raise unreadable("an event has no `type`")
    for name in _INDEXES:
        index = value.get(name)
        if index is not None and (index.__class__ is not int or not 0 <= index < _LARGEST):
            raise unreadable(f"`{name}` of an event is no whole number from 0 to {_LARGEST - 1}")
    return value


def index_in(value: dict[str, Any], name: str) -> int:
    """An index of an event; 0 where it has none."""
    return int(value.get(name) or 0)


def text_place(value: dict[str, Any]) -> tuple[str, str, str] | None:
    """`(path, channel, key)` of the one text that a known event brings or repeats."""
    name, _, step = str(value["type"]).rpartition(".")
    if name not in _TEXTS or step not in ("delta", "done"):
        return None
    listed, member, repeated = _TEXTS[name]
    number = index_in(value, "summary_index" if listed == "summary" else "content_index")
    path = f"output[{index_in(value, 'output_index')}].{listed}[{number}].{member}"
    channel = channel_at(path, "other" if "reasoning" in name else "reply")
    return path, channel, "delta" if step == "delta" else repeated


def call_place(value: dict[str, Any]) -> tuple[str, str] | None:
    """`(kind of the call, key)` of an event that brings or repeats the words of a call."""
    name, _, step = str(value["type"]).rpartition(".")
    if name not in CALL_WORDS or step not in ("delta", "done"):
        return None
    kind, repeated = CALL_WORDS[name]
    return kind, "delta" if step == "delta" else repeated


def words_in(value: dict[str, Any], key: str) -> str:
    """The text under a name of which clients read a text; "" where there is none. Raises `UpstreamFailure`."""
    words = value.get(key)
    if not isinstance(words, str | None):
        raise unreadable(f"`{key}` of an event is no text")
    return words or ""


def says_pieces(value: dict[str, Any]) -> bool:
    """Whether the strings of an event that are in no table above may be pieces of something longer."""
    return str(value["type"]).rpartition(".")[2] not in _WHOLE


def own_path(value: dict[str, Any]) -> str:
    """The name of the place of whatever else an event says."""
    indexes = "".join(f"[{value[name]}]" for name in _INDEXES[:-1] if value.get(name) is not None)
    return f"event.{value['type']}{indexes}"
