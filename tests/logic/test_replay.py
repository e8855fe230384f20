"""Models become plain values before anyone believes them."""

import pytest

from guardproxy.ir import build
from guardproxy.ir.terms import Element, FieldOf, Finder, Holds, PickedFrom, Term, Variable
from guardproxy.ir.types import ABSENT, INVALID, Field, ListOf, Number, OneOf, Record, Text, Type, YesNo
from guardproxy.logic.budget import Budget
from guardproxy.logic.checker import Checker
from guardproxy.logic.encode import Encoding
from guardproxy.logic.replay import Model, NotReplayable, read_model


def field(name: str, of: Type) -> Variable:
    return Variable(name, of, FieldOf("order", "call", (name,)))


PRICE = field("price", Number("money", 0, 900, grid=50))
SIDE = field("side", Number("decimal", 0, 9))
TIER, NOTE, LIST = field("tier", OneOf(("bronze", "silver"))), field("note", Text()), field("list", ListOf(YesNo()))
LATE, WHOLE = Holds(NOTE, (Finder("words", "late"),)), Number("whole", 0, 9, grid=1)


def model_of(term: Term) -> Model:
    encoding = Encoding([term])
    found = Checker(encoding, Budget()).witness([encoding.truth(term).true])
    assert found is not None
    return read_model(found, encoding)


def number(value: int) -> Term:
    return build.constant(value, build.WHOLE)


def test_every_kind_of_value_is_read_back() -> None:
    silver = build.compare("is", TIER, build.constant("silver", TIER.type))
    two = build.compare("is", build.count_of(LIST), number(2))
    price = build.compare("above", PRICE, number(849))
    term = build.all_of(silver, two, LATE, price, build.compare("below", PRICE, number(900)))
    model = model_of(term)
    assert (model.values[TIER], model.values[LIST], model.values[PRICE]) == ("silver", (False, False), 850)
    assert model.value_of(term) is True


def test_what_is_missing_is_absent() -> None:
    assert model_of(build.negate(build.is_present(PRICE))).values[PRICE] is ABSENT


def test_an_irrational_number_is_no_value() -> None:
    with pytest.raises(NotReplayable, match="an irrational number"):
        model_of(build.compare("is", build.product(SIDE, SIDE), number(2)))


def test_a_list_that_must_be_huge_is_not_made() -> None:
    with pytest.raises(NotReplayable, match="too long a list"):
        model_of(build.compare("at least", build.count_of(LIST), number(1_000_000)))


def test_findings_in_an_unknown_text_are_guessed_and_said() -> None:
    early = build.holds(NOTE, (Finder("words", "early"),))
    model = model_of(build.all_of(LATE, build.negate(early)))
    text = str(model.values[NOTE])
    assert model.findings == {(LATE.finders, text): True, (early.finders, text): False}
    assert model.value_of(LATE) is True and model.value_of(early) is False


def test_what_is_found_in_a_given_text_is_not_guessed() -> None:
    with pytest.raises(NotReplayable, match="a given text"):
        model_of(build.all_of(LATE, build.compare("is", NOTE, build.constant("early", Text()))))


ROOM = Record("room", (Field("kind", OneOf(("single", "double"))), Field("beds", WHOLE), Field("note", Text(), True)))
ROOMS = field("rooms", ListOf(ROOM, 0, 3))
LAST_BEDS = Variable("the last of rooms.beds", WHOLE, PickedFrom("last", ROOMS, ("beds",)))
FIRST_NOTE = Variable("the first of rooms.note", Text(), PickedFrom("first", ROOMS, ("note",)))
BEDS = Variable("room.beds", WHOLE, Element("room", ("beds",)))


def test_a_list_is_read_back_with_its_elements() -> None:
    total = build.compare("is", build.total_of(ROOMS, "room", BEDS), number(4))
    last = build.compare("is", LAST_BEDS, number(3))
    two = build.compare("is", build.count_of(ROOMS), number(2))
    single, double = ({"kind": "single", "beds": beds, "note": ABSENT} for beds in (1, 3))
    assert model_of(build.all_of(total, last, two)).values == {ROOMS: (single, double)}


def test_an_optional_field_of_an_element_may_be_missing() -> None:
    term = build.all_of(
        build.compare("is", build.count_of(ROOMS), number(1)), build.negate(build.is_present(FIRST_NOTE))
    )
    ((room,),) = model_of(term).values.values()
    assert room["note"] is ABSENT


def test_nothing_is_first_in_an_empty_list() -> None:
    model = model_of(build.compare("is", build.count_of(ROOMS), number(0)))
    assert model.value_of(FIRST_NOTE) is INVALID


def test_texts_are_as_long_as_their_declaration_allows() -> None:
    short, other = field("short", Text(2, 3)), field("other", Text(3, 3))
    term = build.all_of(build.negate(build.compare("is", short, other)), build.compare("is", other, NOTE))
    model = model_of(term)
    assert model.value_of(term) is True
    assert 2 <= len(str(model.values[short])) <= 3 and len(str(model.values[NOTE])) == 3
