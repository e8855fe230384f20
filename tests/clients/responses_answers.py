"""Responses, whole and as events."""

import json
from typing import Any

from tests.clients.chat_answers import PARCEL, WORDS, blocked, compact
from tests.clients.scenario import ADDRESS, SECRET, Scenario, rewritten
from tests.integration.upstreams import Json, streamed, whole
from tests.wire.responses.scripted import FUNCTION, ITEMS, REASONING, events, message, response, sse

USAGE = {
    "input_tokens": 12,
    "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 0},
    "output_tokens": 9,
    "output_tokens_details": {"reasoning_tokens": 3},
    "total_tokens": 21,
}
TRACK: Json = {**FUNCTION, "name": "track", "arguments": '{"parcel": "77-A"}'}
TOOLS = [
    {
        "type": "function",
        "name": "track",
        "description": "Where a parcel is.",
        "parameters": {"type": "object", "properties": {"parcel": {"type": "string"}}},
        "strict": False,
    }
]
NEW = ("hologram", "program", "program_output", "shell_call_output")
"""Items that one of the clients does not know yet."""


def scenario(name: str, title: str, output: list[Json], end: str = "completed", **more: Any) -> Scenario:
    details = {"incomplete_details": {"reason": "max_output_tokens"}} if end == "incomplete" else {}
    said = {"tools": TOOLS, **details}
    told = events(output, end, 7, **said)
    told[-1]["response"]["usage"] = USAGE
    data = sse(told)
    return Scenario(
        "responses",
        f"m-resp-{name}",
        title,
        whole(response(output, end, usage=USAGE, **said), x_request_id="req_1"),
        streamed(data, cuts=range(53, len(data), 53)),
        **more,
    )


def text(said: str) -> Scenario:
    return scenario("text", "a text", [message(said)])


def call(note: str) -> Scenario:
    arguments = json.dumps({"parcel": note}, ensure_ascii=False)
    return scenario("call", "a function call", [{**TRACK, "arguments": arguments}], asks="tools")


def parcel(city: str) -> Scenario:
    said = f'{{"parcel":"77-A","city":"{city}","days":2}}'
    return scenario("object", "an object", [message(said)], asks="object")


def refusal() -> Scenario:
    said = {**message(), "content": [{"type": "refusal", "refusal": "I cannot help with that."}]}
    return scenario("refusal", "a refusal of the model's own", [said])


def error(status: int, code: str) -> Scenario:
    body = {"error": {"message": f"The server says {code}.", "type": "server_error", "param": None, "code": code}}
    answer = compact(body, status, x_request_id="req_9", retry_after_ms="1")
    return Scenario("responses", f"m-resp-{status}", f"an error {status}", answer, answer)


def failed() -> Scenario:
    reason = {"error": {"code": "server_error", "message": "The engine stopped."}}
    data = sse(events([], "failed", 7, **reason))
    answer = whole(response([], "failed", **reason))
    return Scenario("responses", "m-resp-failed", "a response that failed", answer, streamed(data), retries=False)


def broken() -> Scenario:
    data = sse(events([message("It arrives on Thursday.")])[:7])
    answer = whole(response([message("It arrives.")]))
    raw = b"".join(step for step in answer if isinstance(step, bytes))
    steps = [*streamed(data, end=False), 0.05, "drop"]
    return Scenario(
        "responses",
        "m-resp-broken",
        "an answer that breaks off",
        [raw[:-40], 0.05, "drop"],
        steps,
        "interrupted",
        retries=False,
    )


RESPONSES = (
    text(WORDS),
    scenario("parts", "several messages and parts", [message("One. ", "Two."), message("Three.", id="msg_2")]),
    scenario("reasoning", "reasoning before the text", [REASONING, message("Yes.")]),
    scenario("tools", "a function call", [TRACK], asks="tools"),
    scenario(
        "parallel",
        "a text and parallel function calls",
        [message("I look."), TRACK, {**TRACK, "id": "fc_2", "call_id": "call_11"}],
        asks="tools",
    ),
    scenario("parcel", "an object", [message(PARCEL)], asks="object"),
    refusal(),
    scenario("incomplete", "a text cut at its limit", [message("It arr")], "incomplete"),
    scenario("items", "an item of each kind", [item for item in ITEMS if item["type"] not in NEW], asks="items"),
    error(400, "bad"),
    error(429, "rate_limit_exceeded"),
    failed(),
    *rewritten("m-resp-mail", text, f"Write to {ADDRESS} today. Or tomorrow."),
    *rewritten("m-resp-mail-call", call, ADDRESS),
    *rewritten("m-resp-mail-object", parcel, ADDRESS),
    blocked(text(SECRET), "m-resp-secret"),
    blocked(text(f"The key that you asked for is {SECRET}, keep it."), "m-resp-late"),
    blocked(call(SECRET), "m-resp-secret-call"),
    blocked(parcel(SECRET), "m-resp-secret-object"),
    broken(),
)
