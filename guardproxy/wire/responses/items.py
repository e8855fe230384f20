"""One item of a response: its texts, its call, and the parts whose citations and log probabilities follow the text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from guardproxy.wire.chat.citations import follow
from guardproxy.wire.chat.repeats import delivered_logprobs
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.responses.calls import CallItem, call_in, own_members
from guardproxy.wire.responses.names import WORDS
from guardproxy.wire.responses.walk import Text, Walk, Whose
from guardproxy.wire.unchanged import kept_parts, moved


@dataclass(slots=True)
class Part:
    """A part of a message: when its text is rewritten, what speaks of parts of the text has to follow."""

    value: dict[str, Any]
    text: str

    def follow(self, is_harmless: IsHarmless) -> bool:
        """Called once the text as delivered stands in its place. True if a citation was dropped."""
        now = self.value.get("text")
        now = now if isinstance(now, str) else ""
        kept = kept_parts(self.text, now)
        logprobs = self.value.get("logprobs")
        if logprobs:
            said = {"content": logprobs}
            allowed = delivered_logprobs(said, {"content": self.text}, {"content": kept}, is_harmless)
            self.value["logprobs"] = (allowed or {}).get("content") or []
        cited = self.value.get("annotations")
        if now == self.text or not isinstance(cited, list):
            return False
        self.value["annotations"] = [a for a in cited if follow(a, lambda start, end: moved(start, end, kept))]
        return len(self.value["annotations"]) < len(cited)


@dataclass(slots=True)
class ReadItem:
    """`index` is its place in the output as the upstream counts."""

    value: dict[str, Any]
    index: int
    texts: list[Text]
    call: CallItem | None
    parts: list[Part] = field(default_factory=list)
    dropped: int = 0


def read_item(
    item: dict[str, Any], index: int, is_harmless: IsHarmless, keeps_repeats: bool, is_whole: bool = True
) -> ReadItem:
    """Raises `UpstreamFailure` for what is not written as the API says.

    A call that is not whole yet (`is_whole`) is no call: what it says already is judged as text.
    """
    call = call_in(item)
    walk = Walk(is_harmless, keeps_repeats)
    skip = frozenset[str]()
    if call is not None:
        skip = own_members(call.kind) if is_whole else frozenset({"name"})
    walk.members(item, f"output[{index}]", skip, whose(item))
    parts = [] if keeps_repeats else list(parts_in(item))
    return ReadItem(item, index, walk.texts, call, parts, walk.dropped)


def whose(item: dict[str, Any]) -> Whose:
    """What is no kind of item that we know is taken for something that the user reads."""
    kind = item.get("type")
    is_message = kind == "message" or kind is None
    known = isinstance(kind, str) and kind in WORDS["type"]
    is_reply = item.get("role", "assistant") == "assistant" if is_message else not known
    return "reply" if is_reply else "other"


def parts_in(item: dict[str, Any]) -> Iterator[Part]:
    content = item.get("content")
    for value in content if isinstance(content, list) else ():
        if isinstance(value, dict) and isinstance(value.get("text"), str):
            yield Part(value, value["text"])
