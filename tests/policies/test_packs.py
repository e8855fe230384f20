"""The packs that travel with the product: they compile, their examples hold and cover their rules, and nothing is found
when everything is proved that can be."""

from collections.abc import Iterator

import pytest

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import ExampleRun, run_example
from guardproxy.checks.verdict import Status
from guardproxy.cli.solver import Solver
from guardproxy.diagnostics import render
from guardproxy.ir.policy import Policy
from guardproxy.language.layout import layout
from guardproxy.proofs.findings import prove_policy
from guardproxy.storage.places import pack_names, packs
from guardproxy.storage.policy_files import read_all, read_policies

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


def test_nothing_is_found_in_a_pack(pack: tuple[Policy, list[ExampleRun]], solver: Solver) -> None:
    (file,) = read_all([pack[0].file.removesuffix(".policy")])
    found = [*file.diagnostics, *prove_policy(pack[0], solver.ask).diagnostics]
    assert [render(d) for d in found if d.severity != "info"] == []


def test_a_pack_says_where_it_comes_from(pack: tuple[Policy, list[ExampleRun]]) -> None:
    assert pack[0].source and pack[0].owner and pack[0].tags


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_has_the_canonical_layout(name: str) -> None:
    text = (packs() / f"{name}.policy").read_text()
    assert layout(text, name).text == text


def test_the_packs_load_together() -> None:
    policies = read_policies(pack_names())
    assert len(CompiledPolicies(policies).rules) == sum(len(policy.rules) for policy in policies)
