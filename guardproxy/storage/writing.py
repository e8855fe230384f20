"""Replacing a text file by its new text: all of it or nothing, whatever happens on the way."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from guardproxy.storage.reading import UnreadableFile, decode, read_bytes, why

_MARK = b"\xef\xbb\xbf"


class EditedFile:
    """A text file with what of its form is kept when it is written again: its mark, its line ends, its permissions."""

    def __init__(self, path: Path) -> None:
        """Raises `UnreadableFile`."""
        self.path = path
        content = read_bytes(path)
        self.text = decode(content, path)
        """The text with line ends as `\\n`."""
        self._mark = _MARK if content.startswith(_MARK) else b""
        ends = content.count(b"\n")
        self._end = "\r\n" if ends and content.count(b"\r\n") == ends else "\n"
        self.uneven_ends = 0 < content.count(b"\r\n") < ends

    def write(self, text: str) -> None:
        """Puts the new text in the place of the old one. Raises `UnreadableFile`; the old text is there then."""
        content = self._mark + text.replace("\n", self._end).encode("utf-8")
        # Where the name is a link, the file that it leads to is replaced, not the link.
        path = self.path.resolve()
        try:
            replace_file(path, content, path.stat().st_mode & 0o7777)
        except OSError as error:
            raise UnreadableFile(f"`{self.path}` could not be written and is as it was: {_reason(error)}") from None


def replace_file(path: Path, content: bytes, mode: int) -> None:
    """Writes beside the file, to the disk, and then renames: a reader sees the old file or the new one."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as beside:
        try:
            beside.write(content)
            beside.flush()
            os.fsync(beside.fileno())
            os.chmod(beside.name, mode)
            os.replace(beside.name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(beside.name)
            raise


def create_file(path: Path, text: str) -> None:
    """Writes a file that is not there yet. Raises `UnreadableFile`, also where it is there; half a file never stays."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            try:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                with suppress(OSError):
                    path.unlink()
                raise
    except FileExistsError:
        raise UnreadableFile(f"`{path}` is there already and is not overwritten; name another file") from None
    except OSError as error:
        raise UnreadableFile(f"`{path}` could not be written: {_reason(error)}") from None


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "this user may not write there"
    if isinstance(error, FileNotFoundError):
        return "its folder does not exist"
    return why(error).removeprefix("cannot be read: ")
