"""A reply as a JSON object: alone or in one code fence, followed however it is cut."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy.checks.reply_object import ArrivingReply, reply_object
from guardproxy.ir.types import INVALID
from tests.properties.pieces import cut


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('{"a": 1}', {"a": 1}),
        ('\n\n  {"a": 1} \n', {"a": 1}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        (' ```\r\n\n{"a": 1}``` \n', {"a": 1}),
        ('{"a": 1} thanks', None),
        ('```json\n{"a": 1}\n', None),
        ('{"a": 1}```', None),
        ('``{"a": 1}``', None),
        ('```json\n```json\n{"a": 1}\n``````', None),
        ("[1]", None),
        ("", None),
        ('{"a": 1', None),
        ('{"a": 1, "a": 2}', INVALID),
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


def test_endless_white_space_costs_the_same_for_every_piece() -> None:
    def seconds(pieces: int) -> float:
        reply, began = ArrivingReply(), process_time()
        for _ in range(pieces):
            reply.feed("    ")
        return process_time() - began

    seconds(1000)
    assert seconds(20_000) < 40 * max(seconds(2_000), 1e-3)
