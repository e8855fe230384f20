"""An answer that comes whole: read, judged choice by choice on the same path as a stream, written again."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.conversation import Answer, Situation, ToolCall
from guardproxy.exact_json import encoded
from guardproxy.proxy.asking_again import AskingAgain
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.judge import ChoiceJudge, count_ending
from guardproxy.proxy.refusals import reported_refusal
from guardproxy.proxy.small_talk import small_talk
from guardproxy.streaming.commands import Command, Release, ReleaseCall
from guardproxy.telemetry import metrics
from guardproxy.wire.dialect import Dialect, Unit, WholeAnswer
from guardproxy.wire.errors import ErrorBody, UpstreamError, UpstreamFailure
from guardproxy.wire.judgement import Judgement, Remarks, rules_of, strongest
from guardproxy.wire.side_doors.door import BlockedAsError

BLOCKED_TYPE = "content_policy_violation"
BLOCKED_CODE = "content_filter"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the client gets: status, body, and the word for the verdict header."""

    status: int
    body: bytes
    verdict: str
    seconds: float
    """Time spent judging."""
    rules: tuple[str, ...] = ()
    """The rules that asked for it."""
    type: bytes = b"application/json"


async def judged_answer(
    guard: Guard,
    dialect: Dialect,
    situation: Situation,
    body: bytes,
    decision: str,
    asking: AskingAgain | None = None,
) -> Delivery:
    """Raises `UpstreamFailure` for a body that is no answer. Without `asking`, nothing is asked again."""
    began = perf_counter()
    quickly = dialect.has_small_talk
    try:
        allowed = await guard.aside.run(len(body), small_talk, guard.compiled, body) if quickly else None
        if allowed is not None:
            return _as_it_is(allowed, perf_counter() - began)
        return await judged_at_length(guard, dialect, situation, body, decision, asking)
    except UpstreamError as reported:
        raise reported_refusal(reported, dialect, guard.beside) from None


async def judged_at_length(
    guard: Guard,
    dialect: Dialect,
    situation: Situation,
    body: bytes,
    decision: str,
    asking: AskingAgain | None = None,
) -> Delivery:
    """The same for any answer, whether there is something to judge in it or not."""
    answer = await guard.aside.run(len(body) // 4, dialect.read_whole, body, guard.beside)
    verdicts: list[Verdict] = []
    seconds = 0.0
    changed = False
    for place, unit in enumerate(answer.units):
        judged = _Judged(guard, situation, unit)
        await judged.judge()
        if judged.verdict.ending is Ending.ASKED_AGAIN:
            judged = await _asked_again(guard, situation, answer, place, judged, asking)
        seconds += judged.seconds
        changed = await guard.aside.run(len(body) // 4, judged.write) or changed
        verdicts.append(judged.verdict)
    said = Remarks(decision, asking.times if asking is not None else 0)
    return await guard.aside.run(len(body) // 4, _delivery, guard, dialect, answer, verdicts, changed, said, seconds)


class _Judged:
    """One unit of one answer. `seconds` is the time that judging took."""

    def __init__(self, guard: Guard, situation: Situation, unit: Unit) -> None:
        self.unit = unit
        self._judge = ChoiceJudge(guard, situation, whole=True)

    async def judge(self) -> None:
        commands = await self._judge.tell(self.unit.events())
        self.judgement = _judgement(self._judge, commands)
        self.verdict = self.judgement.verdict
        self.seconds = self._judge.seconds

    @property
    def arrived(self) -> Answer:
        return self._judge.arrived

    def write(self) -> bool:
        """Puts what is delivered into the unit. True if it differs from what the model said, and is no block."""
        if not self.verdict.ending.delivers:
            self.unit.block(self.verdict)
            return False
        return self.unit.deliver(self.judgement) or self.unit.dropped > 0


async def _asked_again(
    guard: Guard,
    situation: Situation,
    answer: WholeAnswer,
    place: int,
    refused: _Judged,
    asking: AskingAgain | None,
) -> _Judged:
    """The unit that the model gave instead of a refused one, judged; or the refused one, blocked for good."""
    index, judged = refused.unit.index, refused
    while asking is not None and judged.verdict.ending is Ending.ASKED_AGAIN:
        question = asking.question(index, judged.verdict, judged.arrived)
        body = await asking.whole(question) if question is not None else None
        if body is None:
            break
        try:
            new = _Judged(guard, situation, answer.another(place, body))
        except UpstreamFailure as failure:
            asking.failed(failure)
            break
        await new.judge()
        new.seconds += judged.seconds
        judged = new
    if judged.verdict.ending is Ending.ASKED_AGAIN:
        judged.verdict = asking.final(index, judged.verdict) if asking is not None else judged.verdict
        count_ending(judged.verdict)
    elif judged.verdict.ending.delivers:
        metrics.count(metrics.RECOVERED)
    return judged


def _as_it_is(value: dict[str, Any], seconds: float) -> Delivery:
    allowed = metrics.answers(Ending.ALLOWED.header)
    for _ in value["choices"]:
        metrics.count(allowed)
    return Delivery(200, encoded(value), Ending.ALLOWED.header, seconds)


def _judgement(judge: ChoiceJudge, commands: Sequence[Command]) -> Judgement:
    released: dict[str, str] = {}
    calls: dict[int, ToolCall] = {}
    for command in commands:
        if isinstance(command, Release):
            released[command.channel] = released.get(command.channel, "") + command.text
        elif isinstance(command, ReleaseCall):
            calls[command.key] = command.call
    assert judge.verdict is not None, "an enforcer ends with the answer"
    return Judgement(judge.verdict, released, calls)


def _delivery(
    guard: Guard,
    dialect: Dialect,
    answer: WholeAnswer,
    verdicts: list[Verdict],
    changed: bool,
    said: Remarks,
    seconds: float,
) -> Delivery:
    shown = strongest(verdicts)
    ending = shown.ending if shown else Ending.ALLOWED
    word = "rewritten" if changed and ending.header == "allowed" else ending.header
    rules = rules_of(verdicts)
    as_error = guard.settings.blocked_as == "error" or isinstance(dialect, BlockedAsError)
    if shown is not None and not ending.delivers and as_error:
        return Delivery(400, dialect.error_body(blocked_error(shown, verdicts, said)), word, seconds, rules)
    remark = None if ending.delivers else said.about(verdicts)
    body = answer.encoded(guard.beside, said.decision, remark)
    return Delivery(200, body, word, seconds, rules, type=answer.content_type)


def blocked_error(shown: Verdict, verdicts: Sequence[Verdict], said: Remarks) -> ErrorBody:
    """The block as an error, for applications that prefer an exception."""
    return ErrorBody(shown.notice, BLOCKED_TYPE, BLOCKED_CODE, beside={"guardproxy": said.about(verdicts)})
