"""Log probabilities of a legacy completion: the text again as tokens, and for each the alternatives not said."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise, zip_longest
from typing import Any

from guardproxy.wire.places import IsHarmless

_FIELDS = frozenset({"tokens", "token_logprobs", "top_logprobs", "text_offset"})


def says_the_same(logprobs: Any, text: str, is_harmless: IsHarmless) -> bool:
    """Whether they hold nothing but the text's own words, and alternatives that may be said as well.

    Tokens that are pieces of a character are shown as `bytes:...`, so that they do not spell the text: then it is no.
    """
    if not isinstance(logprobs, dict) or not logprobs.keys() <= _FIELDS:
        return False
    tokens, offsets = logprobs.get("tokens"), logprobs.get("text_offset")
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        return False
    if not text.startswith("".join(tokens)) or not _are_numbers(logprobs.get("token_logprobs")):
        return False
    return _are_offsets(offsets) and _may_be_said(logprobs.get("top_logprobs"), is_harmless)


def _may_be_said(ranked: Any, is_harmless: IsHarmless) -> bool:
    """The alternatives of one rank can be read in a row, and each by itself."""
    if ranked is None:
        return True
    if not isinstance(ranked, list) or not all(entry is None or isinstance(entry, dict) for entry in ranked):
        return False
    if not all(_are_numbers(list(entry.values())) for entry in ranked if entry):
        return False
    rows: list[Sequence[str]] = [list(entry or ()) for entry in ranked]
    ranks = ["".join(rank) for rank in zip_longest(*rows, fillvalue="")]
    alone = {token for row in rows for token in row}
    return all(map(is_harmless, ranks)) and is_harmless("\n".join(sorted(alone)))


def _are_numbers(values: Any) -> bool:
    return values is None or (isinstance(values, list) and all(map(_is_logprob, values)))


def _is_logprob(value: Any) -> bool:
    """A number of the size that logarithms of probabilities have; -9999 stands for none."""
    return value is None or ((value.__class__ is int or isinstance(value, Decimal)) and -10_000 < value < 10)


def _are_offsets(offsets: Any) -> bool:
    """Where tokens begin: whole numbers that do not fall, too short to say anything else."""
    if offsets is None:
        return True
    if not isinstance(offsets, list) or not all(o.__class__ is int and 0 <= o < 10_000_000 for o in offsets):
        return False
    return all(first <= second for first, second in pairwise(offsets))
