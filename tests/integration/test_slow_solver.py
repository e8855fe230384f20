"""Questions for the solver while an answer arrives: others go on, and whoever waits can leave or run out of time.

The solver is slow because its process is stopped.
"""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from time import monotonic, sleep
from typing import Any

import pytest

from tests.integration.conftest import Proxy
from tests.integration.test_leaving import request
from tests.integration.upstreams import Json, Step, Upstream, chunk, completion, events, streamed, whole

POLICY = """policy "Orders" version 1

check call order as order
- a : whole number from 0 to 100
- b : whole number from 0 to 100
- c : whole number from 0 to 100

rule APART "No three in a row"
  require order.a - order.b at most 5 or order.b - order.c at most 5 or order.a above order.c
"""
Start = Callable[..., Proxy]


def pieces(*arguments: str) -> list[Json | str]:
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "order", "arguments": ""}}
    return [
        chunk({"role": "assistant", "content": None, "tool_calls": [call]}),
        *(chunk({"tool_calls": [{"index": 0, "function": {"arguments": text}}]}) for text in arguments),
        chunk({}, "tool_calls"),
        "[DONE]",
    ]


ORDER = pieces('{"a": 50,', ' "b": 4', "0, ", '"c": 30', "}")


def asked(proxy: Proxy, **request: Any) -> tuple[float, bytes]:
    connection = HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    began = monotonic()
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}], **request}
    connection.request("POST", "/v1/chat/completions", json.dumps(body))
    raw = connection.getresponse().read()
    connection.close()
    return monotonic() - began, raw


@contextmanager
def stopped(proxy: Proxy) -> Iterator[None]:
    pids = proxy.guard._solver.pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("cuts", [(), range(200, 2000, 97)])
def test_questions_in_the_middle_are_answered_before_the_answer_goes_on(
    proxy_by: Start, upstream: Upstream, cuts: range
) -> None:
    proxy = proxy_by(POLICY)
    upstream.script = lambda request: streamed(events(ORDER), cuts)
    _, raw = asked(proxy, stream=True)
    assert proxy.guard._solver.counts.asked > 0
    assert b'"finish_reason":"tool_calls"' in raw and rb"\"c\": 30" in raw
    upstream.script = lambda request: streamed(events(pieces('{"a": 30, "b": 20', ', "c": 10}')), cuts)
    assert b'"finish_reason":"tool_calls"' in asked(proxy, stream=True)[1]
    upstream.script = lambda request: streamed(events(pieces('{"a": 10, "b": 4', ', "c": 60}')), cuts)
    assert b'"finish_reason":"tool_calls"' in asked(proxy, stream=True)[1]


def test_other_exchanges_do_not_wait(proxy_by: Start, upstream: Upstream) -> None:
    def script(request: Json) -> list[Step]:
        return streamed(events(ORDER)) if request.get("stream") else whole(completion("Hello."))

    upstream.script = script
    proxy = proxy_by(POLICY)
    with stopped(proxy):
        waiting = [request(proxy, stream=True) for _ in range(20)]
        sleep(0.2)
        assert max(asked(proxy)[0] for _ in range(10)) < 1
        for connection in waiting:
            connection.close()


def test_a_client_that_leaves_meanwhile_closes_the_upstream(proxy_by: Start, upstream: Upstream) -> None:
    upstream.script = lambda request: [*streamed(events(ORDER[:3]), end=False), 8.0]
    proxy = proxy_by(POLICY)
    with stopped(proxy):
        connection = request(proxy, stream=True)
        assert upstream.seen.arrived.wait(2)
        sleep(0.2)
        connection.close()
        assert upstream.seen.left.wait(1)


def test_clients_that_left_cost_one_solver_its_time_and_no_more(proxy_by: Start, upstream: Upstream) -> None:
    upstream.script = lambda request: streamed(events(ORDER))
    proxy = proxy_by(POLICY)
    with stopped(proxy):
        leaving = [request(proxy, stream=True) for _ in range(20)]
        sleep(0.3)
        for connection in leaving:
            connection.close()
        sleep(0.2)
    seconds, raw = asked(proxy, stream=True)
    assert seconds < 2 and b'"finish_reason":"tool_calls"' in raw
    assert proxy.guard._solver.counts.asked <= 5


def test_time_runs_out_meanwhile(proxy_by: Start, upstream: Upstream) -> None:
    upstream.script = lambda request: streamed(events(ORDER))
    proxy = proxy_by(POLICY, timeouts={"answer": 0.5})
    with stopped(proxy):
        seconds, _ = asked(proxy, stream=True)
    assert 0.4 < seconds < 1.5


def test_an_answer_that_nobody_could_decide_is_not_delivered(proxy_by: Start, upstream: Upstream) -> None:
    """The value that would decide it never comes, and the solver that could say so hangs."""
    upstream.script = lambda request: streamed(events(pieces('{"a": 50, "b": 40}')))
    proxy = proxy_by(POLICY)
    with stopped(proxy):
        _, raw = asked(proxy, stream=True)
    assert b"content_filter" in raw and b'order"' not in raw.partition(b"guardproxy")[0]
