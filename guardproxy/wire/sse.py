"""Server-sent events over bytes: an incremental reader, and the writer.

Lines end with LF, CRLF or CR and with nothing else: U+2028 and its like are legal inside JSON strings, and a reader
that splits there sees other events than the client does. A line is decoded only once it is whole.
"""

import re

from guardproxy.wire.errors import UpstreamFailure, unreadable

MAX_EVENT = 1_000_000
"""Bytes of one event, its line ends included."""

DONE = "[DONE]"
KEEP_ALIVE = b": keep-alive\n\n"
"""A comment: the only thing that every client takes without reading an event into it."""

_LONGEST_MARK = 40
_BOM = b"\xef\xbb\xbf"
_NAME = re.compile(r"[a-z0-9_.]{1,80}")


class SseReader:
    """Bytes in, the `data` of complete events out. `max_event` bounds what is ever kept."""

    def __init__(self, max_event: int = MAX_EVENT) -> None:
        self._max_event = max_event
        self._kept = b""
        self._begun = False
        self._after_cr = False
        self.idle_comment = False
        """Whether the last bytes held a comment and no event: the upstream says that it is still there."""

    def feed(self, data: bytes) -> list[str]:
        """The events that are complete now. Raises `UpstreamFailure` for bytes that no event can be read from."""
        ready = self.ready(data)
        return [event for block in ready.split(b"\n\n") if (event := self._event(block)) is not None] if ready else []

    def ready(self, data: bytes) -> bytes:
        """The bytes of all complete events, line ends made LF and the last blank line cut off; the rest is kept.

        Raises `UpstreamFailure` when an event grows beyond the limit.
        """
        data = self._with_plain_line_ends(data)
        data = self._kept + data if self._kept else data
        if not self._begun:
            if len(data) < len(_BOM) and _BOM.startswith(data):
                self._kept = data
                return b""
            data, self._begun = data.removeprefix(_BOM), True
        ready, blank, kept = data.rpartition(b"\n\n")
        self._kept = kept
        if len(kept) > self._max_event:
            raise _too_large(self._max_event)
        self.idle_comment = bool(blank) and ready.startswith(b":")
        return ready

    def events_of(self, ready: bytes) -> list[str]:
        """The events in what `ready` gave."""
        return [event for block in ready.split(b"\n\n") if (event := self._event(block)) is not None]

    def finish(self) -> list[str]:
        """What the end of the bytes completes: only the final mark, which some servers send without a blank line.

        Anything else that is left is a torn event, and torn events are dropped.
        """
        kept, self._kept = self._kept, b""
        mark = kept.startswith(b"data:") and kept[5:].strip() == b"[DONE]"
        return [DONE] if mark else []

    def _with_plain_line_ends(self, data: bytes) -> bytes:
        if self._after_cr and data:
            data, self._after_cr = data.removeprefix(b"\n"), False
        if b"\r" in data:
            self._after_cr = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return data

    def _event(self, block: bytes) -> str | None:
        """The data of one event; None for comments, other fields and blank lines."""
        if len(block) > self._max_event:
            raise _too_large(self._max_event)
        if block.startswith(b"data: ") and b"\n" not in block:
            return _decoded(block[6:]) if len(block) > _LONGEST_MARK else _short(block[6:])
        lines = [
            line[5:].removeprefix(b" ") for line in block.split(b"\n") if line == b"data" or line.startswith(b"data:")
        ]
        if not lines:
            return None
        self.idle_comment = False
        return _short(b"\n".join(lines))


def _short(data: bytes) -> str:
    """Some servers write spaces around the mark of the end."""
    return DONE if data.strip() == b"[DONE]" else _decoded(data)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UpstreamFailure(
            "the upstream's stream is not encoded as UTF-8", "upstream_unreadable", reason="unreadable"
        ) from None


def _too_large(limit: int) -> UpstreamFailure:
    return UpstreamFailure(
        f"the upstream sent an event of more than {limit} bytes", "upstream_event_too_large", reason="too_large"
    )  # fmt: skip


def event_bytes(data: str) -> bytes:
    """One event. JSON as `exact_json.dumps` writes it holds no line end, so one `data` line is enough."""
    return b"data: " + data.encode() + b"\n\n"


def is_event_name(name: object) -> bool:
    """Whether it may stand on the `event:` line, where a line end would begin another event."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def named_event_bytes(name: str, data: str) -> bytes:
    """One event with its name. Raises `UpstreamFailure` for what is no name."""
    if not is_event_name(name):
        raise unreadable("the `type` of an event is no name")
    return b"event: " + name.encode("ascii") + b"\n" + event_bytes(data)
