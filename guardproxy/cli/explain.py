"""`guardproxy explain`: what a policy becomes on its way to checks, and how it judges a reply, step by step."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.observation import Observation
from guardproxy.checks.rules import CompiledRule, occurrences
from guardproxy.checks.verdict import Status, Verdict
from guardproxy.cli.arguments import Parser, UsageMistake, day
from guardproxy.cli.facts import given_facts
from guardproxy.cli.forms import declaration, rule_form, shown_value, title_lines
from guardproxy.cli.reasons import reasons
from guardproxy.cli.solver import solver
from guardproxy.cli.terminal import RESULTS, complain, show_diagnostic
from guardproxy.conversation import Answer, Conversation, Situation
from guardproxy.diagnostics import has_errors
from guardproxy.exact_json import JsonError, loads
from guardproxy.ir.policy import Policy
from guardproxy.storage.policy_files import read_policy
from guardproxy.storage.reading import UnreadableFile, read_text
from guardproxy.wire.errors import ExchangeFailure
from guardproxy.wire.requests import answer_of, conversation_of

_COLOURS = {
    Status.COMPLIES: "green",
    Status.NOT_APPLICABLE: "dim",
    Status.OPEN: "yellow",
    Status.VIOLATED: "red",
    Status.INVALID: "red",
    Status.BUDGET: "red",
}


def parser() -> Parser:
    parser = Parser("explain", "Shows what a policy becomes, and how it judges a reply.")
    parser.add_argument("file", metavar="FILE", help="a policy file, or the name of a pack such as `privacy`")
    parser.add_argument(
        "--reply",
        type=Path,
        metavar="FILE",
        help="a reply as text, an assistant message, a chat completion, or a conversation that ends with one",
    )
    parser.add_argument("--facts", type=Path, metavar="FILE", help="the facts of the case, as JSON")
    parser.add_argument("--today", type=day, metavar="DATE", help="the date that rules see, as 2026-11-21 (unknown)")
    return parser


def run(arguments: Namespace) -> int:
    if arguments.reply is None and (arguments.facts or arguments.today):
        raise UsageMistake("--facts and --today belong to a reply; name one with --reply")
    file = read_policy(arguments.file)
    for diagnostic in file.diagnostics:
        show_diagnostic(diagnostic)
    if file.policy is None or has_errors(file.diagnostics):
        return 1
    case = _case(arguments, file.policy) if arguments.reply is not None else None
    _show_forms(file.policy)
    if case is not None:
        _show_verdict(file.policy, *case)
    return 0


def _case(arguments: Namespace, policy: Policy) -> tuple[Answer, Situation]:
    """What is to be judged. Raises `UnreadableFile`."""
    answer, before = read_reply(arguments.reply)
    facts = given_facts(arguments.facts, [policy])
    today = arguments.today.toordinal() if arguments.today else None
    return answer, Situation(facts, before, today)


def read_reply(path: Path) -> tuple[Answer, Conversation]:
    """The answer to judge and what came before it. Raises `UnreadableFile`."""
    text = read_text(path)
    messages = _messages(text, path)
    if not messages or messages[-1].get("role") != "assistant":
        raise UnreadableFile(f"`{path}` has to end with an assistant message")
    try:
        return answer_of(messages[-1]), conversation_of(messages[:-1])
    except ExchangeFailure as failure:
        raise UnreadableFile(f"`{path}` cannot be judged: {failure}") from None


def _messages(text: str, path: Path) -> list[dict[str, Any]]:
    try:
        value = loads(text)
    except JsonError as error:
        value = None
        if text.lstrip().startswith(("{", "[")):
            complain(f"`{path}` begins like JSON, but {error.reason}; it is judged as a reply in plain text")
    match value:
        case {"messages": [*messages]} if all(isinstance(m, dict) for m in messages):
            return messages
        case {"choices": [{"message": dict() as message}, *_]}:
            return [{"role": "assistant", **message}]
        case {"role": str()}:
            return [value]
    return [{"role": "assistant", "content": text.removesuffix("\n")}]


def _show_forms(policy: Policy) -> None:
    _print(title_lines(policy))
    if policy.schemas:
        _heading("Declarations")
    for schema in policy.schemas:
        _print(declaration(schema))
    _heading("Rules as terms")
    for rule in policy.rules:
        _print([*rule_form(rule), ""])


def _show_verdict(policy: Policy, answer: Answer, situation: Situation) -> None:
    compiled = CompiledPolicies([policy])
    with solver() as ask:
        verdict = judge(compiled, answer, situation, ask)
    seen = compiled.observe(answer, situation)
    _heading("The reply, as the rules see it")
    _print(_answer_lines(answer))
    _heading("Rule by rule")
    for rule in compiled.rules:
        _show_rule(rule, seen, verdict)
    for sentence in reasons(compiled, seen, verdict):
        RESULTS.print(Text.assemble((f"{'invalid':<14} ", "red"), sentence))
    _heading("Verdict")
    _print(_ending_lines(verdict))


def _show_rule(rule: CompiledRule, seen: Observation, verdict: Verdict) -> None:
    lines = [line for line in verdict.rules if line.rule == rule.rule.id]
    for line in lines:
        call = "" if line.call is None else f" in call {line.call + 1}"
        RESULTS.print(Text.assemble((f"{line.status.value:<14} ", _COLOURS[line.status]), f"{line.rule}{call}"))
    for occurrence in occurrences(rule, seen):
        for variable, value in rule.known(rule.values(seen, occurrence)).items():
            RESULTS.print(Text(f"{'':<14}   {variable.name} = {shown_value(value, variable.type)}", "dim"))


def _answer_lines(answer: Answer) -> Iterator[str]:
    for passage in answer.passages:
        yield f"{passage.channel}: {passage.text}"
    for number, call in enumerate(answer.calls, start=1):
        yield f"call {number}: {call.name} {call.arguments}"


def _ending_lines(verdict: Verdict) -> Iterator[str]:
    by = f" by {', '.join(verdict.by)}" if verdict.by else ""
    yield f"{verdict.ending.value}{by}"
    if verdict.notice:
        yield f"notice: {verdict.notice}"
    elif verdict.by:
        yield from _answer_lines(verdict.answer)


def _heading(title: str) -> None:
    RESULTS.print(Text(f"\n{title}", "bold"))


def _print(lines: Sequence[str] | Iterator[str]) -> None:
    RESULTS.print(Text("\n".join(lines)))
