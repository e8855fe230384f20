"""`guardproxy test`: runs the examples that stand in policies, and says what they miss."""

from argparse import Namespace
from collections.abc import Sequence
from time import perf_counter

from rich.progress import track

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import ExampleRun, run_example
from guardproxy.checks.mutants import mutants
from guardproxy.checks.mutation import Mutation, mutation_test
from guardproxy.checks.verdict import Status
from guardproxy.cli.arguments import Parser, UsageMistake, add_files, whole_number
from guardproxy.cli.solver import solver
from guardproxy.cli.terminal import REMARKS, RESULTS
from guardproxy.cli.test_lines import Tested, show_tested, tested_as_json
from guardproxy.diagnostics import has_errors
from guardproxy.exact_json import dumps
from guardproxy.ir.policy import Policy
from guardproxy.logic.questions import Ask
from guardproxy.proofs.findings import must_hold
from guardproxy.storage.policy_files import PolicyFile, read_all

_ABOUT = """An overlay's examples are judged by its baseline and by itself, and have to make
its own rules fire; its `tighten` rules are proved first.

With --mutate, rules are changed one small step at a time (a limit moved by one
step, `below` for `at most`, `or` for `and`, a condition left out, ...), and all
examples are run against each change. What no example notices is said with the
line, and with the kind of example that would notice. Changes that are proved to
mean the same are not counted.

Exit code: 0 every example holds, 1 one does not, a policy does not compile or
the examples notice too little (--at-least), 2 usage."""


def parser() -> Parser:
    parser = Parser("test", "Runs the examples that stand in policies, and says what they miss.", _ABOUT)
    add_files(parser)
    parser.add_argument("--mutate", action="store_true", help="say which small changes of the rules no example notices")
    parser.add_argument(
        "--at-least", type=whole_number(0, 100), metavar="N", help="with --mutate: fail where less than N%% are noticed"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="sentences, or one JSON line a file")
    parser.add_argument("--quiet", action="store_true", help="show failures only")
    return parser


def run(arguments: Namespace) -> int:
    if arguments.at_least is not None and not arguments.mutate:
        raise UsageMistake("--at-least belongs to --mutate")
    files = read_all(arguments.files)
    good = []
    with solver() as ask:
        for file in files:
            tested = _tested(file, ask, arguments.mutate)
            if arguments.format == "json":
                RESULTS.out(dumps(tested_as_json(tested)))
            else:
                show_tested(tested, arguments.quiet)
            good.append(_is_good(tested, arguments.at_least))
    return 0 if all(good) else 1


def _is_good(tested: Tested, at_least: int | None) -> bool:
    if tested.problems or tested.failed:
        return False
    mutation = tested.mutation
    return mutation is None or at_least is None or mutation.noticed * 100 >= at_least * mutation.total


def _tested(file: PolicyFile, ask: Ask, mutate: bool) -> Tested:
    if file.policy is None or has_errors(file.diagnostics):
        return Tested(file, None, tuple(d for d in file.diagnostics if d.severity == "error"))
    if problems := must_hold(file.policy, ask):
        return Tested(file, None, problems)
    started = perf_counter()
    compiled = CompiledPolicies([file.policy])
    runs = tuple(run_example(compiled, example, ask) for example in file.policy.examples)
    holds = not any(run.failures for run in runs)
    mutation = _mutated(file.policy, runs, ask) if mutate and holds else None
    silent = silent_rules(file.policy, runs)
    return Tested(file, compiled, (), runs, silent, mutation, perf_counter() - started)


def _mutated(policy: Policy, runs: Sequence[ExampleRun], ask: Ask) -> Mutation:
    changes = list(mutants(policy))
    shown = track(changes, "changing rules", console=REMARKS, transient=True, disable=not REMARKS.is_terminal)
    return mutation_test(policy, shown, runs, ask)


def silent_rules(policy: Policy, runs: Sequence[ExampleRun]) -> tuple[str, ...]:
    """The policy's own rules that no example violates or is stopped by; its baseline's are the baseline's business."""
    fired = {rule for run in runs for rule in (*run.verdict.having(Status.VIOLATED), *run.verdict.by)}
    return tuple(rule.id for rule in policy.rules if rule.id not in fired and rule.id not in policy.inherited)
