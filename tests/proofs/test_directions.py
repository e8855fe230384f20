"""A value that moves in its direction never makes a true condition false."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from guardproxy.ir.evaluate import evaluate
from guardproxy.ir.types import Number
from guardproxy.proofs.directions import directions
from tests.proofs.asking import offers

DEMANDS = (
    "offer.apr at most 36%",
    "offer.term at least 12 and offer.term at most 48",
    "offer.amount * 2 at most applicant.income - offer.amount",
    "offer.amount above $2,000 or not offer.term above 24",
    "offer.term is not 12",
)
RULES = "".join(f'rule R-{i} "r"\n  require {demand}\n' for i, demand in enumerate(DEMANDS))
POLICY = offers(RULES)


def no_text(*_: object) -> bool:
    raise AssertionError


@given(st.data())
def test_moving_that_way_keeps_the_condition_true(data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(POLICY.rules))
    ways = directions(rule.demands)
    values = {v: data.draw(st.integers(0, 60) if isinstance(v.type, Number) else st.booleans()) for v in ways}
    variable = data.draw(st.sampled_from(list(ways)))
    step = data.draw(st.fractions(Fraction(1, 100), 50))
    if evaluate(rule.demands, values, no_text) is True and ways[variable] != "neither":
        moved = values[variable] + (step if ways[variable] == "higher" else -step)
        assert evaluate(rule.demands, {**values, variable: moved}, no_text) is True


def test_a_band_has_no_direction() -> None:
    found = {v.name: way for rule in POLICY.rules[:2] for v, way in directions(rule.demands).items()}
    assert found == {"offer.apr": "lower", "offer.term": "neither"}
