"""Transcriptions and translations of speech: what was said as a text, in JSON with times, as subtitles, or as events.

The text is what a user reads, so it is judged as a reply. With times it is said again, in segments and in words: words
are dropped where anything was changed or would not pass when read in a row, and numbers of tokens are never passed.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from guardproxy.checks.verdict import Verdict
from guardproxy.exact_json import encoded
from guardproxy.streaming.events import Event, Finished, TextArrived
from guardproxy.wire.dialect import Unit, WholeAnswer
from guardproxy.wire.errors import unreadable
from guardproxy.wire.hidden_calls import HiddenCalls
from guardproxy.wire.judgement import Judgement
from guardproxy.wire.numbers import is_harmless_number
from guardproxy.wire.places import Place, Walk
from guardproxy.wire.requests import ModelRequest
from guardproxy.wire.side_doors.door import BlockedAsError, SideDoor, read_json_object
from guardproxy.wire.side_doors.transcript_stream import TranscriptStream
from guardproxy.wire.side_strings import SideStrings

_TIMES = re.compile(r"\s*(\d+:)?\d{2}:\d{2}[.,]\d{3} --> (\d+:)?\d{2}:\d{2}[.,]\d{3}\s*")
_TEXTS = frozenset({"text/plain", "text/vtt", "text/srt", "application/x-subrip"})
_HEAD = re.compile(r"\ufeff?WEBVTT\s*")
_NUMBER = re.compile(r"\ufeff?([0-9]{1,6})\s*")
_APART = frozenset({"words", "segments"})


class TranscriptUnit:
    """A transcript as JSON: `text` is a reply, the text of all segments together another one that says the same.

    Every other string is judged by itself.
    """

    index = 0

    def __init__(self, value: dict[str, Any], beside: SideStrings) -> None:
        if not beside.keeps_repeats:
            HiddenCalls().refuse(value)
        self.value = value
        self._beside = beside
        walk = Walk(beside.harmless, beside.keeps_repeats)
        walk.members(value, "", skip=_APART)
        self._places = walk.places
        self._segments = _texts_of(value.get("segments"), "segments")
        for place, entry in enumerate(_entries(value, "segments")):
            walk.members(entry, f"segments[{place}]", skip=frozenset({"text", "tokens"}))
            if "tokens" in entry and not beside.keeps_repeats:
                entry["tokens"] = []
        self.dropped = walk.dropped

    def events(self) -> Iterator[Event]:
        for place in self._places:
            yield TextArrived(place.path, place.text)
        for place in self._segments:
            yield TextArrived("audio.transcript", place.text)
        yield Finished()

    def deliver(self, judged: Judgement) -> bool:
        changed = False
        for place in self._places:
            text = judged.released.get(place.path, "")
            if text != place.text:
                place.put(text)
                changed = True
        changed = self._deliver_segments(judged.released.get("audio.transcript", "")) or changed
        return self._drop_words(changed) or changed

    def _deliver_segments(self, text: str) -> bool:
        """Their cuts stay if each may be read by itself: a key may end, or begin, where its segment does."""
        if put_joined(self._segments, text):
            return True
        if self._beside.keeps_repeats or all(self._beside.harmless(place.text) for place in self._segments):
            return False
        for place, whole in zip(self._segments, [text, *[""] * len(self._segments)], strict=False):
            place.put(whole)
        return True

    def _drop_words(self, changed: bool) -> bool:
        words = [entry.get("word") for entry in _entries(self.value, "words")]
        if not words:
            return False
        said = [word for word in words if isinstance(word, str)]
        plain = len(said) == len(words) and all(map(self._is_word, _entries(self.value, "words")))
        read = self._beside.harmless(" ".join(said)) and self._beside.harmless("".join(said)) and self._spells(said)
        if self._beside.keeps_repeats or (plain and read and not changed):
            return False
        self.value["words"] = []
        return True

    def _is_word(self, entry: dict[str, Any]) -> bool:
        """Whether it is a word with its times and nothing else."""
        times = [entry[name] for name in ("start", "end") if name in entry]
        return entry.keys() <= {"word", "start", "end"} and all(
            isinstance(time, int | Decimal) and is_harmless_number("start", time, self._beside.harmless)
            for time in times
        )

    def _spells(self, words: list[str]) -> bool:
        """Whether the words are those of the text, in their order, whatever stands between them."""
        text, place = str(self.value.get("text")), 0
        for word in words:
            place = text.find(word.strip(), place)
            if place < 0:
                return False
            place += len(word.strip())
        return True

    def block(self, verdict: Verdict) -> None:
        self.value.clear()


def _entries(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    listed = value.get(name)
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise unreadable(f"`{name}` is no list of objects")
    return listed


def _texts_of(listed: Any, name: str) -> list[Place]:
    entries = _entries({name: listed}, name)
    if not all(isinstance(entry.get("text", ""), str) for entry in entries):
        raise unreadable(f"the text of one of the `{name}` is no text")
    told = [(number, entry) for number, entry in enumerate(entries) if "text" in entry]
    return [Place(entry, "text", "audio.transcript", entry["text"], f"{name}[{n}].text") for n, entry in told]


def put_joined(places: list[Place], text: str, between: str = "") -> bool:
    """Puts one text back into the places that it was put together from. True if anything in it was changed.

    A changed text keeps its cuts where it still has as many lines; else the first place holds it all.
    """
    if text == between.join(place.text for place in places):
        return False
    pieces = text.split(between) if between else [text]
    if len(pieces) != len(places):
        pieces = [text]
    for number, place in enumerate(places):
        place.put(pieces[number] if number < len(pieces) else "")
    return True


class Transcript:
    """A transcript as JSON."""

    content_type = b"application/json"

    def __init__(self, body: bytes, beside: SideStrings) -> None:
        self._unit = TranscriptUnit(read_json_object(body), beside)
        self.units: list[Unit] = [self._unit]

    def another(self, place: int, body: bytes) -> Unit:
        raise AssertionError("a transcript is not asked for again")

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        return encoded(self._unit.value)


class Subtitles:
    """A transcript as plain text, or as subtitles (SRT, VTT), whose cues are read as one text.

    Times of cues stay, and their numbers, which count them; any other line is something that was said.
    """

    content_type = b"text/plain; charset=utf-8"
    index = 0
    dropped = 0

    def __init__(self, body: bytes) -> None:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            raise unreadable("it is not encoded as UTF-8") from None
        self._lines: list[str] = re.split(r"(\r\n|\n|\r)", text)
        """Lines, each but the last followed by its end."""
        if any(map(_TIMES.fullmatch, self._lines)):
            self._cues = 0
            said = [n for n in range(0, len(self._lines), 2) if not self._is_of_the_format(n)]
        else:
            self._lines, said = [text], [0]
        self._places = [Place(self._lines, n, "content", self._lines[n], f"lines[{n}]") for n in said]
        self.units: list[Unit] = [self]

    def events(self) -> Iterator[Event]:
        yield TextArrived("content", "\n".join(place.text for place in self._places))
        if len(self._places) > 1:
            yield TextArrived("audio.transcript", "".join(place.text for place in self._places))
        yield Finished()

    def deliver(self, judged: Judgement) -> bool:
        """Cues are read line by line, and without a break, too: what is cut between two of them is still said."""
        if put_joined(self._places, judged.released.get("content", ""), between="\n"):
            return True
        return len(self._places) > 1 and put_joined(self._places, judged.released.get("audio.transcript", ""))

    def block(self, verdict: Verdict) -> None:
        self._lines.clear()

    def another(self, place: int, body: bytes) -> Unit:
        raise AssertionError("a transcript is not asked for again")

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        return "".join(self._lines).encode()

    def _is_of_the_format(self, n: int) -> bool:
        """Times, blank lines, the first line of a file, and the number that stands above times."""
        line = self._lines[n]
        if not line.strip() or _TIMES.fullmatch(line) or (n == 0 and _HEAD.fullmatch(line)):
            return True
        following = self._lines[n + 2] if n + 2 < len(self._lines) else ""
        return _TIMES.fullmatch(following) is not None and self._counts(line)

    def _counts(self, line: str) -> bool:
        """Whether it is the number of the next cue; some files begin at 0."""
        number = _NUMBER.fullmatch(line)
        if number is None or int(number[1]) not in ((0, 1) if not self._cues else (self._cues,)):
            return False
        self._cues = int(number[1]) + 1
        return True


class TranscriptDialect(BlockedAsError, SideDoor):
    """Which of the formats an answer has, it says by itself: JSON begins with a bracket."""

    def reads(self, content_type: str) -> bool:
        return super().reads(content_type) or content_type in _TEXTS

    def read_whole(self, body: bytes, beside: SideStrings) -> WholeAnswer:
        return Transcript(body, beside) if body.lstrip().startswith(b"{") else Subtitles(body)

    def open_stream(self, request: ModelRequest, beside: SideStrings, decision: str) -> TranscriptStream:
        return TranscriptStream(beside)


TRANSCRIPTS = TranscriptDialect("transcripts")
