"""Compiled terms. That they mean what the evaluator says is shown in `properties/test_agreement.py`."""

import timeit

from guardproxy.checks.compiled import compile_term
from guardproxy.ir import build
from guardproxy.ir.terms import Element, FieldOf, Finder, Variable
from guardproxy.ir.types import ABSENT, INVALID, UNKNOWN, ListOf, Number, Record, Text, Type

WHOLE = Number("whole", 0, 9, grid=1)


def field(name: str, of: Type) -> Variable:
    return Variable(name, of, FieldOf("order", "call", (name,)))


A, B, NOTE = field("a", WHOLE), field("b", WHOLE), field("note", Text())
FLOORS = field("floors", ListOf(Record("floor", ())))
ROOMS = Variable("floor.rooms", ListOf(WHOLE), Element("floor", ("rooms",)))
ROOM = Variable("room", WHOLE, Element("room"))
WIDE = Variable("floor.wide", WHOLE, Element("floor", ("wide",)))
SLOTS = {A: 0, NOTE: 1, FLOORS: 2}
LIMIT = build.compare("at most", A, build.constant(5, WHOLE))


def holds(finders: tuple[Finder, ...], text: str) -> bool:
    return any(finder.expression in text for finder in finders)


def test_values_are_read_from_their_slots() -> None:
    check = compile_term(LIMIT, SLOTS, holds)
    assert [check((a, "", ())) for a in (5, 6, UNKNOWN, ABSENT, INVALID)] == [True, False, UNKNOWN, INVALID, INVALID]


def test_a_variable_without_a_slot_is_unknown() -> None:
    assert compile_term(build.compare("at most", A, B), SLOTS, holds)((1, "", ())) is UNKNOWN


def test_quantifiers_within_quantifiers_read_their_own_elements() -> None:
    """On every floor some room is at least as large as the floor is wide, and as `a` says."""
    large = build.all_of(build.compare("at least", ROOM, WIDE), build.compare("at least", ROOM, A))
    check = compile_term(build.every(FLOORS, "floor", build.some(ROOMS, "room", large)), SLOTS, holds)
    floors = ({"rooms": (1, 4), "wide": 3}, {"rooms": (2, 2), "wide": 2})
    assert [check((a, "", floors)) for a in (1, 2, 3)] == [True, True, False]


def test_text_is_searched_once_it_is_there() -> None:
    check = compile_term(build.holds(NOTE, (Finder("words", "late"),)), SLOTS, holds)
    assert [check((1, note, ())) for note in ("too late", "early", UNKNOWN, ABSENT)] == [True, False, UNKNOWN, INVALID]


def test_a_simple_comparison_takes_less_than_a_microsecond() -> None:
    check, values = compile_term(LIMIT, SLOTS, holds), (5, "", ())
    assert min(timeit.repeat(lambda: check(values), number=1_000, repeat=20)) < 1_000 * 1e-6
