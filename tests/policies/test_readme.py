"""The policy in the README is one: it compiles without a remark, and its examples hold."""

import re
from pathlib import Path

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import run_example
from guardproxy.cli.solver import solver
from guardproxy.pipeline import compile_policy

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_policy_in_the_readme_holds() -> None:
    (text,) = re.findall(r"```\n(policy .+?)```", README.read_text(), re.DOTALL)
    compilation = compile_policy(text)
    assert compilation.policy is not None
    assert compilation.diagnostics == ()
    compiled = CompiledPolicies([compilation.policy])
    with solver() as ask:
        runs = [run_example(compiled, example, ask) for example in compilation.policy.examples]
    assert [run.failures for run in runs] == [(), ()]


def test_the_links_in_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", README.read_text())
    assert [link for link in links if not (README.parent / link).exists()] == []
