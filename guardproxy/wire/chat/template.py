"""The short way for chunks that differ from the one before only in their text.

Such a chunk's bytes are `before`, the inside of one JSON string, `after`. Both ends were parsed once, with two
different texts between them, so that between them stands that string and nothing else: whatever JSON string is put
there, the chunk means the same apart from it. What is sent is written from the parsed chunk, never from these bytes.
"""

import re
from dataclasses import dataclass
from typing import Any

from guardproxy.exact_json import JsonError, dumps, loads
from guardproxy.wire.places import CHOICE, Place

_NOT_PLAIN = re.compile(rb'["\\\x00-\x1f]')
_STRING_END = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)
_MARK = "\ue000text\ue000"


@dataclass(slots=True)
class TextTemplate:
    """`between` is what stands between two texts of chunks that follow one another."""

    channel: str
    index: int
    before: bytes
    after: bytes
    between: bytes
    out_before: bytes
    out_after: bytes
    used: bool = False

    def fits(self, block: bytes) -> bool:
        """Whether one event has both ends; what stands between them is not looked at yet."""
        return block.startswith(self.before) and block.endswith(self.after)

    def text_of(self, ready: bytes) -> str | None:
        """The texts of all events in `ready` put together; None if one of them is no such chunk."""
        if (
            not ready.startswith(self.before)
            or not ready.endswith(self.after)
            or len(ready) < len(self.before) + len(self.after)
        ):
            return None
        inside = ready[len(self.before) : -len(self.after)].split(self.between)
        text = _text(inside)
        self.used = self.used or text is not None
        return text

    def event(self, text: str) -> bytes:
        """The chunk to send, with this text."""
        return self.out_before + dumps(text)[1:-1].encode() + self.out_after


def _text(inside: list[bytes]) -> str | None:
    joined = b"".join(inside)
    if _NOT_PLAIN.search(joined) is None and joined.isascii():
        return joined.decode("ascii")
    parts = []
    for piece in inside:
        try:
            part = loads(b'"' + piece + b'"') if _NOT_PLAIN.search(piece) is not None else piece.decode("utf-8")
        except (JsonError, UnicodeDecodeError):
            return None
        if not isinstance(part, str):
            return None
        parts.append(part)
    return "".join(parts)


def learned(raw: bytes, base: dict[str, Any], entry: dict[str, Any], place: Place, index: int) -> TextTemplate | None:
    """The template of a chunk, given its bytes (`data: {...}`), or None where its text cannot be told apart.

    `place` is the chunk's only text, still in the parsed entry.
    """
    if not raw.startswith(b"data: ") or not isinstance(place.key, str) or place.path.startswith(CHOICE):
        return None
    if '["' in place.path:  # a key that is written with quotes: nothing of the API's
        return None
    try:
        line = raw.decode("utf-8")
        found = re.search(re.escape(dumps(place.key)) + r' ?: ?"', line)
        end = _STRING_END.match(line, found.end()) if found else None
        if found is None or end is None:
            return None
        before, after = line[: found.end()], line[end.end() - 1 :]
        if not _only_text(line, before, after, place):
            return None
    except (JsonError, UnicodeDecodeError):
        return None
    outgoing = _outgoing(base, entry, place)
    if outgoing is None:
        return None
    out_before, out_after = outgoing
    between = after + "\n\n" + before
    return TextTemplate(
        place.channel, index, before.encode(), after.encode(), between.encode(), out_before, out_after
    )  # fmt: skip


def _only_text(line: str, before: str, after: str, place: Place) -> bool:
    """Whether the chunk with another text is the same chunk, apart from the place's text."""
    return all(_replaced(line, place, other) == loads(before[6:] + other + after) for other in ("a", "b"))


def _replaced(line: str, place: Place, other: str) -> Any:
    value = loads(line[6:])
    holder = value["choices"][0]["delta"]
    for step in re.findall(r"\[(\d+)\]|([^.\[\]]+)", place.path)[:-1]:
        holder = holder[int(step[0])] if step[0] else holder[step[1]]
    holder[place.key] = other
    return value


def _outgoing(base: dict[str, Any], entry: dict[str, Any], place: Place) -> tuple[bytes, bytes] | None:
    """None where half a character in the chunk makes all of it be written in another way."""
    place.put(_MARK)
    parts = dumps({**base, "choices": [entry]}).split(dumps(_MARK)[1:-1])
    place.put(place.text)
    return (b"data: " + parts[0].encode(), parts[1].encode() + b"\n\n") if len(parts) == 2 else None
