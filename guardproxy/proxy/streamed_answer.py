"""A chat completion that comes as a stream: pieces of bytes in, bytes to send out, one judge for each choice."""

from collections.abc import Sequence
from time import perf_counter

from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.conversation import Situation
from guardproxy.exact_json import dumps
from guardproxy.proxy.asking_again import AskingAgain
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.judge import ChoiceJudge, count_ending
from guardproxy.proxy.whole_answer import blocked_error
from guardproxy.streaming.commands import Command, Release
from guardproxy.streaming.events import Event, Interrupted, TextArrived, TimePassed
from guardproxy.telemetry import metrics
from guardproxy.wire.chat.chunks import Chunk, ChunkStream
from guardproxy.wire.chat.stream_choice import ChoiceStream, Entry
from guardproxy.wire.chat.template import TextTemplate
from guardproxy.wire.errors import ErrorBody, UpstreamFailure, error_body
from guardproxy.wire.judgement import Remarks, strongest
from guardproxy.wire.requests import ModelRequest
from guardproxy.wire.sse import DONE, KEEP_ALIVE, SseReader, event_bytes

_DONE = event_bytes(DONE)
_LIGHT = 4
"""So many times faster is an event read than judged."""


class StreamedAnswer:
    """Feed it with `take`, `time_passed` and `end`; send what they return; stop when `over`."""

    def __init__(
        self,
        guard: Guard,
        situation: Situation,
        request: ModelRequest,
        decision: str,
        chunks: ChunkStream,
        asking: AskingAgain | None = None,
    ) -> None:
        """Without `asking`, nothing is asked again."""
        self._guard, self._situation = guard, situation
        self._request, self._decision = request, decision
        self._sse = SseReader(guard.settings.limits.event_bytes)
        self._chunks = chunks
        self._judges: dict[int, ChoiceJudge] = {}
        self._usage_sent = False
        self._asking = asking
        self._again: dict[int, bytes] = {}
        """The choices that the model has to be asked about again, and what to send."""
        self._refused: ChoiceJudge | None = None
        """The judge of the choice that another attempt goes on with, as it refused the one before."""
        self.over = False
        self.refused: Verdict | None = None
        """A block that has to be shown as an error, because the operator wants errors."""

    @property
    def judges(self) -> Sequence[ChoiceJudge]:
        return tuple(self._judges.values())

    @property
    def complete(self) -> bool:
        """Whether the answer was delivered to its end, so that the upstream has nothing more to say."""
        return self.over and not self._stopped() and not self._again

    @property
    def goes_on(self) -> bool:
        """Whether the model has to be asked again: then `over` means this upstream stream alone."""
        return bool(self._again)

    @property
    def verdicts(self) -> Sequence[Verdict]:
        return [judge.verdict for judge in self._judges.values() if judge.verdict is not None]

    @property
    def word(self) -> str:
        """The verdict in the words of the header; `unfinished` where the answer broke off."""
        shown = strongest(self.verdicts)
        over = shown is not None and len(self.verdicts) == len(self._judges)
        return shown.ending.header if shown is not None and over else "unfinished"

    @property
    def wake_at(self) -> float | None:
        """When `time_passed` is due (`perf_counter`)."""
        due = [j.woken_at for j in self._judges.values() if j.woken_at is not None and j.verdict is None]
        return min(due, default=None)

    async def take(self, piece: bytes) -> bytes:
        """Raises `UpstreamFailure` for bytes that are no such stream; what was sent before stays sent."""
        ready = self._sse.ready(piece)
        if not ready:
            return b""
        template = self._chunks.template
        short = template is not None and len(ready) <= self._guard.settings.limits.event_bytes
        text = template.text_of(ready) if template is not None and short else None
        out = await (self._text(template, text) if template and text is not None else self._events(ready))
        for judge in self._judges.values():
            judge.note_held()
        return KEEP_ALIVE if self._sse.idle_comment and not out else out

    async def time_passed(self) -> bytes:
        """The moment of a `Wake` is over."""
        now = perf_counter()
        out = b""
        for index, judge in self._judges.items():
            if judge.woken_at is not None and judge.woken_at <= now and judge.verdict is None:
                out += await self._tell(index, [TimePassed()])
        return out + self._when_all_ended()

    async def end(self) -> bytes:
        """The upstream's body is complete. Raises `UpstreamFailure` when the answer is not."""
        out = await self._events_of(self._sse.finish())
        if self.over:
            return out
        missing = len(self._judges) < self._request.choices
        if missing or any(judge.verdict is None for judge in self._judges.values()):
            raise UpstreamFailure("the upstream's stream ended before its answer", "upstream_broken")
        self.over = True
        return out + (self._ending() if self._owes_the_end else b"")

    def interrupt(self) -> None:
        """The answer will not be completed: nothing that is held will ever be sent."""
        for judge in self._judges.values():
            if judge.verdict is None:
                judge.feed(Interrupted())

    # --- asking again -----------------------------------------------------------------------------------------------

    def begin_again(self) -> bytes:
        """Makes room for the next attempt at one choice, and returns the body to ask with. Only where it `goes_on`."""
        index = next(iter(self._again))
        question = self._again.pop(index)
        self._refused = self._judges.pop(index)
        self._chunks.begin_again(index)
        self._sse = SseReader(self._guard.settings.limits.event_bytes)
        self.over = False
        return question

    @property
    def released_again(self) -> bool:
        """Whether anything of the new attempt has been released, so that it cannot be taken back any more."""
        judge = self._judges.get(self._chunks.only) if self._chunks.only is not None else None
        return judge is not None and judge.released

    def give_up(self) -> bytes:
        """The attempt failed before anything of it was released: the choice stays refused."""
        index, refused = self._chunks.only, self._refused
        assert index is not None and refused is not None and refused.verdict is not None, "only after `begin_again`"
        self._judges[index] = refused
        choice = self._chunks.choices[index]
        self.over = True
        out = self._refusal(choice, refused.verdict)
        return out if self._again else out + self._ending()

    # --- events -----------------------------------------------------------------------------------------------------

    async def _text(self, template: TextTemplate, text: str) -> bytes:
        """The short way: all events in hand bring text of one channel."""
        judge, choice = self._judges[template.index], self._chunks.choices[template.index]
        if judge.verdict is not None or choice.finished:
            return b""
        choice.hear(template.channel, text)
        commands = await judge.tell([TextArrived(template.channel, text)])
        if not commands:
            return b""
        first = commands[0]
        if len(commands) == 1 and isinstance(first, Release) and first.channel == template.channel:
            choice.let_go(first)
            return template.event(first.text)
        return self._written(template.index, commands) + self._when_all_ended()

    async def _events(self, ready: bytes) -> bytes:
        """Any events; a run of those that fit the template takes the short way."""
        out: list[bytes] = []
        run: list[bytes] = []
        longest = self._guard.settings.limits.event_bytes
        for block in ready.split(b"\n\n"):
            template = self._chunks.template
            if template is not None and template.fits(block) and len(block) <= longest:
                run.append(block)
                continue
            if run and template is not None:
                out.append(await self._run(template, run))
                run = []
            out.append(await self._events_of(self._sse.events_of(block), block))
            if self.over:
                return b"".join(out)
        if run and self._chunks.template is not None:
            out.append(await self._run(self._chunks.template, run))
        return b"".join(out)

    async def _run(self, template: TextTemplate, run: list[bytes]) -> bytes:
        text = template.text_of(b"\n\n".join(run))
        if text is not None:
            return await self._text(template, text)
        return b"".join([await self._events_of(self._sse.events_of(block), block) for block in run])

    async def _events_of(self, events: Sequence[str], raw: bytes = b"") -> bytes:
        out = b""
        for data in events:
            if self.over:
                break
            if data == DONE:
                out += await self._done()
            else:
                chunk = await self._guard.aside.run(len(data) // _LIGHT, self._chunks.read, data)
                out += await self._chunk(chunk, raw)
        return out

    async def _chunk(self, chunk: Chunk, raw: bytes) -> bytes:
        if not chunk.entries:
            return self._without_choices(chunk)
        out = b""
        for entry in chunk.entries:
            choice = self._chunks.choice(entry)
            if choice.finished or choice.verdict is not None:
                continue
            reading = await self._guard.aside.run(len(raw) // _LIGHT, choice.read, entry)
            self._chunks.learn(raw, chunk, choice, reading)
            judge = self._judges.get(choice.index)
            if judge is None:
                judge = self._judges[choice.index] = ChoiceJudge(self._guard, self._situation)
            commands = await judge.tell(reading.events)
            entries = choice.write(reading, commands)
            out += self._sent(choice, entries, chunk, reading.entry)
        return out + self._when_all_ended()

    def _without_choices(self, chunk: Chunk) -> bytes:
        if self._again:
            return b""
        if chunk.base.get("usage") is not None:
            self._usage_sent = True
        return self._chunks.without_choices(chunk.base)

    async def _tell(self, index: int, events: Sequence[Event]) -> bytes:
        return self._written(index, await self._judges[index].tell(events))

    def _written(self, index: int, commands: Sequence[Command]) -> bytes:
        choice = self._chunks.choices[index]
        return self._sent(choice, choice.write(None, commands))

    def _sent(
        self, choice: ChoiceStream, entries: list[Entry], chunk: Chunk | None = None, own: Entry | None = None
    ) -> bytes:
        """Entries as chunks; a choice that was stopped is asked about again, or its refusal carries our remark."""
        verdict = choice.verdict
        if verdict is None or verdict.ending.delivers:
            if verdict is not None and choice.again:
                metrics.count(metrics.RECOVERED)
            return self._chunks.encoded(entries, chunk.base if chunk else None, own)
        judge = self._judges[choice.index]
        if verdict.ending is Ending.ASKED_AGAIN and self._asking is not None:
            question = self._asking.question(choice.index, verdict, judge.arrived)
            if question is not None:
                self._again[choice.index] = question
                return b""
        return self._refusal(choice, verdict)

    def _refusal(self, choice: ChoiceStream, verdict: Verdict) -> bytes:
        """The end of a choice that stays refused."""
        if verdict.ending is Ending.ASKED_AGAIN:
            count_ending(verdict)
            verdict = self._asking.final(choice.index, verdict) if self._asking is not None else verdict
            self._judges[choice.index].verdict = verdict
        if self._guard.settings.blocked_as == "error":
            self.refused = self.refused or verdict
            self.over = True
            self._again.clear()
            return b""
        return self._chunks.with_remark(choice.refusal(verdict), self._remarks.about([verdict]))

    @property
    def _remarks(self) -> Remarks:
        return Remarks(self._decision, self._asking.times if self._asking is not None else 0)

    # --- the end ----------------------------------------------------------------------------------------------------

    async def _done(self) -> bytes:
        """The upstream's mark of the end: choices that it did not finish by name are complete now."""
        if self._chunks.only is not None and self._chunks.only not in self._judges:
            raise UpstreamFailure("the upstream's stream ended before its answer", "upstream_broken")
        out = b""
        for index, judge in self._judges.items():
            if judge.verdict is None:
                out += await self._tell(index, self._chunks.choices[index].finish())
        self.over = True
        return out + self._ending()

    def _stopped(self) -> bool:
        return any(judge.verdict is not None and not judge.verdict.ending.delivers for judge in self._judges.values())

    @property
    def _owes_the_end(self) -> bool:
        """Whether the end of the stream is ours to write: the upstream's did not fit what the client has got."""
        return self._stopped() or self._chunks.only is not None

    def _when_all_ended(self) -> bytes:
        """Ends the stream when every choice was stopped before the upstream finished it.

        A choice that the upstream did finish is waited for: its usage is still to come.
        """
        waiting = len(self._judges) < self._request.choices or any(j.verdict is None for j in self._judges.values())
        if self.over or waiting:
            return b""
        if all(choice.finished for choice in self._chunks.choices.values()):
            return b""
        self.over = True
        return self._ending()

    def _ending(self) -> bytes:
        if self.refused is not None or self._again:
            return b""
        usage = self._request.include_usage and not self._usage_sent and self._owes_the_end
        return (self._chunks.usage_chunk() if usage else b"") + _DONE

    def blocked(self) -> ErrorBody:
        """The block as an error, for an operator who wants errors."""
        assert self.refused is not None
        return blocked_error(self.refused, self.verdicts, self._remarks)

    def error_event(self, failure: UpstreamFailure | None = None) -> bytes:
        """What a client gets in the middle of a stream instead of the rest of it."""
        error = error_body(failure) if failure is not None else self.blocked()
        return event_bytes(dumps(error.value))

    def reported(self, error: ErrorBody) -> bytes:
        """The upstream's own error, judged, as an event."""
        return event_bytes(dumps(error.value))
