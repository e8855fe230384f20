"""`docs/desk.md` shows what the commands really print."""

import re
import shlex
from pathlib import Path

import pytest

from guardproxy.cli.main import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "desk.md"
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^\$ guardproxy (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def test_the_page_shows_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = 0
    for language, name, body in BLOCK.findall(PAGE.read_text()):
        if name:
            (tmp_path / name).write_text(body)
        for words, shown in COMMAND.findall(body) if language == "console" else ():
            main(shlex.split(words))
            assert capsys.readouterr().out.rstrip() == shown.rstrip()
            commands += 1
    assert commands == 3
