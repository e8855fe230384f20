"""A small client of the chat API: sends one request and assembles what arrives, with the moments at which it did."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

TIMEOUT = 30.0
"""Seconds without a byte after which the demonstration gives up."""


class NoAnswer(Exception):
    """The proxy did not answer as it should. The text says what happened."""


@dataclass(slots=True)
class Received:
    """One answer as the client sees it. `message` is assembled; times are seconds on the monotonic clock.

    `lengths` are (moment, characters received so far) of a streamed answer.
    """

    status: int
    headers: Mapping[str, str]
    message: dict[str, Any]
    finish_reason: str = ""
    sent: float = 0.0
    ended: float = 0.0
    decision: Mapping[str, Any] = field(default_factory=dict)


def exchange(port: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> Received:
    """Posts a chat request to 127.0.0.1 and reads the whole answer. Raises `NoAnswer`."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    sent = time.monotonic()
    try:
        content = json.dumps(body)
        connection.request("POST", "/v1/chat/completions", content, {"content-type": "application/json", **headers})
        response = connection.getresponse()
        return _read(response, sent)
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswer(f"the proxy did not answer: {error or type(error).__name__}") from error
    finally:
        connection.close()


def _read(response: HTTPResponse, sent: float) -> Received:
    headers = {name.lower(): value for name, value in response.getheaders()}
    if headers.get("content-type", "").startswith("text/event-stream"):
        received = _assembled(_events(response))
    else:
        received = _whole(json.loads(response.read()))
    received.status, received.headers = response.status, headers
    received.sent, received.ended = sent, time.monotonic()
    return received


def _whole(answer: Mapping[str, Any]) -> Received:
    if "error" in answer:
        raise NoAnswer(f"the proxy answered with an error: {answer['error'].get('message')}")
    choice = answer["choices"][0]
    message, finish = choice["message"], choice["finish_reason"] or ""
    return Received(0, {}, message, finish, decision=answer.get("guardproxy", {}))


def _events(response: HTTPResponse) -> Iterator[dict[str, Any]]:
    """The JSON of each event. Lines end with LF here: both servers are our own."""
    for line in response:
        data = line.removeprefix(b"data:").strip()
        if line.startswith(b"data:") and data != b"[DONE]":
            yield json.loads(data)


def _assembled(events: Iterator[dict[str, Any]]) -> Received:
    received = Received(0, {}, {"role": "assistant", "content": ""})
    for event in events:
        if "error" in event:
            raise NoAnswer(f"the stream ended with an error: {event['error'].get('message')}")
        received.decision = event.get("guardproxy", received.decision)
        for choice in event["choices"]:
            _add(received.message, choice["delta"])
            received.finish_reason = choice.get("finish_reason") or received.finish_reason
    return received


def _add(message: dict[str, Any], delta: Mapping[str, Any]) -> None:
    for name in ("content", "reasoning_content", "refusal"):
        if delta.get(name):
            message[name] = (message.get(name) or "") + delta[name]
    for piece in delta.get("tool_calls") or ():
        calls = message.setdefault("tool_calls", [])
        if piece["index"] == len(calls):
            calls.append({"id": piece.get("id"), "type": "function", "function": {"name": "", "arguments": ""}})
        for name, text in piece["function"].items():
            calls[piece["index"]]["function"][name] += text or ""
