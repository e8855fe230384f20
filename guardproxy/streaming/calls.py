"""The tool calls of an answer that arrives. A call waits until it is whole and every rule that reads it is settled."""

from dataclasses import dataclass, field
from typing import Any

from guardproxy.arriving_json import ArrivingJson, OpenObject, Progress
from guardproxy.checks.observation import SeenCall
from guardproxy.conversation import ToolCall
from guardproxy.ir.types import INVALID


@dataclass
class PendingCall:
    key: int
    position: int = 0
    """Its place among the calls of the answer."""
    name: str = ""
    id: str = ""
    json: ArrivingJson = field(default_factory=ArrivingJson)
    released: bool = False
    ended: bool = False
    """Whether no more of it comes, as was said."""
    sent: ToolCall | None = None
    """What was released: the call, maybe with texts rewritten."""
    _arguments: list[str] = field(default_factory=list)
    _trailing: bool = False
    length: int = 0
    """Characters of the arguments so far."""

    def add(self, name: str, id_: str) -> None:
        self.name += name
        self.id = self.id or id_

    def take(self, text: str) -> None:
        """More arguments, unread: they are read when the answer is complete."""
        self._arguments.append(text)
        self.length += len(text)

    def feed(self, text: str, start: int, stepwise: bool) -> int:
        """Reads arguments, all or up to the next change that a rule could see; returns the index behind them."""
        was_complete = self.json.progress is Progress.COMPLETE
        end = self.json.feed(text, start, stop_at_change=stepwise)
        if end == start and (was_complete or self.json.progress is Progress.BROKEN):
            # Nothing may follow the value, and nothing saves a broken one.
            self._trailing = self._trailing or was_complete
            end = len(text)
        self._arguments.append(text[start:end])
        self.length += end - start
        return end

    @property
    def arguments(self) -> str:
        self._arguments = ["".join(self._arguments)]
        return self._arguments[0]

    @property
    def closed(self) -> bool:
        return self.json.progress is Progress.COMPLETE and not self._trailing

    @property
    def tree(self) -> Any:
        """The arguments so far: an open object before the first character, `INVALID` when they can be no object."""
        if self._trailing or self.json.progress is Progress.BROKEN:
            return INVALID
        if not self.json.begun:
            return OpenObject()
        return self.json.root if isinstance(self.json.root, dict) else INVALID

    @property
    def call(self) -> ToolCall:
        return ToolCall(self.name, self.arguments, self.id)

    @property
    def seen(self) -> SeenCall:
        """The call as rules see it while it arrives: by what is known of its arguments, not by their text."""
        return SeenCall(ToolCall(self.name, "", self.id), self.tree, not self.closed)
