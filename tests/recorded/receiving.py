"""What a client receives of an answer, and everything that it can read in it."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from guardproxy.conversation import Situation
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.refusals import judged_error
from guardproxy.proxy.streamed_answer import StreamedAnswer
from guardproxy.proxy.streamed_message import StreamedMessage
from guardproxy.proxy.whole_answer import judged_answer
from guardproxy.wire.chat.chunks import ChunkStream
from guardproxy.wire.errors import ExchangeFailure, UpstreamError, UpstreamFailure, UpstreamRefusal, error_body
from tests.proxy.judging import DECISION, LOOP
from tests.recorded.recordings import Recording, events_in


@dataclass(frozen=True)
class Received:
    """`failure` is what ended the answer, where something did."""

    body: bytes
    failure: ExchangeFailure | None = None


def received(guard: Guard, recording: Recording, pieces: Iterable[bytes]) -> Received:
    """Judges an answer whose bytes arrive in pieces, on the real path, and ends failures as the proxy does."""
    return LOOP.run_until_complete((_stream if recording.is_stream else _whole)(guard, recording, list(pieces)))


async def _whole(guard: Guard, recording: Recording, pieces: list[bytes]) -> Received:
    try:
        delivery = await judged_answer(guard, recording.dialect, Situation(), b"".join(pieces), DECISION)
    except UpstreamFailure as failure:
        body = (
            failure.body if isinstance(failure, UpstreamRefusal) else recording.dialect.error_body(error_body(failure))
        )
        return Received(body, failure)
    return Received(delivery.body)


async def _stream(guard: Guard, recording: Recording, pieces: list[bytes]) -> Received:
    answer = stream_of(guard, recording)
    sent: list[bytes] = []
    try:
        for piece in pieces:
            sent.append(await answer.take(piece))
            if answer.over:
                return Received(b"".join(sent))
        sent.append(await answer.end())
    except UpstreamFailure as failure:
        answer.interrupt()
        if isinstance(failure, UpstreamError):
            sent.append(answer.reported(judged_error(failure.error, guard.beside)))
        else:
            sent.append(answer.error_event(failure))
        return Received(b"".join(sent), failure)
    return Received(b"".join(sent))


def stream_of(guard: Guard, recording: Recording) -> StreamedAnswer | StreamedMessage:
    asked = recording.dialect.read_request(recording.request)
    stream = recording.dialect.open_stream(asked, guard.beside, DECISION)
    if isinstance(stream, ChunkStream):
        return StreamedAnswer(guard, Situation(), asked, DECISION, stream)
    return StreamedMessage(guard, Situation(), DECISION, stream)


# --- what can be read in it -----------------------------------------------------------------------------------------

Step = str | int
Place = tuple[Step, ...]
_ITS_PLACE = ("type", "item_id", "output_index", "content_index", "summary_index", "command_index", "segment_id")


def leaves(value: Any, path: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every string, number and key under a value; a list of bytes is a string. Entries with an `index` stand there."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield (*path, "key"), key
            yield from leaves(member, (*path, key))
    elif isinstance(value, list):
        if value and all(isinstance(item, int) and 0 <= item < 256 for item in value):
            yield path, bytes(value).decode("utf-8", "replace")
        for index, item in enumerate(value):
            known = item.get("index") if isinstance(item, dict) else None
            yield from leaves(item, (*path, known if isinstance(known, int) else index))
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield path, value


def texts_read(body: bytes, is_stream: bool) -> Iterator[str]:
    """Every string by itself, and put together: the deltas of each place, and what stands beside one another."""
    try:
        values = events_in(body) if is_stream else jsons_in(body)
    except ValueError:
        values = [body.decode("utf-8", "replace")]
    closely: dict[Any, str] = {}
    widely: dict[Any, str] = {}
    for value in values:
        own = tuple(str(value.get(name)) for name in _ITS_PLACE) if isinstance(value, dict) else ()
        kind = own[0] if own else None
        for path, leaf in leaves(value):
            if isinstance(leaf, str):
                yield from decoded(leaf)
                key = (*own, str(value.get("index")) if isinstance(value, dict) else "", path)
                closely[key] = closely.get(key, "") + leaf
                wide = (kind, _choice_in(path), *(step for step in path if isinstance(step, str)))
                widely[wide] = widely.get(wide, "") + leaf
            else:
                yield str(leaf)
    for text in (*closely.values(), *widely.values()):
        yield from decoded(text)


def jsons_in(body: bytes) -> list[Any]:
    """One value, or one for each line. Raises ValueError."""
    try:
        return [json.loads(body)]
    except ValueError:
        return [json.loads(line) for line in body.split(b"\n") if line.strip()]


def _choice_in(path: Place) -> Step | None:
    return path[1] if len(path) > 1 and path[0] == "choices" else None


def decoded(text: str) -> Iterator[str]:
    """The text, and the strings in it where it is JSON."""
    yield text
    if text.lstrip().startswith(("{", "[")):
        try:
            inner = json.loads(text)
        except ValueError:
            return
        for _, leaf in leaves(inner):
            yield str(leaf)


def leaks(body: bytes, secret: str, is_stream: bool) -> str | None:
    """A text in which the client can read the secret, or a beginning of it that is longer than one character.

    Whoever asks sees to it that nothing else in the answer begins like the secret. A number may well hold two digits
    of it: there six count.
    """
    if secret.encode() in body:
        return secret
    for text in texts_read(body, is_stream):
        begins = secret[:6] if text.replace(".", "").isdigit() else secret[:2]
        if begins in text:
            return text
    return None


_KEY = re.compile(r"(?<![A-Za-z0-9+/=_.-])AKIAIOSFODNN7EXAMPLE(?![A-Za-z0-9+/=_.-])")


def unfit_for_a_client(body: bytes, recording: Recording) -> str | None:
    """What is wrong with a body that was sent: no events or JSON to be read, or a secret with an edge around it."""
    try:
        if recording.is_stream:
            events_in(body)
        elif recording.is_json and (body.startswith(b"{") or recording.room != "transcripts"):
            jsons_in(body)
    except ValueError as error:
        return f"{error}: {body[:300]!r}"
    return next((text for text in texts_read(body, recording.is_stream) if _KEY.search(text)), None)
