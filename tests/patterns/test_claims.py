from fractions import Fraction

import pytest

from guardproxy.ir.types import INVALID, ClaimPattern, Field, Number, Value, YesNo
from guardproxy.patterns.claims import ClaimReader, Reading

LEAVE = ClaimReader(
    [
        Field(
            "entitled",
            YesNo(),
            claims=(
                ClaimPattern("you are entitled", True),
                ClaimPattern("you qualify", True),
                ClaimPattern("you are not entitled", False),
                ClaimPattern("you do not qualify", False),
            ),
        ),
        Field(
            "weeks",
            Number("whole", 0, 60, 1),
            claims=(ClaimPattern("{weeks} weeks of leave"), ClaimPattern("{weeks} weeks' leave")),
        ),
        Field("apr", Number("percent", 0, 1), claims=(ClaimPattern("{apr} APR"), ClaimPattern("APR of {apr}"))),
    ]
)


def read(text: str) -> list[tuple[str, Value]]:
    return [(r.field, r.value) for r in LEAVE.read(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Good news: you qualify for parental leave.", [("entitled", True)]),
        ("I am afraid you do not qualify.", [("entitled", False)]),
        ("I am afraid you are not entitled to it.", [("entitled", False)]),
        ("Do you qualifying people know?", []),
        ("Mothers get 16 weeks of leave, fathers 20 weeks of leave.", [("weeks", 16), ("weeks", 20)]),
        ("Take 17 weeks’ leave.", [("weeks", 17)]),
        ("1216 weeks of leave, 1,216 weeks of leave", [("weeks", INVALID), ("weeks", INVALID)]),
        ("v16 weeks of leave, x_16 weeks of leave", []),
        ("10-16 weeks of leave", [("weeks", 10), ("weeks", 16)]),
        ("16 weeks of leaves", []),
        (
            "The APR of 12.5%. Or 12.5 % APR, or 13 APR",
            [("apr", Fraction(1, 8)), ("apr", Fraction(1, 8)), ("apr", INVALID)],
        ),
        ("An APR of 12.5abc", []),
    ],
)
def test_claims_are_found_like_mentions(text: str, found: list[tuple[str, Value]]) -> None:
    assert read(text) == found


def test_a_reading_says_where() -> None:
    assert LEAVE.read("So 16 weeks of leave.") == [Reading("weeks", 16, 3, 20)]


UNITS = ClaimReader(
    [
        Field("fee", Number("money", 0, None, 1, wire=100, currency="USD"), claims=(ClaimPattern("a fee of {fee}"),)),
        Field("bill", Number("money", 0, None, 1, wire=100, currency="USD"), claims=(ClaimPattern("{bill} in all"),)),
        Field(
            "wait",
            Number("quantity", wire=1, dimension=(("duration", 1),), unit="s"),
            claims=(ClaimPattern("a wait of {wait}"), ClaimPattern("{wait} seconds of rest")),
        ),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a wait of 500 ms.", [("wait", Fraction(1, 2))]),
        ("a wait of 500 kg", [("wait", INVALID)]),
        ("a wait of 500, minutes count", [("wait", 500)]),
        ("a wait of 5 minimum", [("wait", 5)]),
        ("16 seconds of rest", [("wait", 16)]),
        ("a fee of 5 cents", [("fee", 5)]),
        ("a fee of 500 ₪", [("fee", INVALID)]),
        ("a fee of 5 all in", [("fee", 500)]),
        ("a fee of 5000 NOW", [("fee", 500000)]),
        ("a fee of $30 min", [("fee", 3000)]),
        ("₪500 in all, A$500 in all, 500 in all", [("bill", INVALID), ("bill", INVALID), ("bill", 50000)]),
    ],
)
def test_what_stands_next_to_a_number_says_what_it_counts(text: str, found: list[tuple[str, Value]]) -> None:
    assert [(r.field, r.value) for r in UNITS.read(text)] == found
