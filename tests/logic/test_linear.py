"""Sums of unknowns, kept exact until they are compared."""

from fractions import Fraction

import z3

from guardproxy.logic.linear import number, on_one_scale, unknown_times

CONTEXT = z3.Context()
X, Y, R = z3.Int("x", CONTEXT), z3.Int("y", CONTEXT), z3.Real("r", CONTEXT)


def test_whole_unknowns_stay_whole_whatever_their_factors() -> None:
    sum_of = unknown_times(X, Fraction(1, 3)).plus(unknown_times(Y, Fraction(1, 2))).plus(number(Fraction(5, 6)))
    (expression,), scale = on_one_scale([sum_of], CONTEXT)
    assert scale == 6
    assert expression.is_int()
    assert str(z3.simplify(expression)) == "5 + 2*x + 3*y"


def test_one_dense_unknown_makes_all_dense() -> None:
    (whole, dense), _ = on_one_scale([unknown_times(X), unknown_times(R)], CONTEXT)
    assert whole.is_real()
    assert dense.is_real()


def test_what_cancels_is_gone() -> None:
    assert not unknown_times(X).plus(unknown_times(X, -1)).unknowns
    assert unknown_times(X).times(0) == number(0)


def test_products_do_not_depend_on_the_order() -> None:
    a, b = unknown_times(X).plus(number(2)), unknown_times(Y, 3)
    assert not a.multiplied(b).plus(b.multiplied(a).times(-1)).unknowns
    assert a.multiplied(number(3)) == a.times(3)
