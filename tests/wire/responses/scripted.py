"""Responses as a provider would give them: one item of each kind, and the events that stream an output."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]

CITATION = {"type": "url_citation", "start_index": 4, "end_index": 9, "url": "https://a.example/", "title": "A page"}
MESSAGE: Json = {
    "id": "msg_1",
    "type": "message",
    "status": "completed",
    "role": "assistant",
    "phase": "final_answer",
    "content": [
        {"type": "output_text", "text": "See there. Hers is known.", "annotations": [CITATION], "logprobs": []},
        {"type": "refusal", "refusal": "Not that."},
    ],
}
REASONING: Json = {
    "id": "rs_1",
    "type": "reasoning",
    "summary": [{"type": "summary_text", "text": "First this."}, {"type": "summary_text", "text": "Then that."}],
    "content": [{"type": "reasoning_text", "text": "Thinking aloud."}],
    "encrypted_content": "gAAAAABo",
}
FUNCTION: Json = {
    "id": "fc_1",
    "type": "function_call",
    "status": "completed",
    "call_id": "call_1",
    "name": "pay",
    "arguments": '{"to":"Ann","note":"thanks"}',
}
CUSTOM: Json = {"id": "ctc_1", "type": "custom_tool_call", "call_id": "call_2", "name": "sql", "input": "SELECT 1"}
MCP: Json = {
    "id": "mcp_1",
    "type": "mcp_call",
    "status": "completed",
    "server_label": "wiki",
    "name": "ask",
    "arguments": '{"q":"who"}',
    "output": "Nobody.",
    "error": None,
}
CODE: Json = {
    "id": "ci_1",
    "type": "code_interpreter_call",
    "status": "completed",
    "container_id": "cntr_1",
    "code": "print(1)\n",
    "outputs": [{"type": "logs", "logs": "1\n"}],
}
SHELL: Json = {
    "id": "sh_1",
    "type": "shell_call",
    "status": "completed",
    "call_id": "call_3",
    "action": {"commands": ["ls -l", "pwd"], "timeout_ms": 1000, "max_output_length": None},
}
SHELL_OUTPUT: Json = {
    "id": "sho_1",
    "type": "shell_call_output",
    "status": "completed",
    "call_id": "call_3",
    "output": [{"stdout": "file", "stderr": "warn", "outcome": {"type": "exit", "exit_code": 0}}],
}
WEB: Json = {
    "id": "ws_1",
    "type": "web_search_call",
    "status": "completed",
    "action": {"type": "search", "query": "weather", "sources": [{"type": "url", "url": "https://w.example/"}]},
}
FILES: Json = {
    "id": "fs_1",
    "type": "file_search_call",
    "status": "completed",
    "queries": ["plan"],
    "results": [
        {"file_id": "file_1", "filename": "a.txt", "score": 0.5, "text": "The plan.", "attributes": {"by": "Bo"}}
    ],
}
PATCH: Json = {
    "id": "apc_1",
    "type": "apply_patch_call",
    "status": "completed",
    "call_id": "call_4",
    "operation": {"type": "update_file", "path": "a.py", "diff": "+x"},
}
COMPUTER: Json = {
    "id": "cu_1",
    "type": "computer_call",
    "status": "completed",
    "call_id": "call_5",
    "action": {"type": "type", "text": "hello"},
    "pending_safety_checks": [{"id": "sc_1", "code": "malicious", "message": "Take care."}],
}
LOCAL: Json = {
    "id": "lsh_1",
    "type": "local_shell_call",
    "status": "completed",
    "call_id": "call_6",
    "action": {"type": "exec", "command": ["ls", "-l"], "env": {"LANG": "C"}, "working_directory": "/srv"},
}
TOOLS: Json = {
    "id": "mcpl_1",
    "type": "mcp_list_tools",
    "server_label": "wiki",
    "tools": [
        {"name": "ask", "description": "Asks.", "input_schema": {"type": "object", "properties": {"tokens": {}}}}
    ],
}
APPROVAL: Json = {"id": "mcpr_1", "type": "mcp_approval_request", "server_label": "w", "name": "ask", "arguments": "{}"}
IMAGE: Json = {
    "id": "ig_1",
    "type": "image_generation_call",
    "status": "completed",
    "result": "iVBORw0KGgo=",
    "revised_prompt": "A cat.",
}
PROGRAM: Json = {"id": "pr_1", "type": "program", "call_id": "call_7", "code": "f()", "fingerprint": "fp1"}
PROGRAM_OUTPUT: Json = {
    "id": "po_1",
    "type": "program_output",
    "call_id": "call_7",
    "result": "done",
    "status": "completed",
}
SEARCH: Json = {
    "id": "ts_1",
    "type": "tool_search_call",
    "call_id": "call_8",
    "execution": "server",
    "status": "completed",
    "arguments": {"goal": "find"},
}
COMPACTION: Json = {"id": "cmp_1", "type": "compaction", "encrypted_content": "gAAAAABp"}
UNKNOWN: Json = {"id": "un_1", "type": "hologram", "status": "completed", "label": "new", "deep": [{"er": "thing"}]}

ITEMS = (
    *(REASONING, FUNCTION, CUSTOM, MCP, CODE, SHELL, SHELL_OUTPUT, WEB, FILES, PATCH, COMPUTER, LOCAL, TOOLS, APPROVAL),
    *(IMAGE, PROGRAM, PROGRAM_OUTPUT, SEARCH, COMPACTION, UNKNOWN, MESSAGE),
)


def message(*texts: str, id: str = "msg_1") -> Json:
    parts = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []} for text in texts]
    return {"id": id, "type": "message", "status": "completed", "role": "assistant", "content": parts}


def response(output: Iterable[Json], status: str = "completed", **more: Any) -> Json:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1760000000,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": "Be kind.",
        "max_output_tokens": None,
        "model": "m-1",
        "output": list(output),
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [{"type": "function", "name": "pay", "parameters": {"properties": {"tokens": {"type": "integer"}}}}],
        "top_p": 1.0,
        "usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7},
        "metadata": {"who": "me"},
        **more,
    }


def events(output: Iterable[Json], end: str = "completed", piece: int = 4, **more: Any) -> list[Json]:
    """The events of a stream, numbered. Texts come in pieces of `piece` characters."""
    items = list(output)
    begun = response([], "in_progress", usage=None, **more)
    found = [{"type": "response.created", "response": begun}, {"type": "response.in_progress", "response": begun}]
    for index, item in enumerate(items):
        found += ({**event, "output_index": index} for event in _item(item, piece))
    found.append({"type": f"response.{end}", "response": response(items, end, **more)})
    return [{**event, "sequence_number": number} for number, event in enumerate(found)]


def sse(told: Iterable[Json]) -> bytes:
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in told)


def stream(output: Iterable[Json], **more: Any) -> bytes:
    return sse(events(output, **more))


def _item(item: Json, piece: int) -> Iterator[Json]:
    begun = {**item, **({"status": "in_progress"} if "status" in item else {})}
    for name in ("content", "summary", "queries", "results", "outputs"):
        if name in begun:
            begun[name] = []
    for name in ("arguments", "input", "code"):
        if isinstance(begun.get(name), str):
            begun[name] = ""
    for name in ("action", "operation", "output", "result"):
        begun.pop(name, None)
    yield {"type": "response.output_item.added", "item": begun}
    at = {"item_id": item["id"]}
    for number, part in enumerate(item.get("summary", ())):
        yield from _part(
            part, {**at, "summary_index": number}, "reasoning_summary_part", "reasoning_summary_text", piece
        )
    content = item.get("content", ())
    for number, part in enumerate(content):
        name = {"output_text": "output_text", "refusal": "refusal"}.get(part["type"], "reasoning_text")
        yield from _part(part, {**at, "content_index": number}, "content_part", name, piece)
    yield from _call(item, at, piece)
    yield {"type": "response.output_item.done", "item": item}


def _part(part: Json, at: Json, name: str, text_name: str, piece: int) -> Iterator[Json]:
    key = "refusal" if part["type"] == "refusal" else "text"
    begun = {**part, key: "", **({"annotations": []} if "annotations" in part else {})}
    logprobs = {"logprobs": []} if text_name == "output_text" else {}
    yield {"type": f"response.{name}.added", **at, "part": begun}
    for delta in _pieces(part[key], piece):
        yield {"type": f"response.{text_name}.delta", **at, "delta": delta, **logprobs}
    for number, cited in enumerate(part.get("annotations", ())):
        added = "response.output_text.annotation.added"
        yield {"type": added, **at, "annotation_index": number, "annotation": cited}
    yield {"type": f"response.{text_name}.done", **at, key: part[key], **logprobs}
    yield {"type": f"response.{name}.done", **at, "part": part}


def _call(item: Json, at: Json, piece: int) -> Iterator[Json]:
    words = {
        "function_call": ("function_call_arguments", "arguments"),
        "mcp_call": ("mcp_call_arguments", "arguments"),
        "custom_tool_call": ("custom_tool_call_input", "input"),
        "code_interpreter_call": ("code_interpreter_call_code", "code"),
    }
    if item["type"] in words:
        name, key = words[item["type"]]
        for delta in _pieces(item[key], piece):
            yield {"type": f"response.{name}.delta", **at, "delta": delta}
        yield {"type": f"response.{name}.done", **at, key: item[key]}
    for number, command in enumerate(item["action"]["commands"] if item["type"] == "shell_call" else ()):
        place = {"command_index": number}
        yield {"type": "response.shell_call_command.added", **place, "command": ""}
        for delta in _pieces(command, piece):
            yield {"type": "response.shell_call_command.delta", **place, "delta": delta}
        yield {"type": "response.shell_call_command.done", **place, "command": command}
    if item["type"] == "shell_call_output":
        place = {**at, "command_index": 0}
        printed = item["output"][0]
        name = "response.shell_call_output_content"
        yield {"type": f"{name}.delta", **place, "delta": {"stdout": printed["stdout"], "stderr": printed["stderr"]}}
        yield {"type": f"{name}.done", **place, "output": item["output"]}
    if item["type"] in ("web_search_call", "file_search_call", "image_generation_call", "mcp_list_tools"):
        yield {"type": f"response.{item['type']}.completed", **at}


def _pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def read(sent: Iterable[bytes]) -> list[Json]:
    """The events that a client gets; each `event` line says the type."""
    found = []
    for block in b"".join(sent).decode().split("\n\n"):
        if block and not block.startswith(":"):
            named, data = block.split("\n")
            event = json.loads(data.removeprefix("data: "))
            assert named == f"event: {event['type']}"
            found.append(event)
    return found
