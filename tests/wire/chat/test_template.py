"""The short way never reads a chunk otherwise than the long way."""

import json

from hypothesis import given
from hypothesis import strategies as st

from guardproxy.exact_json import loads
from guardproxy.wire.chat.template import TextTemplate, learned
from guardproxy.wire.places import Walk


def template_of(raw: bytes) -> TextTemplate | None:
    value = loads(raw[6:])
    entry = value["choices"][0]
    walk = Walk(lambda key: True)
    walk.members(entry["delta"], "")
    return learned(raw, {"id": value["id"]}, entry, walk.places[0], 0)


PLAIN = b'data: {"id":"x","choices":[{"index":0,"delta":{"content":"first"},"finish_reason":null}]}'
TEMPLATE = template_of(PLAIN)


@given(st.lists(st.text(), min_size=1, max_size=4), st.booleans())
def test_texts_are_put_together(texts: list[str], plain_ascii: bool) -> None:
    assert TEMPLATE is not None
    blocks = [
        PLAIN.replace(b'"first"', json.dumps(text, ensure_ascii=plain_ascii).encode("utf-8", "replace"))
        for text in texts
    ]
    expected = "".join(json.loads(b[6:])["choices"][0]["delta"]["content"] for b in blocks)
    assert TEMPLATE.text_of(b"\n\n".join(blocks)) == expected


@given(st.binary(max_size=12))
def test_what_is_no_such_chunk_takes_the_long_way(inside: bytes) -> None:
    assert TEMPLATE is not None
    found = TEMPLATE.text_of(PLAIN.replace(b"first", inside))
    try:
        value = loads(PLAIN[6:].replace(b"first", inside))
    except ValueError:
        value = None
    if found is not None:
        assert value == {"id": "x", "choices": [{"index": 0, "delta": {"content": found}, "finish_reason": None}]}


def test_what_is_sent_is_the_chunk_with_the_text() -> None:
    assert TEMPLATE is not None
    sent = TEMPLATE.event('a "b"\n')
    assert json.loads(sent[6:])["choices"][0] == {"index": 0, "delta": {"content": 'a "b"\n'}, "finish_reason": None}


def test_a_text_that_cannot_be_told_apart_gives_no_template() -> None:
    assert template_of(PLAIN.replace(b'"id":"x"', b'"id":{"content":"x"}')) is None
    assert template_of(PLAIN.replace(b'"id":"x"', b'"id":"\\"content\\":\\""')) is not None
