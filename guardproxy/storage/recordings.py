"""Recorded conversations: one JSON object a line (`{"id", "messages", "tools"?, "facts"?}`), plain or compressed."""

import gzip
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from guardproxy.conversation import Facts
from guardproxy.exact_json import JsonError, loads
from guardproxy.storage.facts import facts_of
from guardproxy.storage.reading import UnreadableFile, why


@dataclass(frozen=True, slots=True)
class Recording:
    """One conversation. `messages` are the provider's, as parsed; `line` counts from 1."""

    id: str
    messages: list[dict[str, Any]]
    facts: Facts
    line: int


def read_recordings(path: Path) -> Iterator[Recording]:
    """The conversations of a `.jsonl` or `.jsonl.gz` file, or of standard input (`-`), empty lines skipped.

    Raises `UnreadableFile`.
    """
    try:
        with _opened(path) as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _recording(line, number, path)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise UnreadableFile(f"`{path}` is no complete gzip file") from None
    except OSError as error:
        raise UnreadableFile(f"`{path}` {why(error)}") from None


def _opened(path: Path) -> AbstractContextManager[Iterable[bytes]]:
    if str(path) != "-":
        return gzip.GzipFile(path) if path.suffix == ".gz" else path.open("rb")
    given = sys.stdin.buffer
    first = given.peek(2) if isinstance(given, BufferedReader) else b""
    return gzip.GzipFile(fileobj=given) if first.startswith(b"\x1f\x8b") else nullcontext(given)


def _recording(line: bytes, number: int, path: Path) -> Recording:
    try:
        value = loads(line)
        messages = _messages(value)
        return Recording(str(value.get("id", number)), messages, facts_of(value.get("facts", {})), number)
    except JsonError as error:
        if line.strip() in (b"{", b"["):
            whole = "each conversation has to be one object on one line"
            raise UnreadableFile(f"line {number} of `{path}` holds no whole JSON value; {whole}") from None
        raise UnreadableFile(f"line {number} of `{path}` holds no JSON: {error.reason}") from None
    except ValueError as error:
        raise UnreadableFile(f"line {number} of `{path}`: {error}") from None


def _messages(value: Any) -> list[dict[str, Any]]:
    messages = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(messages, list) or not all(
        isinstance(m, dict) and isinstance(m.get("role"), str) for m in messages
    ):
        raise ValueError('a conversation is an object with "messages", a list of objects that have a "role"')
    return messages
