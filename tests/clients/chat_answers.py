"""Chat completions and legacy completions, as servers send them."""

import json
from typing import Any

from tests.clients.scenario import ADDRESS, SECRET, Scenario, rewritten
from tests.integration.upstreams import (
    Json,
    Step,
    chunk,
    completion,
    completions,
    events,
    streamed,
    text_stream,
    whole,
)

USAGE = {
    "prompt_tokens": 12,
    "completion_tokens": 9,
    "total_tokens": 21,
    "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 3},
}
WORDS = 'Zażółć 東京 👩‍👩‍👧‍👦 \u2028 "quoted" <b>&amp;</b>\n\n1e3 12,000.50'
CALLS = [
    {"id": "call_9x", "type": "function", "function": {"name": "track", "arguments": '{"parcel": "77-A"}'}},
    {"id": "call_10", "type": "function", "function": {"name": "track", "arguments": '{"parcel": "78-B"}'}},
]
PARCEL = '{"parcel":"77-A","city":"Gdańsk","days":2}'


def scenario(name: str, title: str, answer: Json, chunks: list[Json | str], **more: Any) -> Scenario:
    data = events(chunks)
    return Scenario(
        "chat",
        f"m-chat-{name}",
        title,
        whole({**answer, "usage": USAGE}, x_request_id="req_1"),
        streamed(data, cuts=range(41, len(data), 41)),
        **more,
    )


def text(said: str, name: str = "text", title: str = "a text", finish: str = "stop", **more: Any) -> Scenario:
    parts = [said[at : at + 7] for at in range(0, len(said), 7)]
    return scenario(name, title, completion(said, finish=finish), text_stream(*parts, finish=finish), **more)


def told(*deltas: Json, finish: str = "stop") -> list[Json | str]:
    return [chunk({"role": "assistant", "content": None}), *map(chunk, deltas), chunk({}, finish), "[DONE]"]


def tools(name: str, title: str, calls: list[Json], content: str | None = None, **more: Any) -> Scenario:
    deltas: list[Json] = [{"content": content}] if content else []
    for index, call in enumerate(calls):
        arguments = call["function"]["arguments"]
        began = {"index": index, **call, "function": {**call["function"], "arguments": ""}}
        deltas.append({"tool_calls": [began]})
        for piece in (arguments[:5], arguments[5:]):
            deltas.append({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    answer = completion(content, finish="tool_calls", tool_calls=calls)
    return scenario(name, title, answer, told(*deltas, finish="tool_calls"), asks="tools", **more)


def call(note: str) -> Scenario:
    arguments = json.dumps({"parcel": note}, ensure_ascii=False)
    function = {"name": "track", "arguments": arguments}
    return tools("call", "a tool call", [{"id": "call_1", "type": "function", "function": function}])


def parcel(city: str) -> Scenario:
    said = f'{{"parcel":"77-A","city":"{city}","days":2}}'
    return text(said, "object", "an object", asks="object")


def choices() -> Scenario:
    said = [{"role": "assistant", "content": words} for words in ("One.", "Two, and more.")]
    parts: list[Json | str] = [chunk({"role": "assistant", "content": ""}, index=i) for i in (0, 1)]
    parts += [chunk({"content": piece}, index=i) for i, piece in ((0, "On"), (1, "Two, "), (0, "e."), (1, "and more."))]
    parts += [chunk({}, "stop", index=i) for i in (0, 1)]
    return scenario("choices", "two choices", completions(*said), [*parts, "[DONE]"], n=2)


def logprobs() -> Scenario:
    def entry(token: str) -> Json:
        found = {"token": token, "logprob": -0.25, "bytes": list(token.encode())}
        return {**found, "top_logprobs": [found, {"token": "No", "logprob": -2.5, "bytes": [78, 111]}]}

    tokens = ["Yes", ",", " today", "."]
    answer = completion("".join(tokens))
    answer["choices"][0]["logprobs"] = {"content": [entry(token) for token in tokens], "refusal": None}
    parts: list[Json | str] = [chunk({"role": "assistant", "content": ""})]
    for token in tokens:
        part = chunk({"content": token})
        part["choices"][0]["logprobs"] = {"content": [entry(token)], "refusal": None}
        parts.append(part)
    return scenario("logprobs", "log probabilities", answer, [*parts, chunk({}, "stop"), "[DONE]"], logprobs=True)


def usage() -> Scenario:
    parts = [*text_stream("It ", "arrives.")[:-1], chunk(None, usage=USAGE), "[DONE]"]
    return scenario("usage", "a usage chunk", completion("It arrives."), parts)


def fields() -> Scenario:
    cited = {"start_index": 0, "end_index": 2, "url": "https://a.example/b", "title": "Parcels"}
    more: Json = {
        "annotations": [{"type": "url_citation", "url_citation": cited}],
        "extra_content": {"google": {"thought_signature": "c2lnbmF0dXJl"}},
    }
    beside: Json = {"system_fingerprint": "fp_1", "service_tier": "default", "citations": ["https://a.example/b"]}
    answer = {**completion("It arrives.", **more), **beside}
    parts: list[Json | str] = [
        chunk({"role": "assistant", "content": ""}, **beside),
        chunk({"content": "It arrives."}, **beside),
        chunk({**more}, **beside),
        chunk({}, "stop", **beside),
        "[DONE]",
    ]
    return scenario("fields", "citations, annotations and unknown fields", answer, parts)


def framing() -> Scenario:
    """Comments, an event without the space, CRLF, and a first chunk without choices as Azure sends it."""
    first = chunk(None, prompt_filter_results=[{"prompt_index": 0, "content_filter_results": {}}])
    data = b": ping\n\n" + events([first]) + b": OPENROUTER PROCESSING\r\n\r\n"
    said = events(text_stream("It ", "arrives.")).replace(b"data: ", b"data:").replace(b"\n\n", b"\r\n\r\n")
    return Scenario(
        "chat",
        "m-chat-framing",
        "comments, CRLF, a first chunk without choices",
        whole(completion("It arrives.")),
        streamed(data + said),
    )


def error(status: int, code: str, kind: str, **more: Any) -> Scenario:
    body = {"error": {"message": f"The server says {code}.", "type": kind, "param": None, "code": code}}
    answer = compact(body, status, x_request_id="req_9", retry_after_ms="1")
    return Scenario("chat", f"m-chat-{status}", f"an error {status}", answer, answer, **more)


def reported() -> Scenario:
    body = {"error": {"message": "The engine stopped.", "type": "server_error", "param": None, "code": "engine"}}
    said, data = events(text_stream("It arrives. ", "On Thursday. ")[:3]), events([json.dumps(body)])
    steps = streamed(said + data, cuts=[len(said)], pause=0.05)
    return Scenario("chat", "m-chat-reported", "an error within a stream", _gone(), steps, retries=False)


def broken() -> Scenario:
    data = events(text_stream("It ", "arrives ", "on Thursday.")[:3])
    return Scenario(
        "chat",
        "m-chat-broken",
        "an answer that breaks off",
        _cut(whole(completion("It arrives on Thursday."))),
        [*streamed(data, end=False), 0.05, "drop"],
        "interrupted",
        retries=False,
    )


def unfinished() -> Scenario:
    """A stream that ends well on the wire, but without a finish reason: not complete, whatever clients take it for."""
    data = events(text_stream("It ", "arrives ")[:3])
    return Scenario(
        "chat",
        "m-chat-unfinished",
        "a stream that ends without a finish reason",
        _gone(),
        streamed(data),
        "interrupted",
        retries=False,
    )


def compact(body: Json, status: int, **headers: str) -> list[Step]:
    """An error without spaces in its JSON, as the proxy writes it: some clients quote it as it is."""
    return whole(json.dumps(body, separators=(",", ":")).encode(), status, **headers)


def _gone() -> list[Step]:
    body = {"error": {"message": "Streamed only.", "type": "invalid_request_error", "param": "stream", "code": None}}
    return compact(body, 400)


def _cut(answer: list[Step]) -> list[Step]:
    raw = b"".join(step for step in answer if isinstance(step, bytes))
    return [raw[:-40], 0.05, "drop"]


def legacy(said: str) -> Scenario:
    head: Json = {"id": "cmpl-1", "object": "text_completion", "created": 1795255200, "model": "m-1"}

    def choice(words: str, finish: str | None) -> Json:
        return {"index": 0, "text": words, "logprobs": None, "finish_reason": finish}

    parts: list[Json | str] = [{**head, "choices": [choice(said[at : at + 6], None)]} for at in range(0, len(said), 6)]
    parts += [{**head, "choices": [choice("", "stop")]}, "[DONE]"]
    answer = whole({**head, "choices": [choice(said, "stop")], "usage": USAGE})
    data = events(parts)
    return Scenario("completions", "m-legacy-text", "a text", answer, streamed(data, cuts=range(43, len(data), 43)))


def blocked(scenario: Scenario, name: str) -> Scenario:
    """The stream pauses half-way, so that what stands before the secret has been delivered by then."""
    half = len(scenario.stream) // 2
    stream = [*scenario.stream[:half], 0.05, *scenario.stream[half:]]
    return Scenario(**{**vars(scenario), "name": name, "outcome": "blocked", "stream": stream})


CHAT = (
    text(WORDS),
    text("It arr", "length", "a text cut at its limit", "length"),
    text("", "empty", "nothing"),
    text("It arrives on Thursday.", "asked-usage", "a text, in small pieces"),
    tools("tools", "a tool call", CALLS[:1]),
    tools("parallel", "a text and parallel tool calls", CALLS, "I look. "),
    text(PARCEL, "parcel", "an object", asks="object"),
    scenario(
        "refusal",
        "a refusal of the model's own",
        completion(None, refusal="I cannot help with that."),
        told({"refusal": "I cannot "}, {"refusal": "help with that."}),
    ),
    scenario(
        "reasoning",
        "reasoning before the text",
        completion("Yes.", reasoning_content="The user asks."),
        told({"reasoning_content": "The user "}, {"reasoning_content": "asks."}, {"content": "Yes."}),
    ),
    choices(),
    logprobs(),
    usage(),
    fields(),
    framing(),
    *(error(status, code, "invalid_request_error") for status, code in ((400, "bad"), (401, "key"), (404, "model"))),
    error(429, "rate_limit_exceeded", "requests"),
    error(503, "overloaded", "server_error"),
    reported(),
    *rewritten("m-chat-mail", text, f"Write to {ADDRESS} today. Or tomorrow."),
    *rewritten("m-chat-mail-call", call, ADDRESS),
    *rewritten("m-chat-mail-object", parcel, ADDRESS),
    blocked(text(SECRET), "m-chat-secret"),
    blocked(text(f"The key that you asked for is {SECRET}, keep it."), "m-chat-late"),
    blocked(call(SECRET), "m-chat-secret-call"),
    blocked(parcel(SECRET), "m-chat-secret-object"),
    broken(),
    unfinished(),
)
LEGACY = (
    legacy(WORDS),
    *rewritten("m-legacy-mail", legacy, f"Write to {ADDRESS} today. Or tomorrow."),
    blocked(legacy(f"The key is {SECRET}."), "m-legacy-secret"),
)
