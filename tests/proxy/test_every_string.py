"""Every string of an answer is judged: a secret at any path, as a value or as a key, never gets out."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from guardproxy.proxy.guard import Guard
from tests.proxy.judging import Json, guard_by, stream_of, whole_of

SECRET = "AKIAIOSFODNN7EXAMPLE"
NUMBER = "123-45-6789"

CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "pay", "arguments": '{"to": "Ann"}'}}
LOGPROBS = {
    "content": [
        {
            "token": "Hi",
            "bytes": [72, 105],
            "logprob": -0.5,
            "top_logprobs": [{"token": "Ho", "bytes": [72, 111], "logprob": -2}],
        }
    ],
    "refusal": None,
}
MESSAGES: list[Json] = [
    {"role": "assistant", "content": "Hi", "refusal": None},
    {"role": "assistant", "content": None, "refusal": "No."},
    {
        "role": "assistant",
        "content": [{"type": "thinking", "thinking": [{"type": "text", "text": "a"}]}, {"type": "text", "text": "b"}],
    },
    {
        "role": "assistant",
        "content": "Hi",
        "reasoning": "r",
        "reasoning_content": "rc",
        "thinking_blocks": [{"thinking": "t", "signature": "s"}],
    },
    {
        "role": "assistant",
        "content": "Hi",
        "reasoning_details": [{"type": "reasoning.text", "text": "t", "format": "f", "index": 0}],
    },
    {"role": "assistant", "content": None, "tool_calls": [CALL, {**CALL, "index": 1, "id": "call_2"}]},
    {
        "role": "assistant",
        "tool_calls": [{"id": "c", "type": "custom", "custom": {"name": "sql", "input": "SELECT 1"}}],
    },
    {"role": "assistant", "content": None, "function_call": {"name": "pay", "arguments": "{}"}},
    {
        "role": "assistant",
        "content": "Hi",
        "audio": {"id": "a", "transcript": "spoken", "data": "UklGRg==", "expires_at": 1},
    },
    {
        "role": "assistant",
        "content": "Hi",
        "annotations": [{"type": "url_citation", "url_citation": {"title": "t", "url": "https://a.example/"}}],
    },
    {
        "role": "assistant",
        "content": "Hi",
        "images": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}],
    },
    {
        "role": "assistant",
        "content": "",
        "extra_content": {"google": {"thought_signature": "sig"}},
        "x": [["deep", {"er": "y"}]],
    },
]


def answers() -> Iterator[Json]:
    for message in MESSAGES:
        yield {
            "id": "chatcmpl-9",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "system_fingerprint": "fp",
            "citations": ["https://a.example/"],
            "choices": [
                {
                    "index": 0,
                    "message": message,
                    "logprobs": LOGPROBS,
                    "finish_reason": "stop",
                    "stop_reason": "x",
                    "native": {"k": "v"},
                }
            ],
            "usage": {"total_tokens": 1, "note": "n"},
        }


def streams() -> Iterator[Json]:
    for answer in answers():
        chunk = deepcopy(answer)
        choice = chunk["choices"][0]
        choice["delta"] = choice.pop("message")
        chunk["object"] = "chat.completion.chunk"
        yield chunk


def poisoned(value: Any, secret: str) -> Iterator[Any]:
    """The value with the secret in the place of one string, one after the other, and as one more key of each object."""
    if isinstance(value, str):
        yield secret
        yield f"{value} {secret}"
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from ({**value, key: other} for other in poisoned(member, secret))
        yield {**value, secret: 1}
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from ([*value[:index], other, *value[index + 1 :]] for other in poisoned(item, secret))


@pytest.fixture(scope="module")
def guard() -> Guard:
    return guard_by("privacy")


@pytest.mark.parametrize("secret", [SECRET, NUMBER])
def test_in_a_whole_answer(guard: Guard, secret: str) -> None:
    for answer in answers():
        for other in poisoned(answer, secret):
            try:
                delivered = whole_of(guard, other)
            except Exception as failure:  # noqa: BLE001
                assert type(failure).__name__ == "UpstreamFailure", failure
                continue
            assert secret.encode() not in delivered.body, other
            json.loads(delivered.body)


@pytest.mark.parametrize("secret", [SECRET, NUMBER])
def test_in_a_stream(guard: Guard, secret: str) -> None:
    for chunk in streams():
        for other in poisoned(chunk, secret):
            data = b"data: " + json.dumps(other).encode() + b"\n\ndata: [DONE]\n\n"
            try:
                sent = stream_of(guard, [data])
            except Exception as failure:  # noqa: BLE001
                assert type(failure).__name__ == "UpstreamFailure", failure
                continue
            assert secret.encode() not in b"".join(sent), other


def test_without_secrets_everything_else_passes(guard: Guard) -> None:
    for answer in answers():
        delivered = whole_of(guard, answer)
        found = json.loads(delivered.body)
        audio = answer["choices"][0]["message"].get("audio")
        if audio:
            found["choices"][0]["message"]["audio"]["data"] = audio["data"]
        if answer["choices"][0]["message"].get("content") != "Hi":
            found["choices"][0]["logprobs"] = LOGPROBS  # they repeat a content that is not there
        assert (found, delivered.verdict) == (answer, "allowed")
