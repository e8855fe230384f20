"""Anthropic's messages, whole and as events."""

from typing import Any

from tests.clients.chat_answers import PARCEL, WORDS, blocked, compact
from tests.clients.scenario import ADDRESS, SECRET, Scenario, rewritten
from tests.integration.upstreams import Json, streamed, whole
from tests.wire.anthropic.samples import MESSAGES as SAMPLES
from tests.wire.anthropic.samples import events_of, message, sse, text, tool_use

USAGE = {"input_tokens": 12, "output_tokens": 5, "cache_read_input_tokens": 4, "service_tier": "standard"}


def scenario(name: str, title: str, said: Json, **more: Any) -> Scenario:
    data = sse(events_of(said))
    return Scenario(
        "messages",
        f"m-msg-{name}",
        title,
        whole({**said, "usage": USAGE}, request_id="req_1"),
        streamed(data, cuts=range(47, len(data), 47)),
        **more,
    )


def words(said: str) -> Scenario:
    return scenario("text", "a text", message(text(said)))


def call(note: str) -> Scenario:
    return scenario("call", "a tool call", message(tool_use("toolu_1", parcel=note), stop="tool_use"), asks="tools")


def parcel(city: str) -> Scenario:
    said = f'{{"parcel":"77-A","city":"{city}","days":2}}'
    return scenario("object", "an object", message(text(said)), asks="object")


def error(status: int, kind: str) -> Scenario:
    body = {"type": "error", "error": {"type": kind, "message": f"The server says {kind}."}, "request_id": "req_9"}
    answer = compact(body, status, request_id="req_9", retry_after_ms="1")
    return Scenario("messages", f"m-msg-{status}", f"an error {status}", answer, answer)


def reported() -> Scenario:
    body = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded."}, "request_id": "req_9"}
    said, data = sse(events_of(message(text("It arrives. On Thursday. ")))[:6]), sse([body])
    answer, steps = compact(body, 400), streamed(said + data, cuts=[len(said)], pause=0.05)
    return Scenario("messages", "m-msg-reported", "an error within a stream", answer, steps, retries=False)


def broken() -> Scenario:
    said = message(text("It arrives on Thursday."))
    raw = b"".join(step for step in whole(said) if isinstance(step, bytes))
    return Scenario(
        "messages",
        "m-msg-broken",
        "an answer that breaks off",
        [raw[:-40], 0.05, "drop"],
        [*streamed(sse(events_of(said)[:5]), end=False), 0.05, "drop"],
        "interrupted",
        retries=False,
    )


MESSAGES = (
    words(WORDS),
    scenario("thinking", "thinking, also redacted, before the text", SAMPLES["thinking"]),
    scenario("tools", "a text and parallel tool calls", SAMPLES["tools"], asks="tools"),
    scenario("search", "a search with citations", SAMPLES["search"]),
    scenario("code", "tools of servers and executed code", SAMPLES["code"]),
    scenario("length", "a text cut at its limit", message(text("It arr"), stop="max_tokens")),
    scenario("parcel", "an object", message(text(PARCEL)), asks="object"),
    error(400, "invalid_request_error"),
    error(429, "rate_limit_error"),
    error(529, "overloaded_error"),
    reported(),
    *rewritten("m-msg-mail", words, f"Write to {ADDRESS} today. Or tomorrow."),
    *rewritten("m-msg-mail-call", call, ADDRESS),
    *rewritten("m-msg-mail-object", parcel, ADDRESS),
    blocked(words(SECRET), "m-msg-secret"),
    blocked(words(f"The key that you asked for is {SECRET}, keep it."), "m-msg-late"),
    blocked(call(SECRET), "m-msg-secret-call"),
    blocked(parcel(SECRET), "m-msg-secret-object"),
    broken(),
)
