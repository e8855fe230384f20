from fractions import Fraction

import pytest

from guardproxy.ir.types import INVALID, Number, OneOf, Text, Type, Value
from guardproxy.patterns.amounts import expression, read
from guardproxy.patterns.engine import Machine

WEEKS = Number("whole", 0, 5000, 1)
RATE = Number("percent", 0, 1, wire=Fraction(1, 100))
USD = Number("money", 0, 10**8, 1, wire=100, currency="USD")
JPY = Number("money", 0, 10**8, 1, currency="JPY")
DOSE = Number("quantity", 0, 4000, wire=1, dimension=(("mass", 1),), unit="mg")
DRIP = Number("quantity", wire=1, dimension=(("duration", -1), ("volume", 1)))
CAD = Number("money", 0, 10**8, 1, wire=100, currency="CAD")
GBP = Number("money", 0, 10**8, 1, wire=100, currency="GBP")
CLF = Number("money", 0, 10**8, 1, wire=10**4, currency="CLF")
WAIT = Number("quantity", wire=1, dimension=(("duration", 1),), unit="s")
NOTICE = Number("calendar", 0, 600, 1)

CASES: list[tuple[Type, str, Value]] = [
    (WEEKS, "16", 16),
    (WEEKS, "1,216", 1216),
    (WEEKS, "1,21", INVALID),
    (WEEKS, "12.5", INVALID),
    (WEEKS, "-3", INVALID),
    (WEEKS, "1.2.3", INVALID),
    (WEEKS, "9,999", INVALID),
    (RATE, "12%", Fraction(3, 25)),
    (RATE, "12.5 percent", Fraction(1, 8)),
    (RATE, "12", INVALID),
    (RATE, "101%", INVALID),
    (USD, "$5,000", 500000),
    (USD, "$5,000.50", 500050),
    (USD, "5,000 USD", 500000),
    (USD, "USD 5,000", 500000),
    (USD, "5000 dollars", 500000),
    (USD, "5000", 500000),
    (USD, "€5,000", INVALID),
    (USD, "$0.001", INVALID),
    (USD, "-$5", INVALID),
    (JPY, "¥3,000", 3000),
    (JPY, "3,000円", 3000),
    (DOSE, "30 mg", 30),
    (DOSE, "0.5 g", 500),
    (DOSE, "30-mg", 30),
    (DOSE, "30", 30),
    (DOSE, "5 ml", INVALID),
    (USD, "5 cents", 5),
    (USD, "5¢", 5),
    (USD, "5 pence", INVALID),
    (USD, "500 ₪", INVALID),
    (USD, "₪500", INVALID),
    (USD, "¤500", INVALID),
    (USD, "500\u00a0€", INVALID),
    (USD, "500 eur", INVALID),
    (USD, "500 BGN", INVALID),
    (USD, "A$500", INVALID),
    (USD, "500 Canadian dollars", INVALID),
    (USD, "$500 CAD", INVALID),
    (USD, "$500 USD", 50000),
    (USD, "US$5,000", 500000),
    (USD, "5 kg", INVALID),
    (USD, "5 %", INVALID),
    (CAD, "$5", 500),
    (CAD, "5 dollars", 500),
    (GBP, "50 pence", 50),
    (GBP, "£5", 500),
    (GBP, "5 pounds", 500),
    (JPY, "5 cents", INVALID),
    (CLF, "5 CLF", 50000),
    (DOSE, "0.000002 t", 2000),
    (DOSE, "2 t", INVALID),
    (DOSE, "2 tons", INVALID),
    (DOSE, "500 µg", Fraction(1, 2)),
    (DOSE, "500\u202fg", INVALID),
    (DOSE, "500 IU", INVALID),
    (DOSE, "5 mg/kg", INVALID),
    (DOSE, "5 $", INVALID),
    (DOSE, "5 pounds", INVALID),
    (WAIT, "500 ms", Fraction(1, 2)),
    (WAIT, "500 milliseconds", Fraction(1, 2)),
    (WAIT, "2 hours", 7200),
    (WAIT, "2 months", INVALID),
    (WAIT, "2 kg", INVALID),
    (NOTICE, "3", 3),
    (DRIP, "36 mL/h", Fraction(1, 100)),
    (DRIP, "36 mL per hour", Fraction(1, 100)),
    (NOTICE, "3 years", 36),
    (NOTICE, "30 days", INVALID),
    (Number("date"), "2026-11-21", 739941),
    (Number("date"), "2026-13-01", INVALID),
    (Number("time"), "18:00", 64800),
    (Number("instant", zone="Europe/Paris"), "2026-11-21T11:00", 1795255200000000),
    (Number("instant"), "9999-12-31T23:59:59Z", 253402300799 * 10**6),
    (Number("instant"), "0001-01-01T00:00+12:00", INVALID),
    (OneOf(("red", "dark red")), "Dark Red", "dark red"),
    (Text(high=4), "Jones", INVALID),
]


@pytest.mark.parametrize(("kind", "text", "value"), CASES, ids=str)
def test_reads_what_people_write(kind: Type, text: str, value: Value) -> None:
    machine = Machine(expression(kind))
    assert machine.search(text.encode()) == (0, len(text.encode()))
    assert read(kind, text) == value
