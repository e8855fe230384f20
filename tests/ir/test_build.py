"""Constructors check what they are given and simplify what is decided, and nothing else."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from guardproxy.ir import build
from guardproxy.ir.build import FALSE, NOT_READABLE, TRUE
from guardproxy.ir.printed import printed
from guardproxy.ir.terms import And, Case, Compare, Constant, FieldOf, Not, Scaled, Sum, Term, Variable
from guardproxy.ir.types import ListOf, Number, Text, Type, YesNo

WHOLE = Number("whole", 0, 9, grid=1)


def field(name: str, of: Type) -> Variable:
    return Variable(f"order.{name}", of, FieldOf("order", "call", (name,)))


A, B, PAID, NOTE = field("a", WHOLE), field("b", WHOLE), field("paid", YesNo()), field("note", Text())
FIVE = build.constant(5, WHOLE)
LIMIT = build.compare("at most", A, FIVE)


def test_conditions_are_flattened_and_decided_where_one_part_decides() -> None:
    assert build.all_of(build.all_of(LIMIT, PAID), TRUE, LIMIT) == And((LIMIT, PAID))
    assert build.all_of(LIMIT, FALSE) == FALSE
    assert build.any_of(LIMIT, TRUE) == TRUE
    assert build.any_of(LIMIT) == LIMIT
    assert (build.all_of(), build.any_of()) == (TRUE, FALSE)


def test_not_uses_the_opposite_word() -> None:
    assert printed(build.negate(LIMIT)) == "order.a above 5"
    assert build.negate(build.negate(PAID)) == PAID
    assert build.negate(build.all_of(LIMIT, PAID)) == Not(And((LIMIT, PAID)))


def test_comparisons_of_constants_are_decided_and_constants_go_to_the_right() -> None:
    assert build.compare("below", build.constant(Fraction(1, 3), WHOLE), FIVE) == TRUE
    assert build.compare("at most", FIVE, A) == Compare("at least", A, FIVE)
    assert build.compare("is not", TRUE, PAID) == Not(PAID)
    assert build.compare("is", PAID, TRUE) == PAID


def test_numbers_are_added_up_exactly() -> None:
    third = build.constant(Fraction(1, 3), WHOLE)
    assert build.add(third, build.scaled(2, third)) == Constant(1, WHOLE)
    assert build.add(FIVE, A, FIVE) == Sum((A, Constant(10, WHOLE)))
    assert build.scaled(3, build.scaled(Fraction(1, 3), A)) == A
    assert build.product(FIVE, A) == Scaled(5, A)
    assert build.subtract(FIVE, FIVE) == Constant(0, WHOLE)


def test_a_variable_is_never_dropped_for_it_may_be_unreadable() -> None:
    assert build.scaled(0, A) == Scaled(0, A)
    assert build.compare("is", A, A) == Compare("is", A, A)


def test_tables_lose_the_rows_that_cannot_be_reached() -> None:
    assert build.case((FALSE, A), (LIMIT, B), (TRUE, FIVE), (PAID, A)) == Case(((LIMIT, B), (TRUE, FIVE)))
    assert build.case((TRUE, A), (LIMIT, B)) == A
    assert build.case((LIMIT, NOT_READABLE)) == NOT_READABLE


@pytest.mark.parametrize(
    ("build_it", "said"),
    [
        (lambda: build.all_of(A), "`order.a` is a number where a condition is needed"),
        (lambda: build.add(PAID, A), "`order.paid` is a condition where a number is needed"),
        (lambda: build.compare("is", A, NOTE), "`order.a` and `order.note` cannot be compared"),
        (
            lambda: build.compare("at most", NOTE, NOTE),
            "`order.note` has no order, so it cannot be compared",
        ),
        (lambda: build.case((PAID, A), (TRUE, NOTE)), "the rows of a decision table have different kinds of values"),
        (lambda: build.count_of(A), "`order.a` is a number where a list is needed"),
        (lambda: build.constant("5", WHOLE), "`'5'` is no value of Number(kind='whole'"),
        (lambda: build.months_between(A, B, 0), "a period has at least one month, not 0"),
        (lambda: build.date_of(A, "Mars/Olympus"), "`Mars/Olympus` is no time zone"),
        (lambda: build.same_set(A, A), "`order.a` is a number where a list is needed"),
        (
            lambda: build.same_set(field("list", ListOf(WHOLE)), field("texts", ListOf(Text()))),
            "`order.list` and `order.texts` cannot be compared",
        ),
        (lambda: build.is_in(field("list", ListOf(WHOLE)), A), "`order.list` cannot be looked for in a list"),
    ],
)
def test_what_does_not_fit_is_refused(build_it: Callable[[], Term], said: str) -> None:
    with pytest.raises(ValueError) as caught:
        build_it()
    assert str(caught.value).startswith(said)
