"""Files of JSON lines: the results of batches, whose every line holds an answer of some endpoint.

A file that is anything else (a picture, a table, a text) is refused: nobody could say what a model wrote in it.
"""

from collections.abc import Mapping
from typing import Any

from guardproxy.exact_json import encoded
from guardproxy.wire.dialect import Unit
from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.hidden_calls import HiddenCalls, refuse_answers
from guardproxy.wire.side_doors.door import SideDoor, read_json
from guardproxy.wire.side_doors.parts import Part, ReadPart, Remark
from guardproxy.wire.side_strings import SideStrings

MAX_LINES = 50_000
"""As many requests as one batch may hold."""


class ResultPart:
    """A line with an answer inside: the answer is read by its dialect, what surrounds it is searched.

    `path` leads from the line to the answer, as `("response", "body")`.
    """

    def __init__(self, line: dict[str, Any], path: tuple[str, ...], answer: Part) -> None:
        self._line, self._path, self._answer = line, path, answer
        self.units = answer.units
        self._put(line, None)

    def refuse_calls(self) -> None:
        """Raises `UpstreamFailure` for an answer or a call around the answer."""
        refuse_answers(self._line)
        HiddenCalls().refuse(self._line)

    def delivered(self, beside: SideStrings, decision: str, remark: Remark) -> Any:
        line = beside.withhold(self._line)
        self._put(line, self._answer.delivered(beside, decision, remark))
        return line

    def _put(self, line: dict[str, Any], answer: Any) -> None:
        *steps, last = self._path
        for step in steps:
            line = line[step]
        line[last] = answer


class Lines:
    """A parsed file of JSON lines."""

    content_type = b"application/jsonl"

    def __init__(self, body: bytes, read_part: ReadPart, beside: SideStrings) -> None:
        lines = [line for line in body.split(b"\n") if line.strip()]
        if len(lines) > MAX_LINES:
            raise not_lines(f"it has more than {MAX_LINES} lines")
        self._parts = [read_part(_object_of(line), beside) for line in lines]
        self.units: list[Unit] = [unit for part in self._parts for unit in part.units]

    def another(self, place: int, body: bytes) -> Unit:
        raise AssertionError("a file is not asked for again")

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        return b"".join(encoded(part.delivered(beside, decision, remark)) + b"\n" for part in self._parts)


class LinesDialect(SideDoor):
    """Files are sent with many a content type, so that the lines themselves decide."""

    def __init__(self, name: str, read_part: ReadPart) -> None:
        super().__init__(name)
        self._read_part = read_part

    def reads(self, content_type: str) -> bool:
        return content_type != "text/event-stream"

    def read_whole(self, body: bytes, beside: SideStrings) -> Lines:
        return Lines(body, self._read_part, beside)


def result_reader(read_answer: ReadPart, read_other: ReadPart) -> ReadPart:
    """Reads lines: the answers of a batch, and other lines as a whole.

    Raises `UpstreamFailure` for a line with two answers, and for one whose answer is no object.
    """

    def read(line: dict[str, Any], beside: SideStrings) -> Part:
        found = [path for path in _PATHS if _at(line, path) is not None]
        if not found:
            return read_other(line, beside)
        answer = _at(line, found[0])
        if len(found) > 1 or not isinstance(answer, dict):
            raise not_lines("a line of it holds two answers, or one that is no JSON object")
        part = ResultPart(line, found[0], read_answer(answer, beside))
        if not beside.keeps_repeats:
            part.refuse_calls()
        return part

    return read


_PATHS: tuple[tuple[str, ...], ...] = (("response", "body"), ("result", "message"))
"""Where the results of a batch hold the answer: OpenAI's, and Anthropic's."""


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _object_of(line: bytes) -> dict[str, Any]:
    try:
        value = read_json(line)
    except UpstreamFailure:
        value = None
    if not isinstance(value, dict):
        raise not_lines("a line of it is no JSON object")
    return value


def not_lines(what: str) -> UpstreamFailure:
    message = f"this file cannot be judged, so it is refused: {what}; only files of JSON lines pass"
    return UpstreamFailure(message, "file_not_judged", status=403, type="invalid_request_error", reason="unreadable")
