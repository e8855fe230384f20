"""Putting values in, one after the other, until nothing is left but what is unknown."""

import pytest

from guardproxy.ir import build
from guardproxy.ir.build import FALSE, NOT_READABLE, TRUE
from guardproxy.ir.printed import printed
from guardproxy.ir.substitute import replace_variables, substitute
from guardproxy.ir.terms import Element, FieldOf, Finder, Variable
from guardproxy.ir.types import ABSENT, INVALID, UNKNOWN, ListOf, Number, OneOf, Record, Text, Type
from guardproxy.ir.walk import variables

WHOLE = Number("whole", 0, 9, grid=1)


def field(name: str, of: Type, occurrence: int = 0) -> Variable:
    return Variable(f"order.{name}", of, FieldOf("order", "call", (name,)), occurrence)


A, B, NOTE = field("a", WHOLE), field("b", WHOLE), field("note", Text())
ROOMS = field("rooms", ListOf(Record("room", ()), 0, 5), occurrence=2)
KIND = Variable("room.kind", OneOf(("twin", "suite")), Element("room", ("kind",)))
IS_TWIN = build.compare("is", KIND, build.constant("twin", KIND.type))
LIMIT = build.compare("at most", build.add(A, B), build.constant(5, WHOLE))


def test_known_values_become_constants() -> None:
    assert printed(substitute(LIMIT, {A: 3})) == "order.b + 3 at most 5"
    assert substitute(LIMIT, {A: 3, B: 2}) == TRUE
    assert substitute(LIMIT, {A: UNKNOWN}) == LIMIT


def test_what_cannot_be_read_stays_visible() -> None:
    assert substitute(LIMIT, {A: INVALID}) == NOT_READABLE
    assert substitute(build.all_of(build.is_present(A), LIMIT), {A: ABSENT}) == FALSE


def test_known_lists_are_unrolled_and_their_unknown_fields_become_variables() -> None:
    rooms = ({"kind": "twin"}, {"kind": UNKNOWN}, {"kind": "suite"})
    residual = substitute(build.every(ROOMS, "room", IS_TWIN), {ROOMS: rooms[:2]})
    assert printed(residual) == 'order.rooms.1.kind is "twin"'
    origin = FieldOf("order", "call", ("rooms", "1", "kind"))
    assert variables(residual) == (Variable("order.rooms.1.kind", KIND.type, origin, 2),)
    assert substitute(build.no(ROOMS, "room", IS_TWIN), {ROOMS: rooms}) == FALSE
    assert printed(substitute(build.count_of(ROOMS), {ROOMS: rooms})) == "3"


def test_an_unknown_list_stays() -> None:
    twins = build.count_of(ROOMS, "room", build.all_of(IS_TWIN, LIMIT))
    assert printed(substitute(twins, {A: 1, B: 1})) == 'count of room in order.rooms where room.kind is "twin"'


def test_text_conditions_need_someone_who_reads_the_text() -> None:
    late = build.holds(NOTE, (Finder("words", "late"),))
    assert substitute(late, {NOTE: "too late"}) == late
    assert substitute(late, {NOTE: "too late"}, lambda finders, text: "late" in text) == TRUE


def test_terms_in_the_place_of_variables() -> None:
    assert printed(replace_variables(LIMIT, {A: build.scaled(2, B)})) == "2 * order.b + order.b at most 5"
    with pytest.raises(ValueError, match=r"only a variable can stand in the place of `order\.a`"):
        replace_variables(build.is_present(A), {A: build.scaled(2, B)})
