"""Models become plain values before anyone believes them."""

import pytest
import z3

from guardproxy.ir import build
from guardproxy.ir.terms import FieldOf, Finder, Term, Variable
from guardproxy.ir.types import ABSENT, UNKNOWN, ListOf, Number, OneOf, Text, Type, YesNo
from guardproxy.logic.budget import Budget
from guardproxy.logic.checker import Checker
from guardproxy.logic.encode import Encoding
from guardproxy.logic.replay import Model, NotReplayable, guesses_texts, read_model


def field(name: str, of: Type) -> Variable:
    return Variable(name, of, FieldOf("order", "call", (name,)))


PRICE = field("price", Number("money", 0, 900, grid=50))
SIDE = field("side", Number("decimal", 0, 9))
TIER, NOTE, LIST = field("tier", OneOf(("bronze", "silver"))), field("note", Text()), field("list", ListOf(YesNo()))
LATE = build.holds(NOTE, (Finder("words", "late"),))


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
    assert (model.values[TIER], model.values[LIST], model.values[PRICE]) == ("silver", (UNKNOWN, UNKNOWN), 850)
    assert model.value_of(term) is True


def test_what_is_missing_is_absent() -> None:
    assert model_of(build.negate(build.is_present(PRICE))).values[PRICE] is ABSENT


def test_an_irrational_number_is_no_value() -> None:
    with pytest.raises(NotReplayable, match="an irrational number"):
        model_of(build.compare("is", build.product(SIDE, SIDE), number(2)))


def test_a_list_that_must_be_huge_is_not_made() -> None:
    with pytest.raises(NotReplayable, match="too long a list"):
        model_of(build.compare("at least", build.count_of(LIST), number(1_000_000)))


def test_a_text_looked_at_in_two_ways_is_a_guess() -> None:
    early = build.holds(NOTE, (Finder("words", "early"),))
    for term, guess in ((LATE, False), (build.all_of(LATE, early), True)):
        encoding = Encoding([term], z3.Context())
        encoding.truth(term)
        assert guesses_texts(encoding) is guess
