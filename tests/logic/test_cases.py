"""Concrete cases for many questions at once; that they replay is shown in `properties/test_agreement.py`."""

import threading
from collections.abc import Mapping
from fractions import Fraction

import pytest

from guardproxy.ir import build
from guardproxy.ir.terms import Element, FieldOf, Finder, Holds, Term, Variable
from guardproxy.ir.types import ABSENT, Field, ListOf, Number, OneOf, Record, Text, Type, YesNo
from guardproxy.logic.budget import Budget, patience
from guardproxy.logic.questions import Case, Cases, Decide, FindCases, NoCase, Says
from guardproxy.logic.solver import answer

MONEY = Number("money", 0, 100_000, grid=1, currency="USD", wire=100)
ANY = Number("whole", grid=1)


def field(name: str, of: Type) -> Variable:
    return Variable(name, of, FieldOf("order", "call", (name,)))


PRICE, PAID, LIMIT = field("price", MONEY), field("paid", YesNo()), field("limit", MONEY)
TIER, NOTE, PARTS = (
    field("tier", OneOf(("bronze", "silver"))),
    field("note", Text()),
    field("dates", ListOf(MONEY, 0, 3)),
)
X, Y, Z = (field(name, ANY) for name in "xyz")
CHEAP = build.compare("at most", PRICE, build.constant(4_217, MONEY))
DEAR = build.compare("above", build.scaled(Fraction(1, 3), PRICE), LIMIT)
LATE = Holds(NOTE, (Finder("words", "late"),))
EACH = Variable("each", MONEY, Element("each"))
CUBES = build.add(*(build.product(v, build.product(v, v)) for v in (X, Y, Z)))
HARD = build.compare("is", CUBES, build.constant(33, ANY))


def found(*wanted: tuple[Term, Says]) -> Case | NoCase:
    """The answer to a question of one entry."""
    terms = tuple(term for term, _ in wanted)
    reply = answer(FindCases(terms, (tuple((at, says) for at, (_, says) in enumerate(wanted)),)), Budget())
    assert isinstance(reply, Cases)
    (result,) = reply.found
    return result


def case(*wanted: tuple[Term, Says]) -> Case:
    result = found(*wanted)
    assert isinstance(result, Case)
    return result


def test_a_case_has_values_for_what_its_terms_read_and_for_nothing_else() -> None:
    values = case((CHEAP, "false"), (PAID, "true")).values
    assert values.keys() == {PRICE, PAID}
    assert values[PAID] is True


def test_a_case_may_have_to_be_searched_for() -> None:
    exactly = build.compare("is", build.add(PRICE, build.scaled(7, LIMIT)), build.constant(77_777, MONEY))
    values = case((exactly, "true"), (DEAR, "true")).values
    assert values[PRICE] + 7 * values[LIMIT] == 77_777  # type: ignore[operator]


@pytest.mark.parametrize(
    "wanted",
    [
        [(CHEAP, "true"), (build.compare("above", PRICE, build.constant(4_217, MONEY)), "true")],
        [(PAID, "true"), (build.negate(PAID), "not false")],
        [(build.compare("at most", PRICE, build.constant(100_000, MONEY)), "not true")],
        [(CHEAP, "not true"), (CHEAP, "not false")],
        [(build.compare("is", field("nothing", OneOf(())), build.constant("x", Text())), "not true")],
    ],
)
def test_that_there_is_no_case_is_proved(wanted: list[tuple[Term, Says]]) -> None:
    assert found(*wanted) is NoCase.NONE


def test_a_list_whose_elements_cannot_be_is_empty() -> None:
    of = field("nothing", ListOf(OneOf(()), 0, 3))
    assert case((build.compare("is", build.count_of(of), build.constant(0, ANY)), "true")).values == {of: ()}
    assert found((build.compare("above", build.count_of(of), build.constant(0, ANY)), "true")) is NoCase.NONE


def test_not_true_is_false_or_invalid() -> None:
    guarded = build.any_of(build.negate(build.is_present(LIMIT)), CHEAP)
    invalid = build.compare("at most", LIMIT, build.constant(5, MONEY))
    values = case((guarded, "true"), (invalid, "not true"), (invalid, "not false")).values
    assert values[LIMIT] is ABSENT


def test_findings_of_a_case_are_said() -> None:
    early = Holds(NOTE, (Finder("words", "early"),))
    result = case((LATE, "true"), (early, "false"))
    text = str(result.values[NOTE])
    assert {finders[0].expression: says for (finders, _), says in result.findings.items()} == {
        "late": True,
        "early": False,
    }
    assert {of for _, of in result.findings} == {text}


def test_lists_are_made_with_their_elements() -> None:
    total = build.compare("is", build.total_of(PARTS, "each", EACH), build.constant(123, MONEY))
    values = case((total, "true"), (build.compare("is", build.count_of(PARTS), build.constant(3, ANY)), "true")).values
    elements = values[PARTS]
    assert isinstance(elements, tuple) and len(elements) == 3


def test_what_is_not_decided_does_not_spoil_the_rest() -> None:
    wanted: list[tuple[tuple[int, Says], ...]] = [((0, "true"),), ((1, "true"),), ((0, "true"), (1, "true"))]
    reply = answer(FindCases((HARD, CHEAP), tuple(wanted)), Budget(case_steps=20_000))
    assert isinstance(reply, Cases)
    assert [isinstance(each, Case) for each in reply.found] == [False, True, False]
    assert reply.found[0] is NoCase.BUDGET


def test_a_question_gets_the_same_answer_under_load() -> None:
    """Steps decide and not time: hard entries stop at the same point, and the same cases are found."""
    terms = (HARD, CHEAP, DEAR, PAID, build.compare("is", CUBES, build.add(PRICE, LIMIT)))
    wanted = tuple(((a, "true"), (b, says)) for a in range(5) for b in range(5) for says in ("true", "false") if a != b)
    question, budget = FindCases(terms, wanted), Budget(case_steps=5_000)
    alone = answer(question, budget)
    stop = threading.Event()
    busy = [threading.Thread(target=_count_until, args=(stop,)) for _ in range(2)]
    for thread in busy:
        thread.start()
    try:
        loaded = answer(question, budget)
    finally:
        stop.set()
        for thread in busy:
            thread.join()
    assert isinstance(alone, Cases) and NoCase.BUDGET in alone.found
    assert loaded == alone


def _count_until(stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        number += 1


def test_patience_grows_with_the_entries() -> None:
    assert patience(Decide(CHEAP), 10) == 10
    assert patience(FindCases((CHEAP,), (((0, "true"),),) * 1_000), 10) == 1_010


ROOM = Record("room", (Field("kind", OneOf(("single", "double"))), Field("guest", Text(30, 40))))
WHO, CODE, ROOMS = field("who", Text(30, 40)), field("code", Text(2, 3)), field("rooms", ListOf(ROOM, 1, 2))


@pytest.mark.parametrize(
    "condition",
    [
        build.negate(build.compare("is", WHO, build.constant("some text 1".ljust(30, "."), Text()))),
        build.negate(build.compare("is", CODE, build.constant("aa", Text()))),
        build.compare("is", build.count_of(ROOMS), build.constant(2, build.WHOLE)),
    ],
)
def test_placeholders_are_the_texts_that_nobody_named(condition: Term) -> None:
    found = case((condition, "true"))
    (value,) = found.values.values()
    rooms = value if isinstance(value, tuple) else ()
    guests = {room["guest"] for room in rooms if isinstance(room, Mapping)}
    assert found.placeholders == (guests or {value})


def test_a_text_that_the_question_names_is_no_placeholder() -> None:
    named = build.compare("is", WHO, build.constant("some text 1".ljust(30, "."), Text()))
    assert case((named, "true")).placeholders == frozenset()
