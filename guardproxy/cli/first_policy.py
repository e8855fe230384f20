"""A first policy from a few answers: rules, with examples on both sides of each limit, tried before it is shown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import run_example
from guardproxy.checks.values import wire_value
from guardproxy.diagnostics import Diagnostic
from guardproxy.ir.policy import Policy
from guardproxy.ir.printed import printed_number, printed_value, quoted
from guardproxy.ir.terms import Compare, Constant
from guardproxy.ir.types import Number, Rational, rational
from guardproxy.ir.walk import subterms
from guardproxy.ir.written import written_json
from guardproxy.language.layout import layout
from guardproxy.logic.questions import Ask
from guardproxy.patterns.detectors import DETECTORS
from guardproxy.pipeline import compile_policy
from guardproxy.proofs.written import expected

Kind = Literal["prose", "json", "calls"]
Outcome = Literal["lower", "block", "hold", "ask"]

_CLAUSES = {
    "block": "",
    "hold": "  otherwise hold for review",
    "ask": "  otherwise ask again up to 1 time",
}
_HARMLESS = ("Good morning! How can I help you today?", "It is sunny in Lisbon.", "1, 2, 3.")
_KINDS = {"percent": "percent", "money": "money", "whole": "whole number", "decimal": "decimal to 2 places"}


@dataclass(frozen=True, slots=True)
class Answers:
    """What the author said. `limit` is a literal of the language; `at_least`: it is the least that is allowed.

    `tool` and `field` are used where the model answers in calls or JSON; `words` and `secrets` may be empty.
    """

    title: str = "First policy"
    kind: Kind = "prose"
    tool: str = "refund"
    field: str = "amount"
    limit: str = "$100"
    at_least: bool = False
    outcome: Outcome = "block"
    words: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


class NotAPolicy(ValueError):
    """The answers do not make a policy; the text says why, for the person who gave them."""


def written_policy(answers: Answers, ask: Ask) -> str:
    """The policy's text: it compiles, its examples hold, and it is laid out. Raises `NotAPolicy`."""
    policy = _compiled(_rules_text(answers))
    text = _rules_text(answers) + "".join(_examples(answers, policy))
    text = _with_what_happens(text, _compiled(text), ask)
    done = layout(text)
    assert not done.diagnostics, "it was compiled before"
    return done.text


def mistakes_in(answers: Answers) -> str:
    """What is wrong with the answers, in a sentence or two; empty where nothing is."""
    try:
        _compiled(_rules_text(answers))
    except NotAPolicy as mistake:
        return str(mistake)
    return ""


def _compiled(text: str) -> Policy:
    done = compile_policy(text, "the first policy")
    errors = [d for d in done.diagnostics if d.severity == "error"]
    if done.policy is None or errors:
        raise NotAPolicy(_said(errors[0]) if errors else "the answers make no policy")
    return done.policy


def _said(diagnostic: Diagnostic) -> str:
    return diagnostic.message + (f"; {diagnostic.help.splitlines()[0]}" if diagnostic.help else "")


# --- the rules --------------------------------------------------------------------------------------------------------


def _rules_text(answers: Answers) -> str:
    parts = [f"policy {quoted(answers.title)} version 1\n"]
    if answers.kind != "prose":
        parts += [_declaration(answers), _limit_rule(answers)]
    if answers.words:
        phrases = ", ".join(map(quoted, answers.words))
        listed = f"any of {phrases}" if len(answers.words) > 1 else phrases
        parts.append(
            _rule("WORDS", "Words that are never said", f"never reply text mentions {listed}", answers.outcome)
        )
    if answers.secrets:
        listed = ", ".join(answers.secrets)
        listed = f"any of {listed}" if len(answers.secrets) > 1 else listed
        body = f'never any text contains {listed}\n  otherwise redact as "[removed]"'
        parts.append(_rule("SECRETS", "No personal data or secrets", body, "block"))
    if len(parts) == 1:
        raise NotAPolicy("a policy needs at least one rule: name words, secrets, or a field with a limit")
    return "\n".join(parts)


def _rule(id_: str, title: str, body: str, outcome: Outcome) -> str:
    clause = _CLAUSES["block" if outcome == "lower" else outcome]
    return f"rule {id_} {quoted(title)}\n  {body}\n{clause}\n"


def _declaration(answers: Answers) -> str:
    for name in (answers.field, *([answers.tool] if answers.kind == "calls" else [])):
        _need_a_word(name)
    begins = f"tool {answers.tool} takes" if answers.kind == "calls" else "check reply as answer"
    return f"{begins}\n  - {answers.field} : {_type_of(answers.limit)}\n"


def _need_a_word(name: str) -> None:
    """Raises `NotAPolicy`. A name with other signs could be written in quotes, but no first policy needs that."""
    if not name.strip():
        raise NotAPolicy("a name is empty; a name is one word, such as `amount`")
    if not re.fullmatch(r"[^\W\d]\w*", name):
        word = re.sub(r"\W+", "_", name).strip("_")
        help_ = f"a name is one word: `{word}`" if not word[:1].isdigit() else "a name begins with a letter"
        raise NotAPolicy(f"`{name}` is no name; {help_}")


def _limit_rule(answers: Answers) -> str:
    path = f"{answers.tool if answers.kind == 'calls' else 'answer'}.{answers.field}"
    relation = "at least" if answers.at_least else "at most"
    body = f"require {path} {relation} {answers.limit}"
    title = f"The {answers.field} is {relation} {answers.limit}"
    if answers.outcome == "lower":
        how = "raising" if answers.at_least else "lowering"
        return _rule("LIMIT", title, f"{body}\n  repair by {how} {path}", "block")
    return _rule("LIMIT", title, body, answers.outcome)


_LITERAL = re.compile(r"(?P<sign>[^\w\s.,-]?)\s*(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)\s*(?P<unit>[^\s\d]*)")


def _type_of(limit: str) -> str:
    """The type of field that a limit such as `$100`, `36%`, `12` or `400 mg` belongs to. Raises `NotAPolicy`."""
    if re.match(r"\s*[^\w\s]?\s*[-−–]", limit):
        raise NotAPolicy(f"`{limit}` is below 0; a limit here is above 0")
    found = _LITERAL.fullmatch(limit.strip())
    if found is None:
        raise NotAPolicy(_no_limit(limit))
    of = _number_type(limit)
    number = Fraction(found["number"].replace(",", ""))
    if number == 0:
        raise NotAPolicy(f"a limit of 0 leaves nothing to allow; name a higher one ({_SHELL})")
    top = Fraction(100) if of.kind == "percent" and number <= 100 else number * 10
    low, high = (limit.strip().replace(found["number"], written, 1) for written in ("0", _with_commas(top)))
    if of.kind in ("quantity", "calendar"):
        places = len(found["number"].partition(".")[2])
        step = printed_number(rational(Fraction(1, 10**places)))
        return f"{_noun(limit)} from {low} to {high}, written in {found['unit']}, in steps of {step} {found['unit']}"
    if of.kind == "whole":
        return (
            f"whole number from {low} to {high}"
            if number.denominator == 1
            else f"decimal to 2 places from {low} to {high}"
        )
    return f"{_KINDS[of.kind]} from {low} to {high}"


def _with_commas(number: Fraction) -> str:
    return f"{int(number):,}" if number.denominator == 1 else printed_number(rational(number))


def _number_type(limit: str) -> Number:
    """What the language takes a literal for: tried in a rule about each type that a limit may have."""
    for noun in ("money", "percent", "whole number", "decimal to 2 places", *_QUANTITIES):
        of = _limit_type(noun, limit)
        if of is not None:
            return of
    raise NotAPolicy(_no_limit(limit))


_SHELL = "in a shell, put `$` in single quotes: `'$100'`"


def _no_limit(limit: str) -> str:
    """What is wrong with a limit: what the language says of its number, where it says so."""
    found = compile_policy(_probe("money", limit), "the limit").diagnostics
    mistake = next((d for d in found if d.code == "E004" and d.severity == "error"), None)
    if mistake is not None:
        return f"`{limit}` is no limit: {_said(mistake)}"
    return f"`{limit}` is no limit; write it as `$100`, `36%`, `12` or `400 mg` ({_SHELL})"


def _probe(noun: str, limit: str) -> str:
    return f'policy "x" version 1\ntool probe takes\n  - it : {noun} from {limit} to {limit}\n'


_QUANTITIES = ("mass", "volume", "duration", "rate")


def _noun(limit: str) -> str:
    return next((noun for noun in _QUANTITIES if _limit_type(noun, limit) is not None), "mass")


def _limit_type(noun: str, limit: str) -> Number | None:
    policy = compile_policy(_probe(noun, limit), "the limit").policy
    field = policy.schemas[0].fields[0] if policy is not None else None
    return field.type if field is not None and isinstance(field.type, Number) else None


# --- the examples -----------------------------------------------------------------------------------------------------


def _examples(answers: Answers, policy: Policy) -> Iterator[str]:
    if answers.kind != "prose":
        yield from _limit_examples(answers, policy)
    if answers.words:
        for word in answers.words:
            yield _example(f"{word} is not said", f"reply text {quoted(f'This is about {word}.')}")
    for name in answers.secrets:
        yield _example(f"{name} is removed", f"reply text {quoted(f'It is {DETECTORS[name].matches[0]} for now.')}")
    yield _example("small talk is none of this policy's business", f"reply text {quoted(_harmless(answers))}")


def _harmless(answers: Answers) -> str:
    """Small talk without a word that must not be said."""
    said = [word.casefold() for word in answers.words]
    return next((text for text in _HARMLESS if not any(word in text.casefold() for word in said)), "?!")


def _limit_examples(answers: Answers, policy: Policy) -> Iterator[str]:
    schema = policy.schemas[0]
    of = schema.fields[0].type
    limit = next(part for part in subterms(policy.rules[0].demands) if isinstance(part, Compare)).right
    assert isinstance(of, Number) and isinstance(limit, Constant) and not isinstance(limit.value, bool | str)
    beyond: Rational = limit.value - of.step if answers.at_least else limit.value + of.step
    begins = f"call {answers.tool}" if answers.kind == "calls" else "reply"
    for title, value in (
        (f"exactly {printed_value(limit.value, of)}", limit.value),
        (f"{printed_value(rational(Fraction(beyond)), of)} is too {'little' if answers.at_least else 'much'}", beyond),
    ):
        yield _example(title, f"{begins} {written_json({answers.field: wire_value(of, rational(Fraction(value)))})}")


def _example(title: str, line: str) -> str:
    return f"\nexample {quoted(title)}\n  {line}\n  expect allowed\n"


def _with_what_happens(text: str, policy: Policy, ask: Ask) -> str:
    """The same with what each example really ends in, as the whole engine judges it."""
    compiled = CompiledPolicies([policy])
    for example in reversed(policy.examples):
        verdict = run_example(compiled, replace(example, expects=()), ask).verdict
        said = example.expects[0].span
        text = f"{text[: said.start]}expect {expected(verdict, example)}{text[said.end :]}"
    return text


def detectors() -> Sequence[str]:
    """The names of all detectors."""
    return tuple(DETECTORS)
