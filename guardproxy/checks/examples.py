"""A policy's own examples, run: each is an answer in a situation, and what is expected of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guardproxy import exact_json
from guardproxy.checks.engine import CompiledPolicies, judge, reply_text
from guardproxy.checks.values import wire_value
from guardproxy.checks.verdict import Ending, Status, Verdict
from guardproxy.conversation import Answer, Passage, Situation
from guardproxy.ir.policy import Example, Expectation, Policy
from guardproxy.ir.types import ABSENT, UNKNOWN, Value
from guardproxy.logic.questions import Ask


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """An expectation that does not hold, in words."""

    expectation: Expectation
    message: str


@dataclass(frozen=True, slots=True)
class ExampleRun:
    example: Example
    verdict: Verdict
    failures: tuple[ExampleFailure, ...]


def run_example(compiled: CompiledPolicies, example: Example, ask: Ask) -> ExampleRun:
    """Judges the example's answer and compares. `compiled` holds the policy that the example stands in."""
    situation = situation_of(compiled.policies, example)
    verdict = judge(compiled, answer_of_example(example), situation, ask)
    failures = [
        ExampleFailure(expected, message)
        for expected in example.expects
        if (message := _mismatch(expected, verdict)) is not None
    ]
    return ExampleRun(example, verdict, tuple(failures))


def answer_of_example(example: Example) -> Answer:
    passages: tuple[Passage, ...] = ()
    if example.reply_json is not None:
        passages = (Passage("content", exact_json.dumps(example.reply_json)),)
    elif example.reply_text is not None:
        passages = (Passage("content", example.reply_text),)
    return Answer(passages, example.calls)


def situation_of(policies: tuple[Policy, ...], example: Example) -> Situation:
    facts = {name: _wire_facts(policies, name, values) for name, values in example.facts.items()}
    return Situation(facts, example.conversation, example.today, example.now)


def _wire_facts(policies: tuple[Policy, ...], name: str, values: Mapping[str, Value]) -> Mapping[str, Any]:
    """Typed values as they would come over the wire, so that an example tests their reading too."""
    schema = next((s for p in policies if (s := p.schema(name, "facts")) is not None), None)
    found: dict[str, Any] = {}
    for key, value in values.items():
        field = schema.field(key) if schema else None
        if field is not None and value is not UNKNOWN:
            found[key] = None if value is ABSENT else wire_value(field.type, value)
    return found


_ENDINGS: Mapping[str, Ending] = {e.value: e for e in Ending}
_STATUSES = {"violated": Status.VIOLATED, "open": Status.OPEN}


def _mismatch(expected: Expectation, verdict: Verdict) -> str | None:
    if expected.kind in _STATUSES:
        return _differ(expected, expected.kind, verdict.having(_STATUSES[expected.kind]))
    if verdict.ending is not _ENDINGS[expected.kind]:
        return f"expected {_said(expected.kind, expected.rules)}, got {_said(verdict.ending.value, verdict.by)}"
    if expected.kind != "allowed":
        wrong = _differ(expected, expected.kind, verdict.by)
        if wrong is not None:
            return wrong
    return _wrong_result(expected, verdict.answer)


def _differ(expected: Expectation, kind: str, got: tuple[str, ...]) -> str | None:
    if set(got) == set(expected.rules):
        return None
    return f"expected {_said(kind, expected.rules)}, got {_said(kind, got)}"


def _said(kind: str, rules: tuple[str, ...]) -> str:
    return f"{kind} by {', '.join(rules)}" if rules else kind if kind == "allowed" else f"{kind} by no rule"


def _wrong_result(expected: Expectation, answer: Answer) -> str | None:
    """JSON is compared by value with the calls (with the reply where there are none), a text exactly with the reply."""
    text = reply_text(answer.passages)
    texts = [wanted for wanted in expected.results if isinstance(wanted, str)]
    objects = [wanted for wanted in expected.results if not isinstance(wanted, str)]
    called: list[str] = [c.arguments for c in answer.calls] or [text]
    pairs: list[tuple[Any, str, bool]] = [(wanted, text, text == wanted) for wanted in texts]
    pairs += ((wanted, got, _json(got) == wanted) for wanted, got in zip(objects, called, strict=False))
    for wanted, got, same in pairs:
        if not same:
            shown = wanted if isinstance(wanted, str) else exact_json.dumps(wanted)
            return f"expected the answer `{shown}`, got `{got}`"
    if objects and len(objects) != len(called):
        return f"expected {len(objects)} rewritten answers, got {len(called)}"
    return None


def _json(text: str) -> Any:
    try:
        return exact_json.loads(text)
    except exact_json.JsonError:
        return None
