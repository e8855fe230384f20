"""Log probabilities repeat the answer token by token, with the alternatives that were not said."""

import re
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from guardproxy.wire.places import IsHarmless

_SPELLED_OUT = re.compile(r"bytes:(\\x[0-9a-f]{2})+")
"""How a token is shown that holds a part of a character."""


_ALTERNATIVE = frozenset({"token", "bytes", "logprob"})
_TOKEN = _ALTERNATIVE | {"top_logprobs"}


def says_the_same(logprobs: Any, message: dict[str, Any], is_harmless: IsHarmless) -> bool:
    """Whether they hold nothing but the message's own words, and alternatives that may be said as well.

    The alternatives of one rank are judged as one text, for they can be read in a row, and each by itself.
    """
    if logprobs is None:
        return True
    if not isinstance(logprobs, dict) or not logprobs.keys() <= {"content", "refusal"}:
        return False
    return all(_field_is_same(logprobs[name], message.get(name), is_harmless) for name in logprobs)


def _field_is_same(entries: Any, said: Any, is_harmless: IsHarmless) -> bool:
    if entries is None:
        return True
    if not isinstance(entries, list) or not isinstance(said, str):
        return False
    spelled = b""
    alternatives: list[list[str]] = []
    for entry in entries:
        read = _token(entry)
        others = [_token(other, _ALTERNATIVE) for other in entry.get("top_logprobs") or []] if read else [None]
        if read is None or None in others:
            return False
        spelled += read[1]
        alternatives.append([other[0] for other in others if other is not None])
    if not said.encode("utf-8", "surrogatepass").startswith(spelled):
        return False
    ranks = ["".join(rank) for rank in zip_longest(*alternatives, fillvalue="")]
    alone = {text for texts in alternatives for text in texts}
    return all(map(is_harmless, ranks)) and is_harmless("\n".join(sorted(alone)))


def _token(entry: Any, known: frozenset[str] = _TOKEN) -> tuple[str, bytes] | None:
    """The token as text and as bytes; None if the two say different things or if there is anything else."""
    if not isinstance(entry, dict) or not entry.keys() <= known or not _is_logprob(entry.get("logprob")):
        return None
    token, listed = entry.get("token"), entry.get("bytes")
    others = entry.get("top_logprobs")
    if not isinstance(token, str) or not (others is None or isinstance(others, list)):
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
