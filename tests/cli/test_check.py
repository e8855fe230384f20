import json
from pathlib import Path

import pytest

from guardproxy.cli.main import main

GOOD = 'policy "Words" version 1\n\nrule W-1 "No secrets"\n  never reply text mentions "secret"\n'
BAD = 'policy "Words" version 1\n\nrule W-1 "No secrets"\n  require offer.apr at most 36%\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.policy").write_text(GOOD)
    (tmp_path / "bad.policy").write_text(BAD)
    return tmp_path


def test_a_clean_policy(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.policy"]) == 0
    assert capsys.readouterr().out == "✓ good.policy: 1 rule, 0 examples\n"


def test_mistakes_are_shown_where_they_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.policy", "bad.policy"]) == 1
    out = capsys.readouterr().out
    assert " bad.policy:4:" in out
    assert "    4 |   require offer.apr at most 36%" in out
    assert out.endswith("✓ good.policy: 1 rule, 0 examples\n✗ bad.policy: 1 error\n")


def test_json_carries_the_published_fields(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "bad.policy", "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert list(found) == [
        "code", "severity", "kind", "message", "file", "line", "column", "rules", "witness", "help",
    ]  # fmt: skip
    assert (found["severity"], found["file"], found["line"]) == ("error", "bad.policy", 4)


def test_a_clean_policy_has_no_findings_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.policy", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"diagnostics": []}


def test_sarif_has_a_rule_for_each_code_and_a_result_for_each_finding(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "bad.policy", "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    (run,) = log["runs"]
    assert (log["version"], run["tool"]["driver"]["name"]) == ("2.1.0", "guardproxy")
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]] == {"id": result["ruleId"]}
    assert result["level"] == "error"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "bad.policy"}
    line = BAD.splitlines()[place["region"]["startLine"] - 1]
    assert line[place["region"]["startColumn"] - 1 : place["region"]["endColumn"] - 1].startswith("offer")


def test_all_that_cannot_be_read_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.policy", "one.policy", "two.policy"]) == 2
    assert capsys.readouterr().err.count("there is no policy") == 2
