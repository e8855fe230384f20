"""What the README and the docs show works: the policy, the configuration, the links."""

import re
from pathlib import Path

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import run_example
from guardproxy.cli.solver import solver
from guardproxy.pipeline import compile_policy
from guardproxy.settings import read_settings

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


def test_links_lead_somewhere() -> None:
    for page in (README, *(README.parent / "docs").glob("*.md")):
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        assert [link for link in links if not (page.parent / link).exists()] == [], page.name


def test_the_configuration_in_the_docs_can_be_used(tmp_path: Path) -> None:
    (toml,) = re.findall(r"```toml\n(.+?)```", (README.parent / "docs/getting-started.md").read_text(), re.DOTALL)
    (tmp_path / "guardproxy.toml").write_text(toml)
    settings = read_settings({}, tmp_path / "guardproxy.toml", {})
    assert settings.policies == ("privacy", "my.policy")
    assert settings.facts == {"applicant": {"tier": "bronze"}}
