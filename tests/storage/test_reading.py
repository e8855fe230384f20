from pathlib import Path

import pytest

from guardproxy.storage.reading import LARGEST_FILE, UnreadableFile, read_text


def test_line_ends_and_a_byte_order_mark_mean_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.policy"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")
    assert read_text(path) == "one\ntwo\nthree\n"


def test_each_way_to_fail_is_one_sentence(tmp_path: Path) -> None:
    latin = tmp_path / "latin.policy"
    latin.write_bytes(b"caf\xe9")
    large = tmp_path / "large.policy"
    large.write_bytes(b" " * (LARGEST_FILE + 1))
    cases = {
        tmp_path / "none": "`{}` does not exist",
        tmp_path: "`{}` is a folder, and a file is needed",
        latin / "below": "`{}` is below something that is no folder",
        latin: "`{}` is not encoded as UTF-8 (line 1, byte 4); save it as UTF-8 in your editor",
        large: "`{}` is larger than 4,000,000 bytes",
    }
    for path, sentence in cases.items():
        with pytest.raises(UnreadableFile) as failure:
            read_text(path)
        assert str(failure.value) == sentence.format(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_another_encoding_is_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.policy"
    path.write_bytes('policy "Café €5" version 1\n'.encode(encoding))
    with pytest.raises(UnreadableFile) as failure:
        read_text(path)
    assert str(failure.value) == f"`{path}` is encoded as UTF-16; save it as UTF-8 in your editor"
