"""Examples survive being written: the text compiles to the same example."""

from dataclasses import replace
from pathlib import Path

import pytest

from guardproxy.ir.policy import Example
from guardproxy.ir.printed import quoted
from guardproxy.ir.written import written_json
from guardproxy.proofs.written import written
from tests.proofs.asking import GOLDENS, OFFER, compiled, policy_at, with_examples


def content(example: Example) -> Example:
    """Without its place and what is expected, and with past calls and answers as JSON values."""
    return replace(example, title="", span=example.span, expects=(), conversation=example.conversation, calls=())


@pytest.mark.parametrize("path", [p for p in GOLDENS if not policy_at(p).background], ids=lambda p: p.stem)
def test_what_is_written_is_read_again(path: Path) -> None:
    policy = policy_at(path)
    texts = [written(replace(e, title=f"{e.title} again"), policy, ["allowed"]) for e in policy.examples]
    again = with_examples(path, "\n\n".join(texts)).examples[len(policy.examples) :]
    for old, new in zip(policy.examples, again, strict=True):
        for name in ("facts", "today", "now", "reply_text", "reply_json"):
            assert getattr(old, name) == getattr(new, name)
        assert old.conversation.user_says == new.conversation.user_says
        assert [c.name for c in old.calls] == [c.name for c in new.calls]


@pytest.mark.parametrize("text", ['say "no"', "a\\b", "line\nnext", "日本", "\u200b", "\U000e0041", ""])
def test_texts_are_quoted_so_that_they_are_read_as_they_are(text: str) -> None:
    policy = compiled(f'{OFFER}example "e"\n  reply text {quoted(text)}\n  expect allowed\n')
    assert policy.examples[0].reply_text == text


def test_json_as_people_write_it() -> None:
    assert written_json({"a": [1, {"b": True}], "c": "é"}) == '{ "a": [1, { "b": true }], "c": "é" }'
