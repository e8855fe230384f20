"""Asking the model once more: the client's request, followed by the answer that was refused and by what was wrong.

Refused calls are told in words: an item of a call needs its result, and servers differ in which results they take. A
response that runs in the background, or whose turns the provider keeps, is not asked about again: the refused turn
would stay in the conversation.
"""

from collections.abc import Sequence

from guardproxy.checks.observation import call_texts, seen_call
from guardproxy.conversation import Answer, ToolCall
from guardproxy.exact_json import dumps, loads
from guardproxy.wire.chat.asking_again import note
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.responses.requests import input_items

_LEFT_OUT = "(This answer is not repeated here.)"
_SILENT = "(I gave no answer in words.)"


def next_request(body: bytes, refused: Answer, reasons: Sequence[str], may_be_repeated: IsHarmless) -> bytes | None:
    """The body to send; None where the model cannot be asked again. `body` was read as a request before."""
    request = loads(body) if body else {}
    if not request or request.get("background") is True or request.get("conversation") is not None:
        return None
    request["input"] = [
        *input_items(request.get("input")),
        {"type": "message", "role": "assistant", "content": _in_words(refused, may_be_repeated)},
        {"type": "message", "role": "user", "content": note(reasons)},
    ]
    return dumps(request).encode()


def _in_words(refused: Answer, may_be_repeated: IsHarmless) -> str:
    texts = [_text(refused)]
    for call in refused.calls:
        texts += [call.name, call.id, call.arguments, *call_texts(seen_call(call))]
    if not all(map(may_be_repeated, texts)):
        return _LEFT_OUT
    return "\n".join(filter(None, [_text(refused), *map(_told, refused.calls)])) or _SILENT


def _text(refused: Answer) -> str:
    return refused.text("content") or refused.text("refusal")


def _told(call: ToolCall) -> str:
    return f"(I called the tool `{call.name}` with {call.arguments or 'no arguments'}.)"
