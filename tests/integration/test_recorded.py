"""Recorded conversations of a real model, served again through the running proxy: judged as the engine judges them."""

import json
import random
from collections.abc import Iterator
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.verdict import Verdict
from guardproxy.conversation import Situation
from guardproxy.storage.policy_files import read_policies
from guardproxy.storage.recordings import read_recordings
from guardproxy.wire.chat.requests import answer_of, conversation_of
from tests.integration.conftest import Proxy, proxy_before
from tests.integration.upstreams import Upstream, chunk, completions, events, streamed, whole
from tests.properties.test_enforcement import ask

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "airline-gpt4o.jsonl.gz"
PACKS = ("airline", "privacy")
TODAY = date(2026, 11, 21)

pytestmark = pytest.mark.skipif(not RECORDED.exists(), reason="the recorded conversations are not here")


@pytest.fixture
def served(upstream: Upstream) -> Iterator[Proxy]:
    with proxy_before(upstream, read_policies(PACKS)) as proxy:
        yield proxy


def test_whole_and_in_random_pieces_the_verdicts_are_those_of_the_engine(upstream: Upstream, served: Proxy) -> None:
    compiled, chance = CompiledPolicies(read_policies(PACKS)), random.Random(7)
    connection = HTTPConnection("127.0.0.1", served.port)
    stopped = 0
    for before, message in answers():
        situation = Situation({}, conversation_of(before), TODAY.toordinal())
        verdict = judge(compiled, answer_of(message), situation, ask)
        request = {"model": "m", "messages": before}
        upstream.script = lambda _, message=message: whole(completions(message, finish=finish_of(message)))
        compare(post(connection, request), message, verdict)
        upstream.script = lambda _, message=message: streamed(events(pieces(message, chance)), cuts(chance))
        compare(assembled(post(connection, {**request, "stream": True})), message, verdict)
        stopped += not verdict.ending.delivers
    assert stopped > 0


def answers() -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """Every assistant message with what came before it; of the allowed kind only each fifth, to save time."""
    for recording in read_recordings(RECORDED):
        for index, message in enumerate(recording.messages):
            if message["role"] == "assistant" and (message.get("tool_calls") or index % 5 == 0):
                yield recording.messages[:index], message


def finish_of(message: dict[str, Any]) -> str:
    return "tool_calls" if message.get("tool_calls") else "stop"


def pieces(message: dict[str, Any], chance: random.Random) -> Iterator[Any]:
    yield chunk({"role": "assistant"})
    yield from (chunk({"content": piece}) for piece in cut(message.get("content") or "", chance))
    for index, call in enumerate(message.get("tool_calls") or ()):
        function = {"name": call["function"]["name"], "arguments": ""}
        yield chunk({"tool_calls": [{"index": index, "id": call["id"], "type": "function", "function": function}]})
        for piece in cut(call["function"]["arguments"], chance):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield chunk({}, finish_of(message))
    yield "[DONE]"


def cut(text: str, chance: random.Random) -> Iterator[str]:
    at = 0
    while at < len(text):
        size = chance.choice((1, 3, 7, 40))
        yield text[at : at + size]
        at += size


def cuts(chance: random.Random) -> list[int]:
    return sorted(chance.randrange(2000) for _ in range(6))


def post(connection: HTTPConnection, request: dict[str, Any]) -> Any:
    connection.request("POST", "/v1/chat/completions", json.dumps(request, default=str), {"authorization": "Bearer k"})
    response = connection.getresponse()
    body = response.read().decode()
    assert response.status == 200, body
    return body if request.get("stream") else json.loads(body)


def assembled(stream: str) -> dict[str, Any]:
    """A stream put together as clients do it."""
    *chunks, last, _ = stream.split("\n\n")
    assert last == "data: [DONE]"
    message: dict[str, Any] = {}
    calls: list[dict[str, Any]] = []
    body: dict[str, Any] = {"choices": [{"message": message}]}
    for read in (json.loads(c.removeprefix("data: ")) for c in chunks):
        body.update({k: v for k, v in read.items() if k == "guardproxy"})
        choice = read["choices"][0]
        body["choices"][0]["finish_reason"] = choice["finish_reason"]
        for name in ("content", "refusal"):
            if choice["delta"].get(name):
                message[name] = (message.get(name) or "") + choice["delta"][name]
        for piece in choice["delta"].get("tool_calls") or ():
            if piece["index"] == len(calls):
                calls.append({"id": piece["id"], "type": "function", "function": {"name": "", "arguments": ""}})
            for name, value in piece["function"].items():
                calls[piece["index"]]["function"][name] += value
    if calls:
        message["tool_calls"] = calls
    return body


def compare(got: dict[str, Any], message: dict[str, Any], verdict: Verdict) -> None:
    choice = got["choices"][0]
    if not verdict.ending.delivers:
        assert choice["finish_reason"] == "content_filter"
        assert choice["message"]["refusal"] == verdict.notice
        assert not choice["message"].get("tool_calls")
        assert set(got["guardproxy"]["rules"]) == set(verdict.by)
        return
    assert "guardproxy" not in got or verdict.ending.value != "allowed"
    assert (choice["message"].get("content") or "") == verdict.answer.text("content")
    calls = [
        (c["function"]["name"], c["function"]["arguments"], c["id"]) for c in choice["message"].get("tool_calls") or ()
    ]
    assert calls == [(c.name, c.arguments, c.id) for c in verdict.answer.calls]
