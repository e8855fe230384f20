"""Bodies that hold several answers, and one piece of an answer alone: `{"data": [...]}`, and a single stored item."""

from collections.abc import Mapping
from typing import Any

from guardproxy.exact_json import encoded
from guardproxy.wire.dialect import Unit
from guardproxy.wire.side_doors.door import SideDoor, entries_in, read_json_object
from guardproxy.wire.side_doors.parts import ReadPart
from guardproxy.wire.side_strings import SideStrings


class AnswerList:
    """`{"object": "list", "data": [...]}`: every entry is a part; cursors and the like are searched."""

    content_type = b"application/json"

    def __init__(self, body: bytes, read_part: ReadPart, beside: SideStrings) -> None:
        self._value = read_json_object(body)
        self._parts = [read_part(entry, beside) for entry in entries_in(self._value)]
        self.units: list[Unit] = [unit for part in self._parts for unit in part.units]

    def another(self, place: int, body: bytes) -> Unit:
        raise AssertionError("what is stored is not asked for again")

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        data = [part.delivered(beside, decision, remark) for part in self._parts]
        rest = beside.withhold({key: member for key, member in self._value.items() if key != "data"})
        kept = {key: data if key == "data" else rest[key] for key in self._value if key == "data" or key in rest}
        return encoded(kept)


class SinglePart:
    """One entry of such a list, asked for alone."""

    content_type = b"application/json"

    def __init__(self, body: bytes, read_part: ReadPart, beside: SideStrings) -> None:
        self._part = read_part(read_json_object(body), beside)
        self.units: list[Unit] = list(self._part.units)

    def another(self, place: int, body: bytes) -> Unit:
        raise AssertionError("what is stored is not asked for again")

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        return encoded(self._part.delivered(beside, decision, remark))


class ListDialect(SideDoor):
    def __init__(self, name: str, read_part: ReadPart) -> None:
        super().__init__(name)
        self._read_part = read_part

    def read_whole(self, body: bytes, beside: SideStrings) -> AnswerList:
        return AnswerList(body, self._read_part, beside)


class SingleDialect(SideDoor):
    def __init__(self, name: str, read_part: ReadPart) -> None:
        super().__init__(name)
        self._read_part = read_part

    def read_whole(self, body: bytes, beside: SideStrings) -> SinglePart:
        return SinglePart(body, self._read_part, beside)
