"""Whole responses, compacted ones and lists of items: reading the upstream's, and writing what is delivered."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from guardproxy.checks.verdict import Verdict
from guardproxy.conversation import ToolCall
from guardproxy.exact_json import JsonError, encoded, loads
from guardproxy.streaming.events import CallArrived, Event, Finished, TextArrived
from guardproxy.wire.errors import unreadable
from guardproxy.wire.judgement import Judgement
from guardproxy.wire.responses.alone import alone_channel, are_glued
from guardproxy.wire.responses.beside import Beside, blocked_state, refusal_item
from guardproxy.wire.responses.items import count_citations, read_item
from guardproxy.wire.responses.strays import refuse_calls_beside
from guardproxy.wire.responses.views import View, share
from guardproxy.wire.responses.walk import CONTENT, JOINED, Text
from guardproxy.wire.side_strings import SideStrings
from guardproxy.wire.usage import total

_LISTS = {"response": "output", "response.compaction": "output", "list": "data"}
"""Where the items are, by the kind of object."""


class WholeOutput:
    """All that one response says. `events` tells an enforcer about it, `deliver` writes what it decided."""

    index = 0

    def __init__(self, items: list[dict[str, Any]], beside: SideStrings) -> None:
        self.items = items
        self._beside = beside
        self._read = [read_item(item, place, beside.harmless, beside.keeps_repeats) for place, item in enumerate(items)]
        count_citations(part for read in self._read for part in read.parts)
        self.dropped = sum(read.dropped for read in self._read)
        self._alone = dict(alone_in(self._texts))
        self.verdict: Verdict | None = None
        """Why it was blocked."""

    def events(self) -> Iterator[Event]:
        for text in self._texts:
            yield TextArrived(text.channel, text.text)
            if id(text) in self._alone:
                yield TextArrived(self._alone[id(text)], text.text)
        for key, read in enumerate(self._read):
            if read.call is not None:
                yield CallArrived(key, read.call.arguments, read.call.name, read.call.id)
        yield Finished()

    @property
    def _texts(self) -> list[Text]:
        return [text for read in self._read for text in read.texts]

    def deliver(self, judged: Judgement) -> bool:
        """Puts what may be sent into the items. True if anything differs from what the model said."""
        changed = self._deliver_texts(judged.released)
        for read in self._read:
            for part in read.parts:
                changed = part.follow(self._beside.harmless) or changed
        return self._deliver_calls(judged.calls) or changed

    def _deliver_texts(self, released: Mapping[str, str]) -> bool:
        texts: dict[str, list[Text]] = {}
        for text in self._texts:
            texts.setdefault(text.channel, []).append(text)
        changed = False
        for channel, parts in texts.items():
            for part, delivered in zip(parts, self._shares(channel, parts, released), strict=True):
                if delivered != part.text:
                    part.put(delivered)
                    changed = True
        return changed

    def _shares(self, channel: str, parts: Sequence[Text], released: Mapping[str, str]) -> list[str]:
        """A text that was judged as one, in its parts again."""
        alone = [released.get(self._alone.get(id(part), ""), "") for part in parts]
        if "".join(alone) == released.get(channel, ""):
            return alone
        together = _view("".join(part.text for part in parts), released.get(channel, ""))
        shares: list[str] = []
        at = 0
        for part, by_itself in zip(parts, alone, strict=True):
            views = [(together, at)]
            if id(part) in self._alone:
                views.append((_view(part.text, by_itself), 0))
            shares.append(share(part.text, views, is_last=part is parts[-1]))
            at += len(part.text)
        if len(parts) > 1 and not self._may_stand_alone(shares):
            return ["".join(shares), *[""] * (len(parts) - 1)]
        return shares

    def _may_stand_alone(self, shares: Sequence[str]) -> bool:
        """Whether parts that were judged together may be shown one by one: a key ends where its part ends."""
        harmless = self._beside.harmless
        return self._beside.keeps_repeats or all(map(harmless, shares))

    def _deliver_calls(self, calls: Mapping[int, ToolCall]) -> bool:
        changed = False
        kept: list[dict[str, Any]] = []
        for key, read in enumerate(self._read):
            call = calls.get(key)
            if read.call is not None and call is not None:
                changed = read.call.deliver(call) or changed
            if read.call is None or call is not None:
                kept.append(read.value)
        changed = changed or len(kept) < len(self.items)
        self.items = kept
        return changed

    def block(self, verdict: Verdict) -> None:
        """Nothing of the model's remains; the notice is written with the decision's name (`WholeResponse`)."""
        self.items, self.verdict = [], verdict

    def said(self) -> str:
        """What clients show as the text of the response."""
        return "".join(str(text.holder[text.key]) for text in self._texts if text.channel == CONTENT)


def alone_in(texts: Sequence[Text]) -> Iterator[tuple[int, str]]:
    """The texts of several messages, which are judged alone as well, and where. By the identity of each."""
    for channel in JOINED:
        said = [text for text in texts if text.channel == channel]
        glued = [are_glued(before.text, behind.text) for before, behind in pairwise(said)]
        edges = zip([False, *glued], [*glued, False], strict=True)
        for place, (text, is_glued) in enumerate(zip(said, map(any, edges), strict=False)) if glued else ():
            yield id(text), alone_channel(channel, place, text.text, is_glued)


def _view(text: str, released: str) -> View:
    view = View(text)
    view.release(released, len(text))
    return view


class WholeResponse:
    """A response, or a list of items; all that it says is one unit. Raises `UpstreamFailure` for what is none."""

    content_type = b"application/json"

    def __init__(self, body: bytes, beside: SideStrings) -> None:
        self._strings = beside
        self._value, self._list, items = self._parsed(body)
        self.units = [WholeOutput(items, beside)]

    def _parsed(self, body: bytes) -> tuple[dict[str, Any], str, list[dict[str, Any]]]:
        value, name, items = read_response(body)
        if not self._strings.keeps_repeats:
            refuse_calls_beside(value)
        return value, name, items

    def another(self, place: int, body: bytes) -> WholeOutput:
        """Another response, in the place of this one; it is the one that clients can go on from."""
        earlier = self._value.get("usage")
        value, self._list, items = self._parsed(body)
        if earlier is not None and value.get("usage") is not None:
            value["usage"] = total(earlier, value["usage"])
        self._value = value
        unit = self.units[place] = WholeOutput(items, self._strings)
        return unit

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        """The members in the order in which they came, those beside the items judged too."""
        unit, value = self.units[0], self._value
        about = Beside(beside, decision)
        if unit.verdict is not None:
            is_list = self._list == "data"
            state = blocked_state() if value.get("object") == "response" else {}
            item = refusal_item(decision, unit.verdict.notice)
            body = {**about.of_blocked(value), **state, self._list: [item]}
            body |= {"has_more": False} if is_list else {}
            return encoded({**body, "guardproxy": remark})
        kept = about.cleaned(value)
        kept[self._list] = unit.items
        if isinstance(value.get("output_text"), str):
            kept["output_text"] = unit.said()
        body = {key: kept[key] for key in (*value, self._list) if key in kept}
        return encoded({**body, "guardproxy": remark} if remark is not None else body)


def read_response(body: bytes) -> tuple[dict[str, Any], str, list[dict[str, Any]]]:
    """The parsed object, the name of its list, and its items. Raises `UpstreamFailure`."""
    try:
        value = loads(body)
    except JsonError as error:
        raise unreadable(f"as JSON, {error.reason}") from None
    kind = value.get("object") if isinstance(value, dict) else None
    name = _LISTS.get(kind) if isinstance(kind, str) else None
    if name is None:
        raise unreadable("it is no response")
    return value, name, items_in(value.get(name), name)


def items_in(listed: Any, name: str = "output") -> list[dict[str, Any]]:
    """The items; none where the list is missing. Raises `UpstreamFailure`."""
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise unreadable(f"`{name}` is no list of objects")
    return listed
