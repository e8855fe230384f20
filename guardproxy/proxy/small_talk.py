"""The short way for whole answers in which nothing is found: most of the traffic.

An answer that is text and nothing else, no word of which any rule's finder matches, is allowed by every rule; what that
takes is one search over the JSON as it came, with its plain escapes undone, for each of its strings stands in it letter
for letter. A match across two strings only means that the long way is taken. What is sent is written from the parsed
value, as always.
"""

from typing import Any

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.wire.chat.whole import read_whole
from guardproxy.wire.places import REPEATS

_BESIDE = frozenset({"id", "object", "created", "model", "choices", "usage", "system_fingerprint", "service_tier"})
_HOLDERS = ("choices", "usage")
_ENTRY = frozenset({"index", "message", "finish_reason", "logprobs"})
_MESSAGE = frozenset({"role", "content", "refusal", "annotations"})


def small_talk(compiled: CompiledPolicies, body: bytes) -> dict[str, Any] | None:
    """The parsed answer, if it may be delivered as it is; None: judge it the long way.

    Raises `UpstreamFailure` for a body that is no chat completion.
    """
    text = _plain(body) if compiled.may_search_json else None
    if text is None or not compiled.is_harmless_anywhere(text):
        return None
    value = read_whole(body)
    if not value.keys() <= _BESIDE or not all(_is_simple(m) for k, m in value.items() if k not in _HOLDERS):
        return None
    if not _counts(value.get("usage")):
        return None
    reads_objects = compiled.reads_reply_object
    return value if all(_is_text_alone(entry, reads_objects) for entry in value["choices"]) else None


def _is_simple(member: Any) -> bool:
    return member is None or member.__class__ in (str, int)


def _counts(usage: Any) -> bool:
    """Whether it holds nothing but whole numbers: whatever else stands there is looked at the long way."""
    if isinstance(usage, dict):
        return usage.keys().isdisjoint(REPEATS) and all(map(_counts, usage.values()))
    return usage is None or usage.__class__ is int


def _plain(body: bytes) -> str | None:
    """The JSON text with its escapes undone; None where it has others than those for quotes, tabs and line ends."""
    if b"\\" in body:
        if b"\\\\" in body or b"\\u" in body:
            return None
        body = body.replace(b"\\n", b"\n").replace(b'\\"', b'"').replace(b"\\t", b"\t").replace(b"\\r", b"\r")
        if b"\\" in body:
            return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _is_text_alone(entry: dict[str, Any], reads_objects: bool) -> bool:
    message = entry.get("message")
    if not entry.keys() <= _ENTRY or entry.get("logprobs") is not None or not isinstance(message, dict):
        return False
    if not _is_simple(entry.get("finish_reason")):
        return False
    content, index = message.get("content"), entry.get("index")
    if content.__class__ is not str or (reads_objects and "{" in content) or index.__class__ is not int:
        return False
    plain = message.get("refusal") is None and not message.get("annotations") and message.get("role") == "assistant"
    return plain and message.keys() <= _MESSAGE and index in range(128)
