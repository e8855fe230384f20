"""`guardproxy explain`: what a policy becomes on its way to checks, and how it judges a reply, step by step."""

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.text import Text

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.steps import steps_of
from guardproxy.cli.arguments import Parser, UsageMistake, day, moment
from guardproxy.cli.facts import given_facts
from guardproxy.cli.forms import declaration, rule_form, title_lines
from guardproxy.cli.reasons import reasons
from guardproxy.cli.solver import solver
from guardproxy.cli.step_lines import show_steps
from guardproxy.cli.terminal import REMARKS, RESULTS, complain, heading, show_diagnostic
from guardproxy.conversation import Answer, Conversation, Situation
from guardproxy.diagnostics import has_errors
from guardproxy.exact_json import JsonError, loads
from guardproxy.ir.calendar import date_of
from guardproxy.ir.policy import Policy
from guardproxy.proofs.hearsay import advisories
from guardproxy.storage.policy_files import read_policy
from guardproxy.storage.reading import UnreadableFile, decode, read_text
from guardproxy.wire.chat.requests import answer_of, conversation_of
from guardproxy.wire.errors import ExchangeFailure

_ABOUT = """With --reply: each rule that applies, each of its clauses with its truth, both sides
of each comparison, where each value comes from, what is unknown and what that
means; then how the outcomes make one ending, what a repair changed and why
nothing smaller does. What detectors find is shown as [...].

Exit code: 0 explained, whatever the verdict, 1 the policy has mistakes, 2 a file
cannot be used."""


def parser() -> Parser:
    parser = Parser("explain", "Shows what a policy becomes, and how it judges a reply.", _ABOUT)
    parser.add_argument("file", metavar="FILE", help="a policy file, or the name of a pack such as `privacy`")
    parser.add_argument(
        "--reply",
        type=Path,
        metavar="FILE",
        help="a reply as text, an assistant message, a chat completion, or a conversation that ends with one; "
        "`-` reads it from standard input",
    )
    parser.add_argument("--facts", type=Path, metavar="FILE", help="the facts of the case, as JSON")
    parser.add_argument("--today", type=day, metavar="DATE", help="the date that rules see, as 2026-11-21 (unknown)")
    parser.add_argument("--now", type=moment, metavar="INSTANT", help="the instant, as 2026-11-21T10:00Z (unknown)")
    parser.add_argument(
        "--smtlib",
        nargs="?",
        const="",
        metavar="RULE",
        help="print one rule, or all, for any solver that reads SMT-LIB 2",
    )
    return parser


def run(arguments: Namespace) -> int:
    if arguments.reply is None and (arguments.facts or arguments.today or arguments.now):
        raise UsageMistake("--facts, --today and --now belong to a reply; name one with --reply")
    if arguments.reply is not None and arguments.smtlib is not None:
        raise UsageMistake("--smtlib and --reply cannot be said together")
    file = read_policy(arguments.file)
    said = [*file.diagnostics, *(advisories(file.policy) if file.policy is not None else ())]
    for diagnostic in said:
        show_diagnostic(diagnostic, RESULTS if arguments.smtlib is None else REMARKS)
    if file.policy is None or has_errors(file.diagnostics):
        return 1
    if arguments.smtlib is not None:
        # The solver's library takes its time to load, and nothing else here needs it.
        import_module("guardproxy.cli.smtlib").show_smtlib(file.policy, arguments.smtlib)
        return 0
    if arguments.reply is None:
        _show_forms(file.policy)
        return 0
    answer, situation = _case(arguments, file.policy)
    compiled = CompiledPolicies([file.policy])
    with solver() as ask:
        steps = steps_of(compiled, answer, situation, ask)
    show_steps(compiled, answer, steps, reasons(compiled, compiled.observe(answer, situation), steps.verdict))
    return 0


def _case(arguments: Namespace, policy: Policy) -> tuple[Answer, Situation]:
    """What is to be judged. Raises `UnreadableFile`."""
    answer, before = read_reply(arguments.reply)
    facts = given_facts(arguments.facts, [policy])
    today = arguments.today.toordinal() if arguments.today else None
    if today is None and arguments.now is not None:
        today = date_of(arguments.now, policy.zone)
    return answer, Situation(facts, before, today, arguments.now)


def read_reply(path: Path) -> tuple[Answer, Conversation]:
    """The answer to judge and what came before it. Raises `UnreadableFile`."""
    text = decode(sys.stdin.buffer.read(), path) if str(path) == "-" else read_text(path)
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
        heading("Declarations")
    for schema in policy.schemas:
        _print(declaration(schema))
    heading("Rules as terms")
    for rule in policy.rules:
        _print([*rule_form(rule), ""])


def _print(lines: Sequence[str] | Iterator[str]) -> None:
    RESULTS.print(Text("\n".join(lines)))
