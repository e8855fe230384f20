"""An example as text of the policy language, ready to be pasted beside the rules."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from guardproxy import exact_json
from guardproxy.checks.examples import answer_of_example
from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.conversation import Answer, PastCall
from guardproxy.ir.policy import Example, Policy
from guardproxy.ir.printed import printed_number, printed_value
from guardproxy.ir.types import ABSENT, UNKNOWN, Number, OneOf, Type, Value, YesNo

_NAME = re.compile(r"[^\W\d]\w*")
_WORDS = frozenset(
    (
        *("present", "missing", "not", "one", "in", "optional", "unknown", "yes", "no", "any", "and", "or", "is", "at"),
        *("above", "below", "today", "now", "every", "some", "has", "where", "true", "false", "expect", "given"),
        *("reply", "call", "text"),
    )
)
"""Listed values that mean something else behind `is`, or might."""


class NotWritable(ValueError):
    """The language has no words for it; the text says what, as the end of a sentence."""


def written(example: Example, policy: Policy, expects: Iterable[str]) -> str:
    """`expects` are the lines behind `expect`. Raises `NotWritable`."""
    lines = [f"example {quoted(example.title)}"]
    facts = [f"{given}" for given in _facts(example, policy)]
    if facts:
        lines.append(f"  given {', '.join(facts)}")
    if example.now is not None:
        lines.append(f"  given now is {moment(example.now)}")
    elif example.today is not None:
        lines.append(f"  given today is {_literal(example.today, Number('date'))}")
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
        yield from (json_text(exact_json.loads(call.arguments or "{}")) for call in answer.calls)
    elif example.reply_json is not None:
        yield json_text(exact_json.loads(answer.text("content")))
    else:
        yield quoted(answer.text("content"))


def _facts(example: Example, policy: Policy) -> Iterator[str]:
    for name, fields in example.facts.items():
        schema = policy.schema(name, "facts")
        for key, value in fields.items():
            field = schema.field(key) if schema is not None else None
            if field is None:
                raise NotWritable(f"`{name}.{key}` is not declared")
            yield f"{name_text(name)}.{name_text(key)} is {_literal(value, field.type)}"


def name_text(name: str) -> str:
    return name if _NAME.fullmatch(name) else quoted(name)


def _literal(value: Value, of: Type) -> str:
    match of:
        case _ if value is UNKNOWN:
            return "unknown"
        case _ if value is ABSENT:
            return "missing"
        case YesNo():
            return "yes" if value else "no"
        case OneOf() if isinstance(value, str):
            return value if _NAME.fullmatch(value) and value not in _WORDS else quoted(value)
        case Number(kind="instant") if isinstance(value, int):
            return moment(value)
        case Number() if isinstance(value, int | Fraction):
            return _number(value, of)
    if isinstance(value, str):
        return quoted(value)
    raise NotWritable("lists and records among the facts cannot be written")


def _number(value: int | Fraction, of: Number) -> str:
    text = printed_value(value, of)
    if "/" in text.split(" ")[0]:
        raise NotWritable(f"{text} has no end when it is written in digits")
    return text


def moment(value: int) -> str:
    """An instant in UTC, as short as it is exact to the second."""
    if value % 1_000_000:
        raise NotWritable("an instant between two seconds")
    return printed_value(value, Number("instant"))


def quoted(text: str) -> str:
    """A text between quotes, with the escapes that the language knows."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(c if c.isprintable() else _escape(c) for c in escaped) + '"'


def _escape(char: str) -> str:
    if ord(char) > 0xFFFF:
        raise NotWritable("a text with a character that cannot be shown")
    return f"\\u{ord(char):04x}"


def _past(call: PastCall) -> str:
    arguments = json_text(exact_json.loads(call.arguments or "{}"))
    if call.result is None:
        return f"call {name_text(call.name)} {arguments}"
    return f"call {name_text(call.name)} {arguments} returned {_result(call.result)}"


def _result(text: str) -> str:
    try:
        value = exact_json.loads(text)
    except exact_json.JsonError:
        return quoted(text)
    return json_text(value) if isinstance(value, dict) else quoted(text)


def _answer(example: Example) -> Iterator[str]:
    if example.reply_json is not None:
        yield f"reply {json_text(example.reply_json)}"
    elif example.reply_text is not None:
        yield f"reply text {quoted(example.reply_text)}"
    for call in example.calls:
        yield f"call {name_text(call.name)} {json_text(exact_json.loads(call.arguments or '{}'))}"
    if not answer_of_example(example).calls and example.reply_json is None and example.reply_text is None:
        yield 'reply text ""'


def json_text(value: Any) -> str:
    """JSON on one line, as people write it: `{ "amount": 5000, "reasons": ["a", "b"] }`."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{exact_json.dumps(k)}: {json_text(v)}" for k, v in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(json_text, value))}]"
    if isinstance(value, Decimal):
        return printed_number(Fraction(value))
    return exact_json.dumps(value)
