"""The reference meaning: three-valued, and exact about absent and invalid values."""

from fractions import Fraction

import pytest

from guardproxy.ir import build
from guardproxy.ir.evaluate import evaluate
from guardproxy.ir.terms import Element, FieldOf, Finder, PickedFrom, Term, Variable
from guardproxy.ir.types import ABSENT, INVALID, UNKNOWN, ListOf, Number, Record, Text, Type, Value, YesNo

WHOLE = Number("whole", 0, 9, grid=1)


def field(name: str, of: Type) -> Variable:
    return Variable(f"order.{name}", of, FieldOf("order", "call", (name,)))


A, B, PAID, NOTE = field("a", WHOLE), field("b", WHOLE), field("paid", YesNo()), field("note", Text())
ROOMS = field("rooms", ListOf(Record("room", ())))
SIZE = Variable("room.size", WHOLE, Element("room", ("size",)))
FREE = Variable("room.free", YesNo(), Element("room", ("free",)))
LARGE = build.compare("at least", SIZE, build.constant(3, WHOLE))
LIMIT = build.compare("at most", A, build.constant(5, WHOLE))


def value(term: Term, **values: Value) -> Value:
    known = {v: values[v.name.removeprefix("order.")] for v in (A, B, PAID, NOTE, ROOMS) if v.name[6:] in values}
    return evaluate(term, known, lambda finders, text: any(f.expression in text for f in finders))


@pytest.mark.parametrize(
    ("a", "paid", "both", "either"),
    [
        (5, True, True, True),
        (6, True, False, True),
        (6, UNKNOWN, False, UNKNOWN),
        (5, UNKNOWN, UNKNOWN, True),
        (6, INVALID, False, INVALID),
        (ABSENT, True, INVALID, True),
        (ABSENT, UNKNOWN, INVALID, INVALID),
        (UNKNOWN, ABSENT, INVALID, INVALID),
    ],
)
def test_what_is_known_decides_else_invalid_beats_unknown(a: Value, paid: Value, both: Value, either: Value) -> None:
    assert value(build.all_of(LIMIT, PAID), a=a, paid=paid) is both
    assert value(build.any_of(LIMIT, PAID), a=a, paid=paid) is either


def test_only_is_present_looks_at_absence() -> None:
    assert [value(build.is_present(A), a=a) for a in (3, ABSENT, INVALID, UNKNOWN)] == [True, False, True, UNKNOWN]
    assert value(A, a=ABSENT) is INVALID
    assert value(A) is UNKNOWN


def test_a_table_gives_the_first_row_that_holds() -> None:
    table = build.case((PAID, A), (build.TRUE, B))
    assert value(table, paid=True, a=1, b=2) == 1
    assert value(table, paid=False, a=1, b=2) == 2
    assert value(table, paid=UNKNOWN, a=1, b=2) is UNKNOWN
    assert value(table, paid=UNKNOWN, a=2, b=2) is UNKNOWN
    assert value(table, paid=UNKNOWN, a=ABSENT, b=ABSENT) is INVALID
    assert value(table, paid=INVALID, a=2, b=2) is INVALID
    assert value(build.case((PAID, A)), paid=False, a=1) is INVALID


def test_numbers_are_exact() -> None:
    tenth = build.scaled(Fraction(1, 10), A)
    assert value(build.add(tenth, tenth, tenth), a=1) == Fraction(3, 10)
    assert type(value(build.add(*[tenth] * 10), a=1)) is int
    assert value(build.product(A, B), a=2, b=UNKNOWN) is UNKNOWN


def test_text_is_looked_at_by_the_finders() -> None:
    mentions = build.holds(NOTE, (Finder("words", "late"),))
    assert [value(mentions, note=n) for n in ("too late", "early", ABSENT, UNKNOWN)] == [True, False, INVALID, UNKNOWN]


def test_quantifiers_read_the_fields_of_each_element() -> None:
    rooms: Value = ({"size": 3, "free": True}, {"size": 1, "free": UNKNOWN}, {"size": 4})
    assert value(build.every(ROOMS, "room", LARGE), rooms=rooms) is False
    assert value(build.some(ROOMS, "room", build.all_of(LARGE, FREE)), rooms=rooms) is True
    assert value(build.no(ROOMS, "room", FREE), rooms=rooms[1:]) is INVALID
    assert value(build.every(ROOMS, "room", LARGE), rooms=()) is True
    assert value(build.every(ROOMS, "room", LARGE), rooms=UNKNOWN) is UNKNOWN
    assert value(build.every(ROOMS, "room", LARGE), rooms=ABSENT) is INVALID


def test_counts_and_totals_take_the_elements_that_fit() -> None:
    rooms: Value = ({"size": 3, "free": True}, {"size": 1, "free": False}, {"size": 4, "free": True})
    assert value(build.count_of(ROOMS), rooms=rooms) == 3
    assert value(build.count_of(ROOMS, "room", LARGE), rooms=rooms) == 2
    assert value(build.total_of(ROOMS, "room", SIZE, FREE), rooms=rooms) == 7
    assert value(build.total_of(ROOMS, "room", SIZE), rooms=({"size": UNKNOWN},)) is UNKNOWN
    assert value(build.total_of(ROOMS, "room", SIZE, FREE), rooms=({"size": 0, "free": UNKNOWN},)) is UNKNOWN


def test_membership() -> None:
    numbers = field("rooms", ListOf(WHOLE))
    lists: tuple[Value, ...] = ((1, 2), (1, UNKNOWN), ())
    found = [evaluate(build.is_in(A, numbers), {A: 2, numbers: n}, lambda finders, text: False) for n in lists]
    assert found == [True, UNKNOWN, False]


FIRST = Variable("first.size", WHOLE, PickedFrom("first", ROOMS, ("size",)))
LAST = Variable("last.size", WHOLE, PickedFrom("last", ROOMS, ("size",)))


@pytest.mark.parametrize(
    ("rooms", "first", "last"),
    [
        (({"size": 1}, {"size": 2}), 1, 2),
        (({"size": 1}, {}), 1, INVALID),
        ((), INVALID, INVALID),
        (ABSENT, INVALID, INVALID),
        (INVALID, INVALID, INVALID),
        (({"size": 1}, UNKNOWN), 1, UNKNOWN),
    ],
)
def test_the_first_and_the_last_are_read_from_their_list(rooms: Value, first: Value, last: Value) -> None:
    assert (value(FIRST, rooms=rooms), value(LAST, rooms=rooms)) == (first, last)


def test_nothing_is_first_in_an_empty_list() -> None:
    assert value(build.is_present(FIRST), rooms=()) is False
    assert value(build.is_present(FIRST), rooms=INVALID) is True


def test_while_its_list_is_unknown_what_is_picked_has_a_value_of_its_own() -> None:
    assert evaluate(FIRST, {FIRST: 7}, lambda *_: False) == 7
    assert evaluate(FIRST, {FIRST: 7, ROOMS: UNKNOWN}, lambda *_: False) == 7
    assert evaluate(FIRST, {FIRST: 7, ROOMS: ({"size": 3},)}, lambda *_: False) == 3


THESE, THOSE = (Variable(name, ListOf(WHOLE), FieldOf("order", "call", (name,))) for name in ("these", "those"))


@pytest.mark.parametrize(
    ("these", "those", "same"),
    [
        ((1, 2, 2), (2, 1), True),
        ((1,), (1, 2), False),
        ((), (), True),
        ((), (1,), False),
        ((1, UNKNOWN), (1,), UNKNOWN),
        ((1, UNKNOWN), (1, 2), UNKNOWN),
        ((UNKNOWN,), (1, 2), UNKNOWN),
        (UNKNOWN, (1,), UNKNOWN),
        (ABSENT, UNKNOWN, INVALID),
        ((INVALID,), (1,), INVALID),
    ],
)
def test_two_lists_are_the_same_set(these: Value, those: Value, same: Value) -> None:
    for left, right in ((these, those), (those, these)):
        assert evaluate(build.same_set(THESE, THOSE), {THESE: left, THOSE: right}, lambda *_: False) is same
