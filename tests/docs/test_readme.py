"""What the README and the docs show works: the policy, the configuration, the links."""

import re
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import run_example
from guardproxy.classifier_settings import ClassifierSettings
from guardproxy.cli.main import COMMANDS
from guardproxy.cli.solver import solver
from guardproxy.exact_json import dumps
from guardproxy.pipeline import compile_policy
from guardproxy.proxy.classifiers import classifier_mistakes, classifier_schemas
from guardproxy.settings import (
    ENVIRONMENT_PREFIX,
    AskingAgain,
    Limits,
    Settings,
    SettingsMistake,
    Surfaces,
    Timeouts,
    read_settings,
)

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


@pytest.mark.parametrize("package", ["cli", "proxy", "storage", "telemetry"])
def test_a_package_s_map_names_every_module(package: str) -> None:
    folder = README.parent / "guardproxy" / package
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", *(COMMANDS if package == "cli" else ())}
    assert modules - set(re.findall(r"`(\w+)`", (folder / "__init__.py").read_text())) == set()


def test_links_lead_somewhere() -> None:
    for page in (README, *(README.parent / "docs").glob("*.md")):
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        assert [link for link in links if not (page.parent / link).exists()] == [], page.name


def test_every_setting_is_documented_with_its_default_and_its_variable() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| (.*?) \| (.*?) \|", (README.parent / "docs/settings.md").read_text(), re.M)
    found = {name: (default, variable) for name, default, variable in rows}
    groups = {"limits": Limits, "timeouts": Timeouts, "asking_again": AskingAgain, "surfaces": Surfaces}
    expected = {}
    for name, field in Settings.model_fields.items():
        if name in groups:
            for part, inner in groups[name].model_fields.items():
                expected[f"{name}.{part}"] = (f"`{dumps(inner.default)}`", "")
        elif name in ("facts", "classifiers"):
            expected[name] = ("", "")
        else:
            variable = f"`{ENVIRONMENT_PREFIX}{name.upper()}`"
            expected[name] = (_shown_default(field), variable)
    assert found == expected


def test_every_key_of_a_classifier_is_documented_with_its_default() -> None:
    page = (README.parent / "docs/classifiers.md").read_text()
    table = page.partition("| key | default |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`.+?`) \| (.*?) \|", table, re.M)
    found = {name: default for names, default in rows for name in re.findall(r"`(\w+)`", names)}
    defaults = ClassifierSettings.model_fields
    empty = {name for name, field in defaults.items() if field.default_factory or field.default in (None, "")}
    assert found == {name: "" if name in empty else _shown_default(field) for name, field in defaults.items()}


def test_the_classifier_of_the_docs_can_be_used(tmp_path: Path) -> None:
    page = (README.parent / "docs/classifiers.md").read_text()
    (toml,) = re.findall(r"```toml\n(.+?)```", page, re.DOTALL)
    (policy,) = re.findall(r"```\n(facts .+?)```", page, re.DOTALL)
    (tmp_path / "guardproxy.toml").write_text(f'upstream = "http://127.0.0.1/v1"\nallow_no_policy = true\n{toml}')
    own = read_settings({}, tmp_path / "guardproxy.toml", {"MODERATION_KEY": "secret"}).classifiers["toxicity"]
    assert own.key is not None and own.key.get_secret_value() == "secret"
    with pytest.raises(SettingsMistake, match=r"guardproxy.toml:\d+: `.+`: there is no `MODERATION_KEY`"):
        read_settings({}, tmp_path / "guardproxy.toml", {})
    compilation = compile_policy(f'policy "Page" version 1\n{policy}')
    assert compilation.policy is not None
    declared = classifier_schemas(compilation.policy.schemas)
    assert list(classifier_mistakes(declared, {"toxicity": own})) == []


def _shown_default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return f"`{dumps(field.default)}`" if field.default not in (None, ()) else ""


def test_the_configuration_in_the_docs_can_be_used(tmp_path: Path) -> None:
    (toml,) = re.findall(r"```toml\n(.+?)```", (README.parent / "docs/getting-started.md").read_text(), re.DOTALL)
    (tmp_path / "guardproxy.toml").write_text(toml)
    settings = read_settings({}, tmp_path / "guardproxy.toml", {})
    assert settings.policies == ("privacy", str(tmp_path / "my.policy"))
    assert settings.facts == {"applicant": {"tier": "bronze"}}
