"""The recorded answers, with the dialect that reads each and the request that it answers."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guardproxy.wire.anthropic.dialect import ANTHROPIC
from guardproxy.wire.chat.dialect import CHAT
from guardproxy.wire.completions.dialect import COMPLETIONS
from guardproxy.wire.dialect import Dialect
from guardproxy.wire.responses.dialect import RESPONSES
from guardproxy.wire.side_doors.documents import DOCUMENT, LISTING
from guardproxy.wire.side_doors.measures import EMBEDDINGS, MODERATIONS
from guardproxy.wire.side_doors.pictures import PICTURES
from guardproxy.wire.side_doors.transcripts import TRANSCRIPTS
from guardproxy.wire.surfaces.table import ENDPOINTS

Json = dict[str, Any]

HERE = Path(__file__).parent
_ROWS = {row.name: row.dialect for row in ENDPOINTS if row.dialect is not None}
_STORED = {
    "completions": _ROWS["GET /chat/completions"],
    "messages": _ROWS["GET /chat/completions/{id}/messages"],
    "items": _ROWS["GET /conversations/{id}/items"],
    "item": _ROWS["GET /conversations/{id}/items/{item}"],
    "batch": _ROWS["GET /files/{id}/content"],
    "message-batch": _ROWS["GET /messages/batches/{id}/results"],
    "search": DOCUMENT,
    "models": LISTING,
    "moderation": MODERATIONS,
    "embeddings": EMBEDDINGS,
}
_DIALECTS: dict[str, Dialect] = {
    "chat": CHAT,
    "completions": COMPLETIONS,
    "responses": RESPONSES,
    "messages": ANTHROPIC,
    "transcripts": TRANSCRIPTS,
    "images": PICTURES,
}
PATHS = {
    "chat": "/chat/completions",
    "completions": "/completions",
    "responses": "/responses",
    "messages": "/messages",
}
"""Where the answers of a room are asked for."""

_ASKED = [{"role": "user", "content": "Hello."}]
_QUESTIONS: dict[str, Json] = {
    "chat": {"messages": _ASKED},
    "completions": {"prompt": "Hello."},
    "responses": {"input": "Hello."},
    "messages": {"messages": _ASKED, "max_tokens": 99},
}


@dataclass(frozen=True)
class Recording:
    """`name` is the path of the file, as `chat/text.sse`; `body` are its bytes."""

    name: str
    body: bytes

    @property
    def room(self) -> str:
        return self.name.partition("/")[0]

    @property
    def dialect(self) -> Dialect:
        return _STORED[Path(self.name).stem] if self.room == "stored" else _DIALECTS[self.room]

    @property
    def is_stream(self) -> bool:
        return self.name.endswith(".sse")

    @property
    def is_json(self) -> bool:
        return self.name.endswith((".json", ".jsonl"))

    @property
    def request(self) -> bytes:
        """The body of the request; that of a form is read by the side doors, and says no more than this."""
        if self.room == "transcripts":
            return b""
        more = {"n": 2} if "two-choices" in self.name else {}
        return json.dumps({"model": "m", "stream": True, **_QUESTIONS.get(self.room, {}), **more}).encode()

    @property
    def values(self) -> list[Any]:
        """The parsed body: one value, one for each line, or one for each event that is JSON."""
        if self.is_stream:
            return events_in(self.body)
        lines = self.body.splitlines() if self.name.endswith(".jsonl") else [self.body]
        return [json.loads(line) for line in lines]

    def written(self, values: list[Any]) -> bytes:
        """A body with other values in the place of its own."""
        if self.is_stream:
            return b"".join(map(_event, values)) + (b"data: [DONE]\n\n" if b"[DONE]" in self.body else b"")
        return b"\n".join(json.dumps(value).encode() for value in values)


def _event(value: Any) -> bytes:
    kind = value.get("type")
    head = f"event: {kind}\n".encode() if isinstance(kind, str) and kind.isprintable() else b""
    return head + b"data: " + json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n\n"


def events_in(stream: bytes) -> list[Any]:
    """The JSON of each event, the marks of the end and comments left out."""
    found = []
    for block in stream.split(b"\n\n"):
        for line in block.split(b"\n"):
            if line.startswith(b"data: ") and line != b"data: [DONE]":
                found.append(json.loads(line.removeprefix(b"data: ")))
    return found


RECORDINGS = [
    Recording(str(path.relative_to(HERE)), path.read_bytes())
    for path in sorted(HERE.glob("*/*"))
    if path.suffix in (".json", ".jsonl", ".sse", ".srt", ".vtt")
]
STREAMS = [recording for recording in RECORDINGS if recording.is_stream]
WHOLE = [recording for recording in RECORDINGS if not recording.is_stream]
