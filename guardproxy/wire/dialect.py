"""What every dialect of the API offers to the proxy: one module or package each, all feeding the one enforcer.

A dialect reads requests and answers, and writes answers. A whole answer has *units*, each judged by an enforcer of its
own: the choices of a chat completion, or all that a response says as one. A streamed answer of one unit is an
`AnswerStream`; chunks with several choices are read by `chat.chunks`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from guardproxy.checks.verdict import Verdict
from guardproxy.conversation import Answer
from guardproxy.streaming.commands import Command
from guardproxy.streaming.events import Event
from guardproxy.wire.chat.chunks import ChunkStream
from guardproxy.wire.errors import ErrorBody
from guardproxy.wire.judgement import Judgement
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.requests import ModelRequest
from guardproxy.wire.side_strings import SideStrings


class Unit(Protocol):
    """A part of a whole answer that one enforcer judges. `events` ends with `Finished`.

    `dropped` counts what was taken out while reading because it cannot be judged. `deliver` puts what may be sent into
    the answer, and says whether anything differs from what the model said; `block` leaves nothing but the notice.
    """

    @property
    def index(self) -> int: ...
    @property
    def dropped(self) -> int: ...
    def events(self) -> Iterator[Event]: ...
    def deliver(self, judged: Judgement) -> bool: ...
    def block(self, verdict: Verdict) -> None: ...


class WholeAnswer(Protocol):
    """A parsed answer. `encoded` is called once each unit was delivered or blocked."""

    @property
    def units(self) -> Sequence[Unit]: ...
    @property
    def content_type(self) -> bytes: ...

    def another(self, place: int, body: bytes) -> Unit:
        """Reads the answer that the model gave when it was asked again about `units[place]`, and puts it there.

        Usage is added up. Raises `UpstreamFailure`. Only called where `Dialect.next_request` gave a body.
        """
        ...

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        """The body to deliver, what stands beside the units cleaned; `remark` is ours about what was blocked."""
        ...


class AnswerStream(Protocol):
    """One streamed answer that one enforcer judges. Pure: data of events in, bytes to send out.

    For each event the proxy calls `read`, tells the enforcer what comes back, and sends what `write` makes of the
    commands. Whatever holds text of the model is sent only as far as it was released; see `held_events.HeldEvents`.
    """

    @property
    def is_over(self) -> bool:
        """Whether the last event of the answer has been read, so that no more has to be."""
        ...

    def read(self, data: str) -> list[Event]:
        """Raises `UpstreamFailure` for what is no such event, and `UpstreamError` for a reported error."""
        ...

    def close(self) -> list[Event]:
        """The upstream's bytes have ended. Raises `UpstreamFailure` when the answer has not."""
        ...

    def write(self, commands: Sequence[Command]) -> bytes: ...

    def refusal(self, verdict: Verdict, remark: Mapping[str, Any]) -> bytes:
        """The end of a stream that was stopped: the notice, in the place where clients of the dialect show it."""
        ...

    def error(self, error: ErrorBody) -> bytes:
        """An event that tells of an error in the middle of the stream."""
        ...


class Dialect(Protocol):
    """`name` is the route in metrics and logs."""

    @property
    def name(self) -> str: ...

    @property
    def has_small_talk(self) -> bool:
        """Whether whole answers have the shape of a chat completion that `proxy.small_talk` reads."""
        ...

    def reads(self, content_type: str) -> bool:
        """Whether whole answers are of this type (in lower case, without parameters; empty where none is named)."""
        ...

    def read_request(self, body: bytes) -> ModelRequest:
        """Raises `ClientMistake`, with the field that is wrong."""
        ...

    def read_whole(self, body: bytes, beside: SideStrings) -> WholeAnswer:
        """Raises `UpstreamFailure` for what is no answer of this dialect."""
        ...

    def open_stream(self, request: ModelRequest, beside: SideStrings, decision: str) -> "AnswerStream | ChunkStream":
        """A new reader and writer of one stream."""
        ...

    def next_request(
        self, body: bytes, refused: Answer, reasons: Sequence[str], may_be_repeated: IsHarmless
    ) -> bytes | None:
        """The body that asks the model once more; None where this dialect does not: then the unit stays refused."""
        ...

    def error_body(self, error: ErrorBody) -> bytes:
        """An error as clients of the dialect read it."""
        ...
