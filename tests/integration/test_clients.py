"""The official client through the proxy: a compliant answer is the same as without it, a blocked one is understood."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from tests.integration.conftest import Proxy
from tests.integration.upstreams import (
    Json,
    Step,
    Upstream,
    chunk,
    completion,
    completions,
    events,
    streamed,
    text_stream,
    whole,
)

QUESTION: list[Any] = [{"role": "user", "content": "Where is my parcel?"}]
SECRET = "AKIAIOSFODNN7EXAMPLE"


def client(url: str, **more: Any) -> openai.OpenAI:
    return openai.OpenAI(base_url=url, api_key="test", max_retries=0, timeout=10, **more)


CALL = {"id": "call_9x", "type": "function", "function": {"name": "track", "arguments": '{"parcel": "77-A"}'}}
ANSWERS = [
    completion("It arrives on Thursday."),
    completion("Zażółć 東京 👩‍👩‍👧‍👦 \u2028 <b>&amp;</b> 1e3 12,000.50"),
    completion(None, finish="tool_calls", tool_calls=[CALL, {**CALL, "id": "call_10"}]),
    completion("Sure.", reasoning_content="The user asks for a parcel.", annotations=[]),
    completions({"role": "assistant", "content": "One."}, {"role": "assistant", "content": "Two."}),
    completion(None, refusal="I cannot help with that."),
    completion("x", extra_content={"google": {"thought_signature": "c2lnbmF0dXJl"}})
    | {"citations": ["https://a.example/b"]},
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_compliant_answer_is_equal(guarded: Proxy, upstream: Upstream, answer: Json) -> None:
    upstream.script = lambda request: whole(answer)
    direct, through = (
        client(url).chat.completions.create(model="m", messages=QUESTION).model_dump()
        for url in (upstream.url, guarded.url)
    )
    assert through == direct


STREAMS = [
    text_stream("It ", "arrives ", "on ", "Thursday."),
    text_stream("Zażółć", " 東京 👩‍👩‍👧‍👦", '\u2028\n"quoted"\\'),
    [
        chunk({"role": "assistant", "content": None}),
        chunk({"tool_calls": [{"index": 0, **CALL, "function": {"name": "track", "arguments": ""}}]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"parcel"'}}]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": ': "77-A"}'}}]}),
        chunk({"tool_calls": [{"index": 1, **CALL, "id": "call_10"}]}),
        chunk({}, "tool_calls"),
        chunk(None, usage={"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}),
        "[DONE]",
    ],
    [
        chunk({"role": "assistant", "reasoning_content": "Hm. "}),
        chunk({"reasoning_content": "So."}),
        *text_stream("Yes.")[1:],
    ],
]


def gathered(url: str) -> dict[int, Json]:
    """What a client puts together from the pieces of each choice."""
    choices: dict[int, Json] = {}
    with client(url).chat.completions.create(model="m", messages=QUESTION, stream=True) as stream:
        for part in stream:
            for choice in part.choices:
                found = choices.setdefault(choice.index, {"calls": {}})
                found["finish"] = choice.finish_reason or found.get("finish")
                for name, value in choice.delta.model_dump().items():
                    if isinstance(value, str):
                        found[name] = found.get(name, "") + value if name != "role" else value
                for call in choice.delta.tool_calls or []:
                    known = found["calls"].setdefault(call.index, {"id": call.id, "name": "", "arguments": ""})
                    known["name"] += call.function.name or ""
                    known["arguments"] += call.function.arguments or ""
    return choices


@pytest.mark.parametrize("chunks", STREAMS)
def test_a_compliant_stream_is_equal(guarded: Proxy, upstream: Upstream, chunks: list[Json | str]) -> None:
    upstream.script = lambda request: streamed(events(chunks))
    assert gathered(guarded.url) == gathered(upstream.url)


def test_the_stream_helper_assembles_calls(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: streamed(events(STREAMS[2]))
    with client(guarded.url).chat.completions.stream(model="m", messages=QUESTION) as stream:
        calls = stream.get_final_completion().choices[0].message.tool_calls
    assert calls is not None
    assert [(call.id, call.function.arguments) for call in calls] == [
        ("call_9x", '{"parcel": "77-A"}'),
        ("call_10", '{"parcel": "77-A"}'),
    ]


async def test_the_asynchronous_client(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: streamed(events(text_stream("Mail bob@exam", "ple.org now.")))
    async with openai.AsyncOpenAI(base_url=guarded.url, api_key="test") as asking:
        stream: AsyncIterator[Any] = await asking.chat.completions.create(model="m", messages=QUESTION, stream=True)
        said = [part.choices[0].delta.content or "" async for part in stream]
    assert "".join(said) == "Mail [e-mail] now."


class Offer(BaseModel):
    decision: str
    amount: float
    apr: float
    term: int


def test_typed_parsing_sees_the_repaired_offer(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: whole(completion('{"decision":"approve","amount":5000,"apr":29.5,"term":36}'))
    parsed = client(guarded.url).chat.completions.parse(model="m", messages=QUESTION, response_format=Offer)
    assert parsed.choices[0].message.parsed == Offer(decision="approve", amount=5000, apr=19.99, term=36)


def test_typed_streaming_sees_the_repaired_offer(guarded: Proxy, upstream: Upstream) -> None:
    parts = ('{"decision":"appr', 'ove","amount":50', '00,"apr":29.5,', '"term":36}')
    upstream.script = lambda request: streamed(events(text_stream(*parts)))
    with client(guarded.url).chat.completions.stream(model="m", messages=QUESTION, response_format=Offer) as stream:
        message = stream.get_final_completion().choices[0].message
    assert message.parsed == Offer(decision="approve", amount=5000, apr=19.99, term=36)


def test_a_blocked_answer_is_a_refusal(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: whole(completion(f"The key is {SECRET}."))
    raw = client(guarded.url).chat.completions.with_raw_response.create(model="m", messages=QUESTION)
    answer = raw.parse()
    choice = answer.choices[0]
    assert (choice.finish_reason, choice.message.content) == ("content_filter", None)
    assert choice.message.refusal == "The answer contained a credential."
    assert answer.usage is not None and answer.usage.total_tokens == 8
    assert raw.headers["x-guardproxy-verdict"] == "blocked"
    assert answer.model_dump()["guardproxy"] == {
        "decision": raw.headers["x-guardproxy-decision"],
        "verdict": "blocked",
        "rules": ["SEC-KEYS"],
    }
    assert SECRET not in raw.text


def test_a_blocked_stream_ends_with_a_refusal(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: streamed(events(text_stream("The key is ", SECRET[:9], SECRET[9:], " indeed.")))
    found = gathered(guarded.url)[0]
    assert (found["content"], found["finish"]) == ("The key is ", "content_filter")
    assert found["refusal"] == "The answer contained a credential."


def test_typed_helpers_raise_on_a_block(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: (
        whole(completion(SECRET)) if not request.get("stream") else streamed(events(text_stream(SECRET)))
    )
    with pytest.raises(openai.ContentFilterFinishReasonError):
        client(guarded.url).chat.completions.parse(model="m", messages=QUESTION, response_format=Offer)
    typed = client(guarded.url).chat.completions.stream(model="m", messages=QUESTION, response_format=Offer)
    with pytest.raises(openai.ContentFilterFinishReasonError), typed as stream:
        stream.until_done()


def test_each_choice_ends_on_its_own(guarded: Proxy, upstream: Upstream) -> None:
    parts: list[Json | str] = [chunk({"role": "assistant", "content": ""}, index=i) for i in (0, 1)]
    parts += [chunk({"content": "AKIAIOSFODNN7"}, index=0), chunk({"content": "All "}, index=1)]
    parts += [chunk({"content": "EXAMPLE "}, index=0), chunk({"content": "is well."}, index=1)]
    parts += [chunk({}, "stop", index=i) for i in (0, 1)]
    upstream.script = lambda request: streamed(events([*parts, "[DONE]"]))
    with client(guarded.url).chat.completions.create(model="m", messages=QUESTION, n=2, stream=True) as stream:
        finishes = {c.index: c.finish_reason for part in stream for c in part.choices if c.finish_reason}
    assert finishes == {0: "content_filter", 1: "stop"}


def test_the_usage_chunk_comes_where_it_was_asked_for(guarded: Proxy, upstream: Upstream) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
    parts = [*text_stream("Fine: ", SECRET)[:-1], chunk(None, usage=usage), "[DONE]"]
    upstream.script = lambda request: streamed(events(parts))
    with client(guarded.url).chat.completions.create(
        model="m", messages=QUESTION, stream=True, stream_options={"include_usage": True}
    ) as stream:
        last = list(stream)[-1]
    assert last.choices == [] and last.usage is not None and last.usage.total_tokens == 8


def test_a_block_can_be_an_exception(upstream: Upstream, proxy_by: Any) -> None:
    policy = 'policy "P" version 1\nrule NO "No"\n  never any text contains "osprey"\n  otherwise block "Not that."\n'
    proxy = proxy_by(policy, blocked_as="error")
    upstream.script = lambda request: whole(completion("the osprey"))
    with pytest.raises(openai.BadRequestError) as caught:
        client(proxy.url).chat.completions.create(model="m", messages=QUESTION)
    assert (caught.value.code, caught.value.type) == ("content_filter", "content_policy_violation")
    upstream.script = lambda request: streamed(events(text_stream("The ", "osprey")))
    with pytest.raises(openai.APIError, match="Not that"):
        gathered(proxy.url)


def test_models_are_listed(guarded: Proxy, upstream: Upstream) -> None:
    models = {"object": "list", "data": [{"id": "org/m:1", "object": "model", "created": 1, "owned_by": "org"}]}
    upstream.script = lambda request: whole(models)
    assert [model.id for model in client(guarded.url).models.list()] == ["org/m:1"]
    upstream.script = lambda request: whole(models["data"][0])  # type: ignore[index]
    assert client(guarded.url).models.retrieve("org/m:1").id == "org/m:1"
    assert "GET /v1/models/org" in upstream.seen.heads[-1]


async def test_streams_at_once_do_not_mix(guarded: Proxy, upstream: Upstream) -> None:
    def own(request: Json) -> list[Step]:
        name = request["messages"][0]["content"]
        parts = text_stream(*(f"{name}-{i} bob@example.org " for i in range(20)))
        return streamed(events(parts), cuts=range(50, 3000, 170), pause=0.002)

    async def said(name: str) -> str:
        stream = await asking.chat.completions.create(
            model="m", messages=[{"role": "user", "content": name}], stream=True
        )
        return "".join([part.choices[0].delta.content or "" async for part in stream])

    upstream.script = own
    async with openai.AsyncOpenAI(base_url=guarded.url, api_key="test", timeout=20) as asking:
        found = await asyncio.gather(*(said(f"stream{n}") for n in range(60)))
    assert found == ["".join(f"stream{n}-{i} [e-mail] " for i in range(20)) for n in range(60)]
