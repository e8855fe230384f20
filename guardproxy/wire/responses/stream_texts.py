"""The events of a stream that bring a text, a part, a citation, or what a shell printed."""

from typing import Any

from guardproxy.wire.chat.citations import follow
from guardproxy.wire.chat.repeats import read_token
from guardproxy.wire.responses.events import index_in, words_in
from guardproxy.wire.responses.items import SHOWN_PARTS, Part, count_citations
from guardproxy.wire.responses.sending import Event, Pairs, Sending, filled, item_path
from guardproxy.wire.responses.walk import Text, Whose, channel_at
from guardproxy.wire.unchanged import moved


class TextEvents:
    def __init__(self, sending: Sending) -> None:
        self._sending, self._told = sending, sending.told
        self._cited = 0

    def delta(self, value: Event, path: str, channel: str, key: str) -> None:
        """More of a text."""
        text, logprobs = words_in(value, key), value.get("logprobs")
        pairs = self._sending.others(value, frozenset({key, "logprobs"}))
        plain = self._sending.strings.keeps_repeats or not logprobs
        if not text:
            kept = value if plain else {**value, "logprobs": []}
            self._sending.queue(kept, lambda: filled(pairs))
            return

        def write(piece: str) -> bytes:
            filled(pairs)
            whole = piece == text and (plain or _says(logprobs, text))
            changed: Event = {} if whole or "logprobs" not in value else {"logprobs": []}
            return self._sending.written({**value, key: piece, **changed})

        self._told.grow(path, channel, text, write)

    def whole(self, value: Event) -> None:
        """An event that says things whole: a part, a citation, or nothing of the model's."""
        part, cited = value.get("part"), value.get("annotation")
        if isinstance(part, dict):
            self._part(value, part, self._sending.others(value, frozenset({"part"})))
        elif isinstance(cited, dict):
            self._citation(value, cited, self._sending.others(value, frozenset({"annotation"})))
        else:
            pairs = self._sending.others(value, frozenset())
            self._sending.queue(value, lambda: filled(pairs))

    def again(self, value: Event, path: str, channel: str, key: str) -> None:
        """A text again, as all of it."""
        words = words_in(value, key)
        parts = self._parts(value) if key == "text" else []
        pairs = self._sending.others(value, frozenset({key, "logprobs"} if parts else {key}))
        texts = [Text(value, key, path, channel, words)] if words else []
        said = [*pairs, *self._sending.said(texts)]
        self._told.end(path, channel)
        self._sending.queue(value, lambda: filled(said) and self._sending.follow(parts))

    def _part(self, value: Event, part: dict[str, Any], pairs: Pairs) -> None:
        is_summary = value["type"].startswith("response.reasoning_summary_part.")
        listed = "summary" if is_summary else "content"
        path = f"{item_path(value)}.{listed}[{index_in(value, f'{listed}_index')}]"
        is_thought = part.get("type") == "reasoning_text" or (is_summary and part.get("type") not in SHOWN_PARTS)
        parts = self._parts(part)
        walk = self._sending.walk(parts)
        whose: Whose = "other" if is_thought else "reply"
        walk.members(part, path, whose=whose)
        is_begun = not value["type"].endswith(".done")
        said = [*pairs, *self._sending.said(walk.texts, is_begun)]
        for member in ("text", "refusal", "transcript") if not is_begun else ():
            self._told.end(f"{path}.{member}", channel_at(f"{path}.{member}", whose))
        self._sending.queue(value, lambda: filled(said) and self._sending.follow(parts))

    def _parts(self, holder: dict[str, Any]) -> list[Part]:
        text = holder.get("text")
        return [Part(holder, text)] if isinstance(text, str) and not self._sending.strings.keeps_repeats else []

    def _citation(self, value: Event, cited: dict[str, Any], pairs: Pairs) -> None:
        part = f"{item_path(value)}.content[{index_in(value, 'content_index')}]"
        walk = self._sending.walk()
        walk.members(cited, f"{part}.annotations[{index_in(value, 'annotation_index')}]", whose="other")
        said = [*pairs, *self._sending.said(walk.texts)]
        about = self._told.known(f"{part}.text")
        before = about.text if about is not None else ""
        self._cited = count_citations([Part({"annotations": [cited]}, before)], self._cited)

        def fill() -> bool:
            filled(said)
            if about is None or about.delivered == before:
                return True
            kept = about.kept_of(before)
            return follow(cited, lambda start, end: moved(start, end, kept))

        self._sending.queue(value, fill)

    def printed(self, value: Event) -> None:
        """What a hosted shell printed: two texts that grow at once."""
        delta = value.get("delta")
        pairs = self._sending.others(value, frozenset({"delta"} if isinstance(delta, dict) else ()))
        walk = self._sending.walk()
        if isinstance(delta, dict):
            path = f"{item_path(value)}.output[{index_in(value, 'command_index')}]"
            walk.members(delta, path, whose="other")
        for text in walk.texts:
            text.put("")

            def write(piece: str, text: Text = text) -> bytes:
                text.put(piece)
                return b""

            self._told.grow(text.path, text.path, text.text, write)
        self._sending.queue(value, lambda: filled(pairs))


def _says(logprobs: Any, text: str) -> bool:
    """Whether the tokens of a delta are its text and nothing more; with alternatives they stay for the whole text."""
    tokens = [read_token(entry) for entry in logprobs] if isinstance(logprobs, list) else [None]
    if any(token is None or token.alternatives for token in tokens):
        return False
    return b"".join(token.spelled for token in tokens if token is not None) == text.encode("utf-8", "surrogatepass")
