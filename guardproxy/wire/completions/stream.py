"""Streamed legacy completions: chunks of chat completions, but for where the text stands."""

from dataclasses import dataclass
from typing import Any

from guardproxy.exact_json import dumps
from guardproxy.wire.chat.chunks import Chunk, ChunkStream
from guardproxy.wire.chat.stream_choice import ChoiceStream, Entry, Reading
from guardproxy.wire.completions.shape import as_chat, as_completion, notice_in, with_notices
from guardproxy.wire.errors import unreadable
from guardproxy.wire.sse import event_bytes


@dataclass(slots=True)
class TextChunkStream(ChunkStream):
    """Reads and writes chunks whose entries have a `text`. Log probabilities are null, as tokens cannot be re-cut."""

    def read(self, data: str) -> Chunk:
        chunk = ChunkStream.read(self, data)
        return Chunk(chunk.base, [self._shaped(entry) for entry in chunk.entries])

    def _shaped(self, entry: Entry) -> Entry:
        text = entry.get("text")
        if text is not None and not isinstance(text, str):
            raise unreadable("`text` of a choice is no text")
        if entry.get("logprobs") is not None and not self.keeps_repeats:
            entry["logprobs"] = None
        return as_chat(entry, "delta")

    def encoded(self, entries: list[Entry], base: dict[str, Any] | None = None, own: Entry | None = None) -> bytes:
        return b"".join(
            self._event(self._identity if base is None or entry is not own else base, entry) for entry in entries
        )

    def with_remark(self, entry: Entry, remark: dict[str, Any]) -> bytes:
        notice = notice_in(entry, "delta") or ""
        return self._event(self._identity_or_new(), entry, guardproxy=with_notices(remark, {entry["index"]: notice}))

    def _event(self, head: dict[str, Any], entry: Entry, **beside: Any) -> bytes:
        return event_bytes(dumps({**head, "choices": [as_completion(entry, "delta")], **beside}))

    def _identity_or_new(self) -> dict[str, Any]:
        return self._identity or {"id": self.fallback_id, "object": "text_completion", "created": 0, "model": ""}

    def learn(self, raw: bytes, chunk: Chunk, choice: ChoiceStream, reading: Reading) -> None:
        """The short way is for chunks of chat completions."""
