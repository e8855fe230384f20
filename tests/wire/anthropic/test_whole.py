"""Whole messages: equal where nothing is found, judged at every place, refused as the API refuses."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from guardproxy.pipeline import compile_policy
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.whole_answer import Delivery
from guardproxy.settings import read_settings
from guardproxy.wire.anthropic.dialect import ANTHROPIC
from guardproxy.wire.errors import UpstreamFailure
from tests.proxy.judging import guard_by, whole_of
from tests.wire.anthropic.samples import (
    MESSAGES,
    SECRET,
    Json,
    message,
    places_in,
    text,
    thinking,
    tool_use,
    with_at,
)

PRIVACY = guard_by("privacy")
MAIL = "bob.jones@mail.example"


LOANS = """policy "Loans" version 1

check reply as offer
  - apr : percent from 0% to 100%

rule R "A cap"
  require offer.apr at most 20%
  otherwise block "Too much."
"""


def judged(answer: Json, guard: Guard = PRIVACY) -> tuple[Delivery, Any]:
    delivery = whole_of(guard, answer, dialect=ANTHROPIC)
    return delivery, json.loads(delivery.body)


def by_policy(rules: str) -> Guard:
    compilation = compile_policy(rules, "test")
    assert compilation.policy is not None, compilation.diagnostics
    flags = {"upstream": "http://x", "policies": (), "allow_no_policy": True}
    return Guard(read_settings(flags, None, {}), (compilation.policy,))


@pytest.mark.parametrize("name", MESSAGES)
def test_an_answer_in_which_nothing_is_found_is_equal(name: str) -> None:
    delivery, body = judged(MESSAGES[name])
    assert (delivery.verdict, body) == ("allowed", MESSAGES[name])


def hidden() -> Iterator[Json]:
    """A secret at each place: as a text, inside one, as a key, in a list, as a number."""
    for whole in MESSAGES.values():
        for path in places_in(whole):
            for form in (SECRET, f"so {SECRET} it is", {SECRET: 1}, [SECRET], 4111111111111111):
                yield with_at(whole, path, form)


def test_a_secret_is_visible_at_no_place() -> None:
    for answer in hidden():
        try:
            delivery, _ = judged(answer)
        except UpstreamFailure:
            continue
        assert b"AKIA" not in delivery.body and b"41111111" not in delivery.body, answer


def test_a_block_is_a_refusal_as_the_api_writes_it() -> None:
    delivery, body = judged(message(thinking("hm"), text(f"The key is {SECRET}."), tool_use("toolu_1")))
    assert delivery.status == 200 and (body["content"], body["stop_reason"]) == ([], "refusal")
    assert body["stop_details"] == {
        "type": "refusal",
        "category": None,
        "explanation": "The answer contained a credential.",
    }
    assert body["usage"]["output_tokens"] == 5 and body["guardproxy"]["rules"] == ["SEC-KEYS"]


def test_text_blocks_are_one_text() -> None:
    delivery, _ = judged(message(text("key AKIAIOSF"), tool_use("toolu_1"), text("ODNN7EXAMPLE yes")))
    assert delivery.verdict == "blocked"


def test_what_is_rewritten_stays_in_its_block() -> None:
    cited = [{"type": "char_location", "cited_text": "today", "document_index": 0}]
    _, body = judged(message(text("Write to bob.jones"), text("@mail.example, "), text("today", cited)))
    assert [block["text"] for block in body["content"]] == ["Write to [e-mail]", ", ", "today"]
    assert body["content"][2]["citations"] == cited


def test_a_block_that_must_not_be_shown_by_itself_is_not() -> None:
    for parts in ((SECRET, "X it is"), ("It is X", SECRET)):
        delivery, _ = judged(message(*map(text, parts)))
        assert SECRET.encode() not in delivery.body


def test_the_signature_of_rewritten_thoughts_goes_with_them() -> None:
    _, body = judged(message(thinking(f"I know {MAIL} now. "), thinking("Kept."), text("Yes."), tool_use("t")))
    assert [block.get("thinking") for block in body["content"]] == ["Kept.", None, None]


def test_arguments_are_rewritten_as_json() -> None:
    delivery, body = judged(message(tool_use("t", to=MAIL, n=1), stop="tool_use"))
    assert (delivery.verdict, body["content"][0]["input"]) == ("rewritten", {"to": "[e-mail]", "n": 1})


def test_bytes_that_anybody_can_read_are_emptied() -> None:
    pdf = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0x"}
    result = {"type": "web_fetch_result", "url": "https://a.example", "content": {"type": "document", "source": pdf}}
    delivery, body = judged(message({"type": "web_fetch_tool_result", "tool_use_id": "t", "content": result}))
    assert delivery.verdict == "rewritten"
    assert body["content"][0]["content"]["content"]["source"] == {**pdf, "data": ""}


def test_an_object_behind_words_is_a_reply_of_its_own() -> None:
    guard = by_policy(LOANS)
    for apr, verdict in ((19, "allowed"), (21, "blocked")):
        answer = message(text("I looked it up."), text(f'\n{{"apr": {apr}}}'))
        assert judged(answer, guard)[0].verdict == verdict


def test_whatever_a_message_holds_there_is_an_answer_or_one_clean_failure() -> None:
    odd: list[Any] = [None, 10**30, [None], {"type": "x"}]
    for whole in MESSAGES.values():
        for path in places_in(whole):
            for other in odd:
                with suppress(UpstreamFailure):
                    judged(with_at(whole, path, other))


def test_what_is_no_message_is_unreadable() -> None:
    for body in (b"[]", b"{", b'{"type":"list","content":[]}', b'{"content":"x"}', b'{"content":[{"text":"x"}]}'):
        with pytest.raises(UpstreamFailure):
            whole_of(PRIVACY, body, dialect=ANTHROPIC)
