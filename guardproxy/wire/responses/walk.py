"""Every string of an item or an event, with its place and the channel in which it is judged.

Walk, don't list: what is no id, no word of the protocol and nothing opaque is a text. Places are named by their path
from the response (`output[0].content[1].text`), so that a text which is said again is found again.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal

from guardproxy.wire.errors import unreadable
from guardproxy.wire.numbers import is_harmless_number
from guardproxy.wire.places import PROTOCOL_KEYS, REPEATS, IsHarmless, joined_channel
from guardproxy.wire.responses.names import IDS, KEYS, OPAQUE, PICTURES, SOUND, WORDS
from guardproxy.wire.responses.strays import is_like_a_call, stray_call

CONTENT = "content"
REFUSAL = "refusal"
TRANSCRIPT = "audio.transcript"
JOINED = frozenset({CONTENT, REFUSAL, TRANSCRIPT})
"""Channels in which the texts of all messages are judged as one."""

WITHHELD = "withheld"

_JOINED = re.compile(r"output\[\d+\]\.content(?:\[\d+\])?(?:\.(text|refusal|transcript))?")
_STREAMED = re.compile(r"output\[\d+\]\.(?:content|summary)\[\d+\]\.(?:text|refusal|transcript)")
_SHOWN = frozenset({"text", "refusal", "value"})

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
    """The channel of a place. What clients join is one text: those of all messages. The parts of a thought are not.

    Anything else in a reply that is named as text is a reply of its own: some client may show it.
    """
    if whose != "reply":
        return path
    found = _JOINED.fullmatch(path)
    if found is None:
        return f"content[{path}].text" if path.rpartition(".")[2] in _SHOWN else path
    return {"refusal": REFUSAL, "transcript": TRANSCRIPT}.get(found[1] or "", CONTENT)


def may_grow(path: str) -> bool:
    """Whether the pieces of a text may be said at this place by events of their own."""
    return _STREAMED.fullmatch(path) is not None


class Walk:
    """Collects texts. `dropped` counts what was taken out: what must not pass and is no text that can be judged."""

    def __init__(
        self,
        is_harmless: IsHarmless,
        keeps_repeats: bool = False,
        parts: Collection[int] = (),
        tools: str | None = None,
    ) -> None:
        """`parts`: identities of the parts whose log probabilities somebody else checks against their text. `tools`:
        the path of a list that defines tools.
        """
        self.texts: list[Text] = []
        self.dropped = 0
        self._is_harmless, self._keeps_repeats = is_harmless, keeps_repeats
        self._parts, self._tools = parts, tools
        self._channel: Callable[[str], str] = lambda path: channel_at(path, "reply")

    def members(
        self,
        holder: dict[str, Any],
        path: str,
        skip: Skip = frozenset(),
        whose: Whose = "reply",
        channel: Callable[[str], str] | None = None,
    ) -> None:
        """Walks the members of an object; `skip` names those that are read in another way, `channel` where texts are
        judged that are not all of the same kind. Raises `UpstreamFailure` for a call where none belongs.
        """
        self._channel = channel or (lambda at: channel_at(at, whose))
        self._members(holder, path, skip)

    def _members(self, holder: dict[str, Any], path: str, skip: Skip = frozenset()) -> None:
        unfit: list[str] = []
        sounds = not self._keeps_repeats and "audio" in str(holder.get("type", ""))
        defines = self._tools is not None and path.startswith(f"{self._tools}[")
        if not (defines or self._keeps_repeats) and is_like_a_call(holder, skip):
            raise stray_call(path)
        for key, value in holder.items():
            if key in skip:
                continue
            if key not in KEYS and key not in PROTOCOL_KEYS and not self._is_harmless(key):
                unfit.append(key)
            elif value is None or value is True or value is False:
                continue
            elif not self._keeps_repeats and key in REPEATS and isinstance(value, str | list | dict):
                self._repeat(holder, key, value, joined_channel(path, key), defines)
            elif sounds and key in SOUND:
                holder[key] = "" if isinstance(value, str) else None
            else:
                self._value(holder, key, value, joined_channel(path, key))
        for key in unfit:
            del holder[key]
            self.dropped += 1

    def _repeat(self, holder: dict[str, Any], key: str, value: Any, path: str, defines: bool) -> None:
        """What is named as a repetition goes, unless it is checked, or a parameter of a tool that is called so."""
        if defines and isinstance(value, dict):
            self._members(value, path)
        elif key != "logprobs" or id(holder) not in self._parts:
            holder[key] = None

    def _value(self, holder: Any, key: Any, value: Any, path: str) -> None:
        if isinstance(value, str):
            self._string(holder, key, value, path)
        elif isinstance(value, dict):
            self._members(value, path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self._value(value, index, item, f"{path}[{index}]")
        elif value is None or value is True or value is False:
            return
        elif self._channel(path) in JOINED:
            raise unreadable("a text is a number")
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
