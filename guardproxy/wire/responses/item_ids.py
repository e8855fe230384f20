"""Which item an event belongs to: some clients go by its place in the output, some by its id, so both have to agree."""

from typing import Any

from guardproxy.wire.errors import unreadable
from guardproxy.wire.responses.events import index_in


class ItemIds:
    """An id stands for one place, and at a place no id comes back behind another one."""

    def __init__(self) -> None:
        self._indexes: dict[str, int] = {}
        self._latest: dict[int, str] = {}

    def note(self, value: dict[str, Any]) -> None:
        """The ids of an event. Raises `UpstreamFailure` where they contradict what came before.

        Ids that differ from event to event do not: no client can join what such events say by them.
        """
        item = value.get("item")
        for id_ in (value.get("item_id"), item.get("id") if isinstance(item, dict) else None):
            if isinstance(id_, str):
                self._note(id_, index_in(value, "output_index"))

    def _note(self, id_: str, index: int) -> None:
        is_new = id_ not in self._indexes
        if self._indexes.setdefault(id_, index) != index:
            raise unreadable("one item stands at two places of the output")
        if not is_new and self._latest[index] != id_:
            raise unreadable("the events of two items at one place of the output are mixed")
        self._latest[index] = id_

    def index(self, id_: Any) -> int | None:
        """Where the item with this id stands."""
        return self._indexes.get(id_) if isinstance(id_, str) else None

    def free(self, place: int) -> int:
        """A place for an item that is said for the first time: this one, or one behind all others."""
        taken = self._latest
        return place if place not in taken else place + 1 + max(taken)
