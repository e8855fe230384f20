"""An answer that comes whole: read, judged choice by choice on the same path as a stream, written again."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.conversation import Situation, ToolCall
from guardproxy.exact_json import encoded
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.judge import ChoiceJudge
from guardproxy.proxy.small_talk import small_talk
from guardproxy.streaming.commands import Command, Release, ReleaseCall
from guardproxy.telemetry import metrics
from guardproxy.wire.errors import ErrorBody
from guardproxy.wire.whole import Judgement, WholeChoice, read_whole, remark, strongest

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


async def judged_answer(guard: Guard, situation: Situation, body: bytes, decision: str) -> Delivery:
    """Raises `UpstreamFailure` for a body that is no chat completion."""
    began = perf_counter()
    allowed = small_talk(guard.compiled, body)
    if allowed is not None:
        return _as_it_is(allowed, perf_counter() - began)
    value = read_whole(body)
    verdicts: list[Verdict] = []
    seconds = 0.0
    changed = False
    for entry in value["choices"]:
        choice = WholeChoice(entry, guard.beside.harmless, keeps_repeats=not guard.guards)
        judge = ChoiceJudge(guard, situation, whole=True)
        judged = _judgement(judge, await judge.tell(choice.events()))
        if judged.ending.delivers:
            changed = choice.deliver(judged) or choice.dropped > 0 or changed
        else:
            choice.block(judged.verdict)
        verdicts.append(judged.verdict)
        seconds += judge.seconds
    return _delivery(guard, value, verdicts, changed, decision, seconds)


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
    guard: Guard, value: dict[str, Any], verdicts: list[Verdict], changed: bool, decision: str, seconds: float
) -> Delivery:
    shown = strongest(verdicts)
    ending = shown.ending if shown else Ending.ALLOWED
    word = "rewritten" if changed and ending.header == "allowed" else ending.header
    if shown is not None and not ending.delivers and guard.settings.blocked_as == "error":
        return Delivery(400, blocked_error(shown, verdicts, decision).encoded(), word, seconds)
    delivered = _cleaned(guard, value, decision)
    if not ending.delivers:
        delivered["guardproxy"] = remark(decision, verdicts)
    return Delivery(200, encoded(delivered), word, seconds)


def _cleaned(guard: Guard, value: dict[str, Any], decision: str) -> dict[str, Any]:
    """The members in the order in which they came, those beside `choices` judged too."""
    beside = guard.beside.clean(value, f"chatcmpl-{decision}")
    return {key: value[key] if key == "choices" else beside[key] for key in value if key == "choices" or key in beside}


def blocked_error(shown: Verdict, verdicts: Sequence[Verdict], decision: str) -> ErrorBody:
    """The block as an error, for applications that prefer an exception."""
    return ErrorBody(shown.notice, BLOCKED_TYPE, BLOCKED_CODE, beside={"guardproxy": remark(decision, verdicts)})
