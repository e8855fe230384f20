"""Numbers are said too: a card number without quotes is still one.

Digits that many rules look for come in sevens and more, so that shorter numbers pass unread: counts, offsets, scores.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

_SHORT = 1_000_000
_TIMES = frozenset(
    (
        *("created", "created_at", "updated_at", "modified_at", "started_at", "in_progress_at", "finalizing_at"),
        *("completed_at", "incomplete_at", "failed_at", "cancelling_at", "cancelled_at", "expires_at", "expired_at"),
        *("last_active_at", "shared_at"),
    )
)
_EARLIEST, _LATEST = 1_000_000_000, 4_200_000_000
"""Seconds since 1970, in the years 2001 and 2103. Such times pass unread: they look like telephone numbers."""

_COUNTS = frozenset(
    (
        *("prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens", "cached_tokens"),
        *("reasoning_tokens", "audio_tokens", "text_tokens", "image_tokens", "cache_write_tokens"),
        *("cache_creation_input_tokens", "cache_read_input_tokens", "bytes", "usage_bytes"),
    )
)
_MOST = 100_000_000
"""Counts below it pass unread: shorter than nearly all numbers of people and accounts."""

_WIDEST = 60
"""Digits up to which a number is also written without an exponent, as clients do."""


def is_harmless_number(key: Any, value: Any, is_harmless: Callable[[str], bool]) -> bool:
    """Whether a parsed JSON number may be said, however it is written out; `key` is the name of its member."""
    if value.__class__ is int:
        return -_SHORT < value < _SHORT or _is_plain(key, value) or is_harmless(str(abs(value)))
    if not isinstance(value, Decimal):
        return True
    if len(value.as_tuple().digits) < 7:
        return True
    size = abs(value)
    if abs(size.adjusted()) > _WIDEST:
        return is_harmless(str(size))
    whole = size == size.to_integral_value()
    return is_harmless(format(size, "f")) and (not whole or is_harmless(str(int(size))))


def _is_plain(key: Any, value: int) -> bool:
    """Whether the API gives the member its name and such values."""
    return (key in _TIMES and _EARLIEST <= value < _LATEST) or (key in _COUNTS and 0 <= value < _MOST)
