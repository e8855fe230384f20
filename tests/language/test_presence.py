"""An optional field is read only where it is certainly there."""

from collections.abc import Callable
from typing import Any

import pytest

GUARDED = [
    'require offer.note is present and offer.note is "x"',
    'require offer.note is "x" and offer.note is present',
    'require offer.note is missing or offer.note is "x"',
    'require not (offer.note is missing or offer.note is "x")',
    'when offer.note is present require offer.note is "x"',
    'when not offer.note is missing and offer.urgent require offer.note is "x"',
    'require offer.urgent or offer.note is present and offer.note is "x"',
    'require offer.note is "x" except when offer.note is missing',
    'never offer.note is present and offer.note is "x"',
    "when said.weeks is present require said.weeks at most 16",
    "require total of room.tip for room in offer.rooms where room.tip is present at most $5",
    "every room in offer.rooms has (room.tip is missing or room.tip at most $5)",
    "let room be the last of offer.spare require room is present and room.price at most $5",
    "let room be the last of offer.spare require room.price at most $5 except when room is missing",
    "let room be the first of offer.rooms require room.price at most $5",
    'let why be the first of offer.reasons when offer.reasons is present require why is missing or why is "x"',
]
UNGUARDED = [
    'require offer.note is "x"',
    'require offer.note is present or offer.note is "x"',
    'require offer.note is missing and offer.note is "x"',
    'when offer.note is missing require offer.note is "x"',
    'when offer.note is present or offer.urgent require offer.note is "x"',
    'require offer.note is "x" except when offer.note is present',
    "require count of offer.reasons at least 1",
    "require total of offer.rooms.tip at most $5",
    "every room in offer.rooms has room.tip at most $5",
    "require said.weeks at most 16",
    "let room be the last of offer.spare require room.price at most $5",
    "let room be the last of offer.rooms require room.tip at most $5",
    'let why be the first of offer.reasons when offer.reasons is present require why is "x"',
    "let why be the first of offer.reasons require why is present",
]


@pytest.mark.parametrize("clauses", GUARDED)
def test_a_guarded_field_compiles(rule: Callable[[str], Any], clauses: str) -> None:
    assert rule(clauses).demands


@pytest.mark.parametrize("clauses", UNGUARDED)
def test_an_unguarded_field_does_not(mistakes: Callable[[str], list[str]], clauses: str) -> None:
    assert [m[:4] for m in mistakes(clauses)] == ["E014"]


def test_a_field_of_a_looked_up_result_is_guarded_as_well(
    rule: Callable[[str], Any], mistakes: Callable[[str], list[str]]
) -> None:
    let = "let order be the latest lookup_order result with the same order_id allow refund only when "
    assert mistakes(let + "order.day is before today") == ["E014 `order.day` can be missing"]
    assert rule(let + "order.day is present and order.day is before today").demands
