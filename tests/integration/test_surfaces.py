"""Every endpoint of the published table, through the real proxy: judged, passed or refused, and nothing else exists."""

import base64
import gzip
import json
import socket
from array import array
from typing import Any

import pytest

from guardproxy.wire.surfaces.endpoint import WEBSOCKET, Endpoint
from guardproxy.wire.surfaces.table import ENDPOINTS
from tests.integration.conftest import Proxy, proxy_before
from tests.integration.test_faults import send
from tests.integration.upstreams import Json, Upstream, completion, events, http_head, streamed, whole

KEY = "AKIAIOSFODNN7EXAMPLE"
NUMBER = "123-45-6789"
OPEN = [row for row in ENDPOINTS if row.dialect is not None]
REFUSED = [row for row in ENDPOINTS if row.way == "refused"]
QUESTIONS: Json = {
    "/chat/completions": {"model": "m", "messages": [{"role": "user", "content": "Hi"}]},
    "/completions": {"model": "m", "prompt": "Hi"},
    "/responses": {"model": "m", "input": "Hi"},
    "/messages": {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]},
}


def path_of(row: Endpoint) -> str:
    return row.path.replace("{model...}", "a/b").replace("{rest...}", "x/y").replace("{", "x").replace("}", "")


def asked(proxy: Proxy, row: Endpoint, prefix: str = "/v1") -> tuple[int, dict[str, str], bytes]:
    headers = {"Upgrade": "websocket", "Connection": "Upgrade"} if row.method == WEBSOCKET else {}
    method = {"*": "POST", WEBSOCKET: "GET"}.get(row.method, row.method)
    body = QUESTIONS.get(row.path, {}) if method == "POST" else b""
    return send(proxy, body, prefix + path_of(row), method, **headers)


def error_of(answer: tuple[int, dict[str, str], bytes]) -> tuple[int, str, str]:
    error = json.loads(answer[2])["error"]
    return answer[0], error.get("code", error["type"]), error["message"]


HIDING: list[Any] = [
    {"object": "list", "data": [{"id": KEY, "object": "x", "content": KEY, "embedding": [0.1], KEY: KEY}]},
    {"object": "list", "data": [{"id": "m", "role": "assistant", "content": f"See {KEY}", "choices": []}]},
    {"object": "x", "text": KEY, "metadata": {"a": [KEY]}, "words": [{"word": KEY}], "results": [{"flagged": KEY}]},
    {**completion(f"See {KEY}"), "metadata": {"a": KEY}},
    {"id": "r", "object": "response", "status": "completed", "output": [
        {"id": "i", "type": "message", "role": "assistant", "status": "completed",
         "content": [{"type": "output_text", "text": f"See {KEY}", "annotations": []}]}]},
    {"error": {"message": KEY}},
    [KEY],
]  # fmt: skip


@pytest.mark.parametrize("row", OPEN, ids=lambda row: row.name)
def test_a_secret_comes_out_of_no_endpoint(guarded: Proxy, upstream: Upstream, row: Endpoint) -> None:
    for body in HIDING:
        upstream.script = lambda request, body=body: whole(body)
        status, _, raw = asked(guarded, row)
        assert status in (200, 400, 403, 502) and KEY.encode() not in raw, (body, raw)
    for kind in ("text/html", "application/octet-stream", "audio/mpeg"):
        upstream.script = lambda request, kind=kind: whole(f"oops {KEY}".encode(), kind=kind)
        status, _, raw = asked(guarded, row)
        assert status in (403, 502) and KEY.encode() not in raw


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.name)
def test_what_is_refused_says_why(guarded: Proxy, upstream: Upstream, row: Endpoint) -> None:
    status, code, message = error_of(asked(guarded, row))
    assert (status, code, upstream.seen.heads) == (403, "endpoint_refused", [])
    assert row.why in message and ("[surfaces]" in message) == row.can_be_allowed


@pytest.mark.parametrize("row", [row for row in OPEN if "{" not in row.path], ids=lambda row: row.name)
def test_a_path_with_anything_more_does_not_exist(guarded: Proxy, upstream: Upstream, row: Endpoint) -> None:
    body = QUESTIONS.get(row.path, {})
    first = row.path[1]
    odd = (
        row.path + "/",
        "/" + row.path,
        row.path.replace(first, first.upper(), 1),
        f"/%{ord(first):x}" + row.path[2:],
    )
    for path in (*odd, row.path + "%2f", row.path + "/..", row.path + ";x", "/v1" + row.path):
        assert send(guarded, body, "/v1" + path, row.method)[0] in (404, 405), path
    assert not upstream.seen.heads


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "TRACE"])
def test_other_methods_are_said_to_be_wrong(guarded: Proxy, upstream: Upstream, method: str) -> None:
    status, headers, raw = send(guarded, b"", "/v1/chat/completions", method)
    assert (status, headers["allow"], upstream.seen.heads) == (405, "POST, GET", [])
    assert method == "HEAD" or b"takes POST and GET" in raw


@pytest.mark.parametrize(
    "line",
    ["GET http://evil.example/v1/models", "GET //evil.example/v1/models", "CONNECT evil.example:443", "OPTIONS *"],
)
def test_no_request_line_names_another_server(guarded: Proxy, upstream: Upstream, line: str) -> None:
    with socket.create_connection(("127.0.0.1", guarded.port), timeout=5) as connection:
        connection.sendall(f"{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        raw = b"".join(iter(lambda: connection.recv(65536), b""))
    assert raw.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")) and not upstream.seen.heads


# --- queries, prefixes and keys -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "upstreams"),
    [
        ("/v1/files?purpose=batch&limit=5&x=1", "/v1/files?purpose=batch&limit=5"),
        ("/v1/responses/r_1?include[]=a&include[]=b%26c", "/v1/responses/r_1?include[]=a&include[]=b%26c"),
        ("/chat/completions?metadata[a]=b&stream=true", "/v1/chat/completions?metadata[a]=b"),
        ("/openai/files?api-version=2024-10-21", "/v1/files"),
        ("/openai/v1/models", "/v1/models"),
    ],
)
def test_what_of_a_query_goes_on(guarded: Proxy, upstream: Upstream, path: str, upstreams: str) -> None:
    upstream.script = lambda request: whole({"object": "list", "data": []})
    assert send(guarded, b"", path, "GET")[0] == 200
    assert upstream.seen.heads[-1].split(" ")[1] == upstreams


@pytest.mark.parametrize("query", ["limit=1&limit=2", "after=%00", "after=" + "x" * 600])
def test_a_query_that_could_be_read_in_two_ways(guarded: Proxy, upstream: Upstream, query: str) -> None:
    assert send(guarded, b"", f"/v1/files?{query}", "GET")[0] == 400 and not upstream.seen.heads


AZURE = "/openai/deployments/gpt-x/chat/completions?api-version=2024-10-21"


def test_azures_paths(upstream: Upstream) -> None:
    body = {"messages": [{"role": "user", "content": "Hi"}]}
    base = upstream.url.removesuffix("/v1")
    with proxy_before(upstream, (), upstream=f"{base}/openai", upstream_key="k", upstream_key_as="api-key") as proxy:
        status, _, raw = send(proxy, body, AZURE, api_key="theirs")
        assert (status, json.loads(raw)["choices"][0]["message"]["content"]) == (200, "Hello.")
        assert upstream.seen.heads[-1].split(" ")[1] == AZURE and "api-key: k" in upstream.seen.heads[-1]
        assert send(proxy, body, "/openai/deployments/a%2Fb/chat/completions")[0] == 404
        assert send(proxy, body, "/openai/deployments/a/files")[0] == 404
    with proxy_before(upstream, ()) as proxy:
        assert send(proxy, body, AZURE, api_key="theirs")[0] == 200
        assert upstream.seen.heads[-1].split(" ")[1] == "/v1/chat/completions"
        assert "api-key: theirs" in upstream.seen.heads[-1]


# --- what is read of the answers ------------------------------------------------------------------------------------


def test_vectors_pass_as_they_are_and_nothing_else_does(guarded: Proxy, upstream: Upstream) -> None:
    floats = array("f", [0.125, -0.5, 0.0, 3.25])
    packed = base64.b64encode(floats.tobytes()).decode()
    for good in ([0.1, -1e-7, 0, 12], packed, []):
        answer = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": good}], "model": "m"}
        upstream.script = lambda request, answer=answer: whole(answer)
        assert json.loads(send(guarded, {"input": "x"}, "/v1/embeddings")[2]) == answer
    for bad in (["0.1"], [4111111111111111], KEY, [[0.1]], None, {"a": 1}, "4111111111111111", [1e300]):
        upstream.script = lambda request, bad=bad: whole({"data": [{"embedding": bad}]})
        assert send(guarded, {"input": "x"}, "/v1/embeddings")[0] == 502


def test_scores_of_moderations_pass(guarded: Proxy, upstream: Upstream) -> None:
    result = {"flagged": False, "categories": {"hate": False}, "category_scores": {"hate": 1.2345678901234e-05}}
    upstream.script = lambda request: whole({"id": "modr-1", "model": "m", "results": [result]})
    assert json.loads(send(guarded, {"input": "x"}, "/v1/moderations")[2])["results"] == [result]
    upstream.script = lambda request: whole({"results": [{"category_scores": {KEY: 0.5, "b": 4111111111111111}}]})
    assert KEY.encode() not in send(guarded, {"input": "x"}, "/v1/moderations")[2]


LINES = [
    {"id": "1", "custom_id": "a", "response": {"status_code": 200, "body": completion("Fine.")}, "error": None},
    {"id": "2", "custom_id": KEY, "response": {"status_code": 200, "body": completion(f"Use {KEY}")}, "error": None},
    {"custom_id": "c", "method": "POST", "url": "/v1/chat/completions", "body": {"x": KEY}},
]


def test_batch_results_are_judged_line_by_line(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: whole("\n".join(map(json.dumps, LINES)).encode(), kind="application/octet-stream")
    status, headers, raw = send(guarded, b"", "/v1/files/file-1/content", "GET")
    first, second, third = map(json.loads, raw.splitlines())
    assert (status, headers["content-type"], headers["x-guardproxy-verdict"]) == (200, "application/jsonl", "blocked")
    assert first == LINES[0] and KEY not in raw.decode()
    choice = second["response"]["body"]["choices"][0]
    assert (choice["finish_reason"], choice["message"]["content"]) == ("content_filter", None)
    assert third["error"]["code"] == "content_filter" and second["custom_id"] == "withheld"


def test_a_file_that_is_no_lines_is_refused(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: whole(b"\x89PNG\r\n" + KEY.encode(), kind="image/png")
    assert error_of(send(guarded, b"", "/v1/files/f/content", "GET"))[:2] == (403, "file_not_judged")


def test_stored_completions_are_read_as_completions(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: whole({"object": "list", "data": [completion("Fine."), completion(f"Use {KEY}")]})
    found = json.loads(send(guarded, b"", "/v1/chat/completions", "GET")[2])["data"]
    assert found[0] == completion("Fine.") and found[1]["choices"][0]["finish_reason"] == "content_filter"
    assert found[1]["guardproxy"]["verdict"] == "blocked" and "guardproxy" not in found[0]
    messages = [{"id": "1", "role": "user", "content": "Hi"}, {"id": "2", "role": "assistant", "content": KEY}]
    upstream.script = lambda request: whole({"object": "list", "data": messages})
    first, second = json.loads(send(guarded, b"", "/v1/chat/completions/c/messages", "GET")[2])["data"]
    assert first == messages[0] and second["refusal"] and second["content"] is None


# --- speech and pictures --------------------------------------------------------------------------------------------


def form(**fields: str) -> tuple[bytes, str]:
    parts = [f'--b\r\nContent-disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    named = 'Content-Disposition: form-data; name="file"; filename="a.wav"'
    file = f"--b\r\n{named}\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n"
    return ("".join(parts) + file + "--b--\r\n").encode(), "multipart/form-data; boundary=b"


def heard(
    proxy: Proxy, upstream: Upstream, answer: Any, kind: str = "application/json", **fields: str
) -> tuple[int, str]:
    body, content_type = form(model="whisper-1", **fields)
    upstream.script = lambda request: whole(answer, kind=kind)
    status, _, raw = send(proxy, body, "/v1/audio/transcriptions", Content_Type=content_type)
    assert f"content-type: {content_type}" in upstream.seen.heads[-1].lower()
    return status, raw.decode()


SRT = "1\r\n00:00:00,000 --> 00:00:02,000\r\nIt is 123-45-\r\n\r\n2\r\n00:00:02,000 --> 00:00:03,000\r\n6789, yes.\r\n"
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nMy number is 123-45-6789.\n\n00:02.000 --> 00:03.000\nYes.\n"


def test_what_was_heard(guarded: Proxy, upstream: Upstream) -> None:
    assert heard(guarded, upstream, {"text": "Good morning."}) == (200, '{"text":"Good morning."}')
    assert heard(guarded, upstream, {"text": f"SSN {NUMBER}."}) == (200, '{"text":"SSN [SSN]."}')
    assert heard(guarded, upstream, {"text": f"Use {KEY}."})[0] == 400
    assert heard(guarded, upstream, b"Good\r\nmorning.", "text/plain") == (200, "Good\r\nmorning.")
    status, text = heard(guarded, upstream, VTT.encode(), "text/vtt")
    assert (status, text) == (200, VTT.replace(NUMBER, "[SSN]"))
    status, text = heard(guarded, upstream, SRT.encode(), "text/plain")
    assert (status, text) == (200, SRT.replace("123-45-", "[SSN], yes.").replace("6789, yes.", ""))


def test_what_was_heard_with_times(guarded: Proxy, upstream: Upstream) -> None:
    def verbose(text: str, *parts: str) -> Json:
        segments = [{"id": i, "start": 0.0, "end": 1.5, "text": p, "tokens": []} for i, p in enumerate(parts)]
        words = [{"word": word, "start": 0.0, "end": 0.5} for word in text.split()]
        return {"task": "transcribe", "language": "english", "text": text, "segments": segments, "words": words}

    fine = verbose("Good morning to you.", "Good morning", " to you.")
    assert json.loads(heard(guarded, upstream, fine)[1]) == fine
    status, text = heard(guarded, upstream, verbose(f"SSN {NUMBER}.", "SSN 123-45-", "6789."))
    said = json.loads(text)
    assert status == 200 and [s["text"] for s in said["segments"]] == ["SSN [SSN].", ""] and said["words"] == []
    assert heard(guarded, upstream, {"text": "Hi", "words": [{"word": w} for w in ("123-45-", "6789")]})[1] == (
        '{"text":"Hi","words":[]}'
    )


def transcribed(*texts: str) -> bytes:
    deltas = [{"type": "transcript.text.delta", "delta": text} for text in texts]
    return events([*deltas, {"type": "transcript.text.done", "text": "".join(texts)}])


def test_what_is_heard_as_a_stream(guarded: Proxy, upstream: Upstream) -> None:
    body, kind = form(model="gpt-transcribe", stream="true")
    for texts, seen in (
        (("Good ", "morning."), '"text":"Good morning."'),
        (("SSN 123-4", "5-6789, yes."), '"text":"SSN [SSN], yes."'),
        (("Use AKIAIOSF", "ODNN7EXAMPLE now"), '"code":"content_filter"'),
    ):
        upstream.script = lambda request, texts=texts: streamed(transcribed(*texts))
        raw = send(guarded, body, "/v1/audio/transcriptions", Content_Type=kind)[2].decode()
        assert seen in raw and "6789" not in raw and "AKIA" not in raw


def test_the_words_beside_a_picture(guarded: Proxy, upstream: Upstream) -> None:
    picture = base64.b64encode(bytes(range(256)) * 4).decode()
    answer = {"created": 1795255200, "data": [{"b64_json": picture, "revised_prompt": "A cat"}]}
    upstream.script = lambda request: whole(answer)
    assert json.loads(send(guarded, {"prompt": "x"}, "/v1/images/generations")[2]) == answer
    answer["data"][0]["revised_prompt"] = f"A cat with {KEY}"
    assert send(guarded, {"prompt": "x"}, "/v1/images/generations")[0] == 400
    answer["data"][0] = {"b64_json": KEY}
    assert KEY.encode() not in send(guarded, {"prompt": "x"}, "/v1/images/generations")[2]
    assert send(guarded, {"prompt": "x", "stream": True}, "/v1/images/generations")[0] == 400


# --- what an operator lets pass -------------------------------------------------------------------------------------


def test_what_the_operator_allows_passes_unjudged_and_is_counted(
    upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    allow = ("POST /audio/speech", "GET /things/{id}")
    with proxy_before(upstream, (), surfaces={"allow": allow}) as proxy:
        assert "POST /audio/speech passes unjudged" in caplog.text
        upstream.script = lambda request: whole(b"\xff\xfb" + KEY.encode(), kind="audio/mpeg", set_cookie="a=b")
        status, headers, raw = send(proxy, {"input": "x"}, "/v1/audio/speech")
        assert (status, headers["content-type"], raw) == (200, "audio/mpeg", b"\xff\xfb" + KEY.encode())
        assert "set-cookie" not in headers
        upstream.script = lambda request: whole(b"no", 404, "text/plain")
        assert send(proxy, b"", "/v1/things/a%2f..%2fb", "GET")[0] == 404 and len(upstream.seen.heads) == 1
        assert send(proxy, b"", "/v1/things/a?x=%26&y=1", "GET")[2] == b"no"
        assert upstream.seen.heads[-1].split(" ")[1] == "/v1/things/a?x=%26&y=1"
        assert send(proxy, b"", "/v1/other", "GET")[0] == 404


# --- faults, at endpoints of each kind ------------------------------------------------------------------------------

KINDS = (
    ("GET", "/v1/models"),
    ("POST", "/v1/embeddings"),
    ("GET", "/v1/files/f/content"),
    ("POST", "/v1/audio/transcriptions"),
    ("GET", "/v1/responses/r"),
    ("GET", "/v1/conversations/c/items"),
)
RAW = json.dumps({"text": f"Good {KEY}"}).encode()
FAULTS = {
    "cut": ([http_head(200, "application/json", {"content-length": "5000"}) + RAW, "drop"], (502, "upstream_broken")),
    "a redirect": (whole(b"", status=302, location="http://elsewhere.example/"), (502, "upstream_status")),
    "brotli": (whole(RAW, content_encoding="br"), (502, "upstream_encoding")),
    "a bomb": (whole(gzip.compress(b" " * 30_000_000), content_encoding="gzip"), (502, "upstream_too_large")),
    "a stream": (streamed(events([{"text": KEY}])), (502, "upstream_unreadable")),
    "not found": (whole({"error": {"message": f"No {KEY}", "code": "gone"}}, 404), (404, "gone")),
}


@pytest.mark.parametrize(("method", "path"), KINDS)
@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_of_the_upstream_is_one_clean_error(
    guarded: Proxy, upstream: Upstream, method: str, path: str, case: str
) -> None:
    steps, (status, code) = FAULTS[case]
    upstream.script = lambda request: steps
    found, _, raw = send(guarded, {} if method == "POST" else b"", path, method)
    assert (found, json.loads(raw)["error"]["code"]) == (status, code) and KEY.encode() not in raw


@pytest.mark.parametrize(("method", "path"), [kind for kind in KINDS if kind[0] == "POST"])
def test_a_request_that_cannot_be_read(guarded: Proxy, upstream: Upstream, method: str, path: str) -> None:
    for body, status in ((b"{", 400), (b"[]", 400), (b'{"a":1,"a":2}', 400), (b" " * 2_000_000, 413)):
        assert send(guarded, body, path, method)[0] == status
    assert send(guarded, b"{}", path, method, Content_Encoding="gzip")[0] == 415
    assert not upstream.seen.heads


def test_a_form_that_cannot_be_read(guarded: Proxy, upstream: Upstream) -> None:
    twice = b'--b\r\nContent-Disposition: form-data; name="stream"\r\n\r\nfalse\r\n' + form(stream="true")[0]
    odd = form(stream="maybe")[0]
    for body in (b"", b"--b", b"--b\r\n\r\nx\r\n--b--", b"--b--", form()[0] * 2, twice, odd, b"x" + form()[0]):
        found = send(guarded, body, "/v1/audio/transcriptions", Content_Type="multipart/form-data; boundary=b")
        assert found[0] == 400, body
    assert not upstream.seen.heads
