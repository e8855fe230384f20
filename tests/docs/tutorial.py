"""The tutorial as a script: its files are written, its changes made and its commands run, in the order of the page.

`python -m tests.docs.tutorial` writes what the commands say today into the page.
"""

import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from guardproxy.cli.main import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
TIMES = re.compile(r" \(\d+\.\d s\)")
"""How long a command took, which it says where that is long; the page leaves it out."""
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.M | re.S)


def replayed(page: str, folder: Path) -> str:
    """The page as it would be with what its commands say now. Its files are left in `folder`."""
    with chdir(folder):
        return BLOCK.sub(_played, page)


def block(page: str, kind: str, name: str = "") -> str:
    """The text of the one block of this kind and name."""
    (text,) = (text for k, n, text in BLOCK.findall(page) if (k, n) == (kind, name))
    return str(text)


def _played(found: re.Match[str]) -> str:
    kind, name, text = found.groups()
    if kind == "console":
        commands = [line for line in text.splitlines() if line.startswith("$ ")]
        return "```console\n" + "".join(f"{command}\n{said(command)}" for command in commands) + "```"
    if kind == "change":
        _change(Path(name), text)
    elif kind in ("policy", "json") and name != "choice":
        path = Path(name.removeprefix("+"))
        path.write_text((path.read_text() if name.startswith("+") else "") + text)
    return found[0]


def _change(path: Path, text: str) -> None:
    """Lines with `-` are replaced by the lines with `+`."""
    lines = text.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line.startswith("-"))
    new = "".join(line[1:] for line in lines if line.startswith("+"))
    before = path.read_text()
    assert before.count(old) == 1, (path, old)
    path.write_text(before.replace(old, new))


def said(command: str) -> str:
    """What a command prints on a terminal's two streams."""
    words = shlex.split(command.removeprefix("$ "))
    assert words[0] == "guardproxy"
    with _listening() as heard:
        main(words[1:])
    lines = (TIMES.sub("", line.rstrip()) for line in heard.getvalue().strip("\n").splitlines())
    return "\n".join(lines) + "\n"


@contextmanager
def _listening() -> Iterator[io.StringIO]:
    heard = io.StringIO()
    with redirect_stdout(heard), redirect_stderr(heard):
        yield heard


if __name__ == "__main__":
    os.environ["COLUMNS"] = "120"
    with tempfile.TemporaryDirectory() as temporary:
        PAGE.write_text(replayed(PAGE.read_text(), Path(temporary)))
