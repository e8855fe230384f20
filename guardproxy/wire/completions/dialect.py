"""Legacy completions as a dialect."""

from collections.abc import Sequence

from guardproxy.conversation import Answer
from guardproxy.wire.completions.requests import read_request
from guardproxy.wire.completions.stream import TextChunkStream
from guardproxy.wire.completions.whole import WholeTexts
from guardproxy.wire.errors import ErrorBody
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.requests import ModelRequest
from guardproxy.wire.side_strings import SideStrings


class CompletionsDialect:
    name = "completions"
    has_small_talk = False

    def reads(self, content_type: str) -> bool:
        return not content_type or "json" in content_type

    def read_request(self, body: bytes) -> ModelRequest:
        return read_request(body)

    def read_whole(self, body: bytes, beside: SideStrings) -> WholeTexts:
        return WholeTexts(body, beside)

    def open_stream(self, request: ModelRequest, beside: SideStrings, decision: str) -> TextChunkStream:
        return TextChunkStream(beside.harmless, beside.clean, f"cmpl-{decision}", keeps_repeats=beside.keeps_repeats)

    def next_request(
        self, body: bytes, refused: Answer, reasons: Sequence[str], may_be_repeated: IsHarmless
    ) -> bytes | None:
        """A prompt has no turns in which the model could be told what was wrong."""
        return None

    def error_body(self, error: ErrorBody) -> bytes:
        return error.encoded()


COMPLETIONS = CompletionsDialect()
