"""Strings beside the answer: ids, names of models, keys, unknown fields of the whole response, error texts.

They are no part of what a rule about the answer reads, but they must not carry what the policies keep back. Each is
searched for everything that some rule keeps out of any text, whether the rule applies to this answer or not; one in
which something is found is dropped, or replaced by whoever asked.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from guardproxy.patterns.text_gate import TextGate
from guardproxy.wire.numbers import is_harmless_number
from guardproxy.wire.places import PROTOCOL_KEYS, REPEATS, Walk

_WITHHELD = "withheld"
_IDENTITY: dict[str, Any] = {"id": _WITHHELD, "object": _WITHHELD, "model": _WITHHELD, "created": 0}
"""Fields that clients need: replaced instead of dropped."""

_NOT_BESIDE = frozenset({"choices", "guardproxy", "obfuscation"})
_REMEMBERED = 200
"""Only strings up to this length are remembered."""


class SideStrings:
    """`harmless(text)`: whether the policies let this string through as it stands, whatever the facts are."""

    def __init__(
        self,
        is_harmless: Callable[[str], bool],
        keeps_repeats: bool = False,
        new_gate: Callable[[], TextGate] | None = None,
    ) -> None:
        """`keeps_repeats`: nothing is judged, so what repeats the text may stay.

        `new_gate` makes gates for texts beside the answer that arrive in pieces.
        """
        self._is_harmless = is_harmless
        self.new_gate = new_gate
        self.keeps_repeats = keeps_repeats
        self._remembered = lru_cache(maxsize=4096)(is_harmless)

    def harmless(self, text: str) -> bool:
        return self._remembered(text) if len(text) <= _REMEMBERED else self._is_harmless(text)

    def clean(self, value: dict[str, Any], fallback_id: str) -> dict[str, Any]:
        """The members of a response besides `choices`, without those that hold a string that must not pass."""
        kept: dict[str, Any] = {}
        for key, member in value.items():
            if key in _NOT_BESIDE:
                continue
            if not self.keeps_repeats and key in REPEATS and isinstance(member, str | list | dict):
                member = None
            if not self._passes(key, member):
                if key in _IDENTITY:
                    kept[key] = fallback_id if key == "id" else _IDENTITY[key]
            elif key in PROTOCOL_KEYS or self.harmless(key):
                kept[key] = member
        return kept

    def withhold(self, value: Any) -> Any:
        """A parsed body that no model wrote, with harmful strings replaced and harmful keys and numbers left out."""
        wrapped = {"body": value}
        walk = Walk(self.harmless, keeps_repeats=True)
        walk.members(wrapped, "")
        for place in walk.places:
            if not self.harmless(place.text):
                place.put(_WITHHELD)
        self._withhold_pieces(wrapped)
        return wrapped["body"]

    def _withhold_pieces(self, value: Any) -> None:
        """The same for lists whose strings say something when they are read in a row."""
        for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            if isinstance(member, dict | list):
                self._withhold_pieces(member)
        if isinstance(value, list) and not self._read_in_a_row(value):
            value[:] = [_WITHHELD if isinstance(item, str) else item for item in value]

    def _read_in_a_row(self, values: list[Any]) -> bool:
        """Whether the strings of a list may be read as one text."""
        texts = [item for item in values if isinstance(item, str)]
        return len(texts) < 2 or self.harmless("".join(texts))

    def _passes(self, key: str, value: Any) -> bool:
        """Whether a member may stay. Inside it, what repeats the text becomes null on the way."""
        if isinstance(value, str):
            return self.harmless(value)
        if isinstance(value, dict):
            for name, member in value.items():
                if not self.keeps_repeats and name in REPEATS and isinstance(member, str | list | dict):
                    value[name] = None
                elif not ((name in PROTOCOL_KEYS or self.harmless(name)) and self._passes(name, member)):
                    return False
            return True
        if isinstance(value, list):
            return all(self._passes("", item) for item in value) and self._read_in_a_row(value)
        return value is None or isinstance(value, bool) or is_harmless_number(key, value, self.harmless)
