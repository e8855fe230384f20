"""LiteLLM: chat completions, responses and Anthropic's messages by its own functions, whole and streamed."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import httpx
import litellm
import openai
from telling import QUESTION, TRACK, Json, Piece, Way, tell

litellm.telemetry = False
litellm.suppress_debug_info = True


@dataclass
class Target:
    url: str
    key: str


def request(target: Target, case: Json) -> Json:
    family = "anthropic" if case["api"] == "messages" else "openai"
    asked: Json = {
        "model": f"{family}/{case['name']}",
        "api_key": target.key,
        "api_base": target.url if family == "anthropic" else f"{target.url}/v1",
        "messages": [{"role": "user", "content": QUESTION}],
        "max_retries": 2 if case["retries"] else 0,
        "timeout": 20,
    }
    asked |= {"n": case["n"]} if case["n"] > 1 else {}
    asked |= {"logprobs": True, "top_logprobs": 2} if case["logprobs"] else {}
    return asked | ({"tools": [{"type": "function", "function": TRACK}]} if case["asks"] == "tools" else {})


def dumped(value: Any) -> Any:
    """Without the ids and times that the library makes up, and the model's name, which it takes from the request."""
    known = json.loads(value.model_dump_json(warnings=False))
    for name in ("id", "created", "model"):
        known.pop(name, None)
    return known


def said(completion: Any) -> Json:
    choice = completion.choices[0]
    message = choice.message
    calls = [call.function for call in message.tool_calls or ()]
    return {
        "text": message.content,
        "refusal": (getattr(message, "provider_specific_fields", None) or {}).get("refusal"),
        "calls": [[call.name, call.arguments] for call in calls],
        "finish": choice.finish_reason,
        "all": dumped(completion),
    }


def completion(target: Target, case: Json) -> Iterator[Any]:
    yield said(litellm.completion(**request(target, case)))


async def acompletion(target: Target, case: Json) -> AsyncIterator[Any]:
    yield said(await litellm.acompletion(**request(target, case)))


def built(chunks: list[Any]) -> Json:
    return said(litellm.stream_chunk_builder(chunks))


def stream(target: Target, case: Json) -> Iterator[Any]:
    chunks = []
    for chunk in litellm.completion(stream=True, **request(target, case)):
        chunks.append(chunk)
        yield Piece("".join(one.choices[0].delta.content or "" for one in chunks if one.choices))
    yield built(chunks)


async def astream(target: Target, case: Json) -> AsyncIterator[Any]:
    chunks = []
    async for chunk in await litellm.acompletion(stream=True, **request(target, case)):
        chunks.append(chunk)
        yield Piece("".join(one.choices[0].delta.content or "" for one in chunks if one.choices))
    yield built(chunks)


def response_request(target: Target, case: Json) -> Json:
    asked = request(target, case)
    del asked["messages"]
    tools: Json = {"tools": [{"type": "function", "strict": False, **TRACK}]} if case["asks"] == "tools" else {}
    return {**asked, "input": QUESTION, **tools}


def responded(response: Any) -> Json:
    known = dumped(response)
    parts = [part for item in known["output"] if item["type"] == "message" for part in item["content"]]
    calls = [[item["name"], item["arguments"]] for item in known["output"] if item["type"] == "function_call"]
    return {
        "text": "".join(part.get("text") or "" for part in parts),
        "refusal": next((part["refusal"] for part in parts if part["type"] == "refusal"), None),
        "calls": calls,
        "finish": known["status"],
        "why": (known.get("incomplete_details") or {}).get("reason"),
        "all": known,
    }


def respond(target: Target, case: Json) -> Iterator[Any]:
    yield responded(litellm.responses(**response_request(target, case)))


def respond_stream(target: Target, case: Json) -> Iterator[Any]:
    for event in litellm.responses(stream=True, **response_request(target, case)):
        yield Piece(str(getattr(event.type, "value", event.type)))
        if hasattr(event, "response"):
            yield responded(event.response)


def ways(case: Json) -> dict[str, Way]:
    if case["api"] == "responses":
        return {"responses": respond, "responses, stream": respond_stream}
    if case["n"] > 1:  # what puts streams together joins the choices to one text
        return {"completion": completion, "acompletion": acompletion}
    return {"completion": completion, "acompletion": acompletion, "stream": stream, "acompletion, stream": astream}


if __name__ == "__main__":
    raised = (openai.OpenAIError, litellm.exceptions.APIError, httpx.HTTPError, ValueError)
    tell(version("litellm"), Target, ways, raised)
