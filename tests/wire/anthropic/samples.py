"""Messages as the API sends them, whole, and the events that say the same."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]
SECRET = "AKIAIOSFODNN7EXAMPLE"
REQUEST: Json = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "Where is it?"}]}


def text(words: str, citations: list[Json] | None = None) -> Json:
    return {"type": "text", "text": words, "citations": citations}


def thinking(words: str, signature: str = "c2lnbmF0dXJl==") -> Json:
    return {"type": "thinking", "thinking": words, "signature": signature}


def tool_use(id_: str, name: str = "track", kind: str = "tool_use", **arguments: Any) -> Json:
    return {"type": kind, "id": id_, "name": name, "input": arguments}


def message(*content: Json, stop: str = "end_turn", **more: Any) -> Json:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": list(content),
        "stop_reason": stop,
        "stop_sequence": None,
        "stop_details": None,
        "usage": {"input_tokens": 1_250_000, "output_tokens": 5, "service_tier": "standard"},
        **more,
    }


_FOUND = {
    "type": "web_search_result",
    "url": "https://a.example",
    "title": "Parcels",
    "encrypted_content": "RW5j",
    "page_age": "1 day",
}
_CITED = {
    "type": "web_search_result_location",
    "url": "https://a.example",
    "title": "Parcels",
    "encrypted_index": "RW5j",
    "cited_text": "on Thursday",
}
MESSAGES = {
    "plain": message(text("It arrives on Thursday. Zażółć 東京 👩‍👩‍👧‍👦 \u2028 <b>")),
    "thinking": message(
        thinking("Let me think about it."), {"type": "redacted_thinking", "data": "ZW5j"}, text("Yes.")
    ),
    "tools": message(
        text("I look."), tool_use("toolu_1", parcel="77-A", weight=1.5), tool_use("toolu_2"), stop="tool_use"
    ),
    "search": message(
        text("I look it up."),
        tool_use("srvtoolu_1", "web_search", "server_tool_use", query="parcel"),
        {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [_FOUND]},
        text("It arrives "),
        text("on Thursday", [_CITED]),
    ),
    "code": message(
        tool_use("mcptoolu_1", "list", "mcp_tool_use", path="/"),
        {
            "type": "mcp_tool_result",
            "tool_use_id": "mcptoolu_1",
            "is_error": False,
            "content": [text("a.txt"), text("b.txt")],
        },
        {
            "type": "code_execution_tool_result",
            "tool_use_id": "srvtoolu_2",
            "content": {
                "type": "code_execution_result",
                "stdout": "4\n",
                "stderr": "",
                "return_code": 0,
                "content": [],
            },
        },
        {"type": "container_upload", "file_id": "file_1"},
        text("Two files."),
        container={"id": "container_1", "expires_at": "2026-11-22T00:00:00Z"},
    ),
}


def events_of(whole: Json) -> list[Json]:
    """The stream that says a whole message."""
    start = {**whole, "content": [], "stop_reason": None, "usage": {"input_tokens": 3, "output_tokens": 1}}
    end = {key: whole[key] for key in ("stop_reason", "stop_sequence", "stop_details")}
    events: list[Json] = [{"type": "message_start", "message": start}, {"type": "ping"}]
    for index, block in enumerate(whole["content"]):
        opened, deltas = _pieces(dict(block))
        events.append({"type": "content_block_start", "index": index, "content_block": opened})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    return [
        *events,
        {"type": "message_delta", "delta": end, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    ]


def _pieces(block: Json) -> tuple[Json, list[Json]]:
    kind = block["type"]
    if kind == "text":
        cited = [{"type": "citations_delta", "citation": c} for c in block["citations"] or ()]
        said = [{"type": "text_delta", "text": piece} for piece in _cut(block["text"])]
        return {**block, "text": "", "citations": [] if cited else None}, cited + said
    if kind == "thinking":
        said = [{"type": "thinking_delta", "thinking": piece} for piece in _cut(block["thinking"])]
        signed = {"type": "signature_delta", "signature": block["signature"]}
        return {**block, "thinking": "", "signature": ""}, [*said, signed]
    if kind.endswith("tool_use"):
        pieces = ["", *_cut(json.dumps(block["input"]))] if block["input"] else [""]
        return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    return block, []


def _cut(words: str) -> list[str]:
    return [piece for piece in (words[:4], words[4:9], words[9:]) if piece]


def sse(events: Iterable[Json]) -> bytes:
    return b"".join(f"event: {e['type']}\ndata: {json.dumps(e, ensure_ascii=False)}\n\n".encode() for e in events)


def events_in(sent: Iterable[bytes]) -> list[Json]:
    """The events that were sent; the name on the `event:` line, by which clients go, is that of the data."""
    events = []
    for block in filter(None, b"".join(sent).decode().split("\n\n")):
        if block.startswith(":"):
            continue
        name, data = block.split("\n")
        events.append(json.loads(data.removeprefix("data: ")))
        assert name == f"event: {events[-1]['type']}"
    return events


def put_together(events: Iterable[Json]) -> Json:
    """The message as clients put it together."""
    whole: Json = {}
    inputs: dict[int, str] = {}
    for event in events:
        if event["type"] == "message_start":
            whole = {**event["message"], "content": []}
        elif event["type"] == "content_block_start":
            assert event["index"] == len(whole["content"])
            whole["content"].append(dict(event["content_block"]))
        elif event["type"] == "content_block_delta":
            _append(whole["content"][event["index"]], event["delta"], inputs, event["index"])
        elif event["type"] == "message_delta":
            whole |= {**event["delta"], "usage": {**whole["usage"], **event["usage"]}}
            whole |= {key: event[key] for key in event if key == "guardproxy"}
    for index, arguments in inputs.items():
        whole["content"][index]["input"] = json.loads(arguments or "{}")
    return whole


def _append(block: Json, delta: Json, inputs: dict[int, str], index: int) -> None:
    kind = delta["type"]
    if kind == "citations_delta":
        block["citations"] = [*(block["citations"] or ()), delta["citation"]]
    elif kind == "input_json_delta":
        inputs[index] = inputs.get(index, "") + delta["partial_json"]
    else:
        name = kind.removesuffix("_delta")
        block[name] += delta[name]


def places_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every member and element under a value."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield (*path, key)
        yield from places_in(member, (*path, key))


def with_at(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """The value with something else at a path."""
    copy = json.loads(json.dumps(value))
    holder = copy
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = other
    return copy
