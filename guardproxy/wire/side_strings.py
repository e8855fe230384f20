"""Strings beside the answer: ids, names of models, keys, unknown fields of the whole response, error texts.

They are no part of what a rule about the answer reads, but they must not carry what the policies keep back. Each is
searched for everything that some rule keeps out of any text, whether the rule applies to this answer or not; one in
which something is found is dropped, or replaced by whoever asked.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from guardproxy.wire.places import PROTOCOL_KEYS

_ANSWER_ID = re.compile(r"(chatcmpl|cmpl|gen|req|resp|msg)-[A-Za-z0-9]{1,64}")
"""Ids as servers make them: new for each answer, so that judging each would cost more than the answer."""

_IDENTITY = ("id", "object", "model")
"""Fields that clients need: replaced instead of dropped."""

_REMEMBERED = 200
"""Only strings up to this length are remembered."""


class SideStrings:
    """`harmless(text)`: whether the policies let this string through as it stands, whatever the facts are."""

    def __init__(self, is_harmless: Callable[[str], bool]) -> None:
        self._is_harmless = is_harmless
        self._remembered = lru_cache(maxsize=4096)(is_harmless)

    def harmless(self, text: str) -> bool:
        return self._remembered(text) if len(text) <= _REMEMBERED else self._is_harmless(text)

    def clean(self, value: dict[str, Any], fallback_id: str) -> dict[str, Any]:
        """The members of a response besides `choices`, without those that hold a string that must not pass."""
        kept: dict[str, Any] = {}
        for key, member in value.items():
            if key in ("choices", "guardproxy", "obfuscation"):
                continue
            if not self._passes(key, member):
                if key in _IDENTITY:
                    kept[key] = fallback_id if key == "id" else "withheld"
            elif key in PROTOCOL_KEYS or self.harmless(key):
                kept[key] = member
        return kept

    def _passes(self, key: str, value: Any) -> bool:
        if value is None or value.__class__ is int:
            return True
        if isinstance(value, str):
            return (key == "id" and _ANSWER_ID.fullmatch(value) is not None) or self.harmless(value)
        if isinstance(value, dict):
            for name, member in value.items():
                if not ((name in PROTOCOL_KEYS or self.harmless(name)) and self._passes(name, member)):
                    return False
            return True
        if isinstance(value, list):
            return all(self._passes("", item) for item in value)
        return True
