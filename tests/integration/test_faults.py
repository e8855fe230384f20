"""Bad input and bad upstreams: each ends in one clear error, and nothing leaks."""

import gzip
import http.client
import json
import socket
from typing import Any

import pytest

from tests.integration.conftest import Proxy, proxy_before
from tests.integration.upstreams import (
    Json,
    Upstream,
    chunk,
    completion,
    events,
    http_head,
    streamed,
    text_stream,
    whole,
)

REQUEST = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
STREAM = {**REQUEST, "stream": True}
SECRET = "AKIAIOSFODNN7EXAMPLE"


def send(
    proxy: Proxy, body: bytes | Json, path: str = "/v1/chat/completions", method: str = "POST", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection.request(method, path, raw, {k.replace("_", "-"): v for k, v in headers.items()})
    response = connection.getresponse()
    found = response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
    connection.close()
    return found


def failed(proxy: Proxy, body: bytes | Json, **more: Any) -> tuple[int, str, str]:
    """Status, code and message of an error; its shape is checked."""
    status, headers, raw = send(proxy, body, **more)
    error = json.loads(raw)["error"]
    assert headers["content-type"] == "application/json" and error.keys() >= {"message", "type", "param", "code"}
    return status, error["code"], error["message"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "the request body cannot be read as JSON: it stops being one JSON value at character 2"),
        (b'{"a":1,"a":2}', "the request body cannot be read as JSON: a key appears twice in one object"),
        (b"\xff", "the request body cannot be read as JSON: it is not encoded as UTF-8"),
        (b"[" * 500, "the request body cannot be read as JSON: it is nested more than 100 levels deep"),
        (b"[]", "the request body has to be a JSON object"),
        (b"{}", "`messages` has to be a list with at least one message"),
        ({**REQUEST, "messages": ["x"]}, "each message has to be an object with a `role`"),
        ({**REQUEST, "stream": 1}, "`stream` has to be true or false"),
        ({**REQUEST, "n": 0}, "`n` has to be a whole number from 1 to 128"),
    ],
)
def test_a_request_that_cannot_be_read(guarded: Proxy, upstream: Upstream, body: bytes | Json, message: str) -> None:
    assert failed(guarded, body)[::2] == (400, message)
    assert not upstream.seen.bodies


def test_a_body_that_is_too_large(guarded: Proxy, upstream: Upstream) -> None:
    body = {**REQUEST, "messages": [{"role": "user", "content": "x" * 10_000_000}]}
    assert failed(guarded, body) == (413, "request_too_large", "the request body is more than 1000000 bytes")
    assert not upstream.seen.bodies


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v1/nothing", 404),
        ("GET", "/", 404),
        ("POST", "/v1/chat/completions/", 404),
        ("GET", "/docs", 404),
        ("GET", "/metrics", 404),
        ("GET", "/v1/embeddings", 405),
        ("OPTIONS", "/v1/chat/completions", 405),
        ("POST", "/v1/models", 405),
        ("POST", "/healthz", 405),
    ],
)
def test_what_does_not_exist_says_what_does(guarded: Proxy, method: str, path: str, status: int) -> None:
    found, _, message = failed(guarded, REQUEST, path=path, method=method)
    assert found == status and "there are POST /v1/chat/completions, GET /v1/models" in message


def test_an_upstream_that_is_not_there(upstream: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nowhere = Upstream()
    nowhere.port = port
    with proxy_before(nowhere, ()) as proxy:
        assert failed(proxy, REQUEST) == (502, "upstream_unreachable", "the upstream cannot be reached")
    assert "502 upstream_unreachable: the upstream cannot be reached" in caplog.text


GOOD = completion("Good " + SECRET)
RAW = json.dumps(GOOD).encode()
BROKEN = {
    "not JSON": (whole(b"oops " + SECRET.encode()), "upstream_unreadable"),
    "HTML": (whole(b"<html>" + SECRET.encode(), kind="text/html"), "upstream_unreadable"),
    "cut": ([http_head(200, "application/json", {"content-length": "5000"}) + RAW, "drop"], "upstream_broken"),
    "no answer": (["drop"], "upstream_broken"),
    "garbage": ([b"SMTP 220 hello\r\n\r\n", "drop"], "upstream_broken"),
    "two keys": (whole(b'{"choices":[],"choices":[]}'), "upstream_unreadable"),
    "no choices": (whole({"object": "chat.completion"}), "upstream_unreadable"),
    "a redirect": (whole(b"", status=302, location="http://elsewhere.example/"), "upstream_status"),
    "a stream": (streamed(events(text_stream("Hi"))), "upstream_unreadable"),
    "brotli": (whole(RAW, content_encoding="br"), "upstream_encoding"),
    "not gzip": (whole(RAW, content_encoding="gzip"), "upstream_encoding"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_upstream_that_answers_badly(guarded: Proxy, upstream: Upstream, case: str) -> None:
    steps, code = BROKEN[case]
    upstream.script = lambda request: steps
    status, headers, raw = send(guarded, REQUEST)
    assert (status, json.loads(raw)["error"]["code"]) == (502, code)
    assert SECRET.encode() not in raw and "location" not in headers


def test_an_upstream_that_stalls(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: [3.0, *whole(GOOD)]
    assert failed(guarded, REQUEST)[:2] == (504, "upstream_timeout")


def test_gzip_that_was_not_asked_for(guarded: Proxy, upstream: Upstream) -> None:
    packed = gzip.compress(json.dumps(completion("Fine.")).encode())
    upstream.script = lambda request: whole(packed, content_encoding="gzip")
    assert json.loads(send(guarded, REQUEST)[2])["choices"][0]["message"]["content"] == "Fine."
    assert "accept-encoding: identity" in upstream.seen.heads[-1].lower()


def test_a_gzip_bomb(upstream: Upstream) -> None:
    upstream.script = lambda request: whole(gzip.compress(b" " * 30_000_000), content_encoding="gzip")
    with proxy_before(upstream, ()) as proxy:
        assert failed(proxy, REQUEST)[:2] == (502, "upstream_too_large")


def test_the_upstreams_own_errors_pass(guarded: Proxy, upstream: Upstream) -> None:
    error = {"error": {"message": "Slow down.", "type": "rate_limit_error", "param": None, "code": "rate_limited"}}
    upstream.script = lambda request: whole(
        error, 429, retry_after="7", x_ratelimit_limit_requests="9", x_should_retry="true", set_cookie="a=b", server="x"
    )
    status, headers, raw = send(guarded, REQUEST)
    assert (status, json.loads(raw)) == (429, error)
    assert (headers["retry-after"], headers["x-ratelimit-limit-requests"], headers["x-should-retry"]) == (
        "7",
        "9",
        "true",
    )
    assert not {"set-cookie", "server"} & headers.keys()


def test_a_wrong_key_is_said_by_the_upstream(guarded: Proxy, upstream: Upstream) -> None:
    error = {
        "error": {
            "message": "Incorrect API key.",
            "type": "invalid_request_error",
            "param": None,
            "code": "invalid_api_key",
        }
    }
    upstream.script = lambda request: whole(error, 401)
    assert failed(guarded, REQUEST, Authorization="Bearer wrong") == (401, "invalid_api_key", "Incorrect API key.")


@pytest.mark.parametrize("body", [{"error": {"message": f"Bad: {SECRET}"}}, {SECRET: 1}, [[SECRET]], SECRET])
def test_errors_are_judged_too(guarded: Proxy, upstream: Upstream, body: Any) -> None:
    upstream.script = lambda request: whole(json.dumps(body).encode(), 500)
    status, _, raw = send(guarded, REQUEST)
    assert status == 500 and SECRET.encode() not in raw
    upstream.script = lambda request: whole(f"<p>{SECRET}</p>".encode(), 503, "text/html")
    assert SECRET.encode() not in send(guarded, REQUEST)[2]


# --- in the middle of a stream --------------------------------------------------------------------------------------


def received(proxy: Proxy) -> tuple[bytes, bool]:
    """The body of a streamed answer, and whether it ended as HTTP says a complete one does."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    connection.request("POST", "/v1/chat/completions", json.dumps(STREAM))
    response = connection.getresponse()
    try:
        return response.read(), True
    except http.client.IncompleteRead as error:
        return error.partial, False


BEGUN = text_stream("Good ", "AKIAIOSFODNN7")[:3]
CUT_OFF = {
    "cut": [*streamed(events(BEGUN), end=False), "drop"],
    "stalled": [*streamed(events(BEGUN), end=False), 3.0],
    "ended early": streamed(events(BEGUN)),
    "torn event": streamed(events([*BEGUN, chunk({"content": "EXAMPLE"}, "stop")])[:-1]),
}


@pytest.mark.parametrize("case", CUT_OFF)
def test_a_stream_that_breaks_off_is_never_shown_as_complete(guarded: Proxy, upstream: Upstream, case: str) -> None:
    upstream.script = lambda request: CUT_OFF[case]
    body, complete = received(guarded)
    assert b"Good " in body and not complete
    assert b"AKIA" not in body and b"[DONE]" not in body and b'finish_reason":"' not in body


NONSENSE: dict[str, str | Json] = {
    "not JSON": "{oops",
    "no object": "[]",
    "two keys": '{"choices":[],"choices":[]}',
    "no delta": '{"choices":[{"index":0,"delta":"x"}]}',
    "bad index": '{"choices":[{"index":-1,"delta":{}}]}',
    "huge": json.dumps({"choices": [], "x": "y" * 300_000}),
    "reported": {"error": {"message": f"overloaded {SECRET}", "type": "server_error", "code": 503}},
}


@pytest.mark.parametrize("case", NONSENSE)
def test_what_cannot_be_read_ends_the_stream_with_an_error(guarded: Proxy, upstream: Upstream, case: str) -> None:
    upstream.script = lambda request: streamed(events([*BEGUN, NONSENSE[case], *text_stream("tail")]))
    body, complete = received(guarded)
    last = json.loads(body.strip().rpartition(b"data: ")[2])
    assert complete and last["error"]["message"] and b"AKIA" not in body and b"tail" not in body


@pytest.mark.parametrize("case", ["not JSON", "two keys", "huge"])
def test_before_the_first_byte_it_is_a_plain_error(guarded: Proxy, upstream: Upstream, case: str) -> None:
    upstream.script = lambda request: streamed(events([NONSENSE[case]]))
    assert failed(guarded, STREAM)[0] == 502


def test_no_header_chooses_the_upstream_or_turns_a_check_off(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: whole(GOOD)
    tries = {"Host": "evil.example", "X-Guardproxy-Verdict": "allowed", "X-Guardproxy-Policy": "none"}
    status, headers, raw = send(guarded, {**REQUEST, "guardproxy": {"off": True}}, **tries)
    assert (status, headers["x-guardproxy-verdict"]) == (200, "blocked") and SECRET.encode() not in raw
    assert "evil" not in upstream.seen.heads[-1] and "x-guardproxy" not in upstream.seen.heads[-1].lower()


def test_facts_from_an_unsigned_header_are_refused(guarded: Proxy) -> None:
    assert failed(guarded, REQUEST, X_Guardproxy_Facts="e30=")[:2] == (400, "invalid_facts")
    signed = {"X_Guardproxy_Facts": "e30=", "X_Guardproxy_Facts_Signature": "0" * 64}
    assert failed(guarded, REQUEST, **signed)[:2] == (400, "invalid_facts")


def test_the_clients_request_id_is_kept(guarded: Proxy, upstream: Upstream) -> None:
    headers = send(guarded, REQUEST, X_Request_Id="mine-1")[1]
    assert headers["x-request-id"] == "mine-1" and len(headers["x-guardproxy-decision"]) == 32
    assert headers["x-guardproxy-policy"].startswith("Personal data and secrets 1 (")


def test_too_many_at_once(upstream: Upstream) -> None:
    upstream.script = lambda request: [1.0, *whole(completion("Late."))]
    with proxy_before(upstream, (), limits={"exchanges": 1}) as proxy:
        first = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
        first.request("POST", "/v1/chat/completions", json.dumps(REQUEST))
        assert upstream.seen.arrived.wait(5)
        status, headers, raw = send(proxy, REQUEST)
        assert (status, headers["retry-after"], headers["x-should-retry"]) == (503, "1", "true")
        assert json.loads(raw)["error"]["code"] == "overloaded"
        assert json.loads(first.getresponse().read())["choices"][0]["message"]["content"] == "Late."
        first.close()
