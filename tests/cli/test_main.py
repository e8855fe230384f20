"""What the command line says to those who use it wrongly: one sentence on stderr, exit code 2."""

from pathlib import Path

import pytest

from guardproxy.cli.main import COMMANDS, main


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["chek"], "guardproxy: there is no command `chek`; did you mean `check`?"),
        (["frobnicate"], "guardproxy: there is no command `frobnicate`; there are new, check, test, explain, fmt, "),
        (["--verison"], "guardproxy: there is no flag `--verison` before a command; did you mean `--version`?"),
        (["help", "tset"], "guardproxy: there is no command `tset`; did you mean `test`?"),
        (["test", "privacy", "--at-least", "90"], "guardproxy: --at-least belongs to --mutate"),
        (["fmt", "--chek", "x"], "guardproxy: there is no flag `--chek`; did you mean `--check`?"),
        (["explain", "privacy", "--now", "10:00"], "guardproxy: --now: `10:00` is no instant; write it as 2026-11-21T"),
        (
            ["check", "--mutat", "x"],
            "guardproxy: there is no flag `--mutat`; `--mutate` belongs to `guardproxy test`\n",
        ),
        (["check"], "guardproxy: FILE is missing; see `guardproxy check --help`"),
        (["check", "privacy", "--fromat", "json"], "guardproxy: there is no flag `--fromat`; did you mean `--format`?"),
        (["check", "privacy", "--format", "yaml"], "guardproxy: --format cannot be 'yaml', only "),
        (["check", "privacy", "--format"], "guardproxy: --format needs a value; see `guardproxy check --help`"),
        (["check", "privcy"], "guardproxy: there is no policy `privcy`; did you mean `privacy`?"),
        (["test", "no/such.policy"], "guardproxy: there is no policy `no/such.policy`; a path or the name of a pack"),
        (
            ["explain", "privacy", "more"],
            "guardproxy: `more` is one argument too many; see `guardproxy explain --help`",
        ),
        (["explain", "privacy", "--reply", "none"], "guardproxy: `none` does not exist"),
        (["explain", "privacy", "--facts", "f"], "guardproxy: --facts, --today and --now belong to a reply; name one"),
        (["replay", "--policy", "privacy", "x"], "guardproxy: FILE is missing (it stands before the flags); see"),
        (["replay", "x.jsonl"], "guardproxy: --policy is missing; see `guardproxy replay --help`"),
        (["replay", "x.jsonl", "--policy", "privacy"], "guardproxy: `x.jsonl` does not exist"),
        (
            ["replay", "x", "--policy", "privacy", "--jobs", "0"],
            "guardproxy: --jobs: `0` is no whole number from 1 to 256",
        ),
        (
            ["replay", "x", "--policy", "privacy", "--today", "now"],
            "guardproxy: --today: `now` is no date; write it as 2026-11-",
        ),
        (["demo", "--port", "99999"], "guardproxy: --port: `99999` is no whole number from 1 to 65535"),
    ],
)
def test_wrong_use_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = said(capsys, *words)
    assert (code, out) == (2, "")
    assert err.startswith(sentence)
    assert err.count("\n") == 1


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "--help")
    assert code == 0
    assert all(f"  {name:<8} {summary}\n" in out for name, summary in COMMANDS.items())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as leaving:
        main([command, "--help"])
    assert leaving.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: guardproxy {command}")


def test_help_for_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["help", "fmt"])
    assert leaving.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith("usage: guardproxy fmt ")
    assert "Exit code: 0 done" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_eighty_columns(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert [line for line in capsys.readouterr().out.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_made_of_sentences(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    out = capsys.readouterr().out
    assert "{'" not in out
    assert "%(" not in out
    assert "%%" not in out


def test_the_share_of_changes_is_a_percentage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["test", "--help"])
    assert "fail where less than N% are noticed" in " ".join(capsys.readouterr().out.split())
