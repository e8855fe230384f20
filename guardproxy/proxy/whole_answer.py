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
from guardproxy.proxy.small_talk import small_talk
from guardproxy.streaming.commands import Command, Release, ReleaseCall
from guardproxy.telemetry import metrics
from guardproxy.wire.errors import ErrorBody, UpstreamFailure
from guardproxy.wire.usage import total
from guardproxy.wire.whole import Judgement, Remarks, WholeChoice, first_choice, read_whole, rules_of, strongest

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


async def judged_answer(
    guard: Guard, situation: Situation, body: bytes, decision: str, asking: AskingAgain | None = None
) -> Delivery:
    """Raises `UpstreamFailure` for a body that is no chat completion. Without `asking`, nothing is asked again."""
    began = perf_counter()
    allowed = small_talk(guard.compiled, body)
    if allowed is not None:
        return _as_it_is(allowed, perf_counter() - began)
    return await judged_at_length(guard, situation, body, decision, asking)


async def judged_at_length(
    guard: Guard, situation: Situation, body: bytes, decision: str, asking: AskingAgain | None = None
) -> Delivery:
    """The same for any answer, whether there is something to judge in it or not."""
    value = read_whole(body)
    verdicts: list[Verdict] = []
    seconds = 0.0
    changed = False
    for place, entry in enumerate(value["choices"]):
        judged = _Judged(guard, situation, entry)
        await judged.judge()
        if judged.verdict.ending is Ending.ASKED_AGAIN:
            judged = await _asked_again(guard, situation, value, judged, asking)
        seconds += judged.seconds
        changed = judged.write() or changed
        value["choices"][place] = judged.choice.value
        verdicts.append(judged.verdict)
    said = Remarks(decision, asking.times if asking is not None else 0)
    return _delivery(guard, value, verdicts, changed, said, seconds)


class _Judged:
    """One choice of one answer. `seconds` is the time that judging took."""

    def __init__(self, guard: Guard, situation: Situation, entry: dict[str, Any]) -> None:
        self.choice = WholeChoice(entry, guard.beside.harmless, keeps_repeats=not guard.guards)
        self._judge = ChoiceJudge(guard, situation, whole=True)

    async def judge(self) -> None:
        commands = await self._judge.tell(self.choice.events())
        self.judgement = _judgement(self._judge, commands)
        self.verdict = self.judgement.verdict
        self.seconds = self._judge.seconds

    @property
    def arrived(self) -> Answer:
        return self._judge.arrived

    def write(self) -> bool:
        """Puts what is delivered into the choice. True if it differs from what the model said, and is no block."""
        if not self.verdict.ending.delivers:
            self.choice.block(self.verdict)
            return False
        return self.choice.deliver(self.judgement) or self.choice.dropped > 0


async def _asked_again(
    guard: Guard, situation: Situation, value: dict[str, Any], refused: _Judged, asking: AskingAgain | None
) -> _Judged:
    """The choice that the model gave instead of a refused one, judged; or the refused one, blocked for good.

    The usage of each attempt is added to that in `value`.
    """
    index, judged = refused.choice.index, refused
    while asking is not None and judged.verdict.ending is Ending.ASKED_AGAIN:
        question = asking.question(index, judged.verdict, judged.arrived)
        body = await asking.whole(question) if question is not None else None
        if body is None:
            break
        try:
            answer = read_whole(body)
            new = _Judged(guard, situation, first_choice(answer, index))
        except UpstreamFailure as failure:
            asking.failed(failure)
            break
        if answer.get("usage") is not None:
            value["usage"] = total(value.get("usage"), answer["usage"])
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
    guard: Guard, value: dict[str, Any], verdicts: list[Verdict], changed: bool, said: Remarks, seconds: float
) -> Delivery:
    shown = strongest(verdicts)
    ending = shown.ending if shown else Ending.ALLOWED
    word = "rewritten" if changed and ending.header == "allowed" else ending.header
    rules = rules_of(verdicts)
    if shown is not None and not ending.delivers and guard.settings.blocked_as == "error":
        return Delivery(400, blocked_error(shown, verdicts, said).encoded(), word, seconds, rules)
    delivered = _cleaned(guard, value, said.decision)
    if not ending.delivers:
        delivered["guardproxy"] = said.about(verdicts)
    return Delivery(200, encoded(delivered), word, seconds, rules)


def _cleaned(guard: Guard, value: dict[str, Any], decision: str) -> dict[str, Any]:
    """The members in the order in which they came, those beside `choices` judged too."""
    beside = guard.beside.clean(value, f"chatcmpl-{decision}")
    return {key: value[key] if key == "choices" else beside[key] for key in value if key == "choices" or key in beside}


def blocked_error(shown: Verdict, verdicts: Sequence[Verdict], said: Remarks) -> ErrorBody:
    """The block as an error, for applications that prefer an exception."""
    return ErrorBody(shown.notice, BLOCKED_TYPE, BLOCKED_CODE, beside={"guardproxy": said.about(verdicts)})
