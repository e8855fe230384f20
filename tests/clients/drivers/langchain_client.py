"""LangChain's chat model for OpenAI: invoked, streamed, both asynchronously, with tools and with typed answers."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import httpx
import httpx2
import openai
from langchain_core.exceptions import LangChainException
from langchain_openai import ChatOpenAI
from langchain_openai.chat_models.base import OpenAIRefusalError
from pydantic import BaseModel
from telling import QUESTION, TRACK, Json, Piece, Way, tell


class Parcel(BaseModel):
    parcel: str
    city: str
    days: int


@dataclass
class Target:
    url: str
    key: str


def model(target: Target, case: Json, **more: Any) -> ChatOpenAI:
    given: Json = {"n": case["n"]} if case["n"] > 1 else {}
    given |= {"logprobs": True, "top_logprobs": 2} if case["logprobs"] else {}
    return ChatOpenAI(
        model=case["name"],
        base_url=f"{target.url}/v1",
        api_key=target.key,
        timeout=20,
        max_retries=2 if case["retries"] else 0,
        use_responses_api=case["api"] == "responses",
        **given,
        **more,
    )


def asking(target: Target, case: Json, **more: Any) -> Any:
    asked = model(target, case, **more)
    return asked.bind_tools([{"type": "function", "function": TRACK}]) if case["asks"] == "tools" else asked


def said(message: Any) -> Json:
    """Without the ids that the library makes up for each run."""
    known = json.loads(message.model_dump_json())
    if str(known.get("id") or "").startswith(("run-", "lc_")):
        del known["id"]
    refusals = [part["refusal"] for part in message.content if isinstance(part, dict) and part.get("refusal")]
    about = message.response_metadata
    return {
        "text": message.text,
        "refusal": message.additional_kwargs.get("refusal") or next(iter(refusals), None),
        "calls": [[call["name"], json.dumps(call["args"], ensure_ascii=False)] for call in message.tool_calls],
        "finish": about.get("finish_reason") or about.get("status"),
        "why": (about.get("incomplete_details") or {}).get("reason"),
        "all": known,
    }


def invoke(target: Target, case: Json) -> Iterator[Any]:
    yield said(asking(target, case).invoke(QUESTION))


async def ainvoke(target: Target, case: Json) -> AsyncIterator[Any]:
    yield said(await asking(target, case).ainvoke(QUESTION))


def stream(target: Target, case: Json) -> Iterator[Any]:
    whole: Any = None
    for chunk in asking(target, case, stream_usage=True).stream(QUESTION):
        whole = chunk if whole is None else whole + chunk
        yield Piece(whole.text)
    yield said(whole)


async def astream(target: Target, case: Json) -> AsyncIterator[Any]:
    whole: Any = None
    async for chunk in asking(target, case).astream(QUESTION):
        whole = chunk if whole is None else whole + chunk
        yield Piece(whole.text)
    yield said(whole)


def structured(target: Target, case: Json) -> Iterator[Any]:
    parcel: Any = model(target, case).with_structured_output(Parcel, method="json_schema").invoke(QUESTION)
    yield {"object": parcel and parcel.model_dump()}


def structured_stream(target: Target, case: Json) -> Iterator[Any]:
    parcel: Any = None
    for part in model(target, case).with_structured_output(Parcel, method="json_schema").stream(QUESTION):
        parcel = part
        yield Piece(None)
    yield {"object": parcel and parcel.model_dump()}


def ways(case: Json) -> dict[str, Way]:
    plain: dict[str, Way] = {"invoke": invoke, "ainvoke": ainvoke, "stream": stream, "astream": astream}
    if case["n"] > 1:  # streams of several choices come out as one text
        return {"invoke": invoke, "ainvoke": ainvoke}
    if case["asks"] != "object":
        return plain
    return {**plain, "with_structured_output": structured, "with_structured_output, stream": structured_stream}


if __name__ == "__main__":
    refused = (OpenAIRefusalError, LangChainException, openai.OpenAIError)
    raised = (*refused, httpx.HTTPError, httpx2.HTTPError, ValueError, RuntimeError)
    tell(version("langchain-openai"), Target, ways, raised)
