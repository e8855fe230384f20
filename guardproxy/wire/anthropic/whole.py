"""Whole messages: reading the upstream's, and writing the one that is delivered."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from guardproxy.checks.verdict import Verdict
from guardproxy.conversation import ToolCall
from guardproxy.exact_json import JsonError, encoded, loads
from guardproxy.streaming.events import CallArrived, Event, Finished, TextArrived
from guardproxy.wire.anthropic.blocks import THOUGHTS, Block, read_block, shared_out
from guardproxy.wire.anthropic.fields import counted
from guardproxy.wire.anthropic.voices import Voices, alone, are_glued
from guardproxy.wire.errors import reported_error, unreadable
from guardproxy.wire.hidden_calls import HiddenCalls
from guardproxy.wire.judgement import Judgement
from guardproxy.wire.places import IsHarmless, Place
from guardproxy.wire.side_strings import SideStrings
from guardproxy.wire.usage import total

_OF_THE_ANSWER = ("content", "stop_reason", "stop_sequence", "stop_details")
_KEPT_OF_A_BLOCKED_ONE = ("id", "type", "role", "model", "usage")

TOOL_USE, END_TURN = "tool_use", "end_turn"


def refused(notice: str) -> dict[str, Any]:
    """How a message says that it was refused: the words stand where the API explains its own refusals."""
    details = {"type": "refusal", "category": None, "explanation": notice}
    return {"stop_reason": "refusal", "stop_sequence": None, "stop_details": details}


class MessageUnit:
    """All that one message says. Raises `UpstreamFailure` for what is no message."""

    index = 0

    def __init__(self, value: dict[str, Any], beside: SideStrings) -> None:
        content = value.get("content")
        if not isinstance(content, list):
            raise unreadable("`content` of the message is no list")
        if not beside.keeps_repeats:
            HiddenCalls().refuse(value, skip=frozenset({"content"}))
        self.value = value
        self._beside = beside
        self._blocks = [read_block(block, index, beside) for index, block in enumerate(content)]
        self._calls = dict(enumerate(block for block in self._blocks if block.is_call))
        self._texts = self._channels()
        self.dropped = sum(block.dropped for block in self._blocks)

    def _channels(self) -> dict[str, list[Block]]:
        """The texts of the message, and the blocks that each goes through."""
        voices = Voices()
        texts: dict[str, list[Block]] = {}
        for block in self._blocks:
            if block.kind == "text":
                texts.setdefault(voices.text(block.index, block.words), []).append(block)
            elif block.kind == "thinking":
                texts.setdefault(voices.thinking(block.index), []).append(block)
            elif block.kind not in THOUGHTS:
                voices.other()
        return texts

    def events(self) -> Iterator[Event]:
        for channel, blocks in self._texts.items():
            yield TextArrived(channel, "".join(block.words for block in blocks))
            for block in glued_ones(blocks):
                yield TextArrived(alone(block.index), block.words)
        for block in self._blocks:
            for place in block.sides:
                yield TextArrived(place.channel, place.text)
        for key, block in self._calls.items():
            call = block.call
            yield CallArrived(key, call.arguments, call.name, call.id)
        yield Finished()

    def deliver(self, judged: Judgement) -> bool:
        """Puts what may be sent into the message. True if anything differs from what the model said."""
        changed, gone = False, self._deliver_calls(judged.calls)
        for channel, blocks in self._texts.items():
            words = [block.words for block in blocks]
            shared = shared_out(words, judged.released.get(channel, ""), self._may_stand_alone)
            for block, text in zip(blocks, shared, strict=True):
                if text == block.words:
                    continue
                changed = block.put(text)
                if block.kind == "thinking":
                    gone.add(block.index)  # its signature proves other thoughts
        changed = self._deliver_sides(judged.released) or changed
        for key, block in self._calls.items():
            changed = (key in judged.calls and block.put_call(judged.calls[key])) or changed
        self._remove(gone)
        return changed or bool(gone)

    def _may_stand_alone(self, text: str) -> bool:
        return self._beside.keeps_repeats or self._beside.harmless(text)

    def _deliver_sides(self, released: Mapping[str, str]) -> bool:
        sides: dict[str, list[Place]] = {}
        for block in self._blocks:
            for place in block.sides:
                sides.setdefault(place.channel, []).append(place)
        changed = False
        for channel, places in sides.items():
            changed = put_back(places, released.get(channel, ""), self._may_stand_alone) or changed
        return changed

    def _deliver_calls(self, calls: Mapping[int, ToolCall]) -> set[int]:
        """The indexes of blocks that go: calls that are not delivered, and what the provider's tools said to them."""
        lost = [block for key, block in self._calls.items() if key not in calls]
        ids = {block.id for block in lost if block.id}
        answers = {block.index for block in self._blocks if block.answers in ids}
        if lost and len(lost) == len(self._calls) and self.value.get("stop_reason") == TOOL_USE:
            self.value["stop_reason"] = END_TURN
        return {block.index for block in self._blocks if block in lost or block.is_void} | answers

    def _remove(self, gone: set[int]) -> None:
        self.value["content"] = [block.value for block in self._blocks if block.index not in gone]

    def block(self, verdict: Verdict) -> None:
        """No content, as the API itself refuses; nothing of the model's remains."""
        kept = {key: self.value[key] for key in _KEPT_OF_A_BLOCKED_ONE if key in self.value}
        self.value.clear()
        self.value.update(kept, content=[], **refused(verdict.notice))


def glued_ones(blocks: Sequence[Block]) -> list[Block]:
    """Those whose words may make one with those of a neighbour, so that they are judged by themselves too."""
    spoken = [block for block in blocks if block.words]
    pairs = [pair for pair in pairwise(spoken) if are_glued(pair[0].words, pair[1].words)]
    return [block for block in spoken if any(block in pair for pair in pairs)]


def put_back(places: Sequence[Place], released: str, may_stand_alone: IsHarmless) -> bool:
    """Puts what was released of a text into its places. True if any of them differs."""
    changed = False
    for place, text in zip(places, shared_out([p.text for p in places], released, may_stand_alone), strict=True):
        if text != place.text:
            place.put(text)
            changed = True
    return changed


def read_message(body: bytes) -> dict[str, Any]:
    """Raises `UpstreamFailure` for what is no message."""
    try:
        value = loads(body)
    except JsonError as error:
        raise unreadable(f"as JSON, {error.reason}") from None
    reported = reported_error(value)
    if reported is not None:
        raise reported
    if not isinstance(value, dict) or value.get("type", "message") != "message":
        raise unreadable("it is no message")
    return value


class WholeMessage:
    """A whole message; all of it is one unit."""

    content_type = b"application/json"

    def __init__(self, body: bytes, beside: SideStrings) -> None:
        self._beside = beside
        self._unit = MessageUnit(read_message(body), beside)

    @property
    def units(self) -> list[MessageUnit]:
        return [self._unit]

    def another(self, place: int, body: bytes) -> MessageUnit:
        """Another message in the place of this one, of which it keeps all that is no part of the answer."""
        first, new = self._unit.value, read_message(body)
        usage = total(first.get("usage"), new.get("usage"))
        answer = {key: new[key] for key in _OF_THE_ANSWER if key in new}
        self._unit = MessageUnit({**first, **answer, "usage": usage}, self._beside)
        return self._unit

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        """The members in the order in which they came, those beside `content` searched too."""
        value = self._unit.value
        others = {key: member for key, member in value.items() if key not in ("content", "usage")}
        kept = beside.clean(others, f"msg_{decision}")
        kept["content"] = value["content"]
        if "usage" in value:
            kept["usage"] = value["usage"] if beside.keeps_repeats else counted(value["usage"], beside.harmless)
        body = {key: kept[key] for key in value if key in kept}
        return encoded({**body, "guardproxy": remark} if remark is not None else body)
