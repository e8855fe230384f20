"""Log probabilities repeat the answer token by token, with the alternatives that were not said.

What is delivered of them are tokens of text that was left alone, each with its bytes, and alternatives that may be said
too. Tokens that were rewritten go, and so does whatever in an entry is no token and no number.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from guardproxy.wire.places import IsHarmless
from guardproxy.wire.unchanged import Kept, moved

FIELDS = ("content", "refusal")
"""The texts that have log probabilities."""

_SPELLED_OUT = re.compile(r"bytes:(\\x[0-9a-f]{2})+")
"""How a token is shown that holds a part of a character."""

_ALTERNATIVE = frozenset({"token", "bytes", "logprob"})
_TOKEN = _ALTERNATIVE | {"top_logprobs"}


@dataclass(frozen=True, slots=True)
class Token:
    """An entry of the list: what it says, in UTF-8, and the alternatives as shown, the likeliest first."""

    entry: dict[str, Any]
    spelled: bytes
    alternatives: tuple[str, ...]

    def without_alternatives(self) -> dict[str, Any]:
        return {**self.entry, "top_logprobs": []} if self.alternatives else self.entry


def tokens_of(logprobs: Any) -> dict[str, list[Token] | None] | None:
    """The tokens of each text; None for what is written in another way than the API says."""
    if not isinstance(logprobs, dict) or not logprobs.keys() <= set(FIELDS):
        return None
    found: dict[str, list[Token] | None] = {}
    for name, entries in logprobs.items():
        if entries is not None and not isinstance(entries, list):
            return None
        tokens = [read_token(entry) for entry in entries or ()]
        if None in tokens:
            return None
        found[name] = None if entries is None else [token for token in tokens if token is not None]
    return found


def read_token(entry: Any) -> Token | None:
    """None if its text and its bytes say different things, or if there is anything else in it."""
    read = _spelled(entry, _TOKEN)
    others = entry.get("top_logprobs") or [] if read is not None else []
    shown = [_spelled(other, _ALTERNATIVE) for other in others] if isinstance(others, list) else [None]
    if read is None or None in shown:
        return None
    return Token(entry, read[1], tuple(other[0] for other in shown if other is not None))


def _spelled(entry: Any, known: frozenset[str]) -> tuple[str, bytes] | None:
    """A token as text and as bytes."""
    if not isinstance(entry, dict) or not entry.keys() <= known or not _is_logprob(entry.get("logprob")):
        return None
    token, listed = entry.get("token"), entry.get("bytes")
    if not isinstance(token, str):
        return None
    if listed is None:
        return token, token.encode("utf-8", "surrogatepass")
    if not isinstance(listed, list) or not all(type(b) is int and 0 <= b < 256 for b in listed):
        return None
    spelled = bytes(listed)
    shown = spelled.decode("utf-8", "replace")
    torn = "\ufffd" in shown and _SPELLED_OUT.fullmatch(token) is not None
    return (shown, spelled) if token == shown or torn else None


def _is_logprob(value: Any) -> bool:
    """A number of the size that logarithms of probabilities have; -9999 stands for none."""
    return value is None or ((value.__class__ is int or isinstance(value, Decimal)) and -10_000 < value < 10)


def delivered_logprobs(
    logprobs: Any, said: Mapping[str, str], parts: Mapping[str, Sequence[Kept]], is_harmless: IsHarmless
) -> dict[str, Any] | None:
    """What may stay of a whole answer's log probabilities: `said` are its texts, `parts` what was left alone of them.

    The alternatives of one rank are judged as one text, for they can be read in a row, and each by itself.
    """
    read = tokens_of(logprobs)
    if read is None:
        return None
    delivered: dict[str, Any] = {}
    for name, tokens in read.items():
        if tokens is None:
            delivered[name] = None
            continue
        spans = zip(tokens, spans_in(said.get(name, ""), tokens), strict=True)
        kept = [token for token, span in spans if span is not None and moved(*span, parts.get(name, ()))]
        joined = b"".join(token.spelled for token in kept).decode("utf-8", "replace")
        if len(kept) < len(tokens) and not is_harmless(joined):
            return None
        alike = alternatives_may_be_said(kept, is_harmless)
        delivered[name] = [token.entry if alike else token.without_alternatives() for token in kept]
    return delivered if any(delivered.values()) or not any(read.values()) else None


def spans_in(text: str, tokens: Iterable[Token]) -> list[tuple[int, int] | None]:
    """Which code points of a text each token says; None for one that is not what stands there."""
    said = text.encode("utf-8", "surrogatepass")
    spans: list[tuple[int, int] | None] = []
    at = begun = 0
    for token in tokens:
        spelled = token.spelled
        if not said.startswith(spelled, at):
            spans.append(None)
            continue
        inside = bool(spelled) and spelled[0] & 0xC0 == 0x80
        start, begun = begun - inside, begun + sum(byte & 0xC0 != 0x80 for byte in spelled)
        spans.append((start, begun))
        at += len(spelled)
    return spans


def alternatives_may_be_said(tokens: Sequence[Token], is_harmless: IsHarmless) -> bool:
    alone = {text for token in tokens for text in token.alternatives}
    ranks = ("".join(rank) for rank in zip_longest(*(token.alternatives for token in tokens), fillvalue=""))
    return not alone or (all(map(is_harmless, ranks)) and is_harmless("\n".join(sorted(alone))))
