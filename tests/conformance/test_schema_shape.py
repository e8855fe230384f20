import json
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from guardproxy.checks.reply_object import reply_object
from guardproxy.conformance import shape

OFFER = json.dumps(
    {
        "type": "object",
        "properties": {
            "rate": {"type": "number", "minimum": 0, "maximum": 0.36},
            "kind": {"enum": ["car", "home"]},
            "notes": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["rate"],
        "additionalProperties": False,
    }
)


def test_an_offer_conforms() -> None:
    assert shape("schema", OFFER).accepts('\n{"rate": 0.36, "kind": "car", "notes": ["a"]} ')


def test_numbers_are_compared_exactly() -> None:
    assert not shape("schema", OFFER).accepts('{"rate": 0.36000000000000000000000000000000000001}')


def test_a_watch_may_be_asked_at_any_time() -> None:
    watch = shape("schema", OFFER).watch()
    said = []
    for piece in ('{"rate": 0.', '2, "kind": "c', 'ar"', "}", " ", "x"):
        watch.feed(piece)
        said.append((watch.dead, watch.accepts()))
    assert said == [(False, False)] * 3 + [(False, True)] * 2 + [(True, False)]


def test_a_long_reply_is_read_in_linear_time() -> None:
    rows = ", ".join('"' + "x" * 100 + '"' for _ in range(1_000))
    watch = shape("schema", OFFER).watch()
    text = f'{{"rate": 0.1, "notes": [{rows}]}}'
    assert all(watch.feed(text[at : at + 7]) for at in range(0, len(text), 7))
    assert watch.accepts()


ODD = ["`", "```", "json", "js", "\n", " ", "\r\n", "\ufeff", "{", "}", '{"a": 1}', "[1]", "12", '"x"', "x", "\u00a0"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(ODD), max_size=8).map("".join), st.lists(st.integers(0, 30), max_size=4))
@example("```json\n12```", [3, 9])
@example('\ufeff\n```js{"a": 1}\n```\n', [1, 4, 6])
def test_a_schema_judges_the_object_that_the_reply_is_read_as(text: str, cuts: list[int]) -> None:
    watch = shape("schema", '{"type": "object"}').watch()
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    for start, end in pairwise(edges):
        watch.feed(text[start:end])
    assert watch.accepts() == isinstance(reply_object(text).tree, dict)
    assert watch.died_at == next((at for at in range(len(text)) if dead(text[: at + 1])), None)


def dead(beginning: str) -> bool:
    watch = shape("schema", '{"type": "object"}').watch()
    watch.feed(beginning)
    return watch.dead


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["```json\n", "`", "\n\n```\n", " \ufeff", "```js"]))
def test_the_beginning_of_a_wrapped_object_is_alive(head: str) -> None:
    assert not any(dead((head + '{"a": [1]}')[:at]) for at in range(len(head) + 10))
