from decimal import Decimal

from guardproxy.conformance.schema_terms import Pattern, canonical, kind_of
from guardproxy.patterns.syntax import parse


def test_values_are_equal_as_json_says() -> None:
    assert canonical(1) == canonical(Decimal("1.0"))
    assert canonical(1) != canonical(True)
    assert canonical("1") != canonical(1)
    assert canonical({"a": [1], "b": None}) == canonical({"b": None, "a": [Decimal(1)]})
    assert len({canonical(v) for v in (None, False, 0, "", [], {})}) == 6


def test_kinds() -> None:
    assert [kind_of(v) for v in (None, False, 0, Decimal("0.5"), "", [], {})] == [
        "null",
        "boolean",
        "number",
        "number",
        "string",
        "array",
        "object",
    ]


def test_a_pattern_knows_which_beginnings_may_still_match() -> None:
    code = Pattern(parse("^[A-Z]{2}[0-9]$"))
    assert [code.possible(text) for text in ("", "A", "AB", "AB1", "A1", "AB12")] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]
    assert code.found("AB1")
    assert not code.found("AB")
