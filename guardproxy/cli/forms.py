"""The forms that a policy goes through, as lines of text: declarations, rules as terms, and values in written units."""

from collections.abc import Iterator

from guardproxy.ir.policy import Outcome, Policy, Repair, Rule
from guardproxy.ir.printed import printed, printed_value, quoted, shown
from guardproxy.ir.terms import Constant, Variable
from guardproxy.ir.types import Field, ListOf, Number, OneOf, Record, Schema, Text, Type, YesNo
from guardproxy.ir.walk import variables

_SUBJECTS = {
    "reply": "the reply as a JSON object",
    "call": "each call to {tool}",
    "tool": "each call to {tool}",
    "result": "what {tool} returns",
    "claims": "what the reply claims",
}


def declaration(schema: Schema) -> Iterator[str]:
    about = (
        f"facts from {schema.provenance}" if schema.kind == "facts" else _SUBJECTS[schema.kind].format(tool=schema.tool)
    )
    yield f"{schema.name}: {about}"
    for field in schema.fields:
        yield f"  {field.name} : {described(field.type)}{_modifiers(field)}"


def rule_form(rule: Rule) -> Iterator[str]:
    """The rule after names, units and tables are resolved."""
    yield f"{rule.id} {rule.title}"
    yield f"  judged for  {subject(rule)}"
    if rule.applies != Constant(True, YesNo()):
        yield f"  applies if  {printed(rule.applies)}"
    yield f"  demands     {printed(rule.demands)}"
    yield f"  otherwise   {_outcome(rule.otherwise)}"
    if rule.repair is not None:
        yield f"  repair by   {_repair(rule.repair)}"
    unsaid = "" if rule.if_unknown_said else " (unsaid)"
    yield f"  if unknown  {rule.if_unknown}{unsaid}"
    for variable in rule_variables(rule):
        yield f"  reads       {variable.name} : {described(variable.type)}"


def rule_variables(rule: Rule) -> tuple[Variable, ...]:
    return tuple(dict.fromkeys((*variables(rule.applies), *variables(rule.demands))))


def subject(rule: Rule) -> str:
    """What the rule is judged for, once for each occurrence."""
    if rule.subject is None:
        return "the whole answer"
    return _SUBJECTS[rule.subject.kind].format(tool=rule.subject.tool)


def described(of: Type) -> str:
    """A type in words."""
    match of:
        case YesNo():
            return "yes or no"
        case OneOf(values):
            return f"one of {', '.join(values)}"
        case Text(low, high):
            return "text" + _range(str(low) if low else None, None if high is None else str(high))
        case ListOf(item, low, high):
            return f"list of {described(item)}" + _range(str(low) if low else None, None if high is None else str(high))
        case Record(name):
            return name
        case Number():
            return _number(of)


def _number(of: Number) -> str:
    low, high = (None if bound is None else printed_value(bound, of) for bound in (of.low, of.high))
    noun = {"whole": "whole number", "quantity": "quantity", "calendar": "calendar duration"}.get(of.kind, of.kind)
    return noun + _range(low, high)


def _range(low: str | None, high: str | None) -> str:
    return (f" from {low}" if low is not None else "") + (f" up to {high}" if high is not None else "")


def _modifiers(field: Field) -> str:
    return (", optional" if field.optional else "") + (", may be unknown" if field.may_be_unknown else "")


def _outcome(outcome: Outcome) -> str:
    times = f" up to {outcome.times} times" if outcome.times else ""
    return outcome.kind + times + (f" {quoted(outcome.text)}" if outcome.text else "")


def _repair(repair: Repair) -> str:
    fields = ", ".join(variable.name for variable in repair.fields)
    value = f" to {shown(repair.value, repair.fields[0].type)}" if repair.value is not None else ""
    return f"{repair.how} {fields}{value}"


def title_lines(policy: Policy) -> Iterator[str]:
    yield f"{policy.title}, version {policy.version}"
    yield f"  fingerprint {policy.fingerprint}"
    for name in ("owner", "source", "currency", "zone"):
        if text := getattr(policy, name):
            yield f"  {name} {text}"
    if policy.tags:
        yield f"  tags {', '.join(policy.tags)}"
