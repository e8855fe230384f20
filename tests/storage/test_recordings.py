import gzip
from pathlib import Path

import pytest

from guardproxy.storage.reading import UnreadableFile
from guardproxy.storage.recordings import read_recordings

LINE = '{"id": "a-1", "messages": [{"role": "user", "content": "Hi"}], "facts": {"applicant": {"tier": "gold"}}}\n'


def test_plain_and_compressed_files_read_alike(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_text("\n" + LINE)
    packed.write_bytes(gzip.compress(("\n" + LINE).encode()))
    assert list(read_recordings(plain)) == list(read_recordings(packed))
    (recording,) = read_recordings(plain)
    assert (recording.id, recording.line) == ("a-1", 2)
    assert recording.facts == {"applicant": {"tier": "gold"}}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "line 1 of `{}` holds no JSON: it stops being one JSON value at character 1"),
        (
            '{\n  "messages": []\n}',
            "line 1 of `{}` holds no whole JSON value; each conversation has to be one object on one line",
        ),
        ("[]", 'line 1 of `{}`: a conversation is an object with "messages", a list of objects that have a "role"'),
        (
            '{"messages": [{"content": "x"}]}',
            'line 1 of `{}`: a conversation is an object with "messages", a list of objects that have a "role"',
        ),
        (
            '{"messages": [], "facts": []}',
            'line 1 of `{}`: facts are an object of objects, as in `{{"applicant": {{"tier": "gold"}}}}`',
        ),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(UnreadableFile) as failure:
        list(read_recordings(path))
    assert str(failure.value) == reason.format(path)


def test_a_cut_or_false_gzip_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    for content in (b"plain text", gzip.compress(LINE.encode() * 50)[:-20]):
        path.write_bytes(content)
        with pytest.raises(UnreadableFile, match="is no complete gzip file"):
            list(read_recordings(path))
