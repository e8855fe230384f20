"""Strings beside the answer: ids, names of models, keys, unknown fields of the whole response, error texts.

They are no part of what a rule about the answer reads, but they must not carry what the policies keep back. Each is
judged by itself, and one that is not allowed as it stands is dropped or replaced by whoever asked.
"""

import re
from functools import lru_cache
from typing import Any

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.verdict import Verdict
from guardproxy.conversation import Situation
from guardproxy.streaming.commands import Complete, Release, Stop
from guardproxy.streaming.enforcer import Enforcer
from guardproxy.streaming.events import Finished, TextArrived
from guardproxy.wire.places import PROTOCOL_KEYS

_ANSWER_ID = re.compile(r"(chatcmpl|cmpl|gen|req|resp|msg)-[A-Za-z0-9]{1,64}")
"""Ids as servers make them: new for each answer, so that judging each would cost more than the answer."""

_IDENTITY = ("id", "object", "model")
"""Fields that clients need: replaced instead of dropped."""

_REMEMBERED = 200
"""Only strings up to this length are remembered."""


class SideStrings:
    """`harmless(text)`: whether the policies let this string through as it stands, with no facts known."""

    def __init__(self, compiled: CompiledPolicies) -> None:
        self._compiled = compiled
        self._empty = self._judged("")[0] if compiled.policies else None
        self._remembered = lru_cache(maxsize=4096)(self._judge)

    def harmless(self, text: str) -> bool:
        if not text or not self._compiled.policies:
            return True
        return self._remembered(text) if len(text) <= _REMEMBERED else self._judge(text)

    def _judge(self, text: str) -> bool:
        """Compared with an answer that says nothing: rules that demand a text are not what this string breaks."""
        verdict, released = self._judged(text)
        if (
            verdict is None
            or self._empty is None
            or (verdict.ending, verdict.by) != (self._empty.ending, self._empty.by)
        ):
            return False
        return released == text or not verdict.ending.delivers

    def _judged(self, text: str) -> tuple[Verdict | None, str]:
        enforcer = Enforcer(self._compiled, Situation())
        commands = enforcer.feed(TextArrived("beside", text)) if text else []
        commands += enforcer.feed(Finished())
        ends = [command.verdict for command in commands if isinstance(command, Complete | Stop)]
        released = "".join(command.text for command in commands if isinstance(command, Release))
        return (ends[0] if ends else None), released

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
