"""The enforcer: one choice of one answer, events in, commands out, without clock, thread or network.

There is one path for streamed and whole answers: a whole one is one piece and `Finished`. While the answer arrives,
text and calls are released as soon as no continuation could make them part of a violation; at the end the whole answer
is judged once more (`checks.engine.judging`), and what that allows and was not sent yet is released. If the two ever
disagreed, nothing more would be sent.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from guardproxy.checks.classified import classifications_wanted, with_classifications
from guardproxy.checks.engine import BAD_ARGUMENTS, MAX_CALLS, TOO_MANY_CALLS, CompiledPolicies, judging
from guardproxy.checks.judging import Judging, asking
from guardproxy.checks.memory import Memory
from guardproxy.checks.observation import Observation, Past, SeenCall
from guardproxy.checks.reply_object import ArrivingReply
from guardproxy.checks.rewriting import Rewriting
from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.conversation import Answer, Passage, Situation, is_object_channel, is_reply_channel
from guardproxy.ir.types import INVALID
from guardproxy.logic.questions import Reply
from guardproxy.patterns.text_gate import TextGate
from guardproxy.streaming.calls import PendingCall
from guardproxy.streaming.channels import EVERYTHING, Channel
from guardproxy.streaming.claims import blocking_claims
from guardproxy.streaming.commands import Abort, Ask, Classify, Command, Complete, Release, ReleaseCall, Stop, Wake
from guardproxy.streaming.events import (
    Answered,
    CallArrived,
    CallEnded,
    Classified,
    Event,
    Finished,
    Interrupted,
    TextArrived,
    TextEnded,
    TimePassed,
    characters,
)
from guardproxy.streaming.reading import Certain, readers_of
from guardproxy.streaming.shapes import ShapedText
from guardproxy.streaming.start import Start, at_start, looked_again
from guardproxy.streaming.states import Phase
from guardproxy.streaming.stopping import contradiction, known_so_far

T = TypeVar("T")

HOLD_LIMIT = "hold-limit"
"""The name under which a stream is blocked that would have to be held longer than the limits below."""

MOST_HELD = 1_000_000
"""Characters that one streamed choice may hold back in all."""


class Enforcer:
    """Judges one choice. Feed it events in their order; carry out the commands that come back, in theirs.

    `Ask` and `Classify` come last; `Answered` and `Classified` answer them. What is fed before is taken up afterwards.
    """

    def __init__(self, compiled: CompiledPolicies, situation: Situation, whole: bool = False) -> None:
        """`whole`: the answer is there in one piece, so nothing is to be gained by releasing it before its end."""
        self._compiled, self._situation = compiled, situation
        self._past = Past(situation.conversation.calls)
        self._whole = whole
        self._channels: dict[str, Channel] = {}
        self._open: dict[str, Channel] = {}
        """The channels of which something waits, or may come to."""
        self._calls: dict[int, PendingCall] = {}
        self._order: list[PendingCall] = []
        self._seen_calls: list[SeenCall] = []
        self._nonconforming: set[tuple[str, str]] = set()
        self._released = 0
        self._phase = self._phase_at_end = Phase.OPEN
        self._certain: Certain | None = None
        self._memory = Memory(compiled.decisions, arriving=not whole)
        self._readers = readers_of(compiled)
        self._start: Start | None = None
        self._inbox: deque[Event] = deque()
        self._steps: Judging[None] | None = None
        self._out: list[Command] = []

    @property
    def held(self) -> int:
        """Characters that arrived and were not released: text, and the arguments of calls that wait."""
        calls = sum(c.length for c in self._order[self._released :])
        return calls + sum(c.held for c in self._open.values()) + sum(map(characters, self._inbox))

    def feed(self, event: Event) -> list[Command]:
        self._out = []
        if self._phase.over:
            return []
        match event:
            case Interrupted():
                self._phase = Phase.ABORTED
                self._out.append(Abort())
            case TimePassed():
                if self._phase is Phase.DOOMED:
                    self._stop(self._doomed_verdict())
            case Answered():
                self._go_on(event.reply)
            case _:
                self._inbox.append(event)
        while self._inbox and self._steps is None and not self._phase.over:
            self._steps = self._take(self._inbox.popleft())
            self._go_on(None)
        if self._phase in (Phase.OPEN, Phase.FROZEN) and not self._whole and self._holds_too_much():
            self._settle(Certain((HOLD_LIMIT,), blocks=True))
        return self._out

    def _go_on(self, reply: Reply | None) -> None:
        """Works on the event at hand until a question has to be answered first."""
        if self._steps is None:
            return
        try:
            question = next(self._steps) if reply is None else self._steps.send(reply)
        except StopIteration:
            self._steps = None
        else:
            self._out.append(Ask(question))

    def _holds_too_much(self) -> bool:
        if self.held > MOST_HELD:
            return True
        return any(c.waits_too_long for c in self._open.values())

    def _take(self, event: Event) -> Judging[None]:
        if isinstance(event, Finished | Classified):
            yield from self._end(event)
            return
        if self._start is None and not self._whole:
            look = partial(at_start, self._compiled, self._readers, self._seen())
            self._start = yield from asking(look, self._memory)
        if isinstance(event, TextArrived):
            yield from self._text(event)
        elif isinstance(event, TextEnded):
            yield from self._text_ended(event)
        elif isinstance(event, CallArrived):
            yield from self._call(event)
        elif isinstance(event, CallEnded) and event.key in self._calls and not self._whole:
            self._calls[event.key].ended = True
            yield from self._release_calls()

    # --- while it arrives -------------------------------------------------------------------------------------------

    def _text(self, event: TextArrived) -> Judging[None]:
        channel = self._channels.get(event.channel) or self._open_channel(event.channel)
        before, was_possible = channel.length, channel.may_be_object
        channel.say(event.text)
        self._open[event.channel] = channel
        if self._whole:
            return
        limit = EVERYTHING
        if channel.reply is not None:
            limit = yield from self._read_reply(channel, channel.reply, event.text)
        if channel.shaped is not None and self._phase is Phase.OPEN:
            broken_at = channel.shaped.arrives(event.text)
            limit = limit if broken_at is None else min(limit, broken_at)
        begins = is_reply_channel(event.channel) and before < self._compiled.index.longest_beginning
        if self._phase is Phase.OPEN and (begins or was_possible != channel.may_be_object):
            yield from self._look_what_waits()
        if self._phase is Phase.OPEN:
            yield from self._pass_on(channel, event.channel, limit)

    def _text_ended(self, event: TextEnded) -> Judging[None]:
        channel = self._channels.get(event.channel)
        if channel is not None and not channel.may_be_object and self._phase is Phase.OPEN and not self._whole:
            yield from self._send_on(channel, event.channel, channel.end())
            if not channel.held:
                self._open.pop(event.channel, None)

    def _look_what_waits(self) -> Judging[None]:
        """How a text begins, or that it is no object, may have decided what others waited for."""
        start = self._start
        if start is None or start.rewrites or not (start.reply_waits or start.other_waits):
            # Where texts are rewritten, what has arrived may yet be taken out: it settles nothing before the end.
            return
        objects = [c.may_be_object for c in self._channels.values() if c.reply is not None]
        is_prose = bool(objects) and not any(objects)
        again = partial(looked_again, start, self._compiled, self._readers, is_prose=is_prose)
        # Calls may still be repaired, and are not looked at.
        self._start = start = yield from self._look(lambda seen: again(replace(seen, calls=())))
        for name, channel in self._channels.items():
            waited, channel.waits = channel.waits, start.waits(is_reply_channel(name))
            if waited and not channel.waits and not is_reply_channel(name):
                yield from self._pass_on(channel, name, EVERYTHING)
        yield from self._release_calls()

    def _pass_on(self, channel: Channel, name: str, limit: int) -> Judging[None]:
        yield from self._send_on(channel, name, channel.pass_on(limit))

    def _send_on(self, channel: Channel, name: str, released: str) -> Judging[None]:
        """What the gate has let through is sent, and what made it stop is noted."""
        assert self._start is not None and channel.gate is not None
        while self._memory.wanted:
            # A claim whose rule only a solver can decide has stopped the gate.
            question = next(iter(self._memory.wanted))
            self._memory.learn(question, (yield question))
            released += channel.pass_again(self._start.watches(is_reply_channel(name)))
        if released:
            self._out.append(Release(name, released, channel.settled))
        gate, shaped = channel.gate, channel.shaped
        if gate.halted or gate.failed or gate.frozen:
            self._settle(Certain(gate.stopped_by, blocks=gate.halted or gate.failed))
        elif shaped is not None and shaped.broken:
            self._nonconforming |= {(d.conforms.what, d.conforms.text) for d in shaped.broken}
            self._settle(Certain(tuple(d.rule for d in shaped.broken), blocks=shaped.blocks))

    def _open_channel(self, name: str) -> Channel:
        channel = self._channels[name] = Channel()
        if self._start is not None:
            is_reply = is_reply_channel(name)
            channel.gate = TextGate(self._start.watches(is_reply))
            channel.waits = self._start.waits(is_reply)
            if is_object_channel(name) and self._compiled.reads_reply_object:
                channel.reply = ArrivingReply(self._situation.wants_json)
            if is_reply and self._start.demands:
                channel.shaped = ShapedText(self._start.demands, self._start.rewrites)
        return channel

    def _read_reply(self, channel: Channel, reply: ArrivingReply, text: str) -> Judging[int]:
        """Reads the reply as JSON; returns the offset up to which the rules on its members let it go.

        Only where the request asked for JSON is a reply that begins as an object certain to end as one: otherwise
        prose may still follow, and then it is no object and no rule about its members applies.
        """
        if not reply.possible:
            return EVERYTHING
        stepwise, at = self._situation.wants_json, 0
        while reply.possible and at < len(text):
            at = reply.feed(text, at, stop_at_change=stepwise)
            if stepwise and self._phase is Phase.OPEN:
                self._settle((yield from self._look(self._readers.reply_stop)))
        if reply.possible and channel.limit[0] != reply.json.changes:
            hold = yield from self._look(lambda seen: self._readers.reply_hold(seen, reply))
            channel.limit = (reply.json.changes, hold)
        return channel.limit[1] if reply.possible else EVERYTHING

    def _call(self, event: CallArrived) -> Judging[None]:
        pending = self._calls.get(event.key)
        if pending is None:
            pending = self._calls[event.key] = PendingCall(event.key, len(self._calls))
            self._order.append(pending)
            self._seen_calls.append(pending.seen)
        if pending.released and not (event.name or event.arguments.strip(" \t\r\n")):
            # White space behind a call that went when the next one began: it says nothing and is not sent.
            return
        pending.add(event.name, event.id)
        if self._whole or self._phase is not Phase.OPEN:
            pending.take(event.arguments)
            return
        if pending.position >= MAX_CALLS:
            self._settle(Certain((TOO_MANY_CALLS,), blocks=True))
        stepwise, at = self._readers.reads_arguments_of(pending.name), 0
        while at < len(event.arguments):
            at = pending.feed(event.arguments, at, stepwise)
            self._seen_calls[pending.position] = pending.seen
            if self._phase is Phase.OPEN:
                self._settle((yield from self._call_certain(pending)))
        yield from self._release_calls()

    def _call_certain(self, pending: PendingCall) -> Judging[Certain | None]:
        certain = yield from self._look(lambda seen: self._readers.call_stop(seen, pending.position))
        if pending.tree is INVALID:
            names = (*(certain.by if certain and certain.blocks else ()), BAD_ARGUMENTS)
            return Certain(names, blocks=True)
        return certain

    def _release_calls(self) -> Judging[None]:
        """Releases the calls that are settled, in their order: none overtakes one that waits.

        The last call waits for the next one or for the end, unless it is said to have ended: white space, or more of
        its name, may still belong to it, and anything else behind its closing bracket makes it unreadable.
        """
        assert self._start is not None
        waits = self._start.waits(True) or self._start.waits(False)
        while self._phase is Phase.OPEN and not waits and self._released < len(self._calls):
            pending = self._order[self._released]
            may_go_on = pending is self._order[-1] and not pending.ended
            if may_go_on or not pending.closed or not (yield from self._is_settled(pending)):
                return
            rewriting = Rewriting()
            call = pending.call
            if not self._compiled.is_clean(call, pending.tree):
                call = rewriting.call(call, self._start.other_list)
            if rewriting.stopped_by:
                self._settle(Certain(rewriting.stopped_by, blocks=rewriting.halted))
                return
            pending.released, pending.sent = True, call
            self._released += 1
            self._out.append(ReleaseCall(pending.key, pending.position, call))

    def _is_settled(self, pending: PendingCall) -> Judging[bool]:
        return (yield from self._look(lambda seen: self._readers.call_settled(seen, pending.position)))

    def _look(self, look: Callable[[Observation], T]) -> Judging[T]:
        """What is seen of the answer so far, questions to the solver asked and answered."""
        seen = self._seen()
        return (yield from asking(lambda: look(seen), self._memory))

    def _settle(self, certain: Certain | None) -> None:
        """A violation is certain: nothing more is released."""
        if certain is None:
            return
        self._certain = certain
        self._phase = Phase.DOOMED if certain.blocks else Phase.FROZEN
        if certain.blocks:
            self._out.append(Wake())

    # --- at the end -------------------------------------------------------------------------------------------------

    def _end(self, event: Finished | Classified) -> Judging[None]:
        """The answer is complete, and then what classifiers say of it is there, if a verdict depends on that."""
        if isinstance(event, Classified) is not (self._phase is Phase.ASKING):
            return
        if isinstance(event, Classified):
            self._situation = with_classifications(self._situation, event.facts)
        else:
            self._phase_at_end, self._phase = self._phase, Phase.ASKING
            self._memory.arriving = False
            case = self._answer(), self._situation, self._past, self._memory
            if names := (yield from classifications_wanted(self._compiled, *case)):
                self._out.append(Classify(names, case[0]))
                return
        yield from self._finish()

    def _finish(self) -> Judging[None]:
        verdict = yield from judging(self._compiled, self._answer(), self._situation, self._past, self._memory)
        if verdict.ending.delivers and self._phase_at_end is Phase.DOOMED:
            verdict = self._doomed_verdict()
        if verdict.ending is Ending.ASKED_AGAIN and self._has_sent:
            # Several texts that the user reads: a later one made a rule apply that the first one had settled.
            verdict = replace(verdict, ending=Ending.BLOCKED, ask_again=0, reasons=())
        rest = self._rest(verdict.answer) if verdict.ending.delivers else None
        if rest is None:
            self._stop(verdict if not verdict.ending.delivers else contradiction())
            return
        self._out += rest
        self._out.append(Complete(verdict))
        self._phase = Phase.COMPLETE

    @property
    def _has_sent(self) -> bool:
        return self._released > 0 or any(c.sent for c in self._channels.values())

    def _rest(self, delivered: Answer) -> list[Command] | None:
        """What is still to be sent; None if something was sent that is no part of what may be delivered."""
        rest: list[Command] = []
        for passage in delivered.passages:
            channel = self._channels.get(passage.channel)
            text = passage.text if channel is None else channel.send_rest(passage.text)
            if text is None:
                return None
            if text:
                rest.append(Release(passage.channel, text, channel.length if channel else 0))
        for index, (pending, call) in enumerate(zip(self._calls.values(), delivered.calls, strict=True)):
            if pending.released and pending.sent != call:
                return None
            if not pending.released:
                pending.released = True
                rest.append(ReleaseCall(pending.key, index, call))
        return rest

    def _stop(self, verdict: Verdict) -> None:
        self._phase = Phase.STOPPED
        self._out.append(Stop(verdict))

    def _doomed_verdict(self) -> Verdict:
        """What is known at the moment of stopping; rules that would have been decided later are not named."""
        assert self._certain is not None
        by = self._certain.by or blocking_claims(self._compiled, self._readers.claims, self._seen(with_texts=True))
        return known_so_far(self._compiled, by)

    # --- what is seen -----------------------------------------------------------------------------------------------

    def _answer(self) -> Answer:
        passages = tuple(Passage(name, c.said) for name, c in self._channels.items())
        return Answer(passages, tuple(p.call for p in self._calls.values()))

    def _seen(self, with_texts: bool = False) -> Observation:
        """The answer as far as it has come. Texts are only put together where a rule on values reads them too."""
        passages: Sequence[Passage] = ()
        if with_texts or self._readers.reads_text:
            passages = [Passage(name, c.said) for name, c in self._channels.items()]
        objects = ((name, c.reply.tree) for name, c in self._channels.items() if c.reply is not None)
        return Observation(
            situation=self._situation,
            past=self._past,
            passages=passages,
            calls=self._seen_calls,
            replies=[(name, tree) for name, tree in objects if tree is not None],
            text_open=True,
            calls_open=True,
            nonconforming=self._nonconforming,
            memory=self._memory,
        )
