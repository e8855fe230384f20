"""The usage of several attempts in one: every count is the sum."""

from decimal import Decimal
from typing import Any


def total(earlier: Any, latest: Any) -> Any:
    """The sum of two `usage` objects, member by member; what is no number is taken from the latest that has it."""
    if isinstance(earlier, dict) and isinstance(latest, dict):
        return {key: total(earlier.get(key), latest.get(key)) for key in {**earlier, **latest}}
    if _is_number(earlier) and _is_number(latest):
        return earlier + latest
    return earlier if latest is None else latest


def _is_number(value: Any) -> bool:
    return value.__class__ is int or isinstance(value, Decimal)
