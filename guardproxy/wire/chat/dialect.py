"""Chat completions as a dialect."""

from collections.abc import Sequence

from guardproxy.conversation import Answer
from guardproxy.wire.chat.asking_again import next_request
from guardproxy.wire.chat.chunks import ChunkStream
from guardproxy.wire.chat.requests import read_request
from guardproxy.wire.chat.whole import WholeCompletion
from guardproxy.wire.errors import ErrorBody
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.requests import ModelRequest
from guardproxy.wire.side_strings import SideStrings


class ChatDialect:
    name = "chat.completions"
    has_small_talk = True

    def reads(self, content_type: str) -> bool:
        return not content_type or "json" in content_type

    def read_request(self, body: bytes) -> ModelRequest:
        return read_request(body)

    def read_whole(self, body: bytes, beside: SideStrings) -> WholeCompletion:
        return WholeCompletion(body, beside)

    def open_stream(self, request: ModelRequest, beside: SideStrings, decision: str) -> ChunkStream:
        return ChunkStream(
            beside.harmless, beside.clean, f"chatcmpl-{decision}", beside.keeps_repeats, new_gate=beside.new_gate
        )

    def next_request(
        self, body: bytes, refused: Answer, reasons: Sequence[str], may_be_repeated: IsHarmless
    ) -> bytes | None:
        return next_request(body, refused, reasons, may_be_repeated)

    def error_body(self, error: ErrorBody) -> bytes:
        return error.encoded()


CHAT = ChatDialect()
