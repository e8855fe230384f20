"""The Responses API as a dialect: responses, stored ones, compacted ones and lists of items."""

from collections.abc import Sequence

from guardproxy.conversation import Answer
from guardproxy.wire.errors import ErrorBody
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.requests import ModelRequest
from guardproxy.wire.responses.asking_again import next_request
from guardproxy.wire.responses.requests import read_request
from guardproxy.wire.responses.stream import ResponseStream
from guardproxy.wire.responses.whole import WholeResponse
from guardproxy.wire.side_strings import SideStrings


class ResponsesDialect:
    name = "responses"
    has_small_talk = False

    def reads(self, content_type: str) -> bool:
        return not content_type or "json" in content_type

    def read_request(self, body: bytes) -> ModelRequest:
        return read_request(body)

    def read_whole(self, body: bytes, beside: SideStrings) -> WholeResponse:
        return WholeResponse(body, beside)

    def open_stream(self, request: ModelRequest, beside: SideStrings, decision: str) -> ResponseStream:
        return ResponseStream(request, beside, decision)

    def next_request(
        self, body: bytes, refused: Answer, reasons: Sequence[str], may_be_repeated: IsHarmless
    ) -> bytes | None:
        return next_request(body, refused, reasons, may_be_repeated)

    def error_body(self, error: ErrorBody) -> bytes:
        return error.encoded()


RESPONSES = ResponsesDialect()
