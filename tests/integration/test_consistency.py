"""What the official client puts together of a rewritten stream fits together: tokens, citations, calls."""

from typing import Any

import openai
import pytest

from tests.integration.conftest import Proxy
from tests.integration.upstreams import Json, Upstream, chunk, events, streamed

WORDS = ["Write ", "to ", "bob@", "example.org", " about ", "it", ", ", "see ", "[1]", "."]
MARK = {
    "type": "url_citation",
    "url_citation": {"start_index": 39, "end_index": 42, "title": "T", "url": "https://a.x/"},
}


def entry(delta: Json, *tokens: str, finish: str | None = None) -> Json:
    listed = [{"token": t, "bytes": list(t.encode()), "logprob": -0.5, "top_logprobs": []} for t in tokens]
    made = chunk(delta, finish)
    made["choices"][0]["logprobs"] = {"content": listed, "refusal": None} if tokens else None
    return made


@pytest.mark.parametrize("step", [0, 5, 211])
def test_tokens_and_citations_fit_the_text(guarded: Proxy, upstream: Upstream, step: int) -> None:
    assert "".join(WORDS)[39:42] == "[1]"
    said = [entry({"role": "assistant", "content": ""}), *(entry({"content": w}, w) for w in WORDS)]
    data = events([*said, entry({"annotations": [MARK]}), entry({}, finish="stop"), "[DONE]"])
    upstream.script = lambda request: streamed(data, range(step, len(data), step) if step else ())
    client = openai.OpenAI(base_url=guarded.url, api_key="test", max_retries=0)
    with client.chat.completions.stream(
        model="m", messages=[{"role": "user", "content": "?"}], logprobs=True, top_logprobs=1
    ) as stream:
        found: Any = stream.get_final_completion().choices[0]
    text = found.message.content
    assert text == "Write to [e-mail] about it, see [1]."
    assert [t.token for t in found.logprobs.content] == [w for w in WORDS if w not in ("bob@", "example.org")]
    (mark,) = found.message.annotations
    citation = mark.url_citation if hasattr(mark, "url_citation") else mark["url_citation"]
    span = citation if isinstance(citation, dict) else citation.model_dump()
    assert text[span["start_index"] : span["end_index"]] == "[1]"


def test_calls_are_numbered_for_the_client(guarded: Proxy, upstream: Upstream) -> None:
    def call(index: int, arguments: str, **more: Any) -> Json:
        return chunk({"tool_calls": [{"index": index, "function": {"arguments": arguments, **more}}]})

    named = [
        chunk(
            {
                "tool_calls": [
                    {"index": i, "id": f"c{i}", "type": "function", "function": {"name": "f", "arguments": ""}}
                ]
            }
        )
        for i in (3, 5)
    ]
    pieces = [named[0], named[1], call(5, '{"b": '), call(3, '{"a": '), call(3, "1}"), call(5, "2}")]
    data = events([chunk({"role": "assistant", "content": None}), *pieces, chunk({}, "tool_calls"), "[DONE]"])
    upstream.script = lambda request: streamed(data)
    client = openai.OpenAI(base_url=guarded.url, api_key="test", max_retries=0)
    with client.chat.completions.stream(model="m", messages=[{"role": "user", "content": "?"}]) as stream:
        calls: Any = stream.get_final_completion().choices[0].message.tool_calls
    assert [(c.id, c.function.arguments) for c in calls] == [("c3", '{"a": 1}'), ("c5", '{"b": 2}')]
