"""Streamed chat completions: chunks in, chunks out, and the short way for chunks that only bring more text."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from guardproxy.exact_json import JsonError, dumps, loads
from guardproxy.wire.chat.stream_choice import ChoiceStream, Entry, Reading
from guardproxy.wire.chat.stream_logprobs import NewGate
from guardproxy.wire.chat.template import TextTemplate, learned
from guardproxy.wire.chat.whole import choice_index
from guardproxy.wire.errors import UpstreamError as UpstreamError
from guardproxy.wire.errors import reported_error, unreadable
from guardproxy.wire.hidden_calls import HiddenCalls
from guardproxy.wire.places import IsHarmless, grows
from guardproxy.wire.sse import event_bytes
from guardproxy.wire.usage import total

Clean = Callable[[dict[str, Any], str], dict[str, Any]]

_IDENTITY = ("id", "object", "created", "model", "system_fingerprint", "service_tier")
_PASSING = frozenset((*_IDENTITY, "usage"))
_SAID = frozenset(("content", "text", "refusal", "reasoning", "reasoning_content", "message", "delta", "audio"))
_MAX_BESIDE = 64
"""Unknown members beside `choices` that are remembered, and passed on while they stay the same."""

_ATTEMPTS = 4


@dataclass(slots=True)
class Chunk:
    """A chunk as read: the members besides `choices`, cleaned, and the entry of each choice."""

    base: dict[str, Any]
    entries: list[Entry]


@dataclass(slots=True)
class ChunkStream:
    """The state of one stream, apart from its choices: identity, usage, and the template of the latest text chunk.

    The model may be asked again about a choice: then another upstream stream goes on with it (`begin_again`), and the
    client sees one stream, of one identity, whose usage is that of all.
    """

    is_harmless: IsHarmless
    clean: Clean
    fallback_id: str
    keeps_repeats: bool
    new_gate: NewGate | None = None
    """For alternatives that log probabilities name; without gates they are not passed on."""
    choices: dict[int, ChoiceStream] = field(default_factory=dict)
    usage: Any = None
    template: TextTemplate | None = None
    only: int | None = None
    """The one choice that this upstream stream answers for; None: as the upstream says."""
    _pinned: dict[str, Any] = field(default_factory=dict)
    _usage_before: Any = None
    _identity: dict[str, Any] = field(default_factory=dict)
    _beside: dict[str, Any] = field(default_factory=dict)
    _owed: dict[str, Any] = field(default_factory=dict)
    _misses: int = 0
    _hidden: HiddenCalls = field(default_factory=lambda: HiddenCalls(in_pieces=True))

    def read(self, data: str) -> Chunk:
        """One event's data. Raises `UpstreamFailure` for what is no chunk, and `UpstreamError` for a reported error."""
        try:
            value = loads(data)
        except JsonError as error:
            raise unreadable(f"an event is no JSON: {error.reason}") from None
        reported = reported_error(value)
        if reported is not None:
            raise reported
        if not isinstance(value, dict):
            raise unreadable("an event is no object")
        choices = value.get("choices", [])
        if not isinstance(choices, list) or not all(isinstance(entry, dict) for entry in choices):
            raise unreadable("`choices` is no list of objects")
        if not self.keeps_repeats:
            self._hidden.refuse(value, skip=frozenset({"choices"}))
        if value.get("usage") is not None:
            value["usage"] = total(self._usage_before, value["usage"])
        base = {**self.clean(value, self.fallback_id), **self._pinned}
        if not self.keeps_repeats:
            self._drop_growing(base)
        if not self._identity or choices:
            self._identity = {k: base[k] for k in _IDENTITY if k in base}
            if "usage" in base:
                self._identity["usage"] = None
        self.usage = base.get("usage") or self.usage
        return Chunk(base, choices if self.only is None else self._choices_of_one(choices, self.only))

    def _choices_of_one(self, entries: list[Entry], index: int) -> list[Entry]:
        """Some servers send several choices whatever `n` is; one was asked for."""
        return [{**entry, "index": index} for entry in entries if choice_index(entry) == 0]

    def begin_again(self, index: int) -> None:
        """From now on comes another answer for this one choice, of which nothing was sent yet but maybe the role."""
        before = self.choices[index]
        for choice in self.choices.values():
            choice.finished = True
        new = self._new_choice(index)
        new.role, new.again = before.role, True
        self.choices[index] = new
        self.only, self.template, self._misses = index, None, 0
        self._usage_before = self.usage
        self._pinned = {key: value for key, value in self._identity.items() if key != "usage"}

    def _drop_growing(self, base: dict[str, Any]) -> None:
        """Takes out what could be put together from the pieces of several chunks: unknown members that change."""
        for key in [key for key in base if key not in _PASSING]:
            if key not in self._beside and key not in _SAID and len(self._beside) < _MAX_BESIDE:
                self._beside[key] = base[key]
            elif self._beside.get(key) != base[key]:
                del base[key]

    def choice(self, entry: Entry) -> ChoiceStream:
        index = choice_index(entry)
        known = self.choices.get(index)
        if known is None:
            known = self.choices[index] = self._new_choice(index)
        return known

    def _new_choice(self, index: int) -> ChoiceStream:
        return ChoiceStream(index, self.is_harmless, self.keeps_repeats, self.new_gate)

    def encoded(self, entries: list[Entry], base: dict[str, Any] | None = None, own: Entry | None = None) -> bytes:
        """One chunk for each entry; `own` stands for the incoming chunk and carries its other members.

        Where all that the incoming chunk says has to wait, the next one that is sent carries them.
        """
        if base is not None and not any(entry is own for entry in entries):
            self._owed |= {key: value for key, value in base.items() if key not in _IDENTITY[:4]}
        out = []
        for entry in entries:
            own_base = base if base is not None and entry is own else self._identity
            out.append(event_bytes(dumps({**own_base, **self._owed_to(own_base), "choices": [entry]})))
        return b"".join(out)

    def _owed_to(self, base: dict[str, Any]) -> dict[str, Any]:
        """The members of earlier chunks that were not sent, unless the chunk has newer ones."""
        if not self._owed:
            return {}
        owed, self._owed = self._owed, {}
        return {key: value for key, value in owed.items() if base.get(key) is None}

    def without_choices(self, base: dict[str, Any]) -> bytes:
        """A chunk that has none: usage at the end, or a server's own first chunk."""
        return event_bytes(dumps({**base, **self._owed_to(base), "choices": []}))

    def with_remark(self, entry: Entry, remark: dict[str, Any]) -> bytes:
        return event_bytes(dumps({**self._identity_or_new(), "choices": [entry], "guardproxy": remark}))

    def usage_chunk(self) -> bytes:
        """The last chunk of a stopped stream: usage as last reported, null where the upstream was left before that."""
        return event_bytes(dumps({**self._identity_or_new(), "choices": [], "usage": self.usage}))

    def _identity_or_new(self) -> dict[str, Any]:
        return self._identity or {"id": self.fallback_id, "object": "chat.completion.chunk", "created": 0, "model": ""}

    # --- the short way ----------------------------------------------------------------------------------------------

    def learn(self, raw: bytes, chunk: Chunk, choice: ChoiceStream, reading: Reading) -> None:
        """Remembers the shape of a chunk that brought one text and nothing else; called before it is filled."""
        template, self.template = self.template, None
        if template is not None and not template.used:
            self._misses += 1
        places = reading.places
        plain = reading.plain and len(places) == 1 == len(reading.events) and not reading.ends
        plain = plain and len(chunk.entries) == 1 and not choice.logprobs.is_used
        if plain and self._misses < _ATTEMPTS and grows(places[0].path) and choice.is_home(places[0]):
            self.template = learned(raw, chunk.base, reading.entry, places[0], choice.index)
