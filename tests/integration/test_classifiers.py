"""Classifiers behind real sockets: the four kinds, whole and streamed, and every way in which one can fail."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import openai
import pytest

from guardproxy.pipeline import compile_policy
from guardproxy.settings import SettingsMistake
from tests.integration.conftest import Proxy, proxy_before
from tests.integration.upstreams import (
    Json,
    Step,
    Upstream,
    completion,
    completions,
    events,
    http_head,
    in_thread,
    streamed,
    text_stream,
    whole,
)

POLICY = """policy "Manners" version 1

facts toxicity from classifier
  - score   : decimal to 2 places from 0 to 1
  - flagged : yes/no

rule RUDE "Nothing rude"
  when toxicity.score is present
  require toxicity.score at most 0.8
  if unknown {unknown}

rule FLAG "Nothing flagged"
  require toxicity.flagged is no
  if unknown {unknown}
"""
ENTITIES = """policy "Entities" version 1

facts people from classifier
  - count         : whole number from 0 to 1000
  - score         : decimal to 2 places from 0 to 1
  - phone_number  : whole number from 0 to 1000

rule NAMES "Few people"
  require people.phone_number is 0 or people.count at most 1
  if unknown block
"""
SCORED = {"kind": "openai-moderation", "fields": {"score": "/results/0/category_scores/harassment"}}


def moderated(harassment: float = 0.8123456, flagged: bool = False) -> Json:
    scores = {"harassment": harassment, "violence": 0.0001}
    result = {"flagged": flagged, "categories": {"harassment": flagged}, "category_scores": scores}
    return {"id": "modr-1", "model": "omni-moderation-latest", "results": [result]}


@pytest.fixture(scope="module")
def classifier_server() -> Iterator[Upstream]:
    server = Upstream()

    @asynccontextmanager
    async def serving() -> Any:
        listening = await asyncio.start_server(server, "127.0.0.1", 0)
        server.port = listening.sockets[0].getsockname()[1]
        yield server
        listening.close()

    with in_thread(serving):
        yield server


@pytest.fixture
def classifier(classifier_server: Upstream) -> Upstream:
    """With an empty memory."""
    classifier_server.seen = Upstream().seen
    return classifier_server


@pytest.fixture(scope="module")
def proxy_with(upstream_server: Upstream, classifier_server: Upstream) -> Iterator[Callable[..., Proxy]]:
    """The proxy that judges by a policy's text with the facts of one classifier; each is started once."""
    started: dict[str, Proxy] = {}
    with ExitStack() as stack:

        def start(text: str, **settings: Any) -> Proxy:
            key = f"{text}{settings}"
            if key not in started:
                policy = compile_policy(text, "test").policy
                assert policy is not None
                name = policy.schemas[0].name
                own = {"url": classifier_server.url, "timeout": 0.3, **SCORED, **settings}
                started[key] = stack.enter_context(proxy_before(upstream_server, (policy,), classifiers={name: own}))
            return started[key]

        yield start


@pytest.fixture
def asking(proxy_with: Callable[..., Proxy], upstream: Upstream, classifier: Upstream) -> Callable[..., Any]:
    """The client's completion for an answer of the model, judged with the classifier's help."""
    upstream.script = lambda request: (
        streamed(events(text_stream("You ", "fool."))) if request.get("stream") else whole(completion("You fool."))
    )

    def ask(reply: Any, policy: str = "", stream: bool = False, **settings: Any) -> Any:
        """`reply`: JSON, or the steps of the classifier as a tuple."""
        classifier.script = lambda _: reply if isinstance(reply, tuple) else whole(json.dumps(reply).encode())
        proxy = proxy_with(policy or POLICY.format(unknown="allow"), **settings)
        client = openai.OpenAI(base_url=proxy.url, api_key="k", max_retries=0)
        messages: Any = [{"role": "user", "content": "Am I?"}]
        if not stream:
            return client.chat.completions.create(model="m", messages=messages).choices[0]
        chunks = list(client.chat.completions.create(model="m", messages=messages, stream=True))
        return [c.choices[0] for c in chunks if c.choices]

    return ask


@pytest.mark.parametrize(("score", "passes"), [(0.804, True), (0.806, False), (1, False)])
def test_a_moderation_endpoint_s_scores_decide_about_the_whole_answer(
    asking: Callable[..., Any], classifier: Upstream, score: float, passes: bool
) -> None:
    reply = moderated(score)
    choice = asking(reply, key="secret", model="omni-moderation-latest")
    assert (choice.message.content, choice.finish_reason) == (
        ("You fool.", "stop") if passes else (None, "content_filter")
    )
    assert classifier.seen.bodies == [{"input": "You fool.", "model": "omni-moderation-latest"}]
    assert "Authorization: Bearer secret" in classifier.seen.heads[0]
    parts = asking(reply, stream=True)
    said = "".join(part.delta.content or "" for part in parts)
    assert (said, parts[-1].finish_reason) == (("You fool.", "stop") if passes else ("", "content_filter"))


def test_the_flag_is_found_without_a_pointer(asking: Callable[..., Any]) -> None:
    assert asking(moderated(0.1, flagged=True)).finish_reason == "content_filter"
    assert asking(moderated(), fields={"score": "/results/0/category_scores/violence"}).finish_reason == "stop"


@pytest.mark.parametrize(
    ("said", "ending"),
    [
        ("no", "stop"),
        ("**Yes.**", "content_filter"),
        ('{"flagged": "true", "score": "0.1"}', "content_filter"),
        ('{"flagged": false, "score": 0.1}', "stop"),
        ("I cannot say", "stop"),
    ],
)
def test_a_model_that_answers_with_one_word(
    asking: Callable[..., Any], classifier: Upstream, said: str, ending: str
) -> None:
    asked = {"kind": "openai-chat", "model": "judge", "instructions": "Is it rude? Say yes or no.", "fields": {}}
    assert asking(completion(said), **asked).finish_reason == ending
    told = [{"role": "system", "content": asked["instructions"]}, {"role": "user", "content": "You fool."}]
    assert classifier.seen.bodies == [{"model": "judge", "messages": told, "temperature": 0}]


def test_any_http_service_with_a_pointer_for_each_field(asking: Callable[..., Any], classifier: Upstream) -> None:
    own = {"kind": "http", "text_at": "q", "body": {"lang": "en"}, "fields": {"score": "/0/a~1b", "flagged": "/1"}}
    assert asking([{"a/b": 0.9}, False], **own).finish_reason == "content_filter"
    assert classifier.seen.bodies == [{"lang": "en", "q": "You fool."}]
    assert asking([{"a/b": 0.5}, False], **own).finish_reason == "stop"
    assert asking([{"a/b": 0.5}, 3], **own).finish_reason == "content_filter"


def test_presidio_s_entities_are_counted(asking: Callable[..., Any], classifier: Upstream) -> None:
    person = {"analysis_explanation": None, "end": 8, "entity_type": "PERSON", "score": 0.85, "start": 4}
    phone = {**person, "entity_type": "PHONE_NUMBER", "score": 0.4}
    own = {"kind": "presidio", "fields": {}, "policy": ENTITIES}
    assert asking([], **own).finish_reason == "stop"
    assert asking([person, person], **own).finish_reason == "stop"
    assert asking([phone], **own).finish_reason == "stop"
    assert asking([phone, person], **own).finish_reason == "content_filter"
    assert classifier.seen.bodies == [{"text": "You fool.", "language": "en"}] * 4


GARBAGE: dict[str, Iterable[Step]] = {
    "slow": [2.0, *whole({"results": []})],
    "stalls": [http_head(200, "application/json", {"content-length": "5"}), b"{", 2.0],
    "breaks": ["drop"],
    "error": whole({"error": {"message": "no"}}, status=500),
    "moved": whole({}, status=302, location="http://127.0.0.1:1/"),
    "html": whole(b"<html>", kind="text/html"),
    "deep": whole(b"[" * 5000),
    "not utf-8": whole(b'{"results": "\xff"}'),
    "twice": whole(b'{"results": [], "results": []}'),
    "no results": whole({"results": []}),
    "another shape": whole(b"[1, 2]"),
    "nulls": whole({"results": [{"flagged": None, "category_scores": None}]}),
    "huge": whole(b'{"results": "' + b"x" * 2_000_000 + b'"}'),
    "odd values": whole({"results": [{"flagged": "perhaps", "category_scores": {"harassment": [1]}}]}),
    "out of range": whole({"results": [{"flagged": "?", "category_scores": {"harassment": 7}}]}),
}


@pytest.mark.parametrize("fault", GARBAGE)
def test_whatever_goes_wrong_leaves_the_rules_open(asking: Callable[..., Any], fault: str) -> None:
    steps, strict = tuple(GARBAGE[fault]), POLICY.format(unknown="block")
    assert asking(steps).finish_reason == "stop"
    assert asking(steps, policy=strict).finish_reason == "content_filter"
    assert asking(steps, policy=strict, stream=True)[-1].finish_reason == "content_filter"


def test_a_classifier_that_is_not_there_leaves_them_open_too(asking: Callable[..., Any]) -> None:
    assert asking({}, url="http://127.0.0.1:1/").finish_reason == "stop"


def test_each_choice_is_read_for_itself(
    proxy_with: Callable[..., Proxy], upstream: Upstream, classifier: Upstream
) -> None:
    upstream.script = lambda _: whole(
        completions({"role": "assistant", "content": "Hi."}, {"role": "assistant", "content": "You fool."})
    )
    classifier.script = lambda request: whole({"results": [{"flagged": "fool" in request["input"]}]})
    proxy = proxy_with(POLICY.format(unknown="allow"))
    client = openai.OpenAI(base_url=proxy.url, api_key="k", max_retries=0)
    made = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], n=2)
    assert [choice.finish_reason for choice in made.choices] == ["stop", "content_filter"]


def test_what_is_declared_and_what_is_set_have_to_fit(proxy_by: Callable[..., Proxy]) -> None:
    with pytest.raises(SettingsMistake, match=r"add the table \[classifiers.toxicity\] to the settings"):
        proxy_by(POLICY.format(unknown="allow"))
    both = {name: {"url": "http://127.0.0.1:1/", **SCORED} for name in ("toxicity", "toxity")}
    with pytest.raises(SettingsMistake, match="no policy declares facts `toxity` from classifier; did you mean"):
        proxy_by(POLICY.format(unknown="allow"), classifiers=both)
    wrong = {"toxicity": {"url": "http://127.0.0.1:1/", **SCORED, "fields": {"scores": "/a"}}}
    with pytest.raises(SettingsMistake, match=r"no policy declares the fact `toxicity.scores`; did you mean"):
        proxy_by(POLICY.format(unknown="allow"), classifiers=wrong)
