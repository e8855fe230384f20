"""Calls that arrive in pieces. Each is sent once it is whole and released, in the pieces in which it came.

A call that was rewritten is said in its first piece, and the others are left out. All repetitions say what was
released; one that says something else than the pieces is refused: clients could read the one or the other.
"""

from dataclasses import dataclass, field
from typing import Any

from guardproxy.conversation import ToolCall
from guardproxy.exact_json import dumps
from guardproxy.streaming.events import CallArrived, CallEnded, Event
from guardproxy.wire.errors import unreadable
from guardproxy.wire.responses.calls import TEXTUAL, CallItem, words_of
from guardproxy.wire.responses.names import NAMED


@dataclass(slots=True)
class ArrivingCall:
    """`pieces` is what was streamed of its words; `judged` what the enforcer was told as its arguments."""

    kind: str
    is_named: bool = False
    pieces: list[str] = field(default_factory=list)
    commands: dict[int, list[str]] = field(default_factory=dict)
    judged: list[str] = field(default_factory=list)
    has_ended: bool = False
    delivered: ToolCall | None = None
    is_gone: bool = False

    @property
    def text(self) -> str:
        self.pieces = ["".join(self.pieces)]
        return self.pieces[0]

    def words(self) -> str:
        """The free text of the call, or its arguments, as they are delivered."""
        assert self.delivered is not None, "only once it was released"
        said = words_of(self.kind, self.delivered)
        return str(next(iter(said.values()), ""))

    def command(self, index: int) -> str:
        """One command of a shell call, as it is delivered."""
        assert self.delivered is not None, "only once it was released"
        action = words_of(self.kind, self.delivered).get("action")
        commands = action.get("commands") if isinstance(action, dict) else None
        found = commands[index] if isinstance(commands, list) and index < len(commands) else ""
        return found if isinstance(found, str) else ""


class ArrivingCalls:
    """The calls of one response, by the place of their item. `events` is what the enforcer has to be told."""

    def __init__(self, events: list[Event]) -> None:
        self._events = events
        self._calls: dict[int, ArrivingCall] = {}

    def get(self, index: int) -> ArrivingCall | None:
        return self._calls.get(index)

    def begin(self, index: int, call: CallItem) -> ArrivingCall:
        """A call whose item has been added: its name is known, and what it asks for is still to come."""
        known = self._calls.setdefault(index, ArrivingCall(call.kind))
        if known.kind != call.kind:
            raise unreadable("an item is two kinds of calls")
        if not known.is_named:
            known.is_named = True
            self._events.append(CallArrived(index, "", call.name, call.id))
        return known

    def piece(self, index: int, kind: str, text: str) -> ArrivingCall:
        """More of its words. What is judged of them arrives with them, so that the limits hold."""
        call = self._calls.setdefault(index, ArrivingCall(kind))
        if call.has_ended:
            raise unreadable("a call goes on behind its end")
        if call.kind in TEXTUAL:
            opens = "" if call.judged else '{"' + TEXTUAL[call.kind] + '":"'
            self._judge(index, call, opens + dumps(text)[1:-1])
        else:
            self._judge(index, call, text)
        call.pieces.append(text)
        return call

    def command_piece(self, index: int, number: int, text: str) -> ArrivingCall:
        """More of a shell command. It is judged with the whole call."""
        call = self._calls.setdefault(index, ArrivingCall("shell_call"))
        call.commands.setdefault(number, []).append(text)
        return call

    def whole(self, index: int, item: CallItem) -> ArrivingCall:
        """The call as its finished item says it. Raises `UpstreamFailure` where the pieces say something else."""
        call = self.begin(index, item)
        if call.has_ended:
            return call
        told = "".join(call.judged)
        if not item.arguments.startswith(told):
            raise unreadable("a call says something else at its end than in its pieces")
        self._judge(index, call, item.arguments[len(told) :])
        call.has_ended = True
        self._events.append(CallEnded(index))
        return call

    def _judge(self, index: int, call: ArrivingCall, arguments: str) -> None:
        if arguments:
            call.judged.append(arguments)
            self._events.append(CallArrived(index, arguments))

    def close(self) -> None:
        """No more comes: the objects around free texts that no item has ended are closed."""
        for index, call in self._calls.items():
            if not call.has_ended and call.kind in TEXTUAL and call.judged:
                self._judge(index, call, '"}')
            call.has_ended = True

    def gone_before(self, index: int) -> int:
        """How many items before this one are not delivered."""
        return sum(call.is_gone for at, call in self._calls.items() if at < index)


def put_call(item: dict[str, Any], call: CallItem, delivered: ToolCall, is_whole: bool) -> None:
    """Writes into an item what is delivered of its call; one that was only begun says its name alone."""
    if is_whole:
        call.deliver(delivered)
    elif call.kind in NAMED and item.get("name") != delivered.name:
        item["name"] = delivered.name
