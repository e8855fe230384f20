"""Whatever fails while an answer is judged, nothing of it gets out: raised at the first, second, ... step."""

import http.client
import json
from typing import Any

import pytest

from guardproxy.proxy import judge
from guardproxy.streaming.commands import Command
from guardproxy.streaming.enforcer import Enforcer
from guardproxy.streaming.events import Event
from tests.integration.conftest import Proxy
from tests.integration.upstreams import Upstream, completion, events, streamed, text_stream, whole

REQUEST = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}


class Failing(Enforcer):
    """The real one, until the n-th event of an answer."""

    fails_at = 0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fed = 0

    def feed(self, event: Event) -> list[Command]:
        self.fed += 1
        if self.fed > self.fails_at:
            raise RuntimeError("a check broke")
        return super().feed(event)


def ask(proxy: Proxy, stream: bool) -> tuple[int, bytes, bool]:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    connection.request("POST", "/v1/chat/completions", json.dumps({**REQUEST, "stream": stream}))
    response = connection.getresponse()
    try:
        return response.status, response.read(), True
    except http.client.IncompleteRead as cut:
        return response.status, cut.partial, False
    finally:
        connection.close()


@pytest.mark.parametrize("step", [0, 1])
def test_a_whole_answer(guarded: Proxy, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    monkeypatch.setattr(judge, "Enforcer", Failing)
    monkeypatch.setattr(Failing, "fails_at", step)
    upstream.script = lambda request: whole(completion("Something harmless, for bob@example.org."))
    status, body, _ = ask(guarded, stream=False)
    assert (status, json.loads(body)["error"]["code"]) == (500, "guardproxy_failure")
    assert b"harmless" not in body


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_a_stream(guarded: Proxy, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    monkeypatch.setattr(judge, "Enforcer", Failing)
    monkeypatch.setattr(Failing, "fails_at", step)
    pieces = streamed(events(text_stream("one ", "two ", "three ")), cuts=range(100, 900, 150), pause=0.01)
    upstream.script = lambda request: pieces
    status, body, complete = ask(guarded, stream=True)
    assert b"[DONE]" not in body and b'finish_reason":"' not in body
    assert (status, complete) in ((500, True), (200, False))
