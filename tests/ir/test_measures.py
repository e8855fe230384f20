from fractions import Fraction

import pytest

from guardproxy.ir.currencies import HUNDREDTHS, MINOR_DIGITS, SIGNS, WORDS, meant_by, minor_units, money
from guardproxy.ir.measures import SPOKEN, UNITS, Unit, divided, longest_unit, multiplied, spoken_unit, unit


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("kg", 10**6),
        ("lb", Fraction(45359237, 100)),
        ("µg", Fraction(1, 1000)),
        ("h", 3600),
        ("weeks", 604800),
        ("L", 1000),
    ],
)
def test_factors_are_exact(name: str, factor: Fraction) -> None:
    found = unit(name)
    assert found is not None
    assert found.factor == factor


def test_sixteen_ounces_are_a_pound() -> None:
    assert UNITS["oz"].factor * 16 == UNITS["lb"].factor


def test_compound_units_divide() -> None:
    found = unit("mL/kg/h")
    assert found is not None
    assert found.dimension == (("duration", -1), ("mass", -1), ("volume", 1))
    assert found.factor == Fraction(1, 10**6 * 3600)


def test_calendar_units_are_of_another_kind_and_have_no_compounds() -> None:
    assert UNITS["years"].kind == "calendar"
    assert unit("mg/month") is None
    assert unit("stone") is None


def test_the_longest_unit_ends_where_a_name_begins() -> None:
    assert longest_unit("mg/kg/patient") == "mg/kg"
    assert longest_unit("patient") == ""


def test_dimensions_cancel() -> None:
    rate = divided((("mass", 1),), (("mass", 1), ("duration", 1)))
    assert multiplied(rate, (("duration", 1),)) == ()
    assert money("USD") != money("EUR")


def test_minor_units_of_currencies() -> None:
    by_digits = {digits: {c for c, d in MINOR_DIGITS.items() if d == digits} for digits in (0, 3, 4)}
    assert by_digits[4] == {"CLF", "UYW"}
    assert by_digits[3] == {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
    assert {"JPY", "UYI", "KRW", "CLP", "XAF"} < by_digits[0]
    assert [minor_units(code) for code in ("USD", "JPY", "KWD", "CLF")] == [100, 1, 1000, 10000]
    assert len(MINOR_DIGITS) == len(set(MINOR_DIGITS)) > 150


def test_a_sign_means_the_policys_own_currency_where_it_can() -> None:
    assert meant_by("$", "") == "USD"
    assert meant_by("$", "CAD") == "CAD"
    assert meant_by("$", "EUR") == "USD"
    assert meant_by("¥", "CNY") == "CNY"
    assert meant_by("CHF", "EUR") == "CHF"


def test_sentences_say_the_units_of_policies_in_any_case() -> None:
    assert {name.casefold() for name in UNITS} <= set(SPOKEN)
    assert all(SPOKEN[name.casefold()].factor == found.factor for name, found in UNITS.items())
    assert spoken_unit("ML per Hour") == Unit(
        "ml/hour", "quantity", Fraction(1, 3600), (("duration", -1), ("volume", 1))
    )
    assert spoken_unit("tons") is None


def test_words_name_declared_currencies_only() -> None:
    assert {meant_by(word, "") for word in WORDS | SIGNS} <= set(MINOR_DIGITS)
    assert set().union(*HUNDREDTHS.values()) <= {code for code, digits in MINOR_DIGITS.items() if digits == 2}
    assert meant_by("Dollars", "CAD") == "CAD"
