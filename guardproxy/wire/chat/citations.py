"""Annotations cite parts of the text by where they stand, so they move when the text is rewritten.

A citation is an annotation with a `start_index` and an `end_index`, beside its type or in the object named after it.
One that cites what was rewritten is dropped: it would point at something else.
"""

from collections.abc import Callable, Iterator
from typing import Any

Where = Callable[[int, int], tuple[int, int] | None]


def indexes_in(annotation: Any) -> Iterator[dict[str, Any]]:
    """The objects of an annotation that cite a part of the text."""
    if isinstance(annotation, dict):
        for holder in (annotation, *annotation.values()):
            if isinstance(holder, dict) and _span(holder) is not None:
                yield holder


def last_cited(annotation: Any) -> int:
    """Up to which code point of the text it cites; 0 if it cites nothing."""
    return max((span[1] for holder in indexes_in(annotation) if (span := _span(holder))), default=0)


def follow(annotation: Any, where: Where) -> bool:
    """Moves it along with the text; False if what it cites was rewritten."""
    for holder in indexes_in(annotation):
        span = _span(holder)
        now = where(*span) if span is not None else None
        if now is None:
            return False
        holder["start_index"], holder["end_index"] = now
    return True


def _span(holder: dict[str, Any]) -> tuple[int, int] | None:
    start, end = holder.get("start_index"), holder.get("end_index")
    if start.__class__ is not int or end.__class__ is not int or start is None or end is None:
        return None
    return (start, end) if 0 <= start <= end else None
