import json
from pathlib import Path

import pytest

from guardproxy.cli.main import main

OLD = """policy "Fees" version 1, money in USD

check reply as offer
  - fee : money from $0 to $100

rule F-CAP "Fees are capped"
  require offer.fee at most $50
  otherwise block "Too much."
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.policy").write_text(OLD)
    return tmp_path


def test_two_that_are_equal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "new.policy").write_text(OLD.replace("Too much.", "No.").replace("version 1", "version 2"))
    assert main(["diff", "old.policy", "new.policy"]) == 0
    assert capsys.readouterr().out == (
        "only words changed: the policy's version\n"
        "only words changed: the notice of F-CAP\n"
        "= old.policy → new.policy: proved equal for all answers and facts\n"
    )


def test_a_difference_is_shown_by_an_example(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "new.policy").write_text(OLD.replace("at most $50", "at most $60"))
    assert main(["diff", "old.policy", "new.policy"]) == 1
    assert capsys.readouterr().out == (
        "newly let through: F-CAP changed\n"
        "  the old version: blocked by F-CAP\n"
        "  the new version: allowed\n"
        '    example "F-CAP: judged differently"\n'
        '      reply { "fee": 60 }\n'
        "      expect allowed\n"
        "\n"
        "≠ old.policy → new.policy: 1 difference\n"
    )


def test_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "new.policy").write_text(OLD.replace("otherwise block", "otherwise warn"))
    assert main(["diff", "old.policy", "new.policy", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    (change,) = found["changes"]
    assert (found["old"], found["new"], found["result"]) == ("old.policy", "new.policy", "different")
    assert (change["what"], change["rules"], change["new"]) == ("newly let through", ["F-CAP"], "warned by F-CAP")


def test_a_version_that_does_not_compile(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "new.policy").write_text(OLD.replace("$50", "50%"))
    assert main(["diff", "old.policy", "new.policy"]) == 2
    assert "E012 new.policy:7:" in capsys.readouterr().out
