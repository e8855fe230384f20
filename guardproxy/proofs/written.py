"""An example as text of the policy language, ready to be pasted beside the rules."""

from collections.abc import Iterable, Iterator

from guardproxy import exact_json
from guardproxy.checks.examples import answer_of_example
from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.conversation import Answer, PastCall
from guardproxy.ir.policy import Example, Policy
from guardproxy.ir.printed import quoted
from guardproxy.ir.types import Number
from guardproxy.ir.written import NotWritable, written_json, written_name, written_value


def written(example: Example, policy: Policy, expects: Iterable[str]) -> str:
    """`expects` are the lines behind `expect`. Raises `NotWritable`."""
    lines = [f"example {quoted(example.title)}"]
    facts = [f"{given}" for given in _facts(example, policy)]
    if facts:
        lines.append(f"  given {', '.join(facts)}")
    if example.now is not None:
        lines.append(f"  given now is {written_value(example.now, Number('instant'))}")
    elif example.today is not None:
        lines.append(f"  given today is {written_value(example.today, Number('date'))}")
    lines += [f"  given {_past(call)}" for call in example.conversation.calls]
    if example.conversation.user_says is not None:
        lines.append(f"  given user says {quoted(example.conversation.user_says)}")
    lines += [f"  {line}" for line in _answer(example)]
    lines += [f"  expect {line}" for line in expects]
    return "\n".join(lines)


def expected(verdict: Verdict, example: Example) -> str:
    """What happens to the answer, as an `expect` line says it."""
    by = ", ".join(verdict.by)
    match verdict.ending:
        case Ending.ALLOWED:
            return "allowed"
        case Ending.REPAIRED | Ending.REWRITTEN:
            results = " and ".join(_results(verdict.answer, example))
            return f"{verdict.ending.value} {results} by {by}"
        case _:
            return f"{verdict.ending.value} by {by}"


def _results(answer: Answer, example: Example) -> Iterator[str]:
    if answer.calls:
        yield from (written_json(exact_json.loads(call.arguments or "{}")) for call in answer.calls)
    elif example.reply_json is not None:
        yield written_json(exact_json.loads(answer.text("content")))
    else:
        yield quoted(answer.text("content"))


def _facts(example: Example, policy: Policy) -> Iterator[str]:
    for name, fields in example.facts.items():
        schema = policy.schema(name, "facts")
        for key, value in fields.items():
            field = schema.field(key) if schema is not None else None
            if field is None:
                raise NotWritable(f"`{name}.{key}` is not declared")
            yield f"{written_name(name)}.{written_name(key)} is {written_value(value, field.type)}"


def _past(call: PastCall) -> str:
    arguments = written_json(exact_json.loads(call.arguments or "{}"))
    if call.result is None:
        return f"call {written_name(call.name)} {arguments}"
    return f"call {written_name(call.name)} {arguments} returned {_result(call.result)}"


def _result(text: str) -> str:
    try:
        value = exact_json.loads(text)
    except exact_json.JsonError:
        return quoted(text)
    return written_json(value) if isinstance(value, dict) else quoted(text)


def _answer(example: Example) -> Iterator[str]:
    if example.reply_json is not None:
        yield f"reply {written_json(example.reply_json)}"
    elif example.reply_text is not None:
        yield f"reply text {quoted(example.reply_text)}"
    for call in example.calls:
        yield f"call {written_name(call.name)} {written_json(exact_json.loads(call.arguments or '{}'))}"
    if not answer_of_example(example).calls and example.reply_json is None and example.reply_text is None:
        yield 'reply text ""'
