"""Annotations of one streamed choice: each is sent whole, after the text that it cites.

Each chunk lists its annotations from 0, so they are numbered on here: what stands in one is not read together with what
stands in another.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guardproxy.streaming.events import Event, TextArrived, TextEnded
from guardproxy.wire.chat.citations import follow, last_cited
from guardproxy.wire.errors import unreadable
from guardproxy.wire.places import IsHarmless, Place, Walk, give_back, texts_of
from guardproxy.wire.unchanged import Followed

ANNOTATIONS = "annotations"
_MOST = 2000


@dataclass(slots=True)
class _Waiting:
    """`places`: its strings, `texts` what they say in each channel; they may be released when all of each is."""

    value: Any
    places: list[Place]
    texts: dict[str, str]
    cites: int


class StreamedCitations:
    """Feed `read` with the annotations of a chunk, and `release` with what the enforcer lets through."""

    def __init__(self, followed: Followed, is_harmless: IsHarmless) -> None:
        self._followed, self._is_harmless = followed, is_harmless
        self._waiting: deque[_Waiting] = deque()
        self._released: dict[str, str] = {}
        self._count = 0
        self.dropped = 0

    def read(self, annotations: list[Any]) -> list[Event]:
        events: list[Event] = []
        if self._count + len(annotations) > _MOST:
            raise unreadable("a choice has too many annotations")
        for annotation in annotations:
            walk = Walk(self._is_harmless)
            walk.members(annotation, f"{ANNOTATIONS}[{self._count}]")
            self._count += 1
            self.dropped += walk.dropped
            texts = texts_of(walk.places)
            self._waiting.append(_Waiting(annotation, walk.places, texts, last_cited(annotation)))
            for name, text in texts.items():
                events += [TextArrived(name, text), TextEnded(name)]
        return events

    def release(self, released: dict[str, str]) -> None:
        """Takes what is released of annotations out of what is to be sent."""
        waiting = {name for each in self._waiting for name in each.texts}
        for name in waiting & released.keys():
            self._released[name] = self._released.get(name, "") + released.pop(name)

    def take(self, ended: bool) -> list[Any]:
        """The annotations that may be sent now, in their order; `ended`: nothing more comes."""
        taken = []
        while self._waiting and (ended or self._is_settled(self._waiting[0])):
            first = self._waiting.popleft()
            released = {name: self._released.pop(name, "") for name in first.texts}
            give_back(first.places, released, self._is_harmless)
            if self._followed.untouched or follow(first.value, self._followed.where):
                taken.append(first.value)
        return taken

    def _is_settled(self, first: _Waiting) -> bool:
        return self._followed.settled >= first.cites and all(
            self._released.get(name) == text for name, text in first.texts.items()
        )


def listed(delta: Mapping[str, Any]) -> list[Any]:
    """The annotations of a delta that are written as the API says."""
    value = delta.get(ANNOTATIONS)
    return value if isinstance(value, list) and all(isinstance(item, dict) for item in value) else []
