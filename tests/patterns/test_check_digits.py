import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.patterns.check_digits import card_length, iban_length, my_number_length, phone_length


def luhn_digit(digits: str) -> str:
    """By the book: double every second digit from the right, subtract 9 from what exceeds 9."""
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))]
    return str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


@settings(deadline=None)
@given(st.from_regex(r"4[0-9]{14}", fullmatch=True))
def test_exactly_one_check_digit_makes_a_card(digits: str) -> None:
    right = [d for d in "0123456789" if card_length(digits + d) == 16]
    assert right == [luhn_digit(digits)]


@pytest.mark.parametrize(
    ("matched", "length"),
    [
        ("4111 1111 1111 1111", 19),
        ("4111 1111 1111 1111 12", 19),
        ("411111111111111112", 0),
        ("3782-822463-10005", 17),
        ("2222405343248877", 16),
        ("9111111111111111", 0),
        ("6789123456784", 13),
        ("6789 123-45-6784", 0),
        ("6789 123-45-6784 123-45", 0),
        ("6789 1234-5678-4", 16),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", 31),
        ("4 11 11 11 11 11 11 11 1", 0),
    ],
)
def test_card_numbers(matched: str, length: int) -> None:
    assert card_length(matched) == length


def test_account_numbers() -> None:
    assert iban_length("DE89 3704 0044 0532 0130 00") == 27
    assert iban_length("NO9386011117947 IS OURS") == 15
    assert iban_length("DE89 3704 0044 0532 0130 01") == iban_length("XX89 3704 0044 0532") == 0


def test_individual_numbers() -> None:
    right = [d for d in "0123456789" if my_number_length("12345678901" + d)]
    assert right == ["8"]
    assert my_number_length("1234-5678-9018") == 14


def test_telephone_numbers() -> None:
    assert phone_length("+81 3-1234-5678") == 15
    assert phone_length("+1234567") == phone_length("+1234567890123456") == 0
