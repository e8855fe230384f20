"""Pydantic AI: the model asked directly, whole and streamed, and agents with texts and typed outputs."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import httpx
import httpx2
import openai
from pydantic import BaseModel, TypeAdapter
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.direct import model_request, model_request_stream
from pydantic_ai.exceptions import AgentRunError
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.tools import ToolDefinition
from telling import QUESTION, TRACK, Json, Piece, Way, tell

RESPONSE: TypeAdapter[ModelResponse] = TypeAdapter(ModelResponse)


class Parcel(BaseModel):
    parcel: str
    city: str
    days: int


@dataclass
class Target:
    """One client for all: a new one would load the certificates each time."""

    client: openai.AsyncOpenAI


def opened(url: str, key: str) -> Target:
    return Target(openai.AsyncOpenAI(base_url=f"{url}/v1", api_key=key, timeout=20))


def model(target: Target, case: Json) -> Any:
    client = target.client if case["retries"] else target.client.with_options(max_retries=0)
    kind = OpenAIResponsesModel if case["api"] == "responses" else OpenAIChatModel
    return kind(case["name"], provider=OpenAIProvider(openai_client=client))


def parameters(case: Json) -> ModelRequestParameters:
    tool = ToolDefinition(name="track", parameters_json_schema=TRACK["parameters"], description="Where a parcel is.")
    return ModelRequestParameters(function_tools=[tool] if case["asks"] == "tools" else [])


def said(response: ModelResponse) -> Json:
    """Without the library's own clock and ids, which differ with each run."""
    known = json.loads(RESPONSE.dump_json(response))
    for name in ("timestamp", "provider_url", "run_id", "conversation_id"):
        known.pop(name, None)
    for part in known["parts"]:
        part.pop("timestamp", None)
    calls = [[part["tool_name"], part["args"]] for part in known["parts"] if part["part_kind"] == "tool-call"]
    about = known.get("provider_details") or {}
    about.pop("timestamp", None)
    return {
        "text": response.text,
        "refusal": about.get("refusal"),
        "calls": calls,
        "finish": response.finish_reason,
        "all": known,
    }


def question() -> list[ModelMessage]:
    return [ModelRequest.user_text_prompt(QUESTION)]


async def direct(target: Target, case: Json) -> AsyncIterator[Any]:
    asked = model(target, case)
    yield said(await model_request(asked, question(), model_request_parameters=parameters(case)))


async def direct_stream(target: Target, case: Json) -> AsyncIterator[Any]:
    asked = model(target, case)
    async with model_request_stream(asked, question(), model_request_parameters=parameters(case)) as events:
        async for _ in events:
            yield Piece(events.get().text)
        yield said(events.get())


async def agent(target: Target, case: Json) -> AsyncIterator[Any]:
    ran = await Agent(model(target, case), retries=0).run(QUESTION)
    yield {"text": ran.output, "usage": str(ran.usage)}


async def agent_stream(target: Target, case: Json) -> AsyncIterator[Any]:
    async with Agent(model(target, case), retries=0).run_stream(QUESTION) as ran:
        async for text in ran.stream_text(debounce_by=None):
            yield Piece(text)
        yield {"text": await ran.get_output()}


async def agent_object(target: Target, case: Json) -> AsyncIterator[Any]:
    ran = await Agent(model(target, case), output_type=NativeOutput(Parcel), retries=0).run(QUESTION)
    yield {"object": ran.output.model_dump()}


async def agent_object_stream(target: Target, case: Json) -> AsyncIterator[Any]:
    async with Agent(model(target, case), output_type=NativeOutput(Parcel), retries=0).run_stream(QUESTION) as ran:
        yield {"object": (await ran.get_output()).model_dump()}


def ways(case: Json) -> dict[str, Way]:
    plain: dict[str, Way] = {"model_request": direct, "model_request_stream": direct_stream}
    if case["asks"] == "object":
        return {**plain, "Agent, typed": agent_object, "Agent, typed, run_stream": agent_object_stream}
    return plain if case["asks"] == "tools" else {**plain, "Agent": agent, "Agent, run_stream": agent_stream}


if __name__ == "__main__":
    raised = (AgentRunError, openai.OpenAIError, httpx.HTTPError, httpx2.HTTPError, ValueError)
    tell(version("pydantic-ai-slim"), opened, ways, raised)
