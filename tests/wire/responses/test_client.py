"""The official client through the running proxy: compliant responses are equal, and it understands all others."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from guardproxy.storage.policy_files import read_policies
from tests.integration.conftest import Proxy, proxy_before, upstream, upstream_server
from tests.integration.upstreams import Json, Step, Upstream, whole
from tests.wire.responses.scripted import FUNCTION, ITEMS, MESSAGE, REASONING, message, response, stream

__all__ = ["upstream", "upstream_server"]

KEY = "AKIA" + "IOSFODNN7EXAMPLE"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
KNOWN = [item for item in ITEMS if item["type"] != "hologram"]


class Found(BaseModel):
    a: int


@pytest.fixture(scope="module")
def proxy(upstream_server: Upstream) -> Iterator[Proxy]:
    with proxy_before(upstream_server, read_policies(("privacy",))) as started:
        yield started


def client(url: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=url, api_key="test", max_retries=0, timeout=10)


def streamed(output: list[Json], size: int = 50) -> list[Step]:
    data = stream(output)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return [HEAD, *(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces), b"0\r\n\r\n"]


def plain(value: Any) -> Any:
    return json.loads(value.model_dump_json(warnings=False))


def test_whole_responses_are_equal(proxy: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: whole(response(KNOWN))
    direct, through = (plain(client(u.url).responses.create(model="m", input="x")) for u in (upstream, proxy))
    assert through == direct
    upstream.script = lambda request: whole(response([message('{"a": 5}')]))
    assert client(proxy.url).responses.parse(model="m", input="x", text_format=Found).output_parsed == Found(a=5)


def test_streams_are_equal(proxy: Proxy, upstream: Upstream) -> None:
    def raw(url: str) -> list[Any]:
        return [plain(event) for event in client(url).responses.create(model="m", input="x", stream=True)]

    def helped(url: str) -> list[Any]:
        with client(url).responses.stream(model="m", input="x", text_format=Found) as events:
            return [*map(plain, events), plain(events.get_final_response())]

    upstream.script = lambda request: streamed(KNOWN)
    assert raw(proxy.url) == raw(upstream.url)
    upstream.script = lambda request: streamed([REASONING, FUNCTION, message('{"a": 5}')])
    assert helped(proxy.url) == helped(upstream.url)


def test_a_block_is_understood(proxy: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: whole(response([message(f"Your key is {KEY}.")]))
    blocked: Any = client(proxy.url).responses.create(model="m", input="x")
    assert (blocked.status, blocked.incomplete_details.reason, blocked.output_text) == (
        "incomplete",
        "content_filter",
        "",
    )
    assert blocked.output[0].content[0].refusal == "The answer contained a credential."
    upstream.script = lambda request: streamed([message(f"Your key is {KEY}.")])
    with client(proxy.url).responses.stream(model="m", input="x") as events:
        found: Any = list(events)
    assert [event.delta for event in found if event.type == "response.refusal.delta"] == [
        "The answer contained a credential."
    ]
    assert (found[-1].type, found[-1].response.incomplete_details.reason) == ("response.incomplete", "content_filter")


def test_a_block_as_an_error_is_one(upstream: Upstream) -> None:
    with proxy_before(upstream, read_policies(("privacy",)), blocked_as="error") as proxy:
        upstream.script = lambda request: whole(response([message(f"Your key is {KEY}.")]))
        with pytest.raises(openai.BadRequestError) as whole_error:
            client(proxy.url).responses.create(model="m", input="x")
        upstream.script = lambda request: streamed([message(f"Well then. Your key is {KEY}.")])
        with pytest.raises(openai.APIError) as stream_error:
            list(client(proxy.url).responses.create(model="m", input="x", stream=True))
    assert whole_error.value.code == stream_error.value.code == "content_filter"


def test_in_the_background_fetched_and_resumed(proxy: Proxy, upstream: Upstream) -> None:
    responses = client(proxy.url).responses
    upstream.script = lambda request: whole(response([], "queued", usage=None, background=True))
    assert responses.create(model="m", input="x", background=True).status == "queued"
    upstream.script = lambda request: whole(response([message("Hers is 123-45-6789.")], background=True))
    assert responses.retrieve("resp_1").output_text == "Hers is [SSN]."
    upstream.script = lambda request: streamed([message("Hers is 123-45-6789, I think.", id="msg_0"), MESSAGE])
    all_of_it = list(responses.retrieve("resp_1", stream=True))
    assert list(responses.retrieve("resp_1", stream=True, starting_after=6)) == all_of_it[7:]
    assert "starting_after" not in upstream.seen.heads[-1]
    upstream.script = lambda request: whole(response([message("Hers is 123-45-6789.")], "cancelled"))
    assert responses.cancel("resp_1").output_text == "Hers is [SSN]."


def test_an_answer_that_breaks_off_is_noticed(proxy: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: [*streamed([message("Hello there.")])[:20], "drop"]
    with pytest.raises(openai.APIConnectionError):
        list(client(proxy.url).responses.create(model="m", input="x", stream=True))
