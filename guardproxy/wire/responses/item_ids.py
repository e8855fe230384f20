"""Which item an event belongs to: some clients go by its place in the output, some by its id, so both have to agree."""

from typing import Any

from guardproxy.wire.errors import unreadable
from guardproxy.wire.responses.events import index_in


class ItemIds:
    """An id stands for one place, and at a place no id comes back behind another one."""

    def __init__(self) -> None:
        self._indexes: dict[str, int] = {}
        self._taken: set[int] = set()
        self._latest: dict[int, str] = {}
        """Of which item the latest event at a place was; those of earlier ones are in `_left`."""
        self._left: set[str] = set()

    def note(self, value: dict[str, Any]) -> None:
        """The ids of an event. Raises `UpstreamFailure` where they contradict what came before.

        Ids that differ from event to event do not: no client can join what such events say by them.
        """
        item, id_, index = value.get("item"), value.get("item_id"), index_in(value, "output_index")
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            self._bind(item["id"], index)
        if isinstance(id_, str):
            self._bind(id_, index)
            if self._latest.get(index) != id_ and id_ in self._left:
                raise unreadable("the events of two items at one place of the output are mixed")
            self._left.add(self._latest.get(index, id_))
            self._latest[index] = id_

    def _bind(self, id_: str, index: int) -> None:
        if self._indexes.setdefault(id_, index) != index:
            raise unreadable("one item stands at two places of the output")
        self._taken.add(index)

    def index(self, id_: Any) -> int | None:
        """Where the item with this id stands."""
        return self._indexes.get(id_) if isinstance(id_, str) else None

    def free(self, place: int) -> int:
        """A place for an item that is said for the first time: this one, or one behind all others."""
        return place if place not in self._taken else place + 1 + max(self._taken)
