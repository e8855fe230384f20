"""Numbers are said too: a card number without quotes is still one.

Digits that many rules look for come in sevens and more, so that shorter numbers pass unread: counts, offsets, scores.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

_SHORT = 1_000_000
_TIMES = frozenset({"created", "created_at", "expires_at"})
_LATEST = 4_200_000_000
"""Seconds since 1970, in the year 2103. Such times pass unread: they look like telephone numbers."""

_WIDEST = 60
"""Digits up to which a number is also written without an exponent, as clients do."""


def is_harmless_number(key: Any, value: Any, is_harmless: Callable[[str], bool]) -> bool:
    """Whether a parsed JSON number may be said, however it is written out; `key` is the name of its member."""
    if value.__class__ is int:
        return -_SHORT < value < _SHORT or (key in _TIMES and 0 <= value < _LATEST) or is_harmless(str(abs(value)))
    if not isinstance(value, Decimal):
        return True
    if len(value.as_tuple().digits) < 7:
        return True
    size = abs(value)
    if abs(size.adjusted()) > _WIDEST:
        return is_harmless(str(size))
    whole = size == size.to_integral_value()
    return is_harmless(format(size, "f")) and (not whole or is_harmless(str(int(size))))
