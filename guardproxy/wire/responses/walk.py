"""Every string of an item or an event, with its place and the channel in which it is judged.

Walk, don't list: what is no id, no word of the protocol and nothing opaque is a text. Places are named by their path
from the response (`output[0].content[1].text`), so that a text which is said again is found again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from guardproxy.wire.numbers import is_harmless_number
from guardproxy.wire.places import PROTOCOL_KEYS, REPEATS, IsHarmless, joined_channel
from guardproxy.wire.responses.names import IDS, KEYS, OPAQUE, PICTURES, SOUND, WORDS

CONTENT = "content"
REFUSAL = "refusal"
TRANSCRIPT = "audio.transcript"
WITHHELD = "withheld"

_JOINED = re.compile(r"output\[\d+\]\.content(?:\[\d+\])?(?:\.(text|refusal|transcript))?")
_PART = re.compile(r"output\[\d+\]\.content\[\d+\]")
_NOT_NULLED = frozenset({"tools", "input_schema"})
"""What is found in them is the client's and the servers' own: a parameter may be called `tokens`."""

Skip = frozenset[str]


@dataclass(slots=True)
class Text:
    """One string: `holder[key]` is `text`, judged in `channel`, found at `path`."""

    holder: Any
    key: Any
    path: str
    channel: str
    text: str

    def put(self, text: str) -> None:
        self.holder[self.key] = text


Whose = Literal["reply", "other"]
"""Whether the texts of an item are what the user reads, or what the model thought, or anything else."""


def channel_at(path: str, whose: Whose) -> str:
    """The channel of a place. What clients join is one text: those of all messages. The parts of a thought are not."""
    found = _JOINED.fullmatch(path)
    if found is None or whose != "reply":
        return path
    return {"refusal": REFUSAL, "transcript": TRANSCRIPT}.get(found[1] or "", CONTENT)


class Walk:
    """Collects texts. `dropped` counts what was taken out: what must not pass and is no text that can be judged."""

    def __init__(self, is_harmless: IsHarmless, keeps_repeats: bool = False) -> None:
        self.texts: list[Text] = []
        self.dropped = 0
        self._is_harmless, self._keeps_repeats = is_harmless, keeps_repeats
        self._channel: Callable[[str], str] = lambda path: channel_at(path, "reply")

    def members(self, holder: dict[str, Any], path: str, skip: Skip = frozenset(), whose: Whose = "reply") -> None:
        """Walks the members of an object; `skip` names those that are read in another way."""
        self._channel = lambda at: channel_at(at, whose)
        self._members(holder, path, skip)

    def _members(self, holder: dict[str, Any], path: str, skip: Skip = frozenset()) -> None:
        unfit: list[str] = []
        sounds = not self._keeps_repeats and "audio" in str(holder.get("type", ""))
        for key, value in holder.items():
            if key in skip:
                continue
            if key not in KEYS and key not in PROTOCOL_KEYS and not self._is_harmless(key):
                unfit.append(key)
            elif value is None or value is True or value is False:
                continue
            elif key in REPEATS and isinstance(value, str | list | dict) and not self._may_repeat(holder, key, path):
                holder[key] = None
            elif sounds and key in SOUND:
                holder[key] = "" if isinstance(value, str) else None
            else:
                self._value(holder, key, value, joined_channel(path, key))
        for key in unfit:
            del holder[key]
            self.dropped += 1

    def _may_repeat(self, holder: dict[str, Any], key: str, path: str) -> bool:
        """The log probabilities of a part are left to whoever knows what became of its text."""
        if self._keeps_repeats:
            return True
        if key == "logprobs" and isinstance(holder.get("text"), str) and _PART.fullmatch(path):
            return True
        return any(name in path for name in _NOT_NULLED)

    def _value(self, holder: Any, key: Any, value: Any, path: str) -> None:
        if isinstance(value, str):
            self._string(holder, key, value, path)
        elif isinstance(value, dict):
            self._members(value, path)
        elif isinstance(value, list):
            if key == "logprobs":
                return
            for index, item in enumerate(value):
                self._value(value, index, item, f"{path}[{index}]")
        elif not is_harmless_number(key, value, self._is_harmless):
            holder[key] = None
            self.dropped += 1

    def _string(self, holder: Any, key: Any, value: str, path: str) -> None:
        if not value or value in WORDS.get(key, ()):
            return
        if key in IDS:
            if not self._is_harmless(value):
                holder[key] = WITHHELD
                self.dropped += 1
        elif _is_opaque(holder, key):
            if not self._is_harmless(value):
                holder[key] = None
                self.dropped += 1
        else:
            self.texts.append(Text(holder, key, path, self._channel(path), value))


def _is_opaque(holder: Any, key: Any) -> bool:
    if key == "result":
        return isinstance(holder, dict) and str(holder.get("type")) in PICTURES
    return key in OPAQUE
