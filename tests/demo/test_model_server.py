"""The scripted model speaks the chat API: whole and streamed answers carry the same message."""

from collections.abc import Iterator
from datetime import date

import pytest

from guardproxy.demo import model_server
from guardproxy.demo.client import NoAnswer, exchange
from guardproxy.demo.model_server import ModelServer
from guardproxy.demo.scenes import Scene, scenes
from guardproxy.demo.stage import get, serving

SCENES = scenes(date(2026, 11, 21))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_server, "DELAY", 0)
        with serving(ModelServer(SCENES)) as port:
            yield port


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.title)
@pytest.mark.parametrize("stream", [False, True])
def test_each_scene_s_answer_arrives(port: int, scene: Scene, stream: bool) -> None:
    received = exchange(port, scene.request("any") | {"stream": stream}, {})
    wanted = scene.answer
    assert (received.message.get("content") or None) == wanted.get("content")
    assert received.message.get("tool_calls") == wanted.get("tool_calls")
    assert received.message.get("reasoning_content") == wanted.get("reasoning_content")
    assert received.finish_reason == ("tool_calls" if "tool_calls" in wanted else "stop")


def test_an_unknown_question_gets_an_answer_all_the_same(port: int) -> None:
    body = {"model": "any", "messages": [{"role": "user", "content": "What is the time?"}]}
    assert exchange(port, body, {}).message["content"] == "I only know the conversations of the demonstration."


def test_models_are_listed_and_other_paths_are_errors(port: int) -> None:
    assert '"id": "scripted-1"' in (get(port, "/v1/models") or "")
    assert get(port, "/v1/embeddings") is None


def test_a_server_that_is_gone_is_said_plainly() -> None:
    with pytest.raises(NoAnswer, match="the proxy did not answer"):
        exchange(1, {}, {})
