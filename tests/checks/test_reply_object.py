"""A reply as a JSON object: alone or in one code fence, followed however it is cut."""

import json
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.checks.reply_object import ArrivingReply, reply_object
from guardproxy.ir.types import INVALID
from tests.properties.pieces import cut

LENIENT = [
    '{"a": NaN}',
    '{"a": [-Infinity]}',
    '{"a": Infinity, "b": {"c": 1}}',
    f'{{"a": {"9" * 5000}}}',
    '{"a": 1e999999}',
    '{"a": ' + "[" * 200 + "]" * 200 + "}",
    '{"a": 1,}',
    '{"a": [1, 2,],}',
    '{"a": 1 /* {"a": */ }',
    '{"a": 1, // }\n}',
    '{"a": "x\ny"}',
    "{'a': 'it\\'s', \"b\": True, c: None}",
    "{a: 0x1F, b: .5, c: +1, d: 007}",
    '```json\n{"a": NaN}\n```',
    '{"a": NaN',
]
"""What at least one reader in use takes for an object."""
PROSE = [
    "{name}, your loan is ready.",
    "{{ greeting }}",
    '{"a", "b"} is a set.',
    '{"a": none of these}',
    '{"a": NaN} is what it said.',
    '{"a": Never}',
    "{a: hello world}",
    'Use {"a": NaN}.',
    '{"a": 1} and {"a": NaN}',
]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('{"a": 1}', {"a": 1}),
        ('\n\n  {"a": 1} \n', {"a": 1}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        (' ```\r\n\n{"a": 1}``` \n', {"a": 1}),
        ('{"a": 1} thanks', None),
        ('```json\n{"a": 1}\n', {"a": 1}),
        ('```json {"a": 1}```', {"a": 1}),
        ('`{"a": 1}`', {"a": 1}),
        ('\ufeff{"a": 1}\ufeff', {"a": 1}),
        ('{"a": 1}```', None),
        ('``{"a": 1}``', {"a": 1}),
        ('``{"a": 1}` `', None),
        ('```json\n```json\n{"a": 1}\n``````', None),
        ("[1]", None),
        ("", None),
        ("{", None),
        ('{"a"', None),
        ('{"a": 1', INVALID),
        ('{"a": 1, "a": 2}', INVALID),
        ('{"a": 1, "a": 2} thanks', None),
        *((text, INVALID) for text in LENIENT),
        *((text, None) for text in PROSE),
    ],
)
def test_what_counts_as_an_object(text: str, tree: object) -> None:
    assert reply_object(text).tree == tree


@given(st.text(alphabet='`{} \n"a:1,json', max_size=20), st.lists(st.integers(0, 30), max_size=5))
def test_the_pieces_do_not_matter(text: str, marks: list[int]) -> None:
    whole, pieces = ArrivingReply(), ArrivingReply()
    whole.feed(text)
    for piece in cut(text, marks):
        at = 0
        while at < len(piece):
            at = max(pieces.feed(piece, at), at + 1) if not pieces.possible else pieces.feed(piece, at)
    whole.close()
    pieces.close()
    assert (pieces.possible, pieces.tree) == (whole.possible, whole.tree)
    assert not whole.possible or text[whole.start] == "{"


@pytest.mark.parametrize("text", [*LENIENT, *PROSE])
def test_lenient_readings_do_not_depend_on_the_pieces(text: str) -> None:
    pieces = ArrivingReply()
    for char in text:
        pieces.feed(char)
    pieces.close()
    assert pieces.tree == reply_object(text).tree


fragments = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        " ",
        '"a"',
        "'b'",
        "c",
        "1",
        "-",
        "NaN",
        "true",
        "/*",
        "*/",
        "//",
        "#",
        '"',
        "\\",
        "\n",
    ]
)


@settings(max_examples=500)
@given(st.lists(fragments, max_size=12).map(lambda parts: '{"a":' + "".join(parts) + "}"), st.booleans())
def test_what_python_reads_as_an_object_is_none_that_passes_for_prose(text: str, strict: bool) -> None:
    try:
        read = json.loads(text, strict=strict)
    except ValueError:
        read = None
    if isinstance(read, dict):
        assert reply_object(text).tree is not None


@pytest.mark.parametrize("text", ['{"a": 1} thanks', '{"a": NaN} thanks', "{name}", "{"])
def test_where_an_object_was_asked_for_one_that_begins_is_never_prose(text: str) -> None:
    assert reply_object(text, is_expected=True).tree is INVALID
    assert reply_object(f"Sorry: {text}", is_expected=True).tree is None


def test_endless_white_space_costs_the_same_for_every_piece() -> None:
    def seconds(pieces: int) -> float:
        reply, began = ArrivingReply(), process_time()
        for _ in range(pieces):
            reply.feed("    ")
        return process_time() - began

    seconds(1000)
    assert seconds(20_000) < 40 * max(seconds(2_000), 1e-3)
