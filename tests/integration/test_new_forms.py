"""Grammars, schemas, asking again, appended sentences and an overlay through the official client: one text."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from guardproxy.ir.policy import Policy
from guardproxy.storage.policy_files import read_policies
from tests.integration.conftest import Proxy, proxy_before
from tests.integration.upstreams import Json, Step, Upstream, chunk, completion, events, streamed, text_stream, whole

SCHEMA = '{"type": "object", "required": ["city"], "properties": {"city": {"type": "string", "maxLength": 8}}}'
SHAPED = """policy "Parcels" version 1

rule SHAPE "An object with a city"
  require reply conforms to schema "parcel.json"
"""
SQL = """policy "Reads" version 1

rule READ "One SELECT"
  require reply conforms to grammar "sql_select.lark"

rule KEYS "No keys"
  never reply text contains aws_access_key
  otherwise redact as "x"
"""
TEXT = """policy "Words" version 1

rule SORRY "Never stupid"
  never reply text mentions "stupid"
  otherwise ask again up to 1 time
"""
ENDS = """policy "Ends" version 1

rule KEYS "No keys"
  never reply text contains aws_access_key
  otherwise redact as "[key]"

rule PS "No postscripts"
  never reply text contains "P.S."
  otherwise cut

rule RISK "A warning"
  when reply text mentions any of "fund", "shares"
  require reply text mentions "at your own risk"
  otherwise append "\\n\\nYou invest at your own risk."
"""
KEY = "AKIAIOSFODNN7EXAMPLE"
GIVE = '{{"contract": "K1", "share": {}, "months": 6}}'
CASES: list[tuple[str, str, Any, str | None]] = [
    ("shaped", "content", '{"city": "Gdynia"}', '{"city": "Gdynia"}'),
    ("shaped", "content", '{"city": "Gdynia on sea"}', None),
    ("shaped", "content", '{"city": "A", "city": "B"}', None),
    ("shaped", "content", '{"town": NaN}', None),
    ("sql", "content", "SELECT a FROM b WHERE c = 1", "SELECT a FROM b WHERE c = 1"),
    ("sql", "content", f"SELECT a FROM b WHERE c = '{KEY}'", "SELECT a FROM b WHERE c = 'x'"),
    ("sql", "content", "SELECT a FROM b; DROP TABLE b", None),
    ("text", "content", "A stupid question.", "A good question."),
    ("text", "content", "A fair question.", "A fair question."),
    ("ends", "content", f"The fund uses {KEY}. P.S. buy", "The fund uses [key].\n\nYou invest at your own risk."),
    ("ends", "content", "Hello.", "Hello."),
    ("jp", "give_discount", GIVE.format(5), GIVE.format(5)),
    ("jp", "give_discount", GIVE.format(20), GIVE.format(10)),
    ("jp", "content", "番号は123456789018です。", "番号は〔個人番号〕です。"),
]


@pytest.fixture(scope="module")
def proxies(tmp_path_factory: pytest.TempPathFactory, upstream_server: Upstream) -> Iterator[Callable[[str], Proxy]]:
    folder = tmp_path_factory.mktemp("policies")
    (folder / "parcel.json").write_text(SCHEMA)
    for name, text in (("shaped", SHAPED), ("sql", SQL), ("text", TEXT), ("ends", ENDS)):
        (folder / f"{name}.policy").write_text(text)
    golden = Path(__file__).parents[1] / "corpus" / "golden"
    (folder / "baseline.policy").write_text((golden / "baseline.policy").read_text())
    (folder / "jp.policy").write_text((golden / "local-jp.policy").read_text())
    running: dict[str, Any] = {}

    def proxy(name: str) -> Proxy:
        if name not in running:
            facts = {"facts": {"契約": {"月額": 20000, "書面受領日": "2026-10-01"}}} if name == "jp" else {}
            manager = proxy_before(upstream_server, policies_of(folder / f"{name}.policy"), **facts)
            running[name] = (manager, manager.__enter__())
        found: Proxy = running[name][1]
        return found

    yield proxy
    for manager, _ in running.values():
        manager.__exit__(None, None, None)


def policies_of(path: Path) -> tuple[Policy, ...]:
    return tuple(read_policies([str(path)]))


def answer_to(request: Json, where: str, text: str) -> tuple[Json, list[Json | str]]:
    """The model's answer as a whole and as a stream; asked again, it does better."""
    said = "A good question." if "stupid" in text and len(request["messages"]) > 1 else text
    if where == "content":
        return completion(said), text_stream(*(said[n : n + 3] for n in range(0, len(said), 3)))
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": where, "arguments": ""}}
    pieces = [chunk({"tool_calls": [{"index": 0, "function": {"arguments": c}}]}) for c in said]
    full = {**call, "function": {"name": where, "arguments": said}}
    del full["index"]
    return (
        completion(None, finish="tool_calls", tool_calls=[full]),
        [
            chunk({"role": "assistant", "content": None, "tool_calls": [call]}),
            *pieces,
            chunk({}, "tool_calls"),
            "[DONE]",
        ],
    )


def said_in_whole(client: openai.OpenAI) -> str | None:
    choice = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}]).choices[0]
    if choice.finish_reason == "content_filter":
        return None
    calls: Any = choice.message.tool_calls
    return str(calls[0].function.arguments) if calls else choice.message.content


def said_in_stream(client: openai.OpenAI) -> tuple[str | None, str]:
    """What a whole answer would say, and what was sent."""
    sent, reason = "", None
    with client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], stream=True) as stream:
        for event in stream:
            for choice in event.choices:
                sent += choice.delta.content or ""
                sent += "".join((c.function and c.function.arguments) or "" for c in choice.delta.tool_calls or ())
                reason = choice.finish_reason or reason
    return None if reason == "content_filter" else sent, sent


@pytest.mark.parametrize(("policy", "where", "text", "delivered"), CASES)
def test_a_stream_ends_as_the_whole_answer_does(
    proxies: Callable[[str], Proxy], upstream: Upstream, policy: str, where: str, text: str, delivered: str | None
) -> None:
    client = openai.OpenAI(base_url=proxies(policy).url, api_key="test", max_retries=0, timeout=10)
    cuts: list[int] = []

    def script(request: Json) -> list[Step]:
        body, chunks = answer_to(request, where, text)
        return streamed(events(chunks), cuts) if request.get("stream") else whole(body)

    upstream.script = script
    assert said_in_whole(client) == delivered
    for cuts[:] in ([], list(range(100, 3000, 211)), list(range(0, 3000, 7))):
        got, sent = said_in_stream(client)
        assert got == delivered
        assert KEY not in sent and "DROP" not in sent and "NaN" not in sent and "stupid" not in sent
