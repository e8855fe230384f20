"""Reading whole text files, with one sentence for each way in which that can fail."""

from pathlib import Path

LARGEST_FILE = 4_000_000
"""Bytes. A policy or a facts file beyond this is a wrong file, not a long one."""


class UnreadableFile(Exception):
    """A file that its user named cannot be used. The text says what, why and what to do; no traceback is of help."""


def read_text(path: Path) -> str:
    """The file's text, decoded from UTF-8, line ends as `\\n`. Raises `UnreadableFile`."""
    return decode(read_bytes(path), path)


def read_bytes(path: Path) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > LARGEST_FILE:
            raise UnreadableFile(f"`{path}` is larger than {LARGEST_FILE:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"`{path}` {why(error)}") from None


def decode(content: bytes, path: Path) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or 4 * content.count(0) > len(content):
        raise UnreadableFile(f"`{path}` is encoded as UTF-16; {_CURE}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        where = f"line {line}, byte {error.start + 1}"
        raise UnreadableFile(f"`{path}` is not encoded as UTF-8 ({where}); {_CURE}") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


_CURE = "save it as UTF-8 in your editor"


def why(error: OSError) -> str:
    """The reason in words that go on after the file's name."""
    match error:
        case FileNotFoundError():
            return "does not exist"
        case IsADirectoryError():
            return "is a folder, and a file is needed"
        case NotADirectoryError():
            return "is below something that is no folder"
        case PermissionError():
            return "may not be read by this user"
        case _:
            return f"cannot be read: {(error.strerror or 'unknown reason').lower()}"
