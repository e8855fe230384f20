"""Answers with pictures: the words beside them are judged, the pictures are opaque.

A picture may show any text. No rule reads it, so that whoever does not want that refuses the endpoint.
"""

import re
from typing import Any

from guardproxy.wire.side_doors.documents import Document
from guardproxy.wire.side_doors.door import BlockedAsError, SideDoor
from guardproxy.wire.side_strings import SideStrings

OPAQUE = "b64_json"
_PACKED = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_SHORTEST = 400
"""Letters; what is shorter is no picture, and is judged as a text."""


class Pictures(Document):
    """`{"data": [{"b64_json": ..., "revised_prompt": ...}]}`: a document whose pictures are put back at the end."""

    def __init__(self, body: bytes, beside: SideStrings) -> None:
        self._pictures: list[tuple[dict[str, Any], str]] = []
        super().__init__(body, beside)

    def prepare(self, value: dict[str, Any]) -> None:
        listed = value.get("data")
        for entry in listed if isinstance(listed, list) else []:
            picture = entry.get(OPAQUE) if isinstance(entry, dict) else None
            if isinstance(picture, str) and len(picture) >= _SHORTEST and _PACKED.fullmatch(picture):
                entry[OPAQUE] = None
                self._pictures.append((entry, picture))

    def restore(self) -> None:
        for entry, picture in self._pictures:
            entry[OPAQUE] = picture


class PicturesDialect(BlockedAsError, SideDoor):
    def read_whole(self, body: bytes, beside: SideStrings) -> Pictures:
        return Pictures(body, beside)


PICTURES = PicturesDialect("images")
