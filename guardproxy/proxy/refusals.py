"""The upstream's own errors: status, type and words pass on, after every string in them has been judged."""

from typing import Any

from guardproxy.exact_json import JsonError, dumps, loads
from guardproxy.proxy.headers import to_client
from guardproxy.proxy.upstream import UpstreamReply
from guardproxy.wire.dialect import Dialect
from guardproxy.wire.errors import ErrorBody, UpstreamError, UpstreamFailure, UpstreamRefusal, reported_error
from guardproxy.wire.places import Walk
from guardproxy.wire.side_strings import SideStrings

_WITHHELD = "withheld by policy"
_FINE = frozenset({200, 201, 202, 204})
"""What was made or taken away: answers to that say so with a status of their own; ours is 200."""


async def check_head(reply: UpstreamReply, dialect: Dialect, stream: bool, beside: SideStrings) -> None:
    """Raises `UpstreamFailure` for an answer that is refused, or of another kind than was asked for."""
    if reply.status not in _FINE:
        raise await refusal_of(reply, beside)
    kind = reply.content_type
    if (kind == "text/event-stream") != stream or not (stream or dialect.reads(kind)):
        reported = await _reported_instead(reply) if stream else None
        if reported is not None:
            raise reported_refusal(reported, dialect, beside)
        raise UpstreamFailure(
            "the upstream's answer is not of the kind that was asked for", "upstream_unreadable", reason="unreadable"
        )


async def refusal_of(reply: UpstreamReply, beside: SideStrings) -> UpstreamFailure:
    """The failure to raise for an answer whose status is not 200."""
    if not 400 <= reply.status <= 599:
        return UpstreamFailure(
            f"the upstream answered with status {reply.status}", "upstream_status", reason="status"
        )  # fmt: skip
    body, content_type = _judged(await reply.whole(), reply.content_type, reply.status, beside)
    return UpstreamRefusal(
        f"the upstream refused with status {reply.status}",
        "upstream_status",
        status=reply.status,
        headers=tuple(to_client(reply.headers, beside.harmless)),
        body=body,
        content_type=content_type,
    )


def reported_refusal(reported: UpstreamError, dialect: Dialect, beside: SideStrings) -> UpstreamRefusal:
    """The upstream's error in an answer of status 200, with the status that it should have had, where it says one."""
    error = judged_error(reported.error, beside)
    status = error.code if error.code.__class__ is int and 400 <= error.code <= 599 else 502
    return UpstreamRefusal(
        "the upstream reported an error in an answer of status 200",
        "upstream_error",
        status=status,
        body=dialect.error_body(error),
    )


async def _reported_instead(reply: UpstreamReply) -> UpstreamError | None:
    """The error that came as a whole answer where a stream was asked for."""
    if "json" not in reply.content_type:
        return None
    try:
        return reported_error(loads(await reply.whole()))
    except JsonError:
        return None


def judged_error(error: Any, beside: SideStrings) -> ErrorBody:
    """An error that was reported inside a stream or a 200, as one that clients understand."""
    value = error if isinstance(error, dict) else {"message": str(error)}
    _withhold(value, beside)
    said = {"message": "the upstream reported an error", "type": "upstream_error", **value}
    return ErrorBody(said.pop("message"), said.pop("type"), said.pop("code", None), said.pop("param", None), more=said)


def _judged(body: bytes, content_type: str, status: int, beside: SideStrings) -> tuple[bytes, bytes]:
    try:
        value = loads(body)
    except JsonError:
        return _judged_text(body, content_type, status, beside)
    wrapped = {"body": value}
    _withhold(wrapped, beside)
    return dumps(wrapped["body"]).encode(), b"application/json"


def _judged_text(body: bytes, content_type: str, status: int, beside: SideStrings) -> tuple[bytes, bytes]:
    """Bodies that are no JSON pass as they are if they are text and may be said."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and content_type.startswith("text/") and beside.harmless(text):
        return body, content_type.encode("latin-1", "ignore") + b"; charset=utf-8"
    return ErrorBody(f"the upstream refused with status {status}", "upstream_error").encoded(), b"application/json"


def _withhold(value: dict[str, Any], beside: SideStrings) -> None:
    walk = Walk(beside.harmless)
    walk.members(value, "")
    for place in walk.places:
        if not beside.harmless(place.text):
            place.put(_WITHHELD)
