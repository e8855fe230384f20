"""Which headers pass, in each direction. Both lists are closed: what is not named stays behind."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

Pairs = Iterable[tuple[bytes, bytes]]
IsHarmless = Callable[[str], bool]
HeaderList = list[tuple[bytes, bytes]]

FACTS = b"x-guardproxy-facts"
FACTS_SIGNATURE = b"x-guardproxy-facts-signature"

_TO_UPSTREAM = frozenset(
    (
        b"authorization",
        b"api-key",
        b"x-api-key",
        b"user-agent",
        b"openai-organization",
        b"openai-project",
        b"openai-beta",
        b"anthropic-version",
        b"anthropic-beta",
        b"idempotency-key",
        b"x-request-id",
        b"x-client-request-id",
        b"traceparent",
        b"tracestate",
        b"http-referer",
        b"x-title",
    )
)
_CREDENTIALS = frozenset((b"authorization", b"api-key", b"x-api-key"))

_TO_CLIENT = frozenset(
    (
        b"retry-after",
        b"retry-after-ms",
        b"x-should-retry",
        b"x-generation-id",
        b"request-id",
        b"anthropic-organization-id",
        b"anthropic-workspace-id",
        b"cf-ray",
    )
)
_TO_CLIENT_BEGINNINGS = (b"openai-", b"x-ratelimit-", b"anthropic-ratelimit-")
_NAME = re.compile(rb"[a-z0-9-]{1,64}")
_REQUEST_ID = re.compile(rb"[\x21-\x7e]{1,128}")
_VALUE = re.compile(rb"[\x20-\x7e]{0,200}")
_SHAPES = {
    b"retry-after": re.compile(rb"\d{1,6}|[A-Za-z]{3}, \d{2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} GMT"),
    b"retry-after-ms": re.compile(rb"\d{1,9}(\.\d{1,9})?"),
    b"x-should-retry": re.compile(rb"true|false"),
}
"""Headers whose values are of one kind. The others hold plain text of usual length."""


def to_upstream(
    headers: Pairs,
    key: str | None,
    stream: bool,
    key_as: str = "authorization",
    content_type: str = "application/json",
    accept: str = "application/json",
) -> dict[str, str]:
    """The request's headers for the upstream; `key` takes the place of the client's own credentials.

    `key_as` names the header in which it goes, `authorization` as a bearer token.
    """
    passed = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in headers
        if name in _TO_UPSTREAM and not (key and name in _CREDENTIALS)
    }
    if key:
        passed[key_as] = f"Bearer {key}" if key_as == "authorization" else key
    passed["content-type"] = content_type
    passed["accept"] = "text/event-stream" if stream else accept
    passed["accept-encoding"] = "identity"
    return passed


def to_client(headers: Pairs, harmless: IsHarmless | None = None) -> HeaderList:
    """What of the upstream's headers passes, in lower case: values of a known shape that may be said."""
    passed: HeaderList = []
    for name, value in headers:
        lower = _passes_to_client(name)
        if lower is not None and _SHAPES.get(lower, _VALUE).fullmatch(value) and _may_be_said(lower, value, harmless):
            passed.append((lower, value))
    return passed


def _may_be_said(name: bytes, value: bytes, harmless: IsHarmless | None) -> bool:
    return harmless is None or (harmless(name.decode("ascii")) and harmless(value.decode("ascii")))


@lru_cache(maxsize=256)
def _passes_to_client(name: bytes) -> bytes | None:
    """The name in lower case, or None where it stays behind. Servers send the same few names with each answer."""
    lower = name.lower()
    named = lower in _TO_CLIENT or (lower.startswith(_TO_CLIENT_BEGINNINGS) and _NAME.fullmatch(lower) is not None)
    return lower if named else None


def request_id(client: Pairs, upstream: Pairs, own: str, harmless: IsHarmless | None = None) -> bytes:
    """The client's own id if it sent one, else the upstream's if it may be said, else ours."""
    given = _request_id_in(client)
    if given is not None:
        return given
    theirs = _request_id_in(upstream)
    if theirs is not None and (harmless is None or harmless(theirs.decode("ascii"))):
        return theirs
    return own.encode()


def _request_id_in(headers: Pairs) -> bytes | None:
    for name, value in headers:
        if len(name) == 12 and name.lower() == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return value
    return None


def find(headers: Pairs, wanted: bytes) -> bytes | None:
    """The value of a request header that may appear once. Raises ValueError when it appears more than once."""
    values = [value for name, value in headers if name == wanted]
    if len(values) > 1:
        raise ValueError(f"the header {wanted.decode()} appears more than once")
    return values[0] if values else None


def latin(text: str) -> bytes:
    """A text as a header's value: other letters are written as in JSON, control characters are left out."""
    plain = "".join(c if " " <= c <= "~" or "\xa0" <= c <= "\xff" else _escaped(c) for c in text)
    return plain.encode("latin-1")


def _escaped(char: str) -> str:
    return "" if char < " " or char == "\x7f" else char.encode("ascii", "backslashreplace").decode()
