"""`guardproxy new`, by flags and on a real terminal."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from guardproxy.cli.main import main
from guardproxy.language.layout import layout
from guardproxy.pipeline import compile_policy


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "flags",
    [
        [],
        ["--words", "guaranteed, risk-free, help", "--secrets", ""],
        ["--answers", "json", "--field", "apr", "--limit", "36%", "--otherwise", "lower"],
        ["--tool", "refund", "--limit", "$5,000", "--otherwise", "hold", "--words", "sure"],
        ["--tool", "prescribe", "--field", "dose", "--limit", "0.5 g", "--at-least", "--otherwise", "lower"],
        ["--answers", "json", "--limit", "2.50", "--otherwise", "ask", "--secrets", "iban"],
        ["--answers", "json", "--limit", "¥3,000"],
        ["--answers", "json", "--limit", "6 months", "--field", "term", "--title", 'A "quoted" title'],
    ],
)
def test_what_is_written_is_sound(folder: Path, capsys: pytest.CaptureFixture[str], flags: list[str]) -> None:
    assert main(["new", "p.policy", "--yes", *flags]) == 0
    text = (folder / "p.policy").read_text()
    assert layout(text).text == text
    assert [d.message for d in compile_policy(text).diagnostics if d.severity != "info"] == []
    capsys.readouterr()
    assert main(["test", "p.policy"]) == 0
    assert "no example makes" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--secrets", "emial"], "guardproxy: there is no detector `emial`; did you mean `email`?\n"),
        (["--answers", "json", "--limit", "much"], "guardproxy: `much` is no limit; write it as `$100`, `36%`, "),
        (["--answers", "json", "--limit", "$0"], "guardproxy: a limit of 0 leaves nothing to allow; name a higher one"),
        (["--tool", "every", "--limit", "3"], "guardproxy: `every` is a word of the language; "),
        (["--secrets", ""], "guardproxy: a policy needs at least one rule: "),
        (
            ["--answers", "prose", "--limit", "36%"],
            "guardproxy: --limit has no effect on text for people; add --answers json or --answers calls\n",
        ),
        (["--answers", "json", "--tool", "x"], "guardproxy: --tool has no effect on a JSON reply; "),
        (["--otherwise", "ask"], "guardproxy: --otherwise has no effect here: it is for --limit and --words, "),
        (["--otherwise", "lower", "--words", "sure"], "guardproxy: --otherwise lower has no effect without a limit; "),
        (["--words", ",,"], "guardproxy: --words ',,' names nothing; write them with commas between them\n"),
        (["--title", ""], "guardproxy: --title is empty; a policy has a title\n"),
        (
            ["--field", "annual rate", "--limit", "3"],
            "guardproxy: `annual rate` is no name; a name is one word: `annual_rate`\n",
        ),
        (["--tool", "give loan"], "guardproxy: `give loan` is no name; a name is one word: `give_loan`\n"),
        (["--tool", ""], "guardproxy: a name is empty; a name is one word, such as `amount`\n"),
        (["--limit", "-5%"], "guardproxy: `-5%` is below 0; a limit here is above 0\n"),
        (
            ["--limit", "€1.000"],
            "guardproxy: `€1.000` is no limit: amounts in EUR have 2 decimal places; thousands are written `€1,000`\n",
        ),
        (
            ["--limit", "00"],
            "guardproxy: a limit of 0 leaves nothing to allow; name a higher one "
            "(in a shell, put `$` in single quotes: `'$100'`)\n",
        ),
    ],
)
def test_what_makes_no_policy(
    folder: Path, capsys: pytest.CaptureFixture[str], flags: list[str], sentence: str
) -> None:
    assert main(["new", "--yes", *flags]) == 2
    assert capsys.readouterr().err.startswith(sentence)
    assert list(folder.iterdir()) == []


def test_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "first.policy").write_text("mine")
    assert main(["new", "--yes"]) == 2
    assert capsys.readouterr().err == (
        "guardproxy: `first.policy` is there already and is not overwritten; name another file\n"
    )
    assert (folder / "first.policy").read_text() == "mine"


def test_without_a_terminal_nothing_is_asked(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "guardproxy", "new"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "guardproxy: there is no terminal to ask on; give the answers as flags and add --yes\n"


class Terminal:
    """`guardproxy new` on a pseudo-terminal of 60 columns."""

    def __init__(self, folder: Path) -> None:
        self.master, slave = pty.openpty()
        environment = {**os.environ, "COLUMNS": "60", "TERM": "xterm"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "guardproxy", "new", "p.policy"],
            stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=environment, start_new_session=True,
            # Where the tests themselves run with Ctrl-C ignored, their children would ignore it too.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )  # fmt: skip
        os.close(slave)
        self.shown = ""

    def read_until(self, words: str) -> str:
        """What was shown up to the words, which are waited for."""
        end = time.monotonic() + 20
        while words not in self.shown:
            assert time.monotonic() < end, f"waited for {words!r}, saw {self.shown!r}"
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.shown += os.read(self.master, 4096).decode()
                except OSError:
                    break
        before, _, self.shown = self.shown.partition(words)
        return before

    def says(self, line: str) -> None:
        os.write(self.master, f"{line}\n".encode())

    def leave(self) -> int:
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()
            os.close(self.master)


def test_the_questions_on_a_terminal(folder: Path) -> None:
    terminal = Terminal(folder)
    terminal.read_until("[First policy] > ")
    terminal.says("Refund desk")
    assert "What does the model answer?" in terminal.read_until("[prose] > ")
    terminal.says("cals")
    assert "`cals` is none of prose, json, calls" in terminal.read_until("[prose] > ")
    terminal.says("calls")
    terminal.read_until("[refund] > ")
    terminal.says("every")
    assert "is a word of the language" in terminal.read_until("[refund] > ")
    terminal.says("")
    for prompt, answer in [
        ("[amount] > ", ""),
        ("[most] > ", ""),
        ("[$100] > ", "$50"),
        ("[none] > ", "no problem"),
        ("[none] > ", "emial"),
        ("did you mean `email`?", None),
        ("[none] > ", "email"),
        ("[lower] > ", ""),
    ]:
        shown = terminal.read_until(prompt)
        assert all(len(line) <= 60 for line in shown.replace("\r", "").split("\n"))
        if answer is not None:
            terminal.says(answer)
    terminal.read_until("is written")
    assert terminal.leave() == 0
    text = (folder / "p.policy").read_text()
    assert text.startswith('policy "Refund desk" version 1\n\ntool refund takes\n  - amount : money from $0 to $500\n')
    assert "repair by lowering refund.amount" in text


@pytest.mark.parametrize("stop", ["\x03", "\x04"])
def test_stopping_leaves_nothing(folder: Path, stop: str) -> None:
    terminal = Terminal(folder)
    terminal.read_until("[First policy] > ")
    if stop == "\x03":
        # Pressed again where the first one fell into a moment that Python cannot be interrupted in.
        for _ in range(20):
            os.killpg(terminal.process.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                terminal.process.wait(1)
                break
    else:
        os.write(terminal.master, stop.encode())
    assert terminal.leave() == 130
    assert list(folder.iterdir()) == []
