"""The official client at the side doors: it gets what it would get without the proxy, and an exception at a block."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openai import AzureOpenAI, BadRequestError, NotFoundError, OpenAI, PermissionDeniedError

from tests.integration.conftest import Proxy
from tests.integration.upstreams import Json, Upstream, completion, events, streamed, whole

KEY = "AKIAIOSFODNN7EXAMPLE"
SPEECH = ("a.wav", b"RIFF")


@pytest.fixture
def client(guarded: Proxy) -> Iterator[OpenAI]:
    with OpenAI(api_key="k", base_url=guarded.url, max_retries=2) as client:
        yield client


def answer(upstream: Upstream, body: Any, kind: str = "application/json", status: int = 200) -> None:
    upstream.script = lambda request: whole(body, status, kind)


def test_embeddings_as_the_client_asks_for_them(client: OpenAI, upstream: Upstream) -> None:
    vector = {"object": "embedding", "index": 0, "embedding": "AAAAPgAAAL8="}
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    answer(upstream, {"object": "list", "model": "e", "data": [vector], "usage": usage})
    assert client.embeddings.create(input="x", model="e").data[0].embedding == [0.125, -0.5]
    assert upstream.seen.bodies[-1]["encoding_format"] == "base64"


def test_lists_and_files(client: OpenAI, upstream: Upstream) -> None:
    answer(upstream, {"object": "list", "data": [{"id": "m/a:b", "object": "model", "created": 1, "owned_by": "o"}]})
    assert [model.id for model in client.models.list()] == ["m/a:b"]
    file = {"id": "file-1", "object": "file", "bytes": 120, "created_at": 1795255200, "filename": "a.jsonl"}
    answer(upstream, {**file, "purpose": "batch", "status": "processed"})
    assert client.files.create(file=("a.jsonl", b"{}"), purpose="batch").id == "file-1"
    line = {"id": "1", "custom_id": "a", "response": {"status_code": 200, "body": completion("Fine.")}, "error": None}
    answer(upstream, (json.dumps(line) + "\n").encode(), "application/octet-stream")
    assert json.loads(client.files.content("file-1").text) == line
    answer(upstream, b"\x00\x01", "application/octet-stream")
    with pytest.raises(PermissionDeniedError, match="only files of JSON lines pass"):
        client.files.content("file-1")
    batch = {"id": "batch_1", "object": "batch", "endpoint": "/v1/chat/completions", "status": "completed"}
    answer(upstream, {**batch, "completed_at": 1795255999, "output_file_id": "file-1"})
    assert client.batches.retrieve("batch_1").completed_at == 1795255999


def test_moderations(client: OpenAI, upstream: Upstream) -> None:
    result = {"flagged": True, "categories": {"hate": True}, "category_scores": {"hate": 0.98765432101234}}
    answer(upstream, {"id": "modr-1", "model": "m", "results": [result]})
    assert client.moderations.create(input="x").results[0].category_scores.hate == 0.98765432101234


def test_transcriptions(client: OpenAI, upstream: Upstream) -> None:
    create = client.audio.transcriptions.create
    answer(upstream, {"text": "Good morning."})
    assert create(file=SPEECH, model="whisper-1").text == "Good morning."
    answer(upstream, b"Good morning.\n", "text/plain")
    assert create(file=SPEECH, model="whisper-1", response_format="text") == "Good morning.\n"
    answer(upstream, {"text": f"It is {KEY}."})
    with pytest.raises(BadRequestError) as caught:
        create(file=SPEECH, model="whisper-1")
    assert caught.value.code == "content_filter" and len(upstream.seen.heads) == 3


def test_a_streamed_transcription(client: OpenAI, upstream: Upstream) -> None:
    said = [{"type": "transcript.text.delta", "delta": text, "logprobs": []} for text in ("SSN 123-", "45-6789", ".")]
    end = {"type": "transcript.text.done", "text": "SSN 123-45-6789.", "logprobs": []}
    upstream.script = lambda request: streamed(events([*said, end]))
    stream = client.audio.transcriptions.create(file=SPEECH, model="gpt-transcribe", stream=True)
    heard = list(stream)
    assert "".join(e.delta for e in heard if e.type == "transcript.text.delta") == "SSN [SSN]."
    assert heard[-1].type == "transcript.text.done" and heard[-1].text == "SSN [SSN]."


def test_stored_completions(client: OpenAI, upstream: Upstream) -> None:
    answer(upstream, {"object": "list", "data": [completion("Fine."), completion(KEY)], "has_more": False})
    fine, blocked = client.chat.completions.list(metadata={"team": "a b"}).data
    assert fine.choices[0].message.content == "Fine." and blocked.choices[0].finish_reason == "content_filter"
    assert "metadata[team]=a%20b" in upstream.seen.heads[-1]


def message_item(text: str) -> Json:
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}


def test_conversations(client: OpenAI, upstream: Upstream) -> None:
    answer(upstream, {"object": "list", "data": [message_item("Fine.")], "has_more": False})
    item = client.conversations.items.list("conv_1").data[0]
    assert item.type == "message" and item.content[0].text == "Fine."
    answer(upstream, message_item(f"SSN 123-45-6789, {KEY}"))
    one = client.conversations.items.retrieve("msg_1", conversation_id="conv_1")
    assert KEY not in one.to_json() and "123-45" not in one.to_json()
    answer(upstream, message_item("SSN 123-45-6789."))
    one = client.conversations.items.retrieve("msg_1", conversation_id="conv_1")
    assert one.type == "message" and one.content[0].text == "SSN [SSN]."


def test_stored_responses(client: OpenAI, upstream: Upstream) -> None:
    answer(upstream, {"id": "resp_1", "object": "response", "status": "completed", "output": [message_item("Fine.")]})
    assert client.responses.retrieve("resp_1").output_text == "Fine."
    answer(upstream, {"id": "resp_1", "object": "response", "status": "completed", "output": [message_item(KEY)]})
    found = client.responses.retrieve("resp_1", include=["reasoning.encrypted_content"])
    assert found.status == "incomplete" and KEY not in found.to_json()


def test_a_stored_response_is_streamed_again_from_where_the_client_stopped(client: OpenAI, upstream: Upstream) -> None:
    response = {"id": "resp_1", "object": "response", "status": "in_progress", "output": []}
    item, place = message_item(""), {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    steps: list[Json] = [
        {"type": "response.created", "response": response},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
        {"type": "response.content_part.added", **place, "part": item["content"][0]},
        *({"type": "response.output_text.delta", **place, "delta": text} for text in ("SSN 123-", "45-6789", ".")),
        {"type": "response.output_text.done", **place, "text": "SSN 123-45-6789."},
        {"type": "response.content_part.done", **place, "part": message_item("SSN 123-45-6789.")["content"][0]},
        {"type": "response.output_item.done", "output_index": 0, "item": message_item("SSN 123-45-6789.")},
        {"type": "response.completed", "response": {**response, "output": [message_item("SSN 123-45-6789.")]}},
    ]
    numbered = [{**step, "sequence_number": number} for number, step in enumerate(steps)]
    upstream.script = lambda request: streamed(events(numbered))
    whole_stream = list(client.responses.retrieve("resp_1", stream=True))
    assert [event.sequence_number for event in whole_stream] == list(range(len(whole_stream)))
    rest = list(client.responses.retrieve("resp_1", stream=True, starting_after=2))
    assert [e.to_dict() for e in rest] == [e.to_dict() for e in whole_stream[3:]]
    assert "[SSN]" in rest[-1].to_json() and "6789" not in "".join(e.to_json() for e in whole_stream)
    assert all("starting_after" not in head and "stream=true" in head for head in upstream.seen.heads)


def test_what_is_refused_is_an_exception_that_is_not_tried_again(client: OpenAI, upstream: Upstream) -> None:
    with pytest.raises(PermissionDeniedError, match="an operator may let it pass"):
        client.realtime.client_secrets.create()
    with pytest.raises(PermissionDeniedError, match="recorded speech"):
        client.audio.speech.create(input="x", model="m", voice="alloy")
    with pytest.raises(NotFoundError, match="does not exist here"):
        client.get("/nothing", cast_to=object)
    assert not upstream.seen.heads


def test_azures_client(guarded: Proxy, upstream: Upstream) -> None:
    address = guarded.url.removesuffix("/v1")
    with AzureOpenAI(api_key="k", azure_endpoint=address, api_version="2024-10-21") as client:
        found = client.chat.completions.create(model="gpt-x", messages=[{"role": "user", "content": "Hi"}])
        assert found.choices[0].message.content == "Hello." and "api-key: k" in upstream.seen.heads[-1]
        answer(upstream, {"object": "list", "data": []})
        assert list(client.models.list()) == []
