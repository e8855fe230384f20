import phonenumbers
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guardproxy.patterns.checks_contact import PHONE_CHECKS, is_number_of


@pytest.mark.parametrize(
    ("region", "number", "known"),
    [
        ("JP", "03-1234-5678", True),
        ("JP", "00-1234-5678", False),
        ("US", "(415) 555-2671", True),
        ("US", "(115) 555-2671", False),
        ("GB", "020 7946 0958", True),
        ("FR", "00 42 68 53 00", False),
        ("DE", "", False),
    ],
)
def test_a_number_of_a_region(region: str, number: str, known: bool) -> None:
    assert is_number_of(region, number) is known
    assert PHONE_CHECKS[f"phone_{region.lower()}"](number) == (len(number) if known else 0)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(["AU", "CN", "DE", "ES", "FR", "GB", "IN", "JP", "NL", "US"]),
    st.from_regex(r"0?[1-9][0-9]{7,10}", fullmatch=True),
)
def test_the_library_says_the_same(region: str, number: str) -> None:
    """Left out: Brazil, Korea and Italy (carriers are cut off, zeros kept), and a country's code without `+`."""
    assume(not number.lstrip("0").startswith(str(phonenumbers.country_code_for_region(region))))
    try:
        known = phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        known = False
    assert is_number_of(region, number) is known
