"""Every string of an answer, with the place where it stands.

Walk, don't list: what is not on the short lists below is something the model said. A place is named by its path in the
message (`content`, `content[0].text`, `annotations[0].url_citation.title`), and that name is its channel. Keys are
strings too: each has to pass `is_harmless`, or it goes with its value.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardproxy.exact_json import dumps
from guardproxy.wire.errors import unreadable
from guardproxy.wire.numbers import is_harmless_number

IsHarmless = Callable[[str], bool]

ENUMERATIONS: dict[str, frozenset[str]] = {
    "role": frozenset(("assistant", "user", "system", "developer", "tool", "function")),
    "type": frozenset(
        (
            *("function", "custom", "text", "output_text", "refusal", "thinking", "redacted_thinking", "reasoning"),
            *("summary_text", "url_citation", "file_citation", "image_url", "audio", "json_object"),
            *("reasoning.text", "reasoning.summary", "reasoning.encrypted"),
        )
    ),
    "finish_reason": frozenset(
        (
            *("stop", "length", "tool_calls", "content_filter", "function_call", "error"),
            *("end_turn", "eos", "abort", "max_tokens", "stop_sequence"),
        )
    ),
}
"""Fields whose listed values are the protocol's, not the model's. Any other value is judged like text."""

REPEATS = frozenset(
    (
        *("logprobs", "prompt_logprobs", "top_logprobs", "token_logprobs", "tokens", "bytes"),
        *("token_ids", "prompt_token_ids", "output_token_ids"),
    )
)
"""Fields that say the text again, as tokens: a rewritten answer would leak through them. Null at any depth."""

_AUDIO = frozenset({"audio", "input_audio", "output_audio", "audio_data", "audio_bytes"})
_AUDIO_TOLD = _AUDIO | {"id", "transcript", "text", "expires_at", "format", "type", "index"}
"""What is read of recorded speech. Anything else in it may be the sound, which says the transcript again."""

PROTOCOL_KEYS = frozenset(
    (
        *("id", "object", "created", "model", "choices", "usage", "system_fingerprint", "service_tier", "index"),
        *("message", "delta", "logprobs", "finish_reason", "role", "content", "refusal", "annotations", "audio"),
        *("tool_calls", "function_call", "function", "custom", "name", "arguments", "input", "type", "text"),
        *("reasoning", "reasoning_content", "prompt_tokens", "completion_tokens", "total_tokens"),
        *("prompt_tokens_details", "completion_tokens_details", "cached_tokens", "audio_tokens", "reasoning_tokens"),
        *("accepted_prediction_tokens", "rejected_prediction_tokens"),
    )
)
"""Names that the API gives: the model has no say in them. All others are judged."""

_GROWING = frozenset(
    {"content", "text", "refusal", "reasoning", "reasoning_content", "thinking", "transcript", "summary"}
)
"""Last words of channels whose pieces clients put together. Other strings are sent whole or not yet."""

_JOINED = dict.fromkeys(
    ("content[]", "content[].text", "content[].content", "content.text", "content.content"), "content"
)
_JOINED |= dict.fromkeys(("content[].refusal", "content.refusal"), "refusal")
_INDEX = re.compile(r"\[\d+\]")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(slots=True)
class Place:
    """One string: `holder[key]` is `text`, said in `channel`. `holder` is part of the parsed answer.

    `path` is where it stands; places of several paths share a channel when clients read them as one text.
    """

    holder: Any
    key: Any
    channel: str
    text: str
    path: str

    def put(self, text: str) -> None:
        self.holder[self.key] = text

    def leave(self) -> None:
        """Takes the string out; in a list its position stays, so that the others keep theirs."""
        if isinstance(self.holder, dict):
            self.holder.pop(self.key, None)
        else:
            self.holder[self.key] = ""


MOST_VALUES = 200_000
"""Members and elements that are looked at in one value: beyond it is refused, for no answer of use has as many."""

CHOICE = "choice:"
"""What the names of places beside the message begin with; no name in the message does."""


def grows(channel: str) -> bool:
    """Whether clients append the pieces of this channel, so that it can be sent in any cut."""
    return channel.rpartition(".")[2].partition("[")[0] in _GROWING


def joined_channel(channel: str, key: str) -> str:
    """The name of a member's place. Keys that hold other signs are quoted, so that no two places share a name."""
    named = key if _PLAIN_KEY.fullmatch(key) else f"[{dumps(key)}]"
    return f"{channel}.{named}" if channel else named


def judged_channel(path: str) -> str:
    """The channel of a place: parts of a list that clients append to one another are one text (`content[].text`)."""
    if "." not in path and "[" not in path:
        return path
    if path.startswith("tool_calls[") or not grows(path):
        return path
    plain = _INDEX.sub("[]", path)
    return _JOINED.get(plain, plain)


def texts_of(places: Sequence[Place]) -> dict[str, str]:
    """What places say in each channel."""
    texts: dict[str, str] = {}
    for place in places:
        texts[place.channel] = texts.get(place.channel, "") + place.text
    return texts


def give_back(places: Sequence[Place], released: Mapping[str, str], may_stand_alone: IsHarmless) -> None:
    """Puts what was released of each channel into its places.

    They keep their cuts where nothing was changed, but what must not be read by itself is emptied. A changed text
    stands in the first place. What is left must be harmless: the channel may have gone on behind these places.
    """
    for channel, said in texts_of(places).items():
        parts = [place for place in places if place.channel == channel]
        text = released.get(channel, "")
        texts = [part.text for part in parts] if text == said else [text, *[""] * (len(parts) - 1)]
        texts = [each if may_stand_alone(each) else "" for each in texts]
        fits = len(parts) == 1 or may_stand_alone("".join(texts))
        for part, each in zip(parts, texts, strict=True):
            part.put(each if fits else "")


class Walk:
    """Collects the places under a value, and takes out what cannot be judged as text.

    `dropped` counts members taken out because of their key, and numbers because of their digits. Unless they are kept,
    fields that repeat the text and recorded speech are emptied on the way; that is not counted.
    """

    def __init__(self, is_harmless: IsHarmless, keeps_repeats: bool = False, most: int = MOST_VALUES) -> None:
        """`most`: members and elements in all, of which all but a few may be numbers or strings to judge."""
        self.places: list[Place] = []
        self.dropped = 0
        self._left = most
        self._is_harmless, self._keeps_repeats = is_harmless, keeps_repeats

    def members(self, holder: dict[str, Any], channel: str, skip: frozenset[str] = frozenset()) -> None:
        """Walks the members of an object; `skip` names those that are read in another way.

        Raises `UpstreamFailure` where there are too many.
        """
        self._count(holder)
        unfit: list[str] = []
        audio = not self._keeps_repeats and _is_audio(holder)
        for key, value in holder.items():
            if key in skip:
                continue
            if key not in PROTOCOL_KEYS and not self._is_harmless(key):
                unfit.append(key)
            elif value is None:
                continue
            elif self._keeps_repeats:
                self._value(holder, key, value, joined_channel(channel, key))
            elif key in REPEATS and isinstance(value, str | list | dict):
                holder[key] = None
            elif audio and _may_be_sound(key, value):
                holder[key] = _silence(value)
            elif key in _AUDIO:
                self._speech(holder, key, value, joined_channel(channel, key))
            else:
                self._value(holder, key, value, joined_channel(channel, key))
        for key in unfit:
            del holder[key]
            self.dropped += 1

    def _value(self, holder: Any, key: Any, value: Any, path: str) -> None:
        if isinstance(value, str):
            if not value or value in ENUMERATIONS.get(key, ()):
                return
            self.places.append(Place(holder, key, judged_channel(path), value, path))
        elif isinstance(value, dict):
            self.members(value, path)
        elif isinstance(value, list):
            self._count(value)
            for index, item in enumerate(value):
                self._value(value, index, item, f"{path}[{index}]")
        elif value is None or isinstance(value, bool):
            return
        elif grows(path):
            self.places.append(Place(holder, key, judged_channel(path), dumps(value), path))
        elif not is_harmless_number(key, value, self._is_harmless):
            holder[key] = None
            self.dropped += 1

    def _count(self, values: dict[str, Any] | list[Any]) -> None:
        self._left -= len(values)
        if self._left < 0:
            raise unreadable("it has too many members and elements")

    def _speech(self, holder: Any, key: Any, value: Any, path: str) -> None:
        """What is named as recorded speech: words in its objects are read, anything that may be sound is emptied."""
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            for index, item in enumerate(value):
                self._speech(value, index, item, f"{path}[{index}]")
        elif isinstance(value, dict):
            for name, member in value.items():
                if _may_be_sound(name, member):
                    value[name] = _silence(member)
            self.members(value, path)
        elif isinstance(value, str | list):
            holder[key] = _silence(value)
        else:
            self._value(holder, key, value, path)


def _is_audio(holder: dict[str, Any]) -> bool:
    type_ = holder.get("type")
    return isinstance(type_, str) and type_ in _AUDIO


def _may_be_sound(key: str, value: Any) -> bool:
    return key not in _AUDIO_TOLD and isinstance(value, str | list | dict)


def _silence(value: Any) -> str | None:
    """Clients append the pieces of a text, and null cannot be appended."""
    return "" if isinstance(value, str) else None
