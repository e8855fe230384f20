"""A model server whose answers are scripted: the chat API, whole and streamed, as plain ASGI."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from guardproxy.demo.scenes import Message, Scene, says

MODEL = "scripted-1"
PIECE = 5
"""Characters in a streamed piece: small, so that secrets arrive in parts."""
DELAY = 0.012
"""Seconds between two pieces, about 80 a second."""

_UNKNOWN = says("I only know the conversations of the demonstration.")

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class ModelServer:
    """The ASGI application. `ended` notes when the answer to a question was complete (monotonic clock, seconds)."""

    def __init__(self, scenes: Sequence[Scene]) -> None:
        self._scenes = {scene.question: scene for scene in scenes}
        self.ended: dict[str, float] = {}

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path, method = scope["path"], scope["method"]
        if (method, path) == ("GET", "/v1/models"):
            await _send_json(send, {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "demo"}]})
        elif (method, path) == ("POST", "/v1/chat/completions"):
            await self._answer(json.loads(await _body(receive)), send)
        else:
            error = {"message": f"no such path: {path}", "type": "invalid_request_error", "param": None, "code": None}
            await _send_json(send, {"error": error}, status=404)

    async def _answer(self, request: Mapping[str, Any], send: Send) -> None:
        question, message = self._script(request["messages"])
        if request.get("stream"):
            await _stream(send, message)
        else:
            await _send_json(send, whole(message))
        self.ended[question] = time.monotonic()

    def _script(self, messages: Sequence[Message]) -> tuple[str, Message]:
        """The scene that the user's words belong to, and its answer."""
        for message in reversed(messages):
            scene = self._scenes.get(str(message.get("content"))) if message["role"] == "user" else None
            if scene is not None:
                return scene.question, scene.answer
        return "", _UNKNOWN


def whole(message: Message) -> dict[str, Any]:
    """A complete chat completion."""
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(message)}
    return _head("chat.completion") | {"choices": [choice], "usage": _usage(message)}


def chunks(message: Message) -> Iterator[dict[str, Any]]:
    """The same answer in small pieces: role, then reasoning, content and calls, then the reason why it ends."""
    yield _chunk({"role": "assistant", "content": ""})
    for name in ("reasoning_content", "content"):
        for piece in _pieces(message.get(name) or ""):
            yield _chunk({name: piece})
    for index, call in enumerate(message.get("tool_calls", ())):
        named = {"name": call["function"]["name"], "arguments": ""}
        yield _chunk({"tool_calls": [{"index": index, "id": call["id"], "type": "function", "function": named}]})
        for piece in _pieces(call["function"]["arguments"]):
            yield _chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield _chunk({}, _finish(message))


def _pieces(text: str) -> list[str]:
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return _head("chat.completion.chunk") | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def _head(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-demo", "object": kind, "created": 1700000000, "model": MODEL}


def _finish(message: Message) -> str:
    return "tool_calls" if message.get("tool_calls") else "stop"


def _usage(message: Message) -> dict[str, int]:
    written = len(json.dumps(message)) // 4
    return {"prompt_tokens": 20, "completion_tokens": written, "total_tokens": 20 + written}


async def _stream(send: Send, message: Message) -> None:
    await _start(send, 200, b"text/event-stream")
    for chunk in chunks(message):
        await send({"type": "http.response.body", "body": _event(json.dumps(chunk)), "more_body": True})
        await asyncio.sleep(DELAY)
    await send({"type": "http.response.body", "body": _event("[DONE]")})


def _event(data: str) -> bytes:
    return f"data: {data}\n\n".encode()


async def _send_json(send: Send, value: dict[str, Any], status: int = 200) -> None:
    await _start(send, status, b"application/json")
    await send({"type": "http.response.body", "body": json.dumps(value).encode()})


async def _start(send: Send, status: int, content_type: bytes) -> None:
    headers = [(b"content-type", content_type)]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    return body
