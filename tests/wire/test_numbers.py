"""Numbers are judged by their digits, but for times and counts where the API has them."""

from decimal import Decimal
from typing import Any

import pytest

from guardproxy.wire.numbers import is_harmless_number


def nothing(text: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("key", "value", "passes"),
    [
        ("index", 999_999, True),
        ("score", Decimal("0.1234"), True),
        ("x", 1_000_000, False),
        ("x", -4111111111111111, False),
        ("x", Decimal("4111111111111111.0"), False),
        ("x", Decimal("4.111111111111111e15"), False),
        ("created", 1_795_255_200, True),
        ("completed_at", 1_795_255_200, True),
        ("expires_at", 123_456_789, False),
        ("created", 4111111111111111, False),
        ("total_tokens", 12_345_678, True),
        ("total_tokens", 123_456_789, False),
        ("cached_tokens", -12_345_678, False),
        (3, 12_345_678, False),
    ],
)
def test_which_numbers_pass_unread(key: Any, value: Any, passes: bool) -> None:
    assert is_harmless_number(key, value, nothing) is passes
    assert is_harmless_number(key, value, lambda text: True)


def test_all_ways_of_writing_are_looked_at() -> None:
    seen: list[str] = []

    def note(text: str) -> bool:
        seen.append(text)
        return True

    is_harmless_number("x", Decimal("-4.111111111111111e15"), note)
    assert seen == ["4111111111111111", "4111111111111111"]
