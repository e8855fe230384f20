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
            "guardproxy: `upstream` cannot be used: it has to be a",
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


def test_a_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", "--upstream", "http://x", "--policy", "privacy", "--port", port]) == 2
    assert f"cannot listen on 127.0.0.1:{port}: address already in use" in capsys.readouterr().err
