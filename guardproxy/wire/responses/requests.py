"""Reading a request for a response, and one for a stored response, into our shapes.

Earlier turns that the provider keeps (`previous_response_id`, `conversation`) are not in the request: rules on earlier
calls do not see them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from guardproxy.conversation import Conversation, PastCall
from guardproxy.exact_json import dumps
from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.requests import ModelRequest, flag, metadata_in, mistake, object_in, read_object
from guardproxy.wire.responses.calls import call_in
from guardproxy.wire.responses.names import RESULTS

_JSON_FORMATS = ("json_object", "json_schema")


def read_request(body: bytes) -> ModelRequest:
    """Raises `ClientMistake` for what is no such request, with the field that is wrong.

    No body at all is what comes with the questions about a stored response.
    """
    if not body:
        return ModelRequest()
    value = read_object(body)
    model = value.get("model")
    if not isinstance(model, str | None):
        raise mistake("`model` has to name a model", "model")
    text = object_in(value, "text")
    return ModelRequest(
        conversation=conversation_of(input_items(value.get("input"))),
        model=model or "",
        wants_json=object_in(text, "format").get("type") in _JSON_FORMATS,
        stream=flag(value, "stream"),
        metadata=metadata_in(value),
        told={"background": flag(value, "background")},
    )


def read_query(query: Mapping[str, str]) -> ModelRequest:
    """What `GET /responses/{id}` asks for. Raises `ClientMistake`.

    `starting_after` is counted in our numbers, so it must not go to the upstream: what is resumed is judged from its
    beginning, and sent from there on.
    """
    stream = query.get("stream", "false")
    if stream not in ("true", "false"):
        raise mistake("`stream` has to be true or false", "stream")
    after = query.get("starting_after")
    if after is None:
        return ModelRequest(stream=stream == "true")
    if not (after.isascii() and after.isdigit() and len(after) < 10) or stream != "true":
        raise mistake("`starting_after` has to be the number of an event of a stream", "starting_after")
    return ModelRequest(stream=True, told={"starting_after": int(after)})


def input_items(given: Any) -> list[dict[str, Any]]:
    """The items of `input`, which may be one text. Raises `ClientMistake`."""
    if given is None:
        return []
    if isinstance(given, str):
        return [{"type": "message", "role": "user", "content": given}]
    if not isinstance(given, list):
        raise mistake("`input` has to be a text or a list of items", "input")
    for index, item in enumerate(given):
        if not isinstance(item, dict):
            raise mistake("each item of `input` has to be an object", f"input[{index}]")
    return given


def conversation_of(items: Sequence[dict[str, Any]]) -> Conversation:
    """Every earlier call with its result, and the user's latest words. Raises `ClientMistake`."""
    calls: list[PastCall] = []
    waiting: dict[str, int] = {}
    said: str | None = None
    for index, item in enumerate(items):
        kind = item.get("type", "message")
        if kind == "message":
            said = text_of(item.get("content")) if item.get("role") == "user" else said
        elif isinstance(kind, str) and kind in RESULTS:
            place = waiting.pop(str(item.get("call_id") or item.get("id")), None)
            if place is not None:
                calls[place] = replace(calls[place], result=_result(item, RESULTS[kind]))
        else:
            call = _past_call(item, index)
            if call is not None:
                waiting[call.id] = len(calls)
                calls.append(call)
    return Conversation(tuple(calls), said)


def _past_call(item: dict[str, Any], index: int) -> PastCall | None:
    """A call of an earlier turn; those that the provider carried out have their result in the same item."""
    try:
        call = call_in(item)
    except UpstreamFailure as failure:
        what = failure.message.partition(": ")[2]
        raise mistake(f"a call of an earlier turn cannot be read: {what}", f"input[{index}]") from None
    if call is None:
        return None
    return PastCall(call.name, call.arguments, _result(item, ("output", "outputs", "results")), call.id)


def _result(item: Mapping[str, Any], members: Sequence[str]) -> str | None:
    found = next((item[name] for name in members if item.get(name) is not None), None)
    if found is None or isinstance(found, str):
        return found
    is_parts = isinstance(found, list) and any(isinstance(part, dict) and "text" in part for part in found)
    return text_of(found) if is_parts else dumps(found)


def text_of(content: Any) -> str:
    """The words of a content: a text, or a list of parts of which those with text count."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(p["text"]) for p in parts if isinstance(p, dict) and isinstance(p.get("text"), str))
