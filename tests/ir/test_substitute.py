"""Putting values in, one after the other, until nothing is left but what is unknown."""

import pytest

from guardproxy.ir import build
from guardproxy.ir.build import FALSE, NOT_READABLE, TRUE
from guardproxy.ir.printed import printed
from guardproxy.ir.substitute import replace_variables, substitute
from guardproxy.ir.terms import DateOf, Element, FieldOf, Finder, PickedFrom, SameSet, Variable
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


FIRST = Variable("first.kind", KIND.type, PickedFrom("first", ROOMS, ("kind",)))
LAST = Variable("last.kind", KIND.type, PickedFrom("last", ROOMS, ("kind",)))
BOTH_TWIN = build.all_of(*(build.compare("is", each, build.constant("twin", KIND.type)) for each in (FIRST, LAST)))


def test_what_is_picked_from_a_known_list_is_put_in() -> None:
    assert substitute(BOTH_TWIN, {ROOMS: ({"kind": "twin"},)}) == TRUE
    assert substitute(BOTH_TWIN, {ROOMS: ({"kind": "twin"}, {"kind": "suite"})}) == FALSE
    assert substitute(BOTH_TWIN, {ROOMS: ()}) == NOT_READABLE
    rooms = ({"kind": "twin"}, {"kind": UNKNOWN})
    assert printed(substitute(BOTH_TWIN, {ROOMS: rooms})) == 'order.rooms.1.kind is "twin"'


def test_what_is_picked_may_be_known_before_its_list_is() -> None:
    assert substitute(BOTH_TWIN, {ROOMS: UNKNOWN, FIRST: "suite"}) == FALSE
    assert printed(substitute(BOTH_TWIN, {FIRST: "twin"})) == 'last.kind is "twin"'


THESE, THOSE = field("these", ListOf(WHOLE)), field("those", ListOf(WHOLE))
SAME = build.same_set(THESE, THOSE)


def test_sets_are_compared_as_far_as_they_are_known() -> None:
    assert substitute(SAME, {THESE: (1, 2), THOSE: (2, 1, 1)}) == TRUE
    assert substitute(SAME, {THESE: (1, 2), THOSE: (2,)}) == FALSE
    assert substitute(SAME, {THESE: UNKNOWN}) == SameSet(THESE, THOSE)
    for known, other in ((THESE, THOSE), (THOSE, THESE)):
        rest = f"1 is in {other.name} and every element in {other.name} has element is 1"
        assert printed(substitute(SAME, {known: (1,)})) == rest
    assert substitute(SAME, {THESE: INVALID}) == NOT_READABLE


def test_dates_of_known_instants_are_found() -> None:
    at = field("at", Number("instant", grid=1))
    assert substitute(build.date_of(at, "Asia/Tokyo"), {at: 54_000_000_000}) == build.constant(
        719164, Number("date", grid=1)
    )
    assert substitute(build.date_of(at, "Asia/Tokyo"), {}) == DateOf(at, "Asia/Tokyo")
