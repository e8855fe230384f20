import os
import stat
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from guardproxy.cli.main import main
from guardproxy.storage import writing

GOOD = 'policy "Words" version 1\n\nrule W-1 "No secrets"\n  never reply text mentions "secret"\n'
CROOKED = 'policy   "Words" version 1\nrule W-1 "No secrets" never reply text\n mentions "secret"\n'
BAD = 'policy "Words" version 1\n\nrule W-1 "No secrets"\n   newer reply text mentions "secret"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("good", GOOD), ("crooked", CROOKED), ("bad", BAD)):
        (tmp_path / f"{name}.policy").write_text(text)
    return tmp_path


def test_a_file_is_laid_out_and_a_right_one_is_left(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "crooked.policy").chmod(0o640)
    assert main(["fmt", "crooked.policy", "good.policy"]) == 0
    assert capsys.readouterr().out == "✓ crooked.policy: laid out anew\n• good.policy: as it should be\n"
    assert (folder / "crooked.policy").read_text() == GOOD
    assert stat.S_IMODE((folder / "crooked.policy").stat().st_mode) == 0o640
    assert sorted(p.name for p in folder.iterdir()) == ["bad.policy", "crooked.policy", "good.policy"]


def test_check_shows_what_would_change_and_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "--check", "crooked.policy", "good.policy"]) == 1
    out = capsys.readouterr().out
    assert out.startswith(
        '✗ crooked.policy: would be laid out anew\n  line 1:\n  -policy   "Words" version 1\n'
        '  -rule W-1 "No secrets" never reply text\n  - mentions "secret"\n  +policy "Words" version 1\n'
    )
    assert out.endswith("✓ good.policy: as it should be\n")
    assert (folder / "crooked.policy").read_text() == CROOKED


def test_mistakes_leave_a_file_as_it_is_and_do_not_stop_the_next(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fmt", "bad.policy", "crooked.policy", "--quiet"]) == 1
    out = capsys.readouterr().out
    assert " bad.policy:4:4  " in out
    assert out.endswith("✗ bad.policy: left as it is, for it has 1 mistake\n")
    assert (folder / "bad.policy").read_text() == BAD
    assert (folder / "crooked.policy").read_text() == GOOD


def test_a_file_that_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "none.policy", "good.policy"]) == 2
    assert capsys.readouterr().err == "guardproxy: `none.policy` does not exist\n"


def test_line_ends_and_links_are_kept(folder: Path) -> None:
    (folder / "crooked.policy").write_bytes(b"\xef\xbb\xbf" + CROOKED.replace("\n", "\r\n").encode())
    (folder / "link.policy").symlink_to("crooked.policy")
    assert main(["fmt", "link.policy"]) == 0
    assert (folder / "link.policy").is_symlink()
    assert (folder / "crooked.policy").read_bytes() == b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()


def test_a_full_disk_loses_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    assert main(["fmt", "crooked.policy"]) == 2
    assert capsys.readouterr().err == (
        "guardproxy: `crooked.policy` could not be written and is as it was: no space left on device\n"
    )
    assert (folder / "crooked.policy").read_text() == CROOKED
    assert sorted(p.name for p in folder.iterdir()) == ["bad.policy", "crooked.policy", "good.policy"]


def test_a_folder_that_may_not_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may write everywhere")
    folder.chmod(0o500)
    assert main(["fmt", "crooked.policy"]) == 2
    assert "this user may not write there" in capsys.readouterr().err
    folder.chmod(0o700)


@pytest.mark.parametrize(("text", "code", "out"), [(CROOKED, 0, GOOD), (GOOD, 0, GOOD), (BAD, 1, BAD)])
def test_from_standard_input_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, code: int, out: str
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))
    assert main(["fmt", "-"]) == code
    assert capsys.readouterr().out == out


def test_standard_input_stands_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "-", "good.policy"]) == 2
    assert capsys.readouterr().err == "guardproxy: `-` stands alone: it reads one policy and prints it\n"
