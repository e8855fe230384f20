"""What stands in an answer besides text: values of the protocol, and what nobody can read.

From the published API and the types of its Python client (2.12, November 2026). What is on none of these lists is text.
"""

import re
from typing import Any

from guardproxy.wire.hidden_calls import HiddenCalls
from guardproxy.wire.numbers import is_harmless_number
from guardproxy.wire.places import IsHarmless, Place, Walk
from guardproxy.wire.side_strings import SideStrings

_BLOCKS = (
    *("text", "thinking", "redacted_thinking", "tool_use", "server_tool_use", "mcp_tool_use", "container_upload"),
    *("web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result", "mcp_tool_result"),
    *("bash_code_execution_tool_result", "text_editor_code_execution_tool_result", "tool_search_tool_result"),
    *("advisor_tool_result", "mcp_tool_listing", "compaction", "fallback", "image", "document"),
)
_INSIDE = (
    *("web_search_result", "web_fetch_result", "web_search_tool_result_error", "web_fetch_tool_result_error"),
    *("code_execution_result", "code_execution_output", "code_execution_tool_result_error"),
    *("encrypted_code_execution_result", "bash_code_execution_result", "bash_code_execution_output"),
    *("bash_code_execution_tool_result_error", "text_editor_code_execution_tool_result_error"),
    *("text_editor_code_execution_view_result", "text_editor_code_execution_create_result"),
    *("text_editor_code_execution_str_replace_result", "tool_search_tool_result_error", "tool_reference"),
    *("tool_search_tool_search_result", "advisor_result", "advisor_redacted_result", "advisor_tool_result_error"),
    *("char_location", "page_location", "content_block_location", "web_search_result_location"),
    *("search_result_location", "direct", "code_execution_20250825", "code_execution_20260120", "refusal", "base64"),
)
_EVENTS = (
    *("message", "message_start", "message_delta", "message_stop", "ping", "error", "content_block_start"),
    *("content_block_delta", "content_block_stop", "text_delta", "input_json_delta", "thinking_delta"),
    *("signature_delta", "citations_delta", "compaction_delta"),
)

ENUMERATIONS: dict[Any, frozenset[str]] = {
    "type": frozenset((*_BLOCKS, *_INSIDE, *_EVENTS)),
    "role": frozenset({"assistant"}),
    "stop_reason": frozenset(
        (
            *("end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "compaction"),
            "model_context_window_exceeded",
        )
    ),
    "media_type": frozenset({"application/pdf", "text/plain", "image/png", "image/jpeg", "image/gif", "image/webp"}),
}
"""Fields whose listed values are the protocol's. Any other value is judged like text."""

OPAQUE: dict[Any, str] = {
    "signature": "proves to the provider on the next turn what the model thought; encrypted by the provider",
    "data": "thoughts that the provider encrypted (`redacted_thinking`), needed on the next turn",
    "encrypted_content": "a search result or a summary that the provider encrypted, needed on the next turn",
    "encrypted_index": "where a citation points to, encrypted by the provider, needed on the next turn",
    "encrypted_stdout": "what a program printed, encrypted by the provider, needed on the next turn",
}
"""Encrypted by the provider, so that only the provider reads them. They pass unless something is found in them as they
stand: then they are emptied. Never rewritten, for half a signature is none."""

READABLE_BYTES = {
    "data": "a document or an image as base64 (`type: base64`): anybody can read it, but it cannot be judged; emptied"
}
"""What is not text for us and still says something to whoever decodes it."""

_PLAIN_TYPE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MOST_TOKENS = 100_000_000
"""Counts of tokens below this pass unread: they are longer than other numbers in an answer."""


def is_plain_type(type_: Any) -> bool:
    """Whether it can be the name of an event or a block: it is written on a line of its own."""
    return isinstance(type_, str) and _PLAIN_TYPE.fullmatch(type_) is not None


def places_in(
    holder: dict[str, Any], prefix: str, beside: SideStrings, skip: frozenset[str] = frozenset()
) -> tuple[list[Place], int]:
    """The judged strings under an object, their channels behind the prefix, and how many members were emptied.

    Raises `UpstreamFailure` for a call that stands in it, where none belongs.
    """
    if not beside.keeps_repeats:
        HiddenCalls().refuse(holder, skip=skip)
    walk = Walk(beside.harmless, beside.keeps_repeats)
    walk.members(holder, "", skip)
    dropped = walk.dropped
    kept: list[Place] = []
    for place in walk.places:
        if place.text in ENUMERATIONS.get(place.key, ()):
            continue
        if not beside.keeps_repeats and place.key in OPAQUE:
            dropped += empties(place, beside.harmless)
            continue
        place.channel = f"{prefix}.{place.channel}"
        kept.append(place)
    return kept, dropped


def empties(place: Place, harmless: IsHarmless) -> bool:
    """Empties what is opaque and must not pass; says whether it did."""
    readable = place.key in READABLE_BYTES and isinstance(place.holder, dict) and place.holder.get("type") == "base64"
    if not readable and harmless(place.text):
        return False
    place.put("")
    return True


def counted(usage: Any, harmless: IsHarmless) -> Any:
    """`usage` with what must not pass taken out; the counts of tokens stay, for clients add them up."""
    if not isinstance(usage, dict):
        return None
    kept: dict[str, Any] = {}
    for key, value in usage.items():
        if not harmless(key):
            continue
        if isinstance(value, dict):
            kept[key] = counted(value, harmless)
        elif _passes(key, value, harmless):
            kept[key] = value
        elif key.endswith("_tokens"):
            kept[key] = 0
    return kept


def _passes(key: str, value: Any, harmless: IsHarmless) -> bool:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, list):
        return all(_passes(key, item, harmless) for item in value)
    if isinstance(value, dict):
        return all(harmless(name) and _passes(name, item, harmless) for name, item in value.items())
    if value is None or isinstance(value, bool):
        return True
    tokens = value.__class__ is int and key.endswith("_tokens") and 0 <= value < _MOST_TOKENS
    return tokens or is_harmless_number(key, value, harmless)
