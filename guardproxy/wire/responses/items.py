"""One item of a response: its texts, its call, and the parts whose citations and log probabilities follow the text."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from guardproxy.wire.chat.citations import follow
from guardproxy.wire.chat.repeats import delivered_logprobs
from guardproxy.wire.errors import unreadable
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.responses.calls import CallItem, call_in, own_members
from guardproxy.wire.responses.names import ASKING, ITEMS, TOOL_LISTS
from guardproxy.wire.responses.walk import Text, Walk, Whose, channel_at
from guardproxy.wire.unchanged import kept_parts, moved

MOST_CITATIONS = 2000
"""In one response."""

SHOWN_PARTS = ("output_text", "refusal")
"""Parts that clients show as what the model says, wherever they stand."""


@dataclass(slots=True)
class Part:
    """A part of a message: when its text is rewritten, what speaks of parts of the text has to follow."""

    value: dict[str, Any]
    text: str

    def follow(self, is_harmless: IsHarmless) -> bool:
        """Called once the text as delivered stands in its place. True if a citation was dropped."""
        now = self.value.get("text")
        now = now if isinstance(now, str) else ""
        logprobs, cited = self.value.get("logprobs"), self.value.get("annotations")
        kept = kept_parts(self.text, now) if logprobs or cited else ()
        if logprobs:
            said = {"content": logprobs}
            allowed = delivered_logprobs(said, {"content": self.text}, {"content": kept}, is_harmless)
            self.value["logprobs"] = (allowed or {}).get("content") or []
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
    parts = [] if keeps_repeats else list(parts_in(item))
    count_citations(parts)
    path = f"output[{index}]"
    tools = f"{path}.tools" if str(item.get("type")) in TOOL_LISTS else None
    walk = Walk(is_harmless, keeps_repeats, {id(part.value) for part in parts}, tools)
    skip = frozenset[str]()
    if call is not None:
        skip = own_members(call.kind) if is_whole else frozenset({"name"})
    walk.members(item, path, skip, channel=channels_of(item, path))
    return ReadItem(item, index, walk.texts, call, parts, walk.dropped)


def channels_of(item: dict[str, Any], path: str) -> Callable[[str], str]:
    """Where the texts of an item are judged: as replies where clients may show them as such, whatever the server says
    of who wrote them. What is no kind of item that we know is taken for something that the user reads.
    """
    kind = item.get("type")
    is_message = kind == "message" or kind is None
    whole: Whose = "reply" if is_message or not (isinstance(kind, str) and kind in ITEMS) else "other"
    is_asking = is_message and str(item.get("role")) in ASKING
    content = item.get("content")
    kinds: dict[str, Whose] = {}
    for place, part in enumerate(content if isinstance(content, list) else ()):
        name = part.get("type") if isinstance(part, dict) else None
        if name in SHOWN_PARTS:
            kinds[f"{path}.content[{place}]"] = "reply"
        elif is_asking and name == "input_text":
            kinds[f"{path}.content[{place}]"] = "other"
    return lambda at: channel_at(at, kinds.get(at.rpartition(".")[0], whole))


def parts_in(item: dict[str, Any]) -> Iterator[Part]:
    """The parts with a text."""
    content = item.get("content")
    for value in content if isinstance(content, list) else ():
        if isinstance(value, dict) and isinstance(value.get("text"), str):
            yield Part(value, value["text"])


def count_citations(parts: Iterable[Part], before: int = 0) -> int:
    """How many citations a response has with these, which follow so many. Raises `UpstreamFailure` for too many."""
    listed = (part.value.get("annotations") for part in parts)
    count = before + sum(len(cited) for cited in listed if isinstance(cited, list))
    if count > MOST_CITATIONS:
        raise unreadable(f"it has more than {MOST_CITATIONS} citations")
    return count
