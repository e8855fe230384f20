"""The packs that travel with the product: they compile, their examples hold, and their examples cover their rules."""

from collections.abc import Iterator

import pytest

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import ExampleRun, run_example
from guardproxy.checks.verdict import Status
from guardproxy.cli.solver import Solver
from guardproxy.ir.policy import Policy
from guardproxy.storage.places import pack_names
from guardproxy.storage.policy_files import read_policies

SILENT = (Status.COMPLIES, Status.NOT_APPLICABLE)


@pytest.fixture(scope="module")
def solver() -> Iterator[Solver]:
    pool = Solver()
    yield pool
    pool.close()


@pytest.fixture(scope="module", params=pack_names())
def pack(request: pytest.FixtureRequest, solver: Solver) -> tuple[Policy, list[ExampleRun]]:
    (policy,) = read_policies([request.param])
    compiled = CompiledPolicies([policy])
    return policy, [run_example(compiled, example, solver.ask) for example in policy.examples]


def test_every_example_holds(pack: tuple[Policy, list[ExampleRun]]) -> None:
    failures = [f"{run.example.title}: {failure.message}" for run in pack[1] for failure in run.failures]
    assert failures == []


def test_every_rule_fires_in_one_example_and_is_silent_in_another(pack: tuple[Policy, list[ExampleRun]]) -> None:
    policy, runs = pack
    fired = {rule for run in runs for rule in run.verdict.having(Status.VIOLATED)}
    silent = {line.rule for run in runs for line in run.verdict.rules if line.status in SILENT}
    rules = {rule.id for rule in policy.rules}
    assert (rules - fired, rules - silent) == (set(), set())


def test_the_packs_load_together() -> None:
    policies = read_policies(pack_names())
    assert len(CompiledPolicies(policies).rules) == sum(len(policy.rules) for policy in policies)
