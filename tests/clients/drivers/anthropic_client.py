"""Anthropic's own client for Python: synchronous, asynchronous, with its helpers for streams and for typed answers."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import anthropic
import httpx2
from pydantic import BaseModel
from telling import QUESTION, TRACK, Json, Piece, Way, tell


class Parcel(BaseModel):
    parcel: str
    city: str
    days: int


@dataclass
class Clients:
    sync: anthropic.Anthropic
    asynchronous: anthropic.AsyncAnthropic


def opened(url: str, key: str) -> Clients:
    given: Any = {"base_url": url, "api_key": key, "timeout": 20}
    return Clients(anthropic.Anthropic(**given), anthropic.AsyncAnthropic(**given))


def request(case: Json) -> Json:
    asked: Json = {"model": case["name"], "max_tokens": 100, "messages": [{"role": "user", "content": QUESTION}]}
    if case["asks"] == "tools":
        tool = {"name": TRACK["name"], "description": TRACK["description"], "input_schema": TRACK["parameters"]}
        asked["tools"] = [tool]
    return asked


def retrying(client: Any, case: Json) -> Any:
    return client if case["retries"] else client.with_options(max_retries=0)


def dumped(value: Any) -> Any:
    return json.loads(value.model_dump_json(warnings=False))


def said(message: Any) -> Json:
    texts = [block.text for block in message.content if block.type == "text"]
    parsed = getattr(message, "parsed_output", None)
    return {
        "text": "".join(texts) if texts else None,
        "refusal": getattr(getattr(message, "stop_details", None), "explanation", None),
        "calls": [[block.name, json.dumps(block.input)] for block in message.content if block.type == "tool_use"],
        "finish": message.stop_reason,
        "object": dumped(parsed) if parsed else None,
        "request_id": getattr(message, "_request_id", None),
        "all": dumped(message),
    }


def create(clients: Clients, case: Json) -> Iterator[Any]:
    yield said(retrying(clients.sync, case).messages.create(**request(case)))


async def create_async(clients: Clients, case: Json) -> AsyncIterator[Any]:
    yield said(await retrying(clients.asynchronous, case).messages.create(**request(case)))


def stream(clients: Clients, case: Json) -> Iterator[Any]:
    for event in retrying(clients.sync, case).messages.create(stream=True, **request(case)):
        yield Piece(dumped(event))


async def stream_async(clients: Clients, case: Json) -> AsyncIterator[Any]:
    async for event in await retrying(clients.asynchronous, case).messages.create(stream=True, **request(case)):
        yield Piece(dumped(event))


def stream_helper(clients: Clients, case: Json) -> Iterator[Any]:
    with retrying(clients.sync, case).messages.stream(**request(case)) as events:
        for event in events:
            yield Piece(dumped(event))
        yield said(events.get_final_message())


async def stream_helper_async(clients: Clients, case: Json) -> AsyncIterator[Any]:
    async with retrying(clients.asynchronous, case).messages.stream(**request(case)) as events:
        async for event in events:
            yield Piece(dumped(event))
        yield said(await events.get_final_message())


def parse(clients: Clients, case: Json) -> Iterator[Any]:
    yield said(retrying(clients.sync, case).messages.parse(output_format=Parcel, **request(case)))


def ways(case: Json) -> dict[str, Way]:
    plain: dict[str, Way] = {"create": create, "create, async": create_async, "create, stream": stream}
    plain |= {"create, stream, async": stream_async, "stream": stream_helper, "stream, async": stream_helper_async}
    return {**plain, "parse": parse} if case["asks"] == "object" else plain


if __name__ == "__main__":
    tell(anthropic.__version__, opened, ways, (anthropic.AnthropicError, httpx2.HTTPError, ValueError))
