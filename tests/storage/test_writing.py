from pathlib import Path

import pytest

from guardproxy.storage import writing
from guardproxy.storage.reading import UnreadableFile
from guardproxy.storage.writing import EditedFile, create_file


def test_a_new_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.policy"

    def stopped(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.os, "fsync", stopped)
    with pytest.raises(KeyboardInterrupt):
        create_file(path, "text")
    assert not path.exists()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("there", "is there already and is not overwritten"),
        ("no/folder", "could not be written: its folder does not exist"),
    ],
)
def test_what_cannot_be_created(tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "there").write_text("mine")
    with pytest.raises(UnreadableFile, match=sentence):
        create_file(tmp_path / name, "text")
    assert (tmp_path / "there").read_text() == "mine"


def test_a_stopped_rewrite_leaves_the_old_text_and_nothing_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "p").write_text("old")
    file = EditedFile(tmp_path / "p")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.os, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        file.write("new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("p", "old")]


def test_mixed_line_ends_become_one_kind(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(b"a\r\nb\n")
    file = EditedFile(tmp_path / "p")
    assert file.uneven_ends
    file.write(file.text)
    assert (tmp_path / "p").read_bytes() == b"a\nb\n"
