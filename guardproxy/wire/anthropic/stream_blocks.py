"""The blocks of a streamed message while they arrive: which text they go on with, and where they stand when sent."""

from dataclasses import dataclass, field

from guardproxy.conversation import ToolCall
from guardproxy.wire.anthropic.blocks import SPOKEN, Block, input_of
from guardproxy.wire.anthropic.stream_events import Value, stopped, written


@dataclass(slots=True)
class ArrivingBlock:
    """`place` is its index among the blocks that are sent, once its beginning was; None where it is not sent.

    `said` are its words as they came, `delivered` as they were released. Where the words of two blocks make one word,
    each may say alone what they do not say together: then the second is `kept_together`, to be sent at its end and all
    at once, and what is still held of the first is `checked`. What must not be shown by itself is not sent.
    """

    block: Block
    channel: str = ""
    place: int | None = None
    said: list[str] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)
    checked: bool = False
    kept_together: bool = False
    key: int = -1
    pieces: list[Value] = field(default_factory=list)
    """Of a call: the deltas that came, which are sent as they are if nothing in them was changed."""
    signed: list[Value] = field(default_factory=list)
    """Of thoughts: deltas with their signature."""
    undecided: list[Value] = field(default_factory=list)
    """Of a text: deltas that do not tell yet how it begins."""

    @property
    def is_unchanged(self) -> bool:
        return "".join(self.said) == "".join(self.delivered)

    @property
    def arguments(self) -> str:
        return "".join(piece["delta"]["partial_json"] for piece in self.pieces)

    def event(self, value: Value) -> bytes:
        """An event of this block, with the index under which the block is sent."""
        return b"" if self.place is None else written({**value, "index": self.place})

    def delta(self, words: str) -> Value:
        """More words of a text or of thoughts, with the upstream's index."""
        name = SPOKEN[self.block.kind]
        delta = {"type": f"{name}_delta", name: words}
        return {"type": "content_block_delta", "index": self.block.index, "delta": delta}

    def saying(self, words: str) -> bytes:
        return self.event(self.delta(words))

    def call_events(self, value: Value, call: ToolCall) -> bytes:
        """The whole call: `value` is the event of its beginning. Deltas go in the pieces that came, if they may."""
        self.block.value["name"] = call.name
        if not self.arguments.strip():
            if self.block.call.arguments != call.arguments:
                self.block.value["input"] = input_of(call.arguments)
            deltas = self.pieces
        elif self.arguments == call.arguments:
            deltas = self.pieces
        else:
            deltas = [{**self.pieces[0], "delta": {"type": "input_json_delta", "partial_json": call.arguments}}]
        return b"".join(map(self.event, [value, *deltas]))


class Outgoing:
    """The blocks as they are sent: numbered from 0 without gaps, and which of them is open."""

    def __init__(self) -> None:
        self._sent = 0
        self._open: set[int] = set()

    def begin(self, arriving: ArrivingBlock) -> None:
        arriving.place = self._sent
        self._open.add(self._sent)
        self._sent += 1

    def end(self, arriving: ArrivingBlock) -> bytes:
        if arriving.place is None:
            return b""
        self._open.discard(arriving.place)
        return stopped(arriving.place)

    def late(self, text: str) -> bytes:
        """One more block, of words that a rule has put behind the others."""
        place, self._sent = self._sent, self._sent + 1
        begin = {"type": "content_block_start", "index": place, "content_block": {"type": "text", "text": ""}}
        words = {"type": "content_block_delta", "index": place, "delta": {"type": "text_delta", "text": text}}
        return written(begin) + written(words) + stopped(place)

    def close(self) -> bytes:
        """The ends of the blocks that are still open."""
        ends = b"".join(map(stopped, sorted(self._open)))
        self._open.clear()
        return ends
