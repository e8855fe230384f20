"""What `guardproxy serve` says before it serves: every mistake in the settings ends in one sentence and exit 2."""

import socket
from pathlib import Path

import pytest

from guardproxy.cli.main import main


@pytest.mark.parametrize(
    ("words", "config", "sentence"),
    [
        (["--policy", "privacy"], "", "guardproxy: `upstream` is missing; say it with --upstream or in the file\n"),
        (
            ["--upstream", "http://x"],
            "",
            "guardproxy: no policy is given; name one with --policy or ",
        ),
        (
            ["--upstream", "x", "--policy", "privacy"],
            "",
            "guardproxy: --upstream cannot be used: it has to be a",
        ),
        (["--config", "none.toml"], "", "guardproxy: `none.toml` cannot be read: no such file or directory\n"),
        (["--config", "c.toml"], "upsteam = 'http://x'\n", "guardproxy: "),
        (["--upstream", "http://x", "--policy", "privcy"], "", "guardproxy: there is no policy `privcy`; did you mean"),
    ],
)
def test_wrong_settings(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    config: str,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.toml").write_text(config)
    assert main(["serve", *words]) == 2
    last = capsys.readouterr().err
    assert sentence in last
    assert "Traceback" not in last


def test_an_unknown_key_gets_its_line_and_a_guess(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.toml").write_text("upstream = 'http://x'\npolices = ['privacy']\n")
    assert main(["serve", "--config", "c.toml"]) == 2
    assert "c.toml:2: there is no setting `polices`; did you mean `policies`?" in capsys.readouterr().err


def test_a_fact_that_does_not_fit_stops_the_start_with_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    facts = '[facts.applicant]\ntier = "gld"\ncovered = "no"\ncovred = true\n'
    Path("c.toml").write_text(f"upstream = 'http://x'\npolicies = ['lending']\n{facts}")
    for workers in ("1", "2"):
        assert main(["serve", "--config", "c.toml", "--port", "0", "--admin-port", "0", "--workers", workers]) == 2
        out = capsys.readouterr().err
        assert out.startswith(
            "guardproxy: compiling and proving lending ...\n"
            'guardproxy: c.toml:4: `applicant.tier` is `"gld"`, which is not listed: it has to be one of '
        )
        assert (
            '\nc.toml:5: `applicant.covered` is `"no"`, which is of another kind: it has to be true or false\n' in out
        )
        assert out.endswith(
            "c.toml:6: no policy declares the fact `applicant.covred` from system; did you mean `covered`?\n"
        )


def test_warnings_come_before_anything_else(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("w.policy").write_text('policy "W" version 1\n\nrule W "x"\n  never reply text contains "secret"\n')
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", "--upstream", "http://x", "--policy", "w.policy", "w.policy", "--port", port]) == 2
    first, twice, warning, cure, *_, mistake = capsys.readouterr().err.splitlines()
    assert first == "guardproxy: compiling and proving w.policy, w.policy ..."
    assert twice == "the policy `w.policy` is named twice; it counts once"
    assert warning.startswith("W207 w.policy:4:29  ")
    assert cure.startswith("   help: ")
    assert "cannot listen on" in mistake


def test_nothing_is_announced_before_the_policies_compile(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--upstream", "http://x", "--policy", "privcy"]) == 2
    assert "the API" not in capsys.readouterr().err


def test_a_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", "--upstream", "http://x", "--policy", "privacy", "--port", port]) == 2
    assert f"cannot listen on 127.0.0.1:{port}: address already in use" in capsys.readouterr().err
