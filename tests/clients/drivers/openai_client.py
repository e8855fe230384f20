"""OpenAI's own client, version 2 or 3: synchronous, asynchronous, with its helpers for streams and typed answers."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import openai
from pydantic import BaseModel
from telling import QUESTION, TRACK, Json, Piece, Way, joined, tell


class Parcel(BaseModel):
    parcel: str
    city: str
    days: int


@dataclass
class Clients:
    sync: openai.OpenAI
    asynchronous: openai.AsyncOpenAI


def opened(url: str, key: str) -> Clients:
    given: Any = {"base_url": f"{url}/v1", "api_key": key, "timeout": 20}
    return Clients(openai.OpenAI(**given), openai.AsyncOpenAI(**given))


def dumped(value: Any) -> Any:
    return json.loads(value.model_dump_json(warnings=False))


def retrying(client: Any, case: Json) -> Any:
    return client if case["retries"] else client.with_options(max_retries=0)


# --- chat completions -----------------------------------------------------------------------------------------------


def chat_request(case: Json) -> Json:
    asked: Json = {"model": case["name"], "messages": [{"role": "user", "content": QUESTION}]}
    if case["asks"] == "tools":
        asked["tools"] = [{"type": "function", "function": TRACK}]
    if case["n"] > 1:
        asked["n"] = case["n"]
    if case["logprobs"]:
        asked |= {"logprobs": True, "top_logprobs": 2}
    if case["name"].endswith("usage"):
        asked["stream_options"] = {"include_usage": True}
    return asked


def without_options(asked: Json) -> Json:
    return {key: value for key, value in asked.items() if key != "stream_options"}


def said(completion: Any) -> Json:
    """What of a completion a user looks at, and all of it."""
    choice = completion.choices[0]
    message = choice.message
    calls = [getattr(call, "function", call) for call in message.tool_calls or ()]
    return {
        "text": message.content,
        "refusal": getattr(message, "refusal", None),
        "calls": [[call.name, call.arguments] for call in calls],
        "finish": choice.finish_reason,
        "object": dumped(message.parsed) if getattr(message, "parsed", None) else None,
        "request_id": getattr(completion, "_request_id", None),
        "all": dumped(completion),
    }


def gathered(chunks: list[Json]) -> Json:
    whole = joined(chunks)
    choice = whole["choices"].get(0, {})
    delta = choice.get("delta", {})
    calls = [call["function"] for call in (delta.get("tool_calls") or {}).values()]
    return {
        "text": delta.get("content"),
        "refusal": delta.get("refusal"),
        "calls": [[call["name"], call["arguments"]] for call in calls],
        "finish": choice.get("finish_reason"),
        "all": whole,
    }


def create(clients: Clients, case: Json) -> Iterator[Any]:
    yield said(retrying(clients.sync, case).chat.completions.create(**without_options(chat_request(case))))


async def create_async(clients: Clients, case: Json) -> AsyncIterator[Any]:
    client = retrying(clients.asynchronous, case)
    yield said(await client.chat.completions.create(**without_options(chat_request(case))))


def stream(clients: Clients, case: Json) -> Iterator[Any]:
    chunks = []
    for chunk in retrying(clients.sync, case).chat.completions.create(stream=True, **chat_request(case)):
        chunks.append(dumped(chunk))
        yield Piece(gathered(chunks)["text"])
    yield gathered(chunks)


async def stream_async(clients: Clients, case: Json) -> AsyncIterator[Any]:
    chunks = []
    client = retrying(clients.asynchronous, case)
    async for chunk in await client.chat.completions.create(stream=True, **chat_request(case)):
        chunks.append(dumped(chunk))
        yield Piece(gathered(chunks)["text"])
    yield gathered(chunks)


def stream_helper(clients: Clients, case: Json) -> Iterator[Any]:
    shape: Json = {"response_format": Parcel} if case["asks"] == "object" else {}
    client = retrying(clients.sync, case)
    with client.chat.completions.stream(**chat_request(case), **shape) as events:
        for event in events:
            if event.type == "content.delta":
                yield Piece(event.snapshot)
        yield said(events.get_final_completion())


def parse(clients: Clients, case: Json) -> Iterator[Any]:
    asked = without_options(chat_request(case))
    yield said(retrying(clients.sync, case).chat.completions.parse(**asked, response_format=Parcel))


# --- responses ------------------------------------------------------------------------------------------------------


def response_request(case: Json) -> Json:
    tools: Json = {"tools": [{"type": "function", "strict": False, **TRACK}]} if case["asks"] == "tools" else {}
    return {"model": case["name"], "input": QUESTION, **tools}


def responded(response: Any) -> Json:
    parsed = getattr(response, "output_parsed", None)
    parts = [part for item in response.output if item.type == "message" for part in item.content]
    calls = [item for item in response.output if item.type == "function_call"]
    return {
        "text": response.output_text,
        "refusal": next((part.refusal for part in parts if part.type == "refusal"), None),
        "calls": [[call.name, call.arguments] for call in calls],
        "finish": response.status,
        "why": response.incomplete_details and response.incomplete_details.reason,
        "object": dumped(parsed) if parsed else None,
        "request_id": getattr(response, "_request_id", None),
        "all": dumped(response),
    }


def respond(clients: Clients, case: Json) -> Iterator[Any]:
    yield responded(retrying(clients.sync, case).responses.create(**response_request(case)))


async def respond_async(clients: Clients, case: Json) -> AsyncIterator[Any]:
    yield responded(await retrying(clients.asynchronous, case).responses.create(**response_request(case)))


def respond_parse(clients: Clients, case: Json) -> Iterator[Any]:
    yield responded(retrying(clients.sync, case).responses.parse(text_format=Parcel, **response_request(case)))


ENDS = ("response.completed", "response.incomplete", "response.failed")


def respond_stream(clients: Clients, case: Json) -> Iterator[Any]:
    for event in retrying(clients.sync, case).responses.create(stream=True, **response_request(case)):
        yield Piece(dumped(event))
        if event.type in ENDS:
            yield responded(event.response)


async def respond_stream_async(clients: Clients, case: Json) -> AsyncIterator[Any]:
    client = retrying(clients.asynchronous, case)
    async for event in await client.responses.create(stream=True, **response_request(case)):
        yield Piece(dumped(event))
        if event.type in ENDS:
            yield responded(event.response)


def respond_helper(clients: Clients, case: Json) -> Iterator[Any]:
    shape: Json = {"text_format": Parcel} if case["asks"] == "object" else {}
    with retrying(clients.sync, case).responses.stream(**response_request(case), **shape) as events:
        for event in events:
            yield Piece(dumped(event))
        yield responded(events.get_final_response())


# --- legacy completions ---------------------------------------------------------------------------------------------


def legacy(clients: Clients, case: Json) -> Iterator[Any]:
    completion = clients.sync.completions.create(model=case["name"], prompt=QUESTION)
    choice = completion.choices[0]
    yield {"text": choice.text, "finish": choice.finish_reason, "all": dumped(completion)}


def legacy_stream(clients: Clients, case: Json) -> Iterator[Any]:
    chunks = []
    for chunk in clients.sync.completions.create(model=case["name"], prompt=QUESTION, stream=True):
        chunks.append(dumped(chunk))
        yield Piece(chunk.choices[0].text)
    choice = joined(chunks)["choices"][0]
    yield {"text": choice["text"], "finish": choice["finish_reason"], "all": joined(chunks)}


def ways(case: Json) -> dict[str, Way]:
    if case["api"] == "completions":
        return {"create": legacy, "create, stream": legacy_stream}
    if case["api"] == "responses":
        plain = {"create": respond, "create, async": respond_async, "create, stream": respond_stream}
        found: dict[str, Way] = {**plain, "create, stream, async": respond_stream_async, "stream": respond_helper}
        return {**found, "parse": respond_parse} if case["asks"] == "object" else found
    chat: dict[str, Way] = {"create": create, "create, async": create_async, "create, stream": stream}
    chat |= {"create, stream, async": stream_async, "stream": stream_helper}
    return {**chat, "parse": parse} if case["asks"] == "object" else chat


if __name__ == "__main__":
    tell(openai.__version__, opened, ways, (openai.OpenAIError, httpx.HTTPError, ValueError, RuntimeError))
