"""Asking the model once more: the client's request, followed by the answer that was refused and by what was wrong.

Servers differ in what they take, so this keeps to what all of them do: after an answer in words comes a `user` message;
after tool calls come their `tool` messages and nothing else. Calls that not every server would take back (of tools that
the request does not offer, without ids of their own, with arguments that are no object) are told in words instead.
"""

from collections.abc import Callable, Sequence
from typing import Any

from guardproxy.checks.observation import call_texts, seen_call
from guardproxy.conversation import Answer, ToolCall
from guardproxy.exact_json import dumps, loads

IsHarmless = Callable[[str], bool]

_LEFT_OUT = "(This answer is not repeated here.)"
_SILENT = "(I gave no answer in words.)"
_NOT_CARRIED_OUT = "This call was not carried out."


def next_request(body: bytes, refused: Answer, reasons: Sequence[str], may_be_repeated: IsHarmless) -> bytes:
    """The body to send: that of the request before, for one choice, with two or more messages added.

    `body` was read as a chat request before. What of the refused answer may not be repeated is left out.
    """
    request = loads(body)
    if "n" in request:
        request["n"] = 1
    request["messages"] += _calls_and_results(request, refused, reasons, may_be_repeated) or [
        {"role": "assistant", "content": _in_words(refused, may_be_repeated)},
        {"role": "user", "content": note(reasons)},
    ]
    return dumps(request).encode()


def note(reasons: Sequence[str]) -> str:
    """What the model is told."""
    listed = "\n".join(f"- {reason}" for reason in reasons if reason) or "- It breaks a rule that is not told."
    return (
        f"Your last answer was not delivered, for this was wrong with it:\n{listed}\n"
        "Answer again, so that none of this is wrong any more. Only the new answer is delivered: "
        "it must not mention this message or the answer before."
    )


def _calls_and_results(
    request: dict[str, Any], refused: Answer, reasons: Sequence[str], may_be_repeated: IsHarmless
) -> list[dict[str, Any]]:
    """The refused calls as such, each with a result that says so; nothing where they have to be told in words."""
    calls, text = refused.calls, _text(refused)
    ids = {call.id for call in calls if call.id}
    offered = _offered(request)
    plain = len(ids) == len(calls) and all(c.name in offered and isinstance(seen_call(c).tree, dict) for c in calls)
    if not calls or not plain or _has_extras(refused) or not _repeatable(refused, may_be_repeated):
        return []
    said = [
        {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.arguments or "{}"}} for c in calls
    ]
    results = [{"role": "tool", "tool_call_id": call.id, "content": _NOT_CARRIED_OUT} for call in calls]
    results[-1]["content"] = f"{_NOT_CARRIED_OUT} {note(reasons)}"
    return [{"role": "assistant", "content": text or None, "tool_calls": said}, *results]


def _offered(request: dict[str, Any]) -> set[str]:
    """The functions that the request offers."""
    tools = request.get("tools")
    functions = [tool.get("function") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    return {str(function.get("name")) for function in functions if isinstance(function, dict)}


def _has_extras(refused: Answer) -> bool:
    """Whether calls came with texts besides name, arguments and id, such as a signature that would be missed."""
    sides = (p.channel for p in refused.passages if p.channel.startswith("tool_calls["))
    return any(not channel.endswith("].id") for channel in sides)


def _in_words(refused: Answer, may_be_repeated: IsHarmless) -> str:
    if not _repeatable(refused, may_be_repeated):
        return _LEFT_OUT
    told = [_text(refused), *map(_told, refused.calls)]
    return "\n".join(filter(None, told)) or _SILENT


def _told(call: ToolCall) -> str:
    return f"(I called the tool `{call.name}` with {call.arguments or 'no arguments'}.)"


def _text(refused: Answer) -> str:
    """What the user would have read: the content, or else a refusal or a transcript. Thoughts are not repeated."""
    return refused.text("content") or "".join(p.text for p in refused.passages if p.is_reply)


def _repeatable(refused: Answer, may_be_repeated: IsHarmless) -> bool:
    texts = [_text(refused)]
    for call in refused.calls:
        texts += [call.name, call.id, call.arguments, *call_texts(seen_call(call))]
    return all(map(may_be_repeated, texts))
