"""`ask again up to N times`: the model hears why and answers anew; what it says then is judged like any answer."""

import json
import logging
from collections.abc import Callable
from http.client import HTTPConnection
from time import monotonic, sleep
from typing import Any

import openai
import pytest

from guardproxy.telemetry import metrics
from tests.integration.conftest import Proxy
from tests.integration.test_leaving import request
from tests.integration.upstreams import (
    Json,
    Step,
    Upstream,
    chunk,
    completion,
    completions,
    events,
    http_head,
    streamed,
    text_stream,
    whole,
)

POLICY = """policy "Manners" version 1, money in USD

check call refund as refund
- amount : money

rule SORRY "The answer says sorry"
  require reply text mentions "sorry" or reply text mentions "apologies"
  otherwise ask again up to 2 times

rule SMALL "Refunds are at most $100"
  require refund.amount at most $100
  otherwise ask again up to 1 time

rule KEYS "No keys"
  never reply text contains aws_access_key
  otherwise redact as "[key]"
"""
KEY = "AKIAIOSFODNN7EXAMPLE"
QUESTION: list[Any] = [{"role": "user", "content": "Where is it?"}]
TOOLS = [{"type": "function", "function": {"name": "refund", "parameters": {"type": "object"}}}]
WRONG, RIGHT = completion("Wait."), completion("We are sorry.")
Start = Callable[..., Proxy]


def one_by_one(upstream: Upstream, *answers: list[Step]) -> None:
    """The upstream's answers in their order; the last is repeated."""
    left = list(answers)
    upstream.script = lambda request: left.pop(0) if len(left) > 1 else left[0]


def asked(proxy: Proxy, headers: Json | None = None, **request: Any) -> tuple[Any, Json, bytes]:
    """Headers, JSON and bytes of the answer."""
    connection = HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    body = json.dumps({"model": "m", "messages": QUESTION, **request})
    connection.request("POST", "/v1/chat/completions", body, headers or {})
    response = connection.getresponse()
    raw = response.read()
    connection.close()
    return response.headers, {} if request.get("stream") else json.loads(raw), raw


def said(raw: bytes) -> list[Json]:
    lines = [line.removeprefix(b"data: ") for line in raw.split(b"\n\n") if line.startswith(b"data: {")]
    return [json.loads(line) for line in lines]


def refund(amount: int, **more: Any) -> Json:
    call = {"id": "call_1", "type": "function", "function": {"name": "refund", "arguments": f'{{"amount": {amount}}}'}}
    return completion("Sorry.", finish="tool_calls", tool_calls=[{**call, **more}])


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """The first line about a decision, which is written behind the answer's last byte."""
    until = monotonic() + 2
    while not (lines := [r.getMessage() for r in caplog.records if r.levelno == logging.INFO]) and monotonic() < until:
        sleep(0.01)
    return lines[0]


def counted(name: str) -> float:
    metrics.flush()
    return next(m.samples[0].value for m in metrics.REGISTRY.collect() if m.name == name)


# --- whole answers ----------------------------------------------------------------------------------------------------


def test_the_model_hears_the_reasons_and_its_new_answer_is_delivered(proxy_by: Start, upstream: Upstream) -> None:
    one_by_one(upstream, whole(WRONG), whole(RIGHT))
    before = counted("guardproxy_asked_again"), counted("guardproxy_recovered")
    headers, answer, _ = asked(proxy_by(POLICY), temperature=0.25)
    assert answer["choices"][0]["message"]["content"] == "We are sorry."
    assert (headers["x-guardproxy-verdict"], headers["x-guardproxy-asked-again"]) == ("allowed", "1")
    assert answer["usage"] == {"prompt_tokens": 6, "completion_tokens": 10, "total_tokens": 16}
    first, second = upstream.seen.bodies
    assert {k: v for k, v in second.items() if k != "messages"} == {"model": "m", "temperature": 0.25}
    *_, refused, why = second["messages"]
    assert (second["messages"][:1], refused) == (first["messages"], {"role": "assistant", "content": "Wait."})
    assert why["role"] == "user" and "The answer says sorry" in why["content"]
    assert (counted("guardproxy_asked_again"), counted("guardproxy_recovered")) == (before[0] + 1, before[1] + 1)


def test_an_answer_that_stays_wrong_is_blocked_by_the_rules_that_asked(proxy_by: Start, upstream: Upstream) -> None:
    one_by_one(upstream, whole(WRONG))
    headers, answer, raw = asked(proxy_by(POLICY))
    choice = answer["choices"][0]
    assert (len(upstream.seen.bodies), len(upstream.seen.bodies[2]["messages"])) == (3, 5)
    assert (choice["finish_reason"], choice["message"]["content"]) == ("content_filter", None)
    assert "asked again 2 times" in choice["message"]["refusal"]
    assert (headers["x-guardproxy-verdict"], headers["x-guardproxy-asked-again"]) == ("blocked", "2")
    assert (answer["guardproxy"]["rules"], answer["guardproxy"]["asked_again"]) == (["SORRY"], 2)
    assert answer["usage"]["total_tokens"] == 24 and b"Wait" not in raw


@pytest.mark.parametrize(("most", "times"), [(0, 0), (1, 1)])
def test_the_operator_bounds_how_often(proxy_by: Start, upstream: Upstream, most: int, times: int) -> None:
    one_by_one(upstream, whole(WRONG))
    proxy = proxy_by(POLICY, asking_again={"most": most})
    assert asked(proxy)[1]["choices"][0]["finish_reason"] == "content_filter"
    assert len(upstream.seen.bodies) == 1 + times


def test_only_the_refused_choice_is_asked_about(proxy_by: Start, upstream: Upstream) -> None:
    two = completions({"role": "assistant", "content": "Sorry!"}, {"role": "assistant", "content": "No."})
    one_by_one(upstream, whole(two), whole(RIGHT))
    _, answer, _ = asked(proxy_by(POLICY), n=2)
    got = [(choice["index"], choice["message"]["content"]) for choice in answer["choices"]]
    assert got == [(0, "Sorry!"), (1, "We are sorry.")]
    assert (upstream.seen.bodies[1]["n"], upstream.seen.bodies[1]["messages"][-2]["content"]) == (1, "No.")


def test_refused_calls_get_results_that_say_why(proxy_by: Start, upstream: Upstream) -> None:
    one_by_one(upstream, whole(refund(500)), whole(refund(100)))
    _, answer, _ = asked(proxy_by(POLICY), tools=TOOLS)
    assert '"amount": 100' in answer["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
    call, result = upstream.seen.bodies[1]["messages"][-2:]
    assert call["tool_calls"] == refund(500)["choices"][0]["message"]["tool_calls"]
    assert (result["role"], result["tool_call_id"]) == ("tool", "call_1")
    assert "Refunds are at most $100" in result["content"]


@pytest.mark.parametrize("more", [{"id": ""}, {"extra_content": {"signature": "c2ln"}}, {"type": None}])
def test_calls_that_not_every_server_takes_back_are_told_in_words(
    proxy_by: Start, upstream: Upstream, more: Json
) -> None:
    one_by_one(upstream, whole(refund(500, **more)), whole(RIGHT))
    asked(proxy_by(POLICY), tools=TOOLS if "type" not in more else [])
    refused, why = upstream.seen.bodies[1]["messages"][-2:]
    assert refused == {
        "role": "assistant",
        "content": 'Sorry.\n(I called the tool `refund` with {"amount": 500}.)',
    }
    assert why["role"] == "user"


@pytest.mark.parametrize("answer", [completion(f"Use {KEY}."), refund(500, id=KEY)])
def test_what_another_rule_keeps_back_is_not_sent_to_the_model(
    proxy_by: Start, upstream: Upstream, answer: Json
) -> None:
    one_by_one(upstream, whole(answer), whole(RIGHT))
    asked(proxy_by(POLICY), tools=TOOLS)
    assert KEY not in json.dumps(upstream.seen.bodies[1])


@pytest.mark.parametrize(
    "later",
    [
        whole({"error": {"message": "no"}}, status=400),
        whole(b"<html>", kind="text/html"),
        whole({"choices": []}),
        [http_head(200, "application/json", {"content-length": "99"}) + b"{", "drop"],
        [2.0],
    ],
)
def test_an_attempt_that_fails_leaves_a_block(
    proxy_by: Start, upstream: Upstream, later: list[Step], caplog: pytest.LogCaptureFixture
) -> None:
    one_by_one(upstream, whole(WRONG), later)
    began = monotonic()
    with caplog.at_level(logging.WARNING, "guardproxy"):
        headers, answer, raw = asked(proxy_by(POLICY, asking_again={"seconds": 0.4}))
    assert (headers["x-guardproxy-verdict"], answer["guardproxy"]["rules"]) == ("blocked", ["SORRY"])
    assert b"Wait" not in raw and monotonic() - began < 3
    assert "the model was asked again without success" in caplog.text


def test_asking_ends_before_the_exchange_does(proxy_by: Start, upstream: Upstream) -> None:
    one_by_one(upstream, whole(WRONG), [5.0])
    headers, _, _ = asked(proxy_by(POLICY, timeouts={"answer": 0.7}))
    assert headers["x-guardproxy-verdict"] == "blocked"


def test_a_key_for_one_body_goes_with_one_body(proxy_by: Start, upstream: Upstream) -> None:
    one_by_one(upstream, whole(WRONG), whole(RIGHT))
    asked(proxy_by(POLICY), {"idempotency-key": "1", "authorization": "Bearer k"})
    first, second = (head.lower() for head in upstream.seen.heads)
    assert "idempotency-key" in first and "idempotency-key" not in second
    assert "authorization: bearer k" in second


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_stops_the_asking(proxy_by: Start, upstream: Upstream, stream: bool) -> None:
    wrong = streamed(events(text_stream("Wait."))) if stream else whole(WRONG)
    one_by_one(upstream, wrong, [8.0])
    connection = request(proxy_by(POLICY), stream)
    until = monotonic() + 3
    while len(upstream.seen.bodies) < 2 and monotonic() < until:
        upstream.seen.left.wait(0.02)
    connection.close()
    assert upstream.seen.left.wait(1) and len(upstream.seen.bodies) == 2


# --- streams ----------------------------------------------------------------------------------------------------------


def with_usage(*texts: str, id_: str) -> list[Step]:
    usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
    chunks = [*text_stream(*texts)[:-1], chunk(None, usage=usage)]
    named = [{**c, "id": id_, "created": len(id_)} for c in chunks if isinstance(c, dict)]
    return streamed(events([*named, "[DONE]"]))


def test_a_new_stream_goes_on_in_the_same_response(proxy_by: Start, upstream: Upstream) -> None:
    one_by_one(upstream, with_usage("Wa", "it.", id_="a"), with_usage("We are ", "sorry.", id_="bb"))
    _, _, raw = asked(proxy_by(POLICY), stream=True, stream_options={"include_usage": True})
    chunks = said(raw)
    deltas = [c["choices"][0]["delta"] for c in chunks if c["choices"]]
    assert {(c["id"], c["created"]) for c in chunks} == {("a", 1)}
    assert [d["role"] for d in deltas if "role" in d] == ["assistant"]
    assert "".join(d.get("content") or "" for d in deltas) == "We are sorry."
    assert [c["usage"]["total_tokens"] for c in chunks if c.get("usage")] == [16]
    assert raw.count(b"[DONE]") == 1 and b"Wait" not in raw and raw.endswith(b"data: [DONE]\n\n")


def test_a_stream_that_stays_wrong_is_blocked(proxy_by: Start, upstream: Upstream) -> None:
    one_by_one(upstream, with_usage("Wait.", id_="a"))
    _, _, raw = asked(proxy_by(POLICY), stream=True, stream_options={"include_usage": True})
    *_, last, usage = said(raw)
    assert (len(upstream.seen.bodies), usage["usage"]["total_tokens"]) == (3, 24)
    assert "asked again 2 times" in last["choices"][0]["delta"]["refusal"]
    assert (last["choices"][0]["finish_reason"], last["guardproxy"]["asked_again"]) == ("content_filter", 2)
    assert raw.count(b"[DONE]") == 1 and b"Wait" not in raw


def test_a_stream_that_is_held_back_is_kept_alive(proxy_by: Start, upstream: Upstream) -> None:
    """What may be asked again is held until its end, so the client would hear nothing for long."""
    upstream.script = lambda request: streamed(
        events(text_stream(*(["so "] * 6), "sorry")), cuts=range(900, 9000, 180), pause=0.1
    )
    _, _, raw = asked(proxy_by(POLICY, asking_again={"keep_alive": 0.15}), stream=True)
    before, _, after = raw.partition(b"sorry")
    assert before.count(b": keep-alive\n\n") in range(2, 12) and b"so so so" in before and b"[DONE]" in after


@pytest.mark.parametrize("later", [[0.9], whole({"error": {}}, status=500), streamed(events(["[DONE]"]))])
def test_a_stream_whose_next_attempt_fails_is_blocked(proxy_by: Start, upstream: Upstream, later: list[Step]) -> None:
    one_by_one(upstream, with_usage("Wait.", id_="a"), later)
    proxy = proxy_by(POLICY, asking_again={"seconds": 0.5, "keep_alive": 0.1})
    _, _, raw = asked(proxy, stream=True, stream_options={"include_usage": True})
    *_, last, usage = said(raw)
    assert (last["choices"][0]["finish_reason"], usage["usage"]["total_tokens"]) == ("content_filter", 8)
    assert (b": keep-alive\n\n" in raw) == (later == [0.9])


def test_an_attempt_that_breaks_off_after_its_first_words_breaks_the_response_off(
    proxy_by: Start, upstream: Upstream
) -> None:
    almost = streamed(events(text_stream("Sorry.")[:-1]), end=False)
    one_by_one(upstream, with_usage("Wait.", id_="a"), [*almost, 0.2, "drop"])
    client = openai.OpenAI(base_url=proxy_by(POLICY).url, api_key="k", max_retries=0)
    with pytest.raises(openai.APIConnectionError):
        for _ in client.chat.completions.create(model="m", messages=QUESTION, stream=True):
            pass


def test_choices_of_a_stream_are_asked_about_one_after_the_other(proxy_by: Start, upstream: Upstream) -> None:
    both = [
        *(chunk({"role": "assistant", "content": word}, index=i) for i, word in enumerate(("Sorry.", "No.", "Never."))),
        *(chunk({}, "stop", index=i) for i in range(3)),
        "[DONE]",
    ]
    one_by_one(
        upstream,
        streamed(events(both)),
        streamed(events(text_stream("Sorry, ", "one."))),
        with_usage("My apologies.", id_="c"),
    )
    _, _, raw = asked(proxy_by(POLICY), stream=True, n=3)
    texts: dict[int, str] = {}
    ends: dict[int, str] = {}
    for entry in (entry for c in said(raw) for entry in c["choices"]):
        texts[entry["index"]] = texts.get(entry["index"], "") + (entry["delta"].get("content") or "")
        ends[entry["index"]] = entry["finish_reason"] or ends.get(entry["index"], "")
    assert texts == {0: "Sorry.", 1: "Sorry, one.", 2: "My apologies."}
    assert set(ends.values()) == {"stop"} and [b.get("n") for b in upstream.seen.bodies] == [3, 1, 1]


def test_a_block_as_an_error_comes_after_the_asking(proxy_by: Start, upstream: Upstream) -> None:
    one_by_one(upstream, whole(WRONG))
    headers, answer, _ = asked(proxy_by(POLICY, blocked_as="error"))
    assert (answer["error"]["code"], headers["x-guardproxy-asked-again"]) == ("content_filter", "2")


# --- clients ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tools", [False, True])
def test_the_official_client_reads_both(proxy_by: Start, upstream: Upstream, tools: bool) -> None:
    def script(request: Json) -> list[Step]:
        wrong = len(request["messages"]) == 1
        message = (refund(500) if wrong else refund(50)) if tools else (WRONG if wrong else RIGHT)
        said = message["choices"][0]["message"]
        calls = [{"index": i, **call} for i, call in enumerate(said.get("tool_calls", ()))]
        delta = {"content": said["content"], **({"tool_calls": calls} if tools else {})}
        first = chunk({"role": "assistant", "content": None})
        return (
            streamed(events([first, chunk(delta), chunk({}, "stop"), "[DONE]"]))
            if request.get("stream")
            else whole(message)
        )

    upstream.script = script
    client = openai.OpenAI(base_url=proxy_by(POLICY).url, api_key="k", max_retries=0)
    more: Any = {"model": "m", "messages": QUESTION, **({"tools": TOOLS} if tools else {})}
    answered = client.chat.completions.create(**more).choices[0].message
    with client.chat.completions.stream(**more) as stream:
        final = stream.get_final_completion().choices[0].message
    assert final.role == "assistant" and len(upstream.seen.bodies) == 4
    for message in (answered, final):
        calls = [call.function.arguments for call in message.tool_calls or () if call.type == "function"]
        assert calls == ['{"amount": 50}'] if tools else message.content == "We are sorry."


def test_each_decision_is_one_line_of_names_and_times(
    proxy_by: Start, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    one_by_one(upstream, whole(WRONG))
    with caplog.at_level(logging.INFO, "guardproxy"):
        headers, _, _ = asked(proxy_by(POLICY))
        line = json.loads(logged(caplog))
    assert line.pop("check_ms") < line.pop("total_ms")
    assert line == {
        "decision": headers["x-guardproxy-decision"],
        "verdict": "blocked",
        "rules": ["SORRY"],
        "model": "m",
        "stream": False,
        "asked_again": 2,
    }
