"""Every string of an answer, with the place where it stands.

Walk, don't list: what is not on the short lists below is something the model said. A place is named by its path in the
message (`content`, `content[0].text`, `annotations[0].url_citation.title`), and that name is its channel. Keys are
strings too: each has to pass `is_harmless`, or it goes with its value.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from guardproxy.exact_json import dumps

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

REPEATS = frozenset({"logprobs", "prompt_logprobs", "token_ids", "prompt_token_ids", "output_token_ids"})
"""Fields that say the text again, as tokens: a rewritten answer would leak through them."""

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

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(slots=True)
class Place:
    """One string: `holder[key]` is `text`, said in `channel`. `holder` is part of the parsed answer."""

    holder: Any
    key: Any
    channel: str
    text: str

    def put(self, text: str) -> None:
        self.holder[self.key] = text

    def leave(self) -> None:
        """Takes the string out; in a list its position stays, so that the others keep theirs."""
        if isinstance(self.holder, dict):
            self.holder.pop(self.key, None)
        else:
            self.holder[self.key] = ""


CHOICE = "choice:"
"""What the names of places beside the message begin with; no name in the message does."""


def grows(channel: str) -> bool:
    """Whether clients append the pieces of this channel, so that it can be sent in any cut."""
    return channel.rpartition(".")[2].partition("[")[0] in _GROWING


def joined_channel(channel: str, key: str) -> str:
    """The name of a member's place. Keys that hold other signs are quoted, so that no two places share a name."""
    named = key if _PLAIN_KEY.fullmatch(key) else f"[{dumps(key)}]"
    return f"{channel}.{named}" if channel else named


class Walk:
    """Collects the places under a value. `dropped` counts members taken out because of their key."""

    def __init__(self, is_harmless: IsHarmless) -> None:
        self.places: list[Place] = []
        self.dropped = 0
        self._is_harmless = is_harmless

    def members(self, holder: dict[str, Any], channel: str, skip: frozenset[str] = frozenset()) -> None:
        """Walks the members of an object; `skip` names those that are read in another way."""
        unfit: list[str] = []
        for key, value in holder.items():
            if key in skip:
                continue
            if key not in PROTOCOL_KEYS and not self._is_harmless(key):
                unfit.append(key)
            elif value is not None:
                self._value(holder, key, value, joined_channel(channel, key))
        for key in unfit:
            del holder[key]
            self.dropped += 1

    def _value(self, holder: Any, key: Any, value: Any, channel: str) -> None:
        if isinstance(value, str):
            if not value or value in ENUMERATIONS.get(key, ()):
                return
            self.places.append(Place(holder, key, channel, value))
        elif isinstance(value, dict):
            self.members(value, channel)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self._value(value, index, item, f"{channel}[{index}]")
