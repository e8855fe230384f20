"""Sizes, depths, counts: beyond its limit everything ends in one clear error, soon, and nothing grows without end."""

import asyncio
import gzip
import json
import socket
import time
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from guardproxy.proxy import protocol
from tests.integration.conftest import Proxy
from tests.integration.test_faults import REQUEST, STREAM, failed, received, send
from tests.integration.test_serving import serving
from tests.integration.upstreams import Json, Step, Upstream, chunk, completion, events, streamed, text_stream, whole

SOON = 2.0
"""Seconds in which each of these ends."""


def raw(proxy: Proxy, *pieces: bytes, pause: float = 0.0) -> bytes:
    """What the server says to these bytes, until it closes."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as connection:
        answer = b""
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
            while more := connection.recv(65536):
                answer += more
        except OSError:
            pass
        return answer


LINE = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n"
HEADS = {
    "one large header": [LINE + b"x: " + b"y" * 100_000 + b"\r\n\r\n"],
    "a header without end": [LINE + b"x: ", b"y" * 40_000, b"y" * 40_000],
    "many headers": [LINE + b"".join(b"x%d: y\r\n" % n for n in range(500)) + b"\r\n"],
    "a long path": [b"GET /" + b"y" * 100_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n"],
}


@pytest.mark.parametrize("case", HEADS)
def test_headers_that_are_too_large(guarded: Proxy, upstream: Upstream, case: str) -> None:
    answer = raw(guarded, *HEADS[case], pause=0.02)
    assert answer.startswith(b"HTTP/1.1 431 ") and b'"code":"headers_too_large"' in answer
    assert not upstream.seen.heads


def test_what_is_no_http_is_said_so(guarded: Proxy) -> None:
    answer = raw(guarded, b"HELO example.org\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ") and b'"code":"invalid_http"' in answer


def test_headers_that_do_not_arrive(guarded: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    began = time.monotonic()
    assert raw(guarded, LINE).startswith(b"HTTP/1.1 408 ") and time.monotonic() - began < SOON
    assert raw(guarded, b"").startswith(b"HTTP/1.1 408 ")


def test_many_requests_over_one_connection(guarded: Proxy, upstream: Upstream) -> None:
    body = json.dumps(REQUEST).encode()
    one = LINE + b"x: " + b"y" * 30_000 + b"\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
    last = one.replace(b"host: x", b"host: x\r\nconnection: close")
    answer = raw(guarded, one, one, one, last, pause=0.05)
    assert answer.count(b"HTTP/1.1 200 ") == 4


# --- bodies ---------------------------------------------------------------------------------------------------------

DEEP = b"[" * 100_000 + b"]" * 100_000
WIDE = b"[" + b'"a",' * 1_000_000 + b'"a"]'
NUMBERS = b"[" + b"1," * 1_000_000 + b"1]"
SHORT = json.dumps(completion("Hi."))


def answer_with(value: bytes) -> bytes:
    return SHORT.replace('"content": "Hi."', '"content": "Hi.", "x": VALUE').encode().replace(b"VALUE", value)


def test_a_request_that_is_nested_deep(guarded: Proxy, upstream: Upstream) -> None:
    began = time.monotonic()
    body = json.dumps(REQUEST).encode()[:-1] + b',"x":' + DEEP + b"}"
    assert failed(guarded, body)[::2] == (
        400,
        "the request body cannot be read as JSON: it is nested more than 100 levels deep",
    )
    assert time.monotonic() - began < SOON and not upstream.seen.heads


@pytest.mark.parametrize("value", [DEEP, WIDE, NUMBERS])
def test_an_answer_beyond_all_measure(guarded: Proxy, upstream: Upstream, value: bytes) -> None:
    upstream.script = lambda request: whole(answer_with(value))
    began = time.monotonic()
    assert failed(guarded, REQUEST)[:2] == (502, "upstream_unreadable")
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize("value", [DEEP[:150_000], WIDE[:180_000] + b'"a"]', NUMBERS[:180_000] + b"1]"])
def test_an_event_beyond_all_measure(guarded: Proxy, upstream: Upstream, value: bytes) -> None:
    event = (
        json.dumps(chunk({"content": "x", "x": "VALUE"})).encode().replace(b'"VALUE"', value.replace(b',"', b',"', 1))
    )
    upstream.script = lambda request: streamed(events(text_stream("Hi ")[:2]) + b"data: " + event + b"\n\n")
    body, complete = received(guarded)
    assert complete and b'"code":"upstream_unreadable"' in body and b"[DONE]" not in body


def test_a_line_without_end(guarded: Proxy, upstream: Upstream) -> None:
    line = b'data: {"choices":[{"index":0,"delta":{"content":"' + b"x" * 8_000_000
    upstream.script = lambda request: streamed(events(text_stream("Hi there ")[:2]) + line)
    began = time.monotonic()
    assert b'"code":"upstream_event_too_large"' in received(guarded)[0]
    assert time.monotonic() - began < SOON


def test_a_stream_that_says_something_in_ever_new_places(guarded: Proxy, upstream: Upstream) -> None:
    chunks = [chunk({f"x{n}_{m}": "y" for m in range(50)}) for n in range(100)]
    upstream.script = lambda request: streamed(events(chunks))
    status, _, body = send(guarded, STREAM)
    assert b"upstream_unreadable" in body and status in (200, 502)


def test_a_stream_that_goes_on_for_ever(proxy_by: Callable[..., Proxy], upstream: Upstream) -> None:
    text = 'policy "P" version 1\n\nrule A "x"\n  never reply text contains email\n  otherwise redact as "x"\n'
    proxy = proxy_by(text, limits={"answer_bytes": 50_000})
    upstream.script = lambda request: streamed(events([chunk({"content": "word " * 100})]) * 200, end=False)
    body, _ = received(proxy)
    assert b'"code":"upstream_too_large"' in body and len(body) < 70_000


# --- what is compressed ---------------------------------------------------------------------------------------------

BOMB = b" " * 60_000_000


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_bomb(guarded: Proxy, upstream: Upstream, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(BOMB)
    upstream.script = lambda request: whole(packed, content_encoding=encoding)
    assert failed(guarded, REQUEST)[:2] == (502, "upstream_too_large")
    head = b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\ncontent-encoding: %s\r\ncontent-length: %d\r\n\r\n"
    upstream.script = lambda request: [head % (encoding.encode(), len(packed)) + packed]
    assert failed(guarded, STREAM)[:2] == (502, "upstream_event_too_large")


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip"])
def test_other_encodings(guarded: Proxy, upstream: Upstream, encoding: str) -> None:
    upstream.script = lambda request: whole(b"xyz", content_encoding=encoding)
    assert failed(guarded, REQUEST)[:2] == (502, "upstream_encoding")


def test_a_compressed_stream_is_read(guarded: Proxy, upstream: Upstream) -> None:
    packed = gzip.compress(events(text_stream(*["word "] * 50_000)))
    head = b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n"
    upstream.script = lambda request: [head % len(packed) + packed]
    body, complete = received(guarded)
    said = [json.loads(e[6:])["choices"][0]["delta"].get("content", "") for e in body.decode().split("\n\n")[:-2]]
    assert complete and "".join(said) == "word " * 50_000


# --- many, and slow ones --------------------------------------------------------------------------------------------


def test_many_streams_at_once_do_not_mix(guarded: Proxy, upstream: Upstream) -> None:
    def script(request: Json) -> Iterable[Step]:
        name = request["messages"][0]["content"]
        words = [f"w{name}n{n} " for n in range(20)]
        secret = "AKIAIOSFODNN7EXAMPLE " if int(name) % 10 == 0 else "nothing "
        data = events(text_stream(*words, f"w{name}@example.org ", secret))
        return streamed(data, range(150, len(data), 700), pause=0.002)

    async def ask(name: int) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", guarded.port)
        body = json.dumps({**STREAM, "messages": [{"role": "user", "content": str(name)}]}).encode()
        writer.write(LINE + b"connection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        answer = await reader.read()
        writer.close()
        return name, answer

    async def all_of_them() -> list[tuple[int, bytes]]:
        return await asyncio.gather(*(ask(n) for n in range(200)))

    upstream.script = script
    for name, answer in asyncio.run(all_of_them()):
        values = [json.loads(line[6:]) for line in answer.decode().splitlines() if line.startswith("data: {")]
        text = "".join(c["delta"].get("content") or "" for v in values for c in v["choices"])
        blocked = name % 10 == 0
        assert text.startswith("".join(f"w{name}n{n} " for n in range(20)))
        assert (b"content_filter" in answer) == blocked and b"AKIA" not in answer and b"@example" not in answer
        assert blocked or text.endswith("[e-mail] nothing ")


def memory(pid: int) -> int:
    """Bytes that a process has in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1])


def test_clients_that_do_not_read_cost_little_memory(upstream: Upstream) -> None:
    piece = events([chunk({"content": "word " * 400})])
    frame = b"%x\r\n%s\r\n" % (len(piece), piece)

    def flood(_: Json) -> Iterable[Step]:
        yield from streamed(events(text_stream("")[:1]), end=False)
        for _piece in range(5000):
            yield frame

    upstream.script = flood
    body = json.dumps(STREAM).encode()
    with serving(upstream) as (process, port, _):
        before, many = memory(process.pid), []
        for _ in range(20):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", port))
            connection.sendall(LINE + b"content-length: %d\r\n\r\n%s" % (len(body), body))
            many.append(connection)
        written, until = -1, time.monotonic() + 8
        while written != upstream.seen.written and time.monotonic() < until:
            written = upstream.seen.written
            time.sleep(0.5)
        each = (memory(process.pid) - before) / len(many)
        assert upstream.seen.written == written
        for connection in many:
            connection.close()
        assert upstream.seen.left.wait(1)
    # The text of an answer is kept twice until its end; the system keeps some megabytes on the way to us.
    assert written / len(many) < 8_000_000 and each < 2 * written / len(many) + 262_144
