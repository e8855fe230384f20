"""Anthropic's messages as a dialect."""

from collections.abc import Sequence

from guardproxy.conversation import Answer
from guardproxy.wire.anthropic.asking_again import next_request
from guardproxy.wire.anthropic.errors import error_body
from guardproxy.wire.anthropic.requests import read_request
from guardproxy.wire.anthropic.stream import MessageStream
from guardproxy.wire.anthropic.whole import WholeMessage
from guardproxy.wire.errors import ErrorBody
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.requests import ModelRequest
from guardproxy.wire.side_strings import SideStrings


class AnthropicDialect:
    name = "messages"
    has_small_talk = False

    def reads(self, content_type: str) -> bool:
        return not content_type or "json" in content_type

    def read_request(self, body: bytes) -> ModelRequest:
        return read_request(body)

    def read_whole(self, body: bytes, beside: SideStrings) -> WholeMessage:
        return WholeMessage(body, beside)

    def open_stream(self, request: ModelRequest, beside: SideStrings, decision: str) -> MessageStream:
        return MessageStream(beside, decision)

    def next_request(
        self, body: bytes, refused: Answer, reasons: Sequence[str], may_be_repeated: IsHarmless
    ) -> bytes | None:
        return next_request(body, refused, reasons, may_be_repeated)

    def error_body(self, error: ErrorBody) -> bytes:
        return error_body(error)


ANTHROPIC = AnthropicDialect()
