"""Clients that leave or do not read: the upstream notices at once."""

import json
import socket
import time
from collections.abc import Iterable

import pytest

from tests.integration.conftest import Proxy
from tests.integration.upstreams import (
    Json,
    Step,
    Upstream,
    chunk,
    completion,
    events,
    http_head,
    streamed,
    text_stream,
    whole,
)


def request(proxy: Proxy, stream: bool) -> socket.socket:
    body = json.dumps({"model": "m", "stream": stream, "messages": [{"role": "user", "content": "Hi"}]}).encode()
    connection = socket.create_connection(("127.0.0.1", proxy.port))
    connection.sendall(
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
    )
    return connection


def endless(_: Json) -> Iterable[Step]:
    yield from streamed(events([chunk({"role": "assistant", "content": "Once "})]), end=False)
    piece = events([chunk({"content": "upon a time "})])
    while True:
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
        yield 0.05


@pytest.mark.parametrize("moment", ["waiting for a whole answer", "waiting for a stream", "whole body", "in a stream"])
def test_a_client_that_leaves_closes_the_upstream(guarded: Proxy, upstream: Upstream, moment: str) -> None:
    half = http_head(200, "application/json", {"content-length": "9000"}) + b'{"choices":'
    scripts = {"whole body": lambda _: [half, 1.4], "in a stream": endless}
    upstream.script = scripts.get(moment, lambda _: [1.4, *whole(completion("late"))])
    connection = request(guarded, stream="stream" in moment)
    if moment == "in a stream":
        connection.recv(100)
    assert upstream.seen.arrived.wait(2)
    time.sleep(0.1)
    left_at = time.monotonic()
    connection.close()
    assert upstream.seen.left.wait(1)
    assert upstream.seen.left_at[0] - left_at < 0.5


def test_a_client_that_does_not_read_stops_the_upstream(guarded: Proxy, upstream: Upstream) -> None:
    big = events([chunk({"content": "word " * 4000})])

    def flood(_: Json) -> Iterable[Step]:
        yield from streamed(events([chunk({"role": "assistant", "content": ""})]), end=False)
        for _ in range(3000):
            yield b"%x\r\n%s\r\n" % (len(big), big)

    upstream.script = flood
    connection = request(guarded, stream=True)
    connection.recv(100)
    time.sleep(0.5)
    before = upstream.seen.written
    time.sleep(0.2)
    assert upstream.seen.written == before < 25_000_000
    connection.close()
    assert upstream.seen.left.wait(1)


def test_a_block_closes_the_upstream(guarded: Proxy, upstream: Upstream) -> None:
    def talking_on(_: Json) -> Iterable[Step]:
        yield from streamed(events(text_stream("AKIAIOSFODNN7EXAMPLE is it.")[:-2]), end=False)
        yield 5.0

    upstream.script = talking_on
    connection = request(guarded, stream=True)
    received = b""
    while b"[DONE]" not in received:
        received += connection.recv(65536)
    assert b"content_filter" in received and upstream.seen.left.wait(2)
    connection.close()
