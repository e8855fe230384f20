"""An answer of one unit that comes as a stream of events: pieces of bytes in, bytes to send out, one judge.

The dialect's `AnswerStream` reads and writes the events; here is what is the same in all dialects.
"""

from collections.abc import Sequence

from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.conversation import Situation
from guardproxy.proxy.asking_again import AskingAgain
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.judge import ChoiceJudge, count_ending
from guardproxy.proxy.whole_answer import blocked_error
from guardproxy.streaming.commands import Command
from guardproxy.streaming.events import Interrupted, TimePassed
from guardproxy.wire.dialect import AnswerStream
from guardproxy.wire.errors import ErrorBody, UpstreamFailure, error_body
from guardproxy.wire.judgement import Remarks
from guardproxy.wire.sse import KEEP_ALIVE, SseReader


class StreamedMessage:
    """Feed it with `take`, `time_passed` and `end`; send what they return; stop when `over`.

    The model is not asked again: a verdict that wants that ends as a block.
    """

    goes_on = False
    released_again = False

    def __init__(
        self, guard: Guard, situation: Situation, decision: str, stream: AnswerStream, asking: AskingAgain | None = None
    ) -> None:
        self._guard, self._decision = guard, decision
        self._stream, self._asking = stream, asking
        self._sse = SseReader(guard.settings.limits.event_bytes)
        self._judge = ChoiceJudge(guard, situation)
        self.over = False
        self.refused: Verdict | None = None
        """A block that has to be shown as an error, because the operator wants errors."""

    @property
    def judges(self) -> Sequence[ChoiceJudge]:
        return (self._judge,)

    @property
    def complete(self) -> bool:
        """Whether the answer was delivered to its end, so that the upstream has nothing more to say."""
        verdict = self._judge.verdict
        return self.over and verdict is not None and verdict.ending.delivers

    @property
    def verdicts(self) -> Sequence[Verdict]:
        return () if self._judge.verdict is None else (self._judge.verdict,)

    @property
    def word(self) -> str:
        """The verdict in the words of the header; `unfinished` where the answer broke off."""
        verdict = self._judge.verdict
        return verdict.ending.header if verdict is not None else "unfinished"

    @property
    def wake_at(self) -> float | None:
        """When `time_passed` is due (`perf_counter`)."""
        return self._judge.woken_at if self._judge.verdict is None else None

    async def take(self, piece: bytes) -> bytes:
        """Raises `UpstreamFailure` for bytes that are no such stream; what was sent before stays sent."""
        out = await self._events(self._sse.feed(piece))
        self._judge.note_held()
        return KEEP_ALIVE if self._sse.idle_comment and not out else out

    async def time_passed(self) -> bytes:
        """The moment of a `Wake` is over."""
        return self._written(await self._judge.tell([TimePassed()]))

    async def end(self) -> bytes:
        """The upstream's body is complete. Raises `UpstreamFailure` when the answer is not."""
        out = await self._events(self._sse.finish())
        if not self.over:
            out += self._written(await self._judge.tell(self._stream.close()))
        if not self.over and self._judge.verdict is None:
            raise UpstreamFailure("the upstream's stream ended before its answer", "upstream_broken")
        self.over = True
        return out

    def interrupt(self) -> None:
        """The answer will not be completed: nothing that is held will ever be sent."""
        if self._judge.verdict is None:
            self._judge.feed(Interrupted())

    async def _events(self, events: Sequence[str]) -> bytes:
        out = b""
        for data in events:
            if self.over:
                break
            out += self._written(await self._judge.tell(self._stream.read(data)))
            self.over = self.over or self._stream.is_over
        return out

    def _written(self, commands: Sequence[Command]) -> bytes:
        verdict = self._judge.verdict
        if verdict is None or verdict.ending.delivers:
            return self._stream.write(commands)
        if self.over:
            return b""
        self.over = True
        if verdict.ending is Ending.ASKED_AGAIN:
            count_ending(verdict)
        if self._guard.settings.blocked_as == "error":
            self.refused = verdict
            return b""
        return self._stream.refusal(verdict, self._remarks.about([verdict]))

    @property
    def _remarks(self) -> Remarks:
        return Remarks(self._decision, self._asking.times if self._asking is not None else 0)

    def begin_again(self) -> bytes:
        raise AssertionError("only where it `goes_on`")

    def give_up(self) -> bytes:
        raise AssertionError("only after `begin_again`")

    def blocked(self) -> ErrorBody:
        """The block as an error, for an operator who wants errors."""
        assert self.refused is not None
        return blocked_error(self.refused, self.verdicts, self._remarks)

    def error_event(self, failure: UpstreamFailure | None = None) -> bytes:
        """What a client gets in the middle of a stream instead of the rest of it."""
        return self._stream.error(error_body(failure) if failure is not None else self.blocked())

    def reported(self, error: ErrorBody) -> bytes:
        """The upstream's own error, judged, as an event."""
        return self._stream.error(error)
