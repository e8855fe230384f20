"""Requests that carry a file: `multipart/form-data`, of which only the short fields are read.

The bytes go to the upstream as they came. Should it read other fields out of them than we do, its answer is of another
kind than was asked for, and is refused.
"""

import re
from collections.abc import Mapping

from guardproxy.wire.requests import ModelRequest, mistake

CONTENT_TYPE = re.compile(
    r"""multipart/form-data; ?boundary=(?:"([\w'()+,./:=? -]{1,70})"|([\w'+./-]{1,70}))""", re.ASCII
)
_DISPOSITION = re.compile(rb'content-disposition: ?form-data; ?name="([^"\r\n]{1,200})"([^\r\n]*)', re.IGNORECASE)
_LONGEST_FIELD = 10_000
MAX_PARTS = 100


def is_form(content_type: str) -> bool:
    return CONTENT_TYPE.fullmatch(content_type) is not None


def fields_of(body: bytes, content_type: str) -> dict[str, str]:
    """The fields that are no files, by name. Raises `ClientMistake`, also for a field that appears twice.

    Names that end with `[]` are lists and may repeat.
    """
    found = CONTENT_TYPE.fullmatch(content_type)
    if found is None:
        raise mistake("the request has to be `multipart/form-data` with a plain boundary", None)
    boundary = b"--" + (found[1] or found[2]).encode("ascii")
    before, *parts = (b"\r\n" + body).split(b"\r\n" + boundary)
    if before or len(parts) < 2 or parts.pop().rstrip() != b"--" or len(parts) > MAX_PARTS:
        raise mistake("the form of the request cannot be read: its parts do not end as the boundary says", None)
    fields: dict[str, str] = {}
    for part in parts:
        name, text = _field(part)
        if name in fields and not name.endswith("[]"):
            raise mistake(f"the field `{name}` appears twice in the form", name)
        if text is not None:
            fields[name] = text
    return fields


def read_form(body: bytes, content_type: str) -> ModelRequest:
    """What of such a request concerns us. Raises `ClientMistake`."""
    fields = fields_of(body, content_type)
    return ModelRequest(model=fields.get("model", ""), stream=_is_true(fields, "stream"))


def _is_true(fields: Mapping[str, str], name: str) -> bool:
    value = fields.get(name, "false").strip().lower()
    if value not in ("true", "false", "1", "0", ""):
        raise mistake(f"`{name}` has to be true or false", name)
    return value in ("true", "1")


def _field(part: bytes) -> tuple[str, str | None]:
    """Name and text of a part; no text for files and for what is too long to be a field that we read."""
    head, blank, content = part.partition(b"\r\n\r\n")
    found = _DISPOSITION.search(head)
    if found is None or not blank:
        raise mistake("the form of the request cannot be read: a part has no name", None)
    name = found[1].decode("utf-8", "replace")
    if b"filename" in found[2].lower() or len(content) > _LONGEST_FIELD:
        return name, None
    return name, content.decode("utf-8", "replace")
