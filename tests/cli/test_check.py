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
    assert capsys.readouterr().out == (
        "✓ good.policy: 1 rule, 0 examples\n"
        "  proved: the rule can apply, be violated and be complied with\n"
        "  decided: 1 at once\n"
    )


def test_mistakes_are_shown_where_they_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.policy", "bad.policy"]) == 1
    out = capsys.readouterr().out
    assert " bad.policy:4:" in out
    assert "    4 |   require offer.apr at most 36%" in out
    assert "✓ good.policy: 1 rule, 0 examples\n" in out
    assert out.endswith("✗ bad.policy: 1 error\n")


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


CONTRADICTING = """policy "Terms" version 1

check reply as offer
  - term : whole number from 6 to 84
  - kind : one of loan, lease

rule T-LOW "Short"
  require offer.term at most 24

rule T-HIGH "Leases are long"
  when offer.kind is lease
  require offer.term at least 36
"""


def test_a_finding_comes_with_its_example(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "terms.policy").write_text(CONTRADICTING)
    assert main(["check", "terms.policy"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("W405 terms.policy:12:11  `T-LOW` and `T-HIGH` contradict each other: ")
    assert '       example "T-LOW and T-HIGH cannot both be met"\n         reply { "term": ' in out
    assert "✓ terms.policy: 2 rules, 0 examples, 1 warning\n" in out


def test_findings_as_json_name_their_kind_rules_and_witness(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "terms.policy").write_text(CONTRADICTING)
    assert main(["check", "terms.policy", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert (found["code"], found["kind"], found["rules"]) == ("W405", "contradiction", ["T-LOW", "T-HIGH"])
    assert found["witness"].startswith('example "T-LOW and T-HIGH cannot both be met"')
    assert main(["check", "terms.policy", "--format", "sarif"]) == 0
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["properties"]["rules"] == ["T-LOW", "T-HIGH"]
    assert found["witness"] in result["message"]["text"]


def test_boundaries_are_printed_to_be_pasted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "terms.policy").write_text(CONTRADICTING)
    assert main(["check", "terms.policy", "--boundaries"]) == 0
    printed = capsys.readouterr().out
    (folder / "terms.policy").write_text(f"{CONTRADICTING}\n{printed}")
    assert printed.count('example "') == 6
    assert main(["test", "terms.policy"]) == 0


def test_when_each_rule_decides(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "terms.policy").write_text(CONTRADICTING)
    assert main(["check", "terms.policy", "--timing"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[:5] for row in rows if row.startswith("T-LOW")] == [["T-LOW", "when", "a", "field", "closes"]]


def test_flags_that_exclude_each_other(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.policy", "--format", "json", "--timing"]) == 2
    assert "leave --format out" in capsys.readouterr().err


def test_all_that_cannot_be_read_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.policy", "one.policy", "two.policy"]) == 2
    assert capsys.readouterr().err.count("there is no policy") == 2
