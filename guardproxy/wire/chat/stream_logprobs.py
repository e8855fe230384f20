"""Log probabilities of one streamed choice: each token goes with the text that it says, once that was released.

Tokens of rewritten text go with it. Alternatives are texts that nobody said; those of one rank can be read in a row, so
each rank passes a gate of its own, and an entry waits until all its alternatives have. Where one finds what may not be
said, the entries that wait then lose their alternatives, and the ranks begin anew behind them.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from guardproxy.wire.chat.repeats import FIELDS, Token, tokens_of
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.unchanged import Followed


class Gate(Protocol):
    """Lets a text through as far as no continuation can make it one that may not be said."""

    halted: bool

    @property
    def held(self) -> int: ...
    def feed(self, text: str) -> str: ...
    def finish(self) -> str: ...


NewGate = Callable[[], Gate]


@dataclass(slots=True)
class _Waiting:
    """A token that says these code points of its text; `read`: so far each rank was read with it; None: without."""

    token: Token
    start: int
    end: int
    read: tuple[int, ...] | None


@dataclass(slots=True)
class _Rank:
    gate: Gate
    read: int = 0

    @property
    def passed(self) -> int:
        return self.read - self.gate.held


@dataclass(slots=True)
class _Field:
    """`unsaid`: bytes of the text that no token has said yet, from `at` on; `early`: tokens whose text is to come."""

    unsaid: bytes = b""
    at: int = 0
    early: deque[Token] = field(default_factory=deque)
    waiting: deque[_Waiting] = field(default_factory=deque)
    ranks: list[_Rank] = field(default_factory=list)


class StreamedLogprobs:
    """Feed it with what each chunk brings; `take` gives what may be sent. `is_used` once there are any."""

    def __init__(self, followed: Mapping[str, Followed], is_harmless: IsHarmless, new_gate: NewGate | None) -> None:
        """`followed`: the texts, each told of a piece after `read` was. Without gates nothing passes."""
        self._followed, self._is_harmless, self._new_gate = followed, is_harmless, new_gate
        self._fields = {name: _Field() for name in FIELDS}
        self.is_used = False

    def read(self, logprobs: Any, said: Mapping[str, str]) -> None:
        """What one chunk says, and its log probabilities. What is written in another way is not passed on."""
        tokens = tokens_of(logprobs) if logprobs is not None else {}
        self.is_used = self.is_used or bool(tokens)
        if not self.is_used:
            return
        for name, known in self._fields.items():
            if not known.early and not tokens:
                known.unsaid = b""
            if name in said and not known.unsaid:
                known.at = self._followed[name].arrived
            known.unsaid += said.get(name, "").encode("utf-8", "surrogatepass")
            known.early.extend((tokens or {}).get(name) or ())
            self._match(known)

    def _match(self, known: _Field) -> None:
        """Finds what each token says; one that is not what stands there is dropped."""
        while known.early:
            spelled = known.early[0].spelled
            if len(known.unsaid) < len(spelled) and spelled.startswith(known.unsaid):
                return
            token = known.early.popleft()
            if not known.unsaid.startswith(spelled):
                continue
            known.unsaid = known.unsaid[len(spelled) :]
            begins = sum(byte & 0xC0 != 0x80 for byte in spelled)
            start = known.at - (bool(spelled) and spelled[0] & 0xC0 == 0x80)
            known.at += begins
            known.waiting.append(_Waiting(token, start, known.at, self._read_ranks(known, token)))
            if known.waiting[-1].read is None:
                self._without_alternatives(known)

    def _read_ranks(self, known: _Field, token: Token) -> tuple[int, ...] | None:
        """Puts the alternatives through their gates; None if something may not be said."""
        if self._new_gate is None:
            return None
        while len(known.ranks) < len(token.alternatives):
            known.ranks.append(_Rank(self._new_gate()))
        for rank, text in zip(known.ranks, token.alternatives, strict=False):
            rank.gate.feed(text)
            rank.read += len(text)
        alright = not any(rank.gate.halted for rank in known.ranks) and all(map(self._is_harmless, token.alternatives))
        return tuple(rank.read for rank in known.ranks) if alright else None

    def _without_alternatives(self, known: _Field) -> None:
        known.ranks = []
        for waiting in known.waiting:
            waiting.read = None

    def take(self, ended: bool) -> dict[str, list[dict[str, Any]] | None] | None:
        """The entries that may be sent now; `ended`: nothing more comes."""
        if not self.is_used or self._new_gate is None:
            return None
        if ended:
            self._finish()
        taken = {name: self._taken(name, known, ended) for name, known in self._fields.items()}
        return {name: entries or None for name, entries in taken.items()} if any(taken.values()) else None

    def _finish(self) -> None:
        for known in self._fields.values():
            for rank in known.ranks:
                rank.gate.finish()
            if any(rank.gate.halted for rank in known.ranks):
                self._without_alternatives(known)

    def _taken(self, name: str, known: _Field, ended: bool) -> list[dict[str, Any]]:
        followed, taken = self._followed[name], []
        while known.waiting and (ended or _is_settled(known, known.waiting[0], followed)):
            first = known.waiting.popleft()
            if followed.where(first.start, first.end) is not None:
                taken.append(first.token.entry if first.read is not None else first.token.without_alternatives())
        return taken


def _is_settled(known: _Field, first: _Waiting, followed: Followed) -> bool:
    if first.end > followed.settled:
        return False
    return first.read is None or all(r.passed >= read for r, read in zip(known.ranks, first.read, strict=False))
