"""Forms with a file: the short fields are read, and what could be read in two ways is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy.wire.errors import ClientMistake
from guardproxy.wire.side_doors.forms import fields_of, is_form, read_form

TYPE = "multipart/form-data; boundary=b"


def part(name: str, value: bytes, more: str = "") -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (name.encode(), more.encode(), value)


def test_short_fields_are_read_and_files_are_not() -> None:
    file = part("file", b"--x stream\r\n\r\n\x00", '; filename="a.wav"\r\nContent-Type: audio/wav')
    body = part("model", b"whisper-1") + file + part("stream", b"true") + part("include[]", b"a") * 2 + b"--b--\r\n"
    assert fields_of(body, TYPE) == {"model": "whisper-1", "stream": "true", "include[]": "a"}
    request = read_form(body, TYPE)
    assert (request.model, request.stream) == ("whisper-1", True)


@pytest.mark.parametrize(
    ("content_type", "is_one"),
    [
        (TYPE, True),
        ('multipart/form-data;boundary="a b"', True),
        ("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk", True),
        ("multipart/form-data", False),
        ("multipart/form-data; boundary=b; x=y", False),
        ("multipart/mixed; boundary=b", False),
        ("application/json", False),
    ],
)
def test_what_a_form_is(content_type: str, is_one: bool) -> None:
    assert is_form(content_type) == is_one


PIECES = st.sampled_from(
    [b"--b", b"--", b"\r\n", b'Content-Disposition: form-data; name="stream"', b"true", b"x", b"\x00"]
)


@given(st.lists(PIECES, max_size=12).map(b"".join) | st.binary(max_size=60))
def test_any_bytes_are_a_form_or_a_clear_mistake(body: bytes) -> None:
    try:
        read_form(body, TYPE)
    except ClientMistake as mistake:
        assert mistake.status == 400 and mistake.message
