"""Events of the content blocks of a streamed message: what each tells the enforcer, and what is sent of it."""

from collections.abc import Mapping, Sequence

from guardproxy.conversation import ToolCall
from guardproxy.streaming.events import CallArrived, CallEnded, Event, TextArrived, TextEnded
from guardproxy.wire.anthropic.blocks import SPOKEN, THOUGHTS, read_block
from guardproxy.wire.anthropic.fields import is_plain_type, places_in
from guardproxy.wire.anthropic.stream_blocks import ArrivingBlock, Outgoing
from guardproxy.wire.anthropic.stream_events import Value, index_of, object_in
from guardproxy.wire.anthropic.voices import Voices, alone, are_glued, is_undecided
from guardproxy.wire.anthropic.writing import Writing, texts_of, told
from guardproxy.wire.errors import unreadable
from guardproxy.wire.places import Place

_DELTAS = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "thinking", "citations_delta": "text"}
"""The kinds of blocks that deltas belong to. A delta that clients would put elsewhere than we is refused."""


class BlockEvents:
    """The blocks of one message."""

    def __init__(self, writing: Writing) -> None:
        self._writing, self._beside, self._held = writing, writing.beside, writing.held
        self._out, self._voices = Outgoing(), Voices()
        self._blocks: dict[int, ArrivingBlock] = {}
        self._arriving: set[int] = set()
        self._calls: list[ArrivingBlock] = []
        self._lost: set[str] = set()
        """The ids of calls that are not delivered."""
        self._latest: dict[str, ArrivingBlock] = {}
        """The block that a text has come to."""
        self._citations = 0

    @property
    def all_calls_are_lost(self) -> bool:
        return bool(self._lost) and len(self._lost) == len(self._calls)

    def close(self) -> bytes:
        """The ends of the blocks that were begun and not ended."""
        return self._out.close()

    def late(self) -> bytes:
        """What rules have put behind texts whose blocks had ended; only once the answer is complete."""
        channels = dict.fromkeys(("content", *(each.channel for each in self._latest.values())))
        return b"".join(self._out.late(text) for name in channels if (text := self._held.unsaid(name)))

    def thoughts_ended(self) -> list[Event]:
        """What else begins ends the thoughts before it."""
        ended = self._voices.other()
        return [] if ended is None else [TextEnded(ended)]

    def _block_of(self, value: Value) -> ArrivingBlock:
        index = index_of(value)
        if index not in self._arriving:
            raise unreadable("an event belongs to no open content block")
        return self._blocks[index]

    def start(self, value: Value) -> list[Event]:
        index = index_of(value)
        if index in self._blocks:
            raise unreadable("a content block begins twice")
        if any(self._blocks[each].block.kind in SPOKEN for each in self._arriving):
            raise unreadable("a content block begins within a text")
        block = read_block(object_in(value, "content_block"), index, self._beside)
        arriving = self._blocks[index] = ArrivingBlock(block)
        self._arriving.add(index)
        places = [*block.sides, *self._writing.sides(value, "index", "content_block")]
        events = self.thoughts_ended() if block.kind not in THOUGHTS else []
        events += told(block.sides) + told(places[len(block.sides) :], ended=False)
        if block.is_call:
            return events + self._begin_call(value, arriving, places)
        if block.kind == "thinking":
            arriving.channel = self._voices.thinking(index)

        def write(released: Mapping[str, str]) -> bytes:
            self._writing.put(places, released)
            if block.is_void or block.answers in self._lost:
                return b""
            self._out.begin(arriving)
            return arriving.event(value)

        self._held.add(texts_of(places), write)
        if block.words:
            block.put("")
            events += self.delta(arriving.delta(block.words))
        return events

    def _begin_call(self, value: Value, arriving: ArrivingBlock, places: Sequence[Place]) -> list[Event]:
        arriving.key = len(self._calls)
        self._calls.append(arriving)

        def put(released: Mapping[str, str]) -> bytes:
            self._writing.put(places, released)
            return b""

        def write(call: ToolCall | None) -> bytes:
            if call is None:
                self._lost.add(arriving.block.id or " ")
                return b""
            self._out.begin(arriving)
            return arriving.call_events(value, call) + self._out.end(arriving)

        self._held.add(texts_of(places), put)
        self._held.call(arriving.key, write)
        return [CallArrived(arriving.key, "", arriving.block.value["name"], arriving.block.id)]

    def stop(self, value: Value) -> list[Event]:
        arriving = self._block_of(value)
        self._arriving.discard(arriving.block.index)
        if arriving.block.is_call:
            return self._call_stop(arriving)
        events = self._decide(arriving) if arriving.undecided else []
        if arriving.kept_together:
            events.append(TextEnded(alone(arriving.block.index)))

        def write(released: Mapping[str, str]) -> bytes:
            text = "".join(arriving.delivered) if arriving.kept_together else ""
            shown = arriving.saying(text) if text and self._beside.harmless(text) else b""
            return shown + self._signatures(arriving) + self._out.end(arriving)

        self._held.add({}, write)
        return events

    def _signatures(self, arriving: ArrivingBlock) -> bytes:
        """The proof of thoughts that were rewritten would prove others, so it is left out with them."""
        pieces = [arriving.block.value.get("signature"), *(each["delta"]["signature"] for each in arriving.signed)]
        joined = "".join(piece for piece in pieces if isinstance(piece, str))
        may_pass = self._beside.keeps_repeats or (arriving.is_unchanged and self._beside.harmless(joined))
        return b"".join(map(arriving.event, arriving.signed)) if may_pass else b""

    def _call_stop(self, arriving: ArrivingBlock) -> list[Event]:
        """A call without deltas says its input at its beginning; one that has both could be read in two ways."""
        given = arriving.block.call.arguments
        if not arriving.arguments.strip():
            return [CallArrived(arriving.key, given), CallEnded(arriving.key)]
        if given != "{}":
            raise unreadable("a call has its input twice")
        return [CallEnded(arriving.key)]

    # --- deltas -----------------------------------------------------------------------------------------------------

    def delta(self, value: Value) -> list[Event]:
        arriving, delta = self._block_of(value), object_in(value, "delta")
        type_ = delta.get("type")
        if (
            not isinstance(type_, str)
            or not is_plain_type(type_)
            or _DELTAS.get(type_, arriving.block.kind) != arriving.block.kind
        ):
            raise unreadable("a delta belongs to another kind of block")
        if type_ == "input_json_delta":
            return self._more_input(arriving, value, delta)
        if type_ == "signature_delta":
            return self._signature(arriving, value, delta)
        if type_ == "citations_delta":
            return self._citation(arriving, value, delta)
        if type_ in _DELTAS:
            return self._more_words(arriving, value, delta)
        places = self._writing.places(value, f"{arriving.block.kind}[{arriving.block.index}].{type_}", "index")
        self._held.add(texts_of(places), self._writing.writer(value, places, arriving))
        return told(places, ended=False)

    def _more_input(self, arriving: ArrivingBlock, value: Value, delta: Value) -> list[Event]:
        if not arriving.block.is_call or not isinstance(delta.get("partial_json"), str):
            raise unreadable("`input_json_delta` without text, or for what is no call")
        arriving.pieces.append(_known_alone(value, "partial_json"))
        return [CallArrived(arriving.key, delta["partial_json"])]

    def _signature(self, arriving: ArrivingBlock, value: Value, delta: Value) -> list[Event]:
        """It waits for the end of its block, since it may come in pieces, of which each would be harmless."""
        if not isinstance(delta.get("signature"), str):
            raise unreadable("`signature` of a delta is no text")
        arriving.signed.append(_known_alone(value, "signature"))
        return []

    def _citation(self, arriving: ArrivingBlock, value: Value, delta: Value) -> list[Event]:
        self._citations += 1
        prefix = f"content[{arriving.block.index}].citations[{self._citations}]"
        places, dropped = places_in(object_in(delta, "citation"), prefix, self._beside)
        if dropped:
            return []
        self._held.add(texts_of(places), self._writing.writer(_known_alone(value, "citation"), places, arriving))
        return told(places)

    def _more_words(self, arriving: ArrivingBlock, value: Value, delta: Value) -> list[Event]:
        name = SPOKEN[arriving.block.kind]
        text = delta.get(name)
        if not isinstance(text, str):
            raise unreadable(f"`{name}` of a delta is no text")
        if arriving.said or (arriving.channel and not text):
            return self._say(arriving, value)
        if arriving.channel:
            return self._go_on(arriving, text) + self._say(arriving, value)
        arriving.undecided.append(value)
        beginning = "".join(piece["delta"][name] for piece in arriving.undecided)
        return [] if is_undecided(beginning) else self._decide(arriving)

    def _decide(self, arriving: ArrivingBlock) -> list[Event]:
        """How the text begins is known, and so is which text it goes on with."""
        waiting, arriving.undecided = arriving.undecided, []
        beginning = "".join(piece["delta"]["text"] for piece in waiting)
        arriving.channel = self._voices.text(arriving.block.index, beginning)
        events = self._go_on(arriving, beginning)
        return events + [event for value in waiting for event in self._say(arriving, value)]

    def _go_on(self, arriving: ArrivingBlock, beginning: str) -> list[Event]:
        """The words of a block begin, maybe with the rest of a word of the block before."""
        before = self._latest.get(arriving.channel)
        events: list[Event] = []
        if before is not None and not self._beside.keeps_repeats and are_glued(before.said[-1], beginning):
            before.checked = arriving.kept_together = True
            name = alone(before.block.index)
            if not before.kept_together:
                events += [TextArrived(name, "".join(before.said)), TextEnded(name)]
        if beginning:
            self._latest[arriving.channel] = arriving
        return events

    def _say(self, arriving: ArrivingBlock, value: Value) -> list[Event]:
        delta, name = value["delta"], SPOKEN[arriving.block.kind]
        text = delta[name]
        if text:
            arriving.said.append(text)

        def write(released: str) -> bytes:
            arriving.delivered.append(released)
            if arriving.kept_together:
                return b""
            if arriving.checked and not self._beside.harmless("".join(arriving.delivered)):
                return b""
            return arriving.event({**value, "delta": {**delta, name: released}})

        places = self._writing.sides(value, "index", "delta") + self._writing.places(
            delta, f"{arriving.channel}.delta", name
        )
        if text and not places:
            self._held.say(arriving.channel, text, write)
        else:
            told_with = {**texts_of(places), arriving.channel: text}
            self._held.add(told_with, self._writing.writer_of_words(places, arriving.channel, write))
        events = told(places, ended=False)
        if text and arriving.kept_together:
            events.append(TextArrived(alone(arriving.block.index), text))
        return [*events, TextArrived(arriving.channel, text)] if text else events


def _known_alone(value: Value, name: str) -> Value:
    """A delta with nothing in it that the API does not name."""
    delta = {key: value["delta"][key] for key in ("type", name)}
    return {"type": value["type"], "index": value["index"], "delta": delta}
