"""Nobody keeps an exchange open for ever: not a client that sends slowly, not an upstream that drips."""

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from time import monotonic

import pytest

from guardproxy.storage.policy_files import read_policies
from tests.integration.conftest import Proxy, proxy_before
from tests.integration.upstreams import Upstream, chunk, events, http_head, streamed, text_stream

TIMEOUTS = {"request_body": 0.3, "answer": 0.6, "between_bytes": 5, "first_byte": 5}


@pytest.fixture
def hasty(upstream: Upstream) -> Iterator[Proxy]:
    manager = proxy_before(upstream, read_policies(("privacy",)), timeouts=TIMEOUTS)
    with manager as proxy:
        yield proxy


def ask(proxy: Proxy, **request: object) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", proxy.port, timeout=5)
    messages = [{"role": "user", "content": "hi"}]
    connection.request("POST", "/v1/chat/completions", json.dumps({"model": "m", "messages": messages, **request}))
    response = connection.getresponse()
    return response.status, response.read()


def test_a_request_that_does_not_arrive_ends_in_one_clean_error(hasty: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", hasty.port), 5) as slow:
        slow.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
        answer = slow.recv(65536)
    assert answer.startswith(b"HTTP/1.1 408")


def test_an_upstream_that_drips_ends_in_one_clean_error(hasty: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda _: [http_head(200, "application/json", {"content-length": "1000"}), *[b"{", 0.1] * 50]
    began = monotonic()
    status, body = ask(hasty)
    assert (status, json.loads(body)["error"]["code"]) == (504, "upstream_timeout")
    assert monotonic() - began < 3


def test_a_blocked_stream_closes_the_upstream_soon(hasty: Proxy, upstream: Upstream) -> None:
    secret = events([chunk({"content": "Use AKIAIOSFODNN7EXAMPLE "})])
    upstream.script = lambda _: [*streamed(secret, end=False), 4.0, *streamed(events(text_stream("more")))[1:]]
    began = monotonic()
    status, body = ask(hasty, stream=True)
    assert (status, b"content_filter" in body, b"AKIA" in body) == (200, True, False)
    assert upstream.seen.left.wait(1)
    assert monotonic() - began < 2
