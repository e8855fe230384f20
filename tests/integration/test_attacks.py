"""What a hostile model server tries, through the real proxy: each writes a secret where it might not be read."""

import http.client
import json
from typing import Any

import pytest

from tests.integration.conftest import Proxy
from tests.integration.upstreams import Json, Upstream, chunk, completion, completions, events, streamed, whole

NUMBER, KEY, CARD = "123-45-6789", "AKIAIOSFODNN7EXAMPLE", 4111111111111111
ESCAPED = '{"a": "\\u0031\\u0032\\u0033-45-6789"}'
REQUEST = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}


def asked(proxy: Proxy, stream: bool = False, path: str = "/v1/chat/completions", **body: Any) -> tuple[int, str, Json]:
    """Status, body, and headers of the response."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    if path.endswith("completions"):
        connection.request("POST", path, json.dumps({**REQUEST, "stream": stream, **body}))
    else:
        connection.request("GET", path)
    response = connection.getresponse()
    try:
        raw = response.read()
    except http.client.IncompleteRead as error:
        raw = error.partial
    connection.close()
    return response.status, raw.decode(), {k.lower(): v for k, v in response.getheaders()}


def call(arguments: str = "{}", **more: Any) -> Json:
    return {"id": "c1", "type": "function", "function": {"name": "f", "arguments": arguments}, **more}


def pieces(text: str) -> list[Json]:
    return [{"token": letter, "logprob": -1, "bytes": [ord(letter)]} for letter in text]


def token(**more: Any) -> Json:
    return {"logprobs": {"content": [{"token": "Hi", "logprob": -1, "bytes": [72, 105], "top_logprobs": [], **more}]}}


def beside_message(content: str = "Hi", **more: Any) -> Json:
    answer = completion(content)
    answer["choices"][0].update(more)
    return answer


def text_part(text: str) -> Json:
    return {"type": "text", "text": text}


CUSTOM = {"name": "x", "input": ""}
WHOLE: dict[str, tuple[Json, str]] = {
    "custom and function": (completion(None, tool_calls=[call(ESCAPED, custom=CUSTOM)]), "u0031"),
    "empty custom and function": (completion(None, tool_calls=[call(ESCAPED, custom={})]), "u0031"),
    "custom by type, function by member": (completion(None, tool_calls=[call(ESCAPED, type="custom")]), "u0031"),
    "function_call is a text": (completion("Hi", function_call=NUMBER), NUMBER),
    "function_call is a list": (completion("Hi", function_call=[{"arguments": KEY}]), KEY),
    "a call is a text": (completion("Hi", tool_calls=[KEY]), KEY),
    "function is a text": (completion("Hi", tool_calls=[{"function": KEY}]), KEY),
    "the name of a call": (completion("Hi", tool_calls=[{"function": {"name": {"a": KEY}}}]), KEY),
    "audio data": (completion(None, audio={"id": "a", "transcript": "Hi", "data": "QUtJQQ=="}), "QUtJ"),
    "audio data in a part": (completion([{"type": "audio", "audio": {"data": "QUtJQQ=="}}]), "QUtJ"),
    "a part that is audio": (completion([{"type": "audio", "data": "QUtJQQ==", "sound": "QUtJQQ=="}]), "QUtJ"),
    "logprob is a text": (beside_message(**token(logprob=NUMBER)), NUMBER),
    "logprob is an object": (beside_message(**token(logprob={"x": KEY})), KEY),
    "logprob is a card": (beside_message(**token(logprob=-CARD)), str(CARD)),
    "alternatives of alternatives": (
        beside_message(**token(top_logprobs=[{"token": "x", "top_logprobs": [{"token": KEY}]}])),
        KEY,
    ),
    "index is a text": (beside_message(KEY, index=NUMBER), NUMBER),
    "index is an object": (beside_message(KEY, index={"a": [NUMBER]}), NUMBER),
    "parts": (completion([text_part("SSN 123-45-"), text_part("6789")]), '"6789"'),
    "texts in a list": (completion(["SSN 123-45-", "6789"]), '"6789"'),
    "a key that ends with its part": (completion([text_part(KEY), text_part("b")]), f'"{KEY}"'),
    "an object that ends with its part": (completion([text_part('{"apr":99}'), text_part(" b")]), '}"'),
    "reasoning in parts": (
        completion("Hi", reasoning_details=[{"type": "reasoning.text", "text": t} for t in ("123-45-", "6789")]),
        '"6789"',
    ),
    "tokens of a part": (completion([{**text_part("x"), "logprobs": pieces(NUMBER)}]), '"token":"8"'),
    "tokens of a call": (completion(None, tool_calls=[call(logprobs=pieces(NUMBER))]), '"token":"8"'),
    "tokens beside choices": ({**completion("Hi"), "prompt_logprobs": pieces(NUMBER)}, '"token":"8"'),
    "tokens beside choices, deep": ({**completion("Hi"), "x": {"tokens": list(NUMBER)}}, '"8"'),
    "content is a number": (completion(CARD), str(CARD)),
    "a number": (completion("Hi", card=CARD), str(CARD)),
    "a number with a fraction": (completion("Hi", card=float(CARD)), str(CARD)),
    "usage": ({**completion("Hi"), "usage": {"total_tokens": CARD}}, str(CARD)),
    "an id with a card": ({**completion("Hi"), "id": f"chatcmpl-{CARD}"}, str(CARD)),
    "an id with a key": ({**completion("Hi"), "id": f"chatcmpl-{KEY}"}, KEY),
    "a call in a delta": (beside_message(delta={"tool_calls": [call(ESCAPED)]}), "u0031"),
}


@pytest.mark.parametrize("case", WHOLE)
def test_in_a_whole_answer(guarded: Proxy, upstream: Upstream, case: str) -> None:
    answer, secret = WHOLE[case]
    upstream.script = lambda request: whole(answer)
    status, body, _ = asked(guarded)
    assert status in (200, 502) and secret not in body


def delta_call(arguments: str | None = None, index: Any = 0, **more: Any) -> Json:
    named = {"function": {"arguments": arguments}} if arguments is not None else {}
    return {"tool_calls": [{"index": index, **named, **more}]}


NAMED = {"id": "c1", "type": "function"}
STREAMED: dict[str, tuple[list[Json], str]] = {
    "a custom piece in a function call": (
        [chunk(delta_call("{", **NAMED)), chunk(delta_call(custom={"input": NUMBER})), chunk(delta_call("}"))],
        NUMBER,
    ),
    "a function piece in a custom call": (
        [chunk(delta_call(id="c1", type="custom", custom={"name": "x", "input": "y"})), chunk(delta_call(ESCAPED))],
        "u0031",
    ),
    "both": ([chunk(delta_call(ESCAPED, custom=CUSTOM, **NAMED))], "u0031"),
    "a call's index is a list": ([chunk(delta_call(f'{{"a": "{KEY}"}}', [], **NAMED))], KEY),
    "a call's index is an object": ([chunk(delta_call("{}", {"a": NUMBER}, **NAMED))], NUMBER),
    "function_call is a text": ([chunk({"function_call": NUMBER})], NUMBER),
    "a call is a text": ([chunk({"tool_calls": [KEY]})], KEY),
    "audio data": ([chunk({"audio": {"transcript": t, "data": "QUtJQQ=="}}) for t in ("123-45-", "6789")], "QUtJ"),
    "audio data in a part": ([chunk({"content": [{"type": "audio", "audio": {"data": "QUtJQQ=="}}]})], "QUtJ"),
    "a number": ([chunk({"content": CARD})], str(CARD)),
    "parts of one chunk": ([chunk({"content": [text_part("SSN 123-45-"), text_part("6789")]})], "6789"),
    "a text, then a part": ([chunk({"content": "SSN 123-45-"}), chunk({"content": [text_part("6789")]})], "6789"),
    "parts of a letter": ([chunk({"content": [text_part(letter) for letter in NUMBER]})], '"8"'),
    "a key that is a part": (
        [chunk({"content": [text_part("x ")]}), chunk({"content": [text_part("x"), text_part(KEY), text_part("b ")]})],
        f'"{KEY}',
    ),
    "a key at another path": (
        [chunk({"content": [text_part("x")]}), *(chunk({"content": [{}, text_part(t)]}) for t in (KEY, "b "))],
        f'"{KEY}',
    ),
    "a type that is a list": ([chunk({"content": [{"type": [KEY], "text": "Hi"}]})], KEY),
    "beside choices": ([chunk({}, text=t) for t in ("SSN ", "123", "-45-", "6789")], "6789"),
    "beside choices, deep": ([chunk({}, message={"content": t}) for t in ("SSN ", "123", "-45-", "6789")], "6789"),
    "beside choices, unknown": ([chunk({}, remark=t) for t in ("SSN ", "123", "-45-", "6789")], "6789"),
    "without choices": ([{"id": "x", "content": t} for t in ("123-45-", "6789")], "6789"),
    "after the end": ([chunk({}, "stop"), *({"choices": [], "text": t} for t in ("123-45-", "6789"))], "6789"),
    "a message in a chunk": (
        [{**chunk(), "choices": [{"index": 0, "delta": {}, "message": {"tool_calls": [call(ESCAPED)]}}]}],
        "u0031",
    ),
    "a part's tokens": ([chunk({"content": [{**text_part("x"), "logprobs": pieces(NUMBER)}]})], '"token":"8"'),
    "beside the delta": (
        [{**chunk(), "choices": [{"index": 0, "delta": {}, "text": t}]} for t in ("123-4", "5-6789 ")],
        NUMBER,
    ),
}


@pytest.mark.parametrize("case", STREAMED)
def test_in_a_stream(guarded: Proxy, upstream: Upstream, case: str) -> None:
    chunks, secret = STREAMED[case]
    for end in ([chunk({}, "stop"), "[DONE]"], ["[DONE]"]):
        upstream.script = lambda request, end=end: streamed(events([*chunks, *end]))
        status, body, _ = asked(guarded, stream=True)
        assert status in (200, 502) and secret not in body and "could not be judged" not in body


def test_a_blocked_choice_keeps_its_number(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: whole(completions({"content": "Hi"}, {"content": KEY}))
    choices = json.loads(asked(guarded, n=2)[1])["choices"]
    assert [(c["index"], c["finish_reason"]) for c in choices] == [(0, "stop"), (1, "content_filter")]


@pytest.mark.parametrize("status", [200, 400])
def test_numbers_beside_an_error(guarded: Proxy, upstream: Upstream, status: int) -> None:
    upstream.script = lambda request: whole({"error": {"message": "No.", "code": CARD}}, status)
    assert str(CARD) not in asked(guarded)[1]


# --- what looks odd and is fine -------------------------------------------------------------------------------------


def test_parts_that_say_nothing_forbidden_arrive_as_they_are(guarded: Proxy, upstream: Upstream) -> None:
    image = {"type": "image_url", "image_url": {"url": "https://a.example/"}}
    answer = completion([text_part("See "), image, text_part("this.")])
    upstream.script = lambda request: whole(answer)
    assert json.loads(asked(guarded)[1]) == answer


def test_a_changed_text_stands_in_the_first_part(guarded: Proxy, upstream: Upstream) -> None:
    image = {"type": "image_url", "image_url": {"url": "https://a.example/"}}
    upstream.script = lambda request: whole(completion([text_part("SSN 123-45-"), image, text_part("6789.")]))
    content = json.loads(asked(guarded)[1])["choices"][0]["message"]["content"]
    assert content == [text_part("SSN [SSN]."), image, text_part("")]


def test_a_reply_in_parts_is_read_as_one_object(guarded: Proxy, upstream: Upstream) -> None:
    loan = '{"decision":"approve","amount":5000,"apr":99,"term":36}'
    upstream.script = lambda request: whole(completion([text_part(loan[:20]), text_part(loan[20:])]))
    said = "".join(part["text"] for part in json.loads(asked(guarded)[1])["choices"][0]["message"]["content"])
    upstream.script = lambda request: whole(completion(loan))
    assert said == json.loads(asked(guarded)[1])["choices"][0]["message"]["content"] != loan


def delivered(body: str) -> list[Json]:
    values = [json.loads(line[6:]) for line in body.splitlines() if line.startswith("data: {")]
    return [choice for value in values for choice in value["choices"]]


def test_an_empty_finish_reason_is_none(guarded: Proxy, upstream: Upstream) -> None:
    chunks = [chunk({"content": word}, "") for word in ("one ", "two ", "three.")]
    upstream.script = lambda request: streamed(events([*chunks, chunk({}, "stop"), "[DONE]"]))
    found = delivered(asked(guarded, stream=True)[1])
    assert "".join(c["delta"].get("content", "") for c in found) == "one two three."
    assert [c["finish_reason"] for c in found if c["finish_reason"]] == ["stop"]


def test_calls_without_ids_are_told_apart_by_their_index(guarded: Proxy, upstream: Upstream) -> None:
    calls = [delta_call(index=i, function={"name": name, "arguments": "{}"}) for i, name in enumerate("fg")]
    upstream.script = lambda request: streamed(events([*map(chunk, calls), chunk({}, "tool_calls"), "[DONE]"]))
    found = [c for choice in delivered(asked(guarded, stream=True)[1]) for c in choice["delta"].get("tool_calls", ())]
    assert [(c["index"], c["function"]["name"]) for c in found] == [(0, "f"), (1, "g")]


def test_text_beside_the_delta_arrives(guarded: Proxy, upstream: Upstream) -> None:
    chunks = [{**chunk(), "choices": [{"index": 0, "delta": {}, "text": t}]} for t in ("hello ", "you")]
    upstream.script = lambda request: streamed(events([*chunks, chunk({}, "stop"), "[DONE]"]))
    found = delivered(asked(guarded, stream=True)[1])
    assert "".join(c.get("text", "") for c in found) == "hello you"


def test_spaces_behind_the_mark_of_the_end(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: streamed(events([chunk({"content": "Hi."}), "[DONE] "]))
    assert asked(guarded, stream=True)[1].endswith("data: [DONE]\n\n")


def test_what_stays_the_same_beside_choices_passes(guarded: Proxy, upstream: Upstream) -> None:
    chunks = [chunk({"content": "Hi "}, provider="A", turn=1), chunk({}, "stop", provider="A", turn=2)]
    upstream.script = lambda request: streamed(events([*chunks, "[DONE]"]))
    first, last = [json.loads(e[6:]) for e in asked(guarded, stream=True)[1].split("\n\n")[:2]]
    assert (first["provider"], last["provider"], first["turn"], "turn" in last) == ("A", "A", 1, False)


@pytest.mark.parametrize("bad", [{"function": 5}, {"custom": {}, "function": {}}, {"function": {"name": 5}}])
def test_a_clients_calls_that_cannot_be_read(guarded: Proxy, upstream: Upstream, bad: Json) -> None:
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "tool_calls": [bad]}]
    status, body, _ = asked(guarded, messages=messages)
    assert (status, json.loads(body)["error"]["param"], upstream.seen.bodies) == (400, "messages[1]", [])


# --- the list of models ---------------------------------------------------------------------------------------------

ELSEWHERE = [
    "/v1/models/../chat/completions/x",
    "/v1/models/%2e%2e/files",
    "/v1/models/..%2ffiles",
    "/v1/models/%252e%252e/files",
    "/v1/models/a/../../files",
    "/v1/models/..\\files",
    "/v1/models/a%5c..%5cfiles",
    "/v1/models//files",
    "/v1/models/a%3fx=1",
    "/v1/models/a%0d%0aX:1",
    "/v1%2Fmodels/x",
    "/%76%31/models",
    "/v1/%6dodels/x",
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_no_path_leads_out_of_the_models(guarded: Proxy, upstream: Upstream, path: str) -> None:
    assert asked(guarded, path=path)[0] == 404 and not upstream.seen.heads


@pytest.mark.parametrize(
    ("path", "upstreams"),
    [
        ("/v1/models", "/v1/models"),
        ("/models/a%2Fb-1.5:free@2", "/v1/models/a/b-1.5:free@2"),
        ("/v1/models/..a?x=1", "/v1/models/..a"),
    ],
)
def test_a_models_path_is_written_anew(guarded: Proxy, upstream: Upstream, path: str, upstreams: str) -> None:
    upstream.script = lambda request: whole({"data": []})
    assert asked(guarded, path=path)[0] == 200
    assert upstream.seen.heads[0].split(" ")[1] == upstreams


def test_what_is_said_beside_the_models(guarded: Proxy, upstream: Upstream) -> None:
    models = {"object": "list", "data": [{"id": "m", "created": 1795255200, "owned_by": KEY, "card": CARD}]}
    sent = {
        "cf-ray": KEY,
        "x-request-id": KEY,
        "openai-version": "2020-10-01",
        "openai-x": NUMBER,
        "retry-after": "soon",
    }
    upstream.script = lambda request: whole(models, **sent)
    status, body, headers = asked(guarded, path="/v1/models")
    assert (status, json.loads(body)["data"]) == (
        200,
        [{"id": "m", "created": 1795255200, "owned_by": "withheld", "card": None}],
    )
    assert len(headers["x-request-id"]) == 32 and headers["openai-version"] == "2020-10-01"
    assert not {"cf-ray", "openai-x", "retry-after"} & headers.keys()


# --- beside the body ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 429])
@pytest.mark.parametrize(
    "name", ["openai-organization", "x-ratelimit-info", "cf-ray", "x-generation-id", "x-request-id"]
)
def test_in_a_header(guarded: Proxy, upstream: Upstream, name: str, status: int) -> None:
    upstream.script = lambda request: whole(completion("Hi"), status, **{name: KEY})
    assert KEY not in "".join(asked(guarded)[2].values())


def test_a_stream_without_its_second_choice_is_not_complete(guarded: Proxy, upstream: Upstream) -> None:
    upstream.script = lambda request: streamed(events([chunk({"content": "Hi "}), chunk({}, "stop")]))
    connection = http.client.HTTPConnection("127.0.0.1", guarded.port, timeout=10)
    connection.request("POST", "/v1/chat/completions", json.dumps({**REQUEST, "stream": True, "n": 2}))
    with pytest.raises(http.client.IncompleteRead):
        connection.getresponse().read()
    connection.close()
