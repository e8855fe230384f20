"""The gate of one text channel: text in, what of it may be sent out, rewritten where a rule asks for that.

Text is released up to the shortest suffix that some continuation could turn into a violation or a rewrite. What is
released, and which rules are named, depends on the text alone and not on the pieces it comes in.

**Rounds.** A text is rewritten in rounds: spans are replaced first, then cuts are made in the result, then the outcome
is judged again, three times at most. Each of these is a stage (`gate_stages`) that reads what the one before it lets
through. While nothing was rewritten lately all stages behind the first see the same text: one search serves them all.

**Stops.** A halt or a freeze takes effect at the first character after which it is certain, and after which every
match that starts before it or with it is decided: exactly what could be sent up to there is released. That character
is found by bisection, as certainty only grows.

**Cost.** Each piece costs one search (two where rules rewrite) over the text that waits and some context. So that the
whole costs time by its length, whatever its pieces, tiny pieces are put together where they would cost too much: up to
an eighth of a text that waits and is long, and up to `_COLLECTED` code points after very many pieces in a short text
that were more than one quick search. That only delays what is sent, by so many code points at most; what is sent in
all, and where the text stops, stay the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from guardproxy.patterns.gate_stages import Hit, Stage, Step, hold_before
from guardproxy.patterns.scan import FinderSet
from guardproxy.patterns.watch_list import Cut, Freeze, Halt, JudgedWatch, Reaction, Substitute, Watch, WatchList
from guardproxy.patterns.words import LEFT_CONTEXT

__all__ = [
    "Cut",
    "Freeze",
    "Halt",
    "Hit",
    "JudgedWatch",
    "Reaction",
    "Substitute",
    "TextGate",
    "Watch",
    "WatchList",
]

_ALL = 1 << 62
_PIECE = 4096
"""Longer texts are fed in pieces of this many code points, so that a stop is looked for in one of them only."""


_LONG = 1024
"""Where more code points than this wait, new ones are collected up to a share of them, so that each is searched again
a limited number of times."""
_SHARE = 8
_COLLECTED = 256
_MOST_CONTEXT = 2048
"""More than this is needed only behind very long runs of invisible characters, which count as waiting text then."""
_PATIENCE = 256
"""So many pieces may take long in a row; then one more may for every `_COLLECTED` / 2 code points."""


class TextGate:
    """One text channel of one answer.

    `halted`: nothing from a forbidden span on is ever released, and no more is read. `failed`: rewriting did not settle
    in three rounds because of the rules in `unsettled`; otherwise like `halted`. `frozen`: nothing more is released,
    but text is read on, as a halt may come.
    """

    def __init__(self, watches: WatchList) -> None:
        self._watches = watches
        self._first = Stage(watches.stages[0])
        self._later = [Stage(rules) for rules in watches.stages[1:]]
        self._alike = _Alike()
        self._plain = _ALL  # so many of the last code points had no match in them, for the first stage
        self._collected: list[str] = []
        self._waiting = 0  # code points in them
        self._patience = float(_PATIENCE)
        self._hits: list[Hit] = []
        self._noted: set[Hit] = set()
        self.unsettled: tuple[str, ...] = ()
        self.halted = self.frozen = self.failed = False

    @property
    def held(self) -> int:
        """Code points that wait, or that have to be kept because what follows could not be read without them."""
        return self._searched + self._waiting + max(0, len(self._first.context) - _MOST_CONTEXT)

    @property
    def _searched(self) -> int:
        """Code points that wait and were searched already."""
        return len(self._first.pending) + sum(len(stage.pending) for stage in self._later)

    @property
    def hits(self) -> list[Hit]:
        """The matches that rewrote, halted or froze: round by round, spans before cuts, as the text has them."""
        return sorted(self._hits, key=lambda h: (h.round, isinstance(h.reaction, Cut), h.start))

    @property
    def stopped_by(self) -> tuple[str, ...]:
        """The rules that halted the text, or did not let it settle, or else froze it; claims have no rule's name."""
        if self.failed and not self.halted:
            return self.unsettled
        kind = Halt if self.halted else Freeze
        return tuple(dict.fromkeys(h.rule for h in self.hits if h.rule and isinstance(h.reaction, kind)))

    @classmethod
    def of_whole(cls, watches: WatchList, text: str) -> "tuple[TextGate, str]":
        """A gate that has read this text to its end, and what it let through: as in pieces, and quicker."""
        gate = cls(watches)
        released = gate._at_once(text)
        if released is None:
            gate = cls(watches)
            released = gate.feed(text)
            released += gate.finish()
        return gate, released

    def _at_once(self, text: str) -> str | None:
        """What a whole text becomes, stage by stage; None where something stops it, as then the place matters."""
        quiet: set[FinderSet] = set()
        for rules in self._watches.stages:
            if rules.finders in quiet:
                continue
            step = Stage(rules).advance(text, final=True)
            if step.stops:
                return None
            self._hits += step.hits
            quiet = set() if step.hits else {*quiet, rules.finders}
            text = step.released
        return text

    def feed(self, text: str) -> str:
        """More text; returns what may be sent now."""
        waiting = self._searched + len(self._first.context)
        if self._collected or self._patience < 1 or waiting > _LONG:
            self._collected.append(text)
            self._waiting += len(text)
            if not self._is_due(waiting):
                return ""
            return self._feed_collected()
        return self._feed(text) if len(text) <= _PIECE else self._feed_pieces(text)

    def _is_due(self, waiting: int) -> bool:
        """Whether what was collected is enough to be searched with all that waits."""
        enough = max(_COLLECTED if self._patience < 1 else 0, waiting // _SHARE if waiting > _LONG else 0)
        return self._waiting >= enough

    def _feed_collected(self) -> str:
        text = "".join(self._collected)
        self._collected, self._waiting = [], 0
        return self._feed_pieces(text)

    def _feed_pieces(self, text: str) -> str:
        released, start = [], 0
        while start < len(text):
            end = start + max(_PIECE, (self._searched + len(self._first.context)) // _SHARE)
            released.append(self._feed(text[start:end]))
            start = end
        return "".join(released)

    def _feed(self, text: str) -> str:
        self._patience = min(self._patience + 2 * len(text) / _COLLECTED, _PATIENCE)
        released = self._quickly(text)
        if released is not None:
            return released
        self._patience -= 1
        released = ""
        while text and not (self.halted or self.failed):
            before = self._memory()
            more = self._advance(text)
            if self._stops == before.stops or len(text) == 1:
                return released + more
            length = self._first_stop(text, before)
            released += self._again(text[:length], before)
            text = text[length:]
        return released

    def _quickly(self, text: str) -> str | None:
        """What may be sent now where nothing is found; None, with nothing changed, where more has to be done."""
        first, alike = self._first, self._alike
        if first.resume or not alike.holds or self.frozen or self.halted or self.failed:
            return None
        whole, begin = first.context + first.pending + text, len(first.context)
        hold = first.rules.finders.quick_hold(whole, begin)
        if hold is None:
            return None
        released = whole[begin:hold]
        if self._later:
            if not self._passes(released, whole[hold:], self._looks_same()):
                return None
            self._alike = self._alike_after(released)
        self._plain += len(released)
        first.offset += len(released)
        first.context, first.pending = first.rules.finders.context(whole, hold), whole[hold:]
        return released

    def _looks_same(self) -> bool:
        """Whether the later stages wait for nothing but what the first one found no match in, with the same before it.

        Then they find none in it either, except one that its end may be the beginning of.
        """
        if self._watches.cuts:
            return False
        waiting = sum(len(stage.pending) for stage in self._later)
        context = len(self._alike.context) if self._alike.holds else max(len(s.context) for s in self._later)
        return self._plain >= waiting + max(context, LEFT_CONTEXT)

    def _alike_after(self, text: str) -> "_Alike":
        """The later stages have let this pass, too."""
        whole = self._alike.context + text
        return _Alike(self._watches.everything.finders.context(whole, len(whole)), self._alike.passed + len(text))

    def _passes(self, text: str, ahead: str, same: bool) -> bool:
        """Whether the later stages, which have read the same text so far, all let this pass unchanged.

        `same`: no match is decided in it, so that only its end matters.
        """
        if not text:
            return True
        rules, cuts = self._watches.everything, self._watches.cuts
        whole, begin = self._alike.context + text, len(self._alike.context)
        hold = rules.finders.quick_hold(whole, begin)
        if hold is None or (cuts and (hold < len(whole) or text[-1].isspace())):
            return False
        if hold < len(whole) and ahead:
            hold = hold_before(ahead, rules, whole, hold, {})
        return hold == len(whole)

    def finish(self) -> str:
        """The text has ended; returns the rest that may be sent."""
        released = self._feed_collected()
        if self.halted or self.failed:
            return released
        if self._ends_quietly():
            rest, self._first.pending = self._first.pending, ""
            return released + rest
        was_frozen = self.frozen
        released += self._advance("", final=True)
        if self.frozen and not was_frozen and not self.halted:
            self._advance("", final=True)
        return released

    def _ends_quietly(self) -> bool:
        """Whether what waits may be sent as it is, as nothing is found in it."""
        first = self._first
        if first.resume or not self._alike.holds or self.frozen:
            return False
        if self._later and self._alike.context != first.context:
            return False
        return self._watches.everything.finders.finds_nothing(first.context + first.pending)

    @property
    def _stops(self) -> tuple[bool, bool]:
        return self.halted or self.failed, self.frozen

    def _memory(self) -> "_Memory":
        # Stages that are alike are not advanced but replaced (`_through_later`), so they need no copy.
        later = self._later if self._alike.holds else [stage.copy() for stage in self._later]
        return _Memory(self._first.copy(), later, self._alike, self._plain, len(self._hits), self._stops)

    def _again(self, text: str, memory: "_Memory") -> str:
        """Goes back to what was remembered (nothing had halted then) and advances by this text instead."""
        self._first = memory.first.copy()
        self._later = memory.later if memory.alike.holds else [stage.copy() for stage in memory.later]
        self._alike, self._plain = memory.alike, memory.plain
        del self._hits[memory.hits :]
        self._noted = set(self._hits) if memory.stops[1] else set()
        self.halted, self.frozen = memory.stops
        self.failed, self.unsettled = False, ()
        return self._advance(text)

    def _first_stop(self, text: str, memory: "_Memory") -> int:
        """The length of the shortest beginning of the text after which the gate is stopped anew."""
        low, high = 1, len(text)
        while low < high:
            middle = (low + high) // 2
            self._again(text[:middle], memory)
            low, high = (middle + 1, high) if self._stops == memory.stops else (low, middle)
        return low

    def _advance(self, text: str, *, final: bool = False) -> str:
        if self.frozen:
            self._note(self._first.advance(text, final=final, frozen=True))
            return ""
        same = self._looks_same() and not final
        step = self._first.advance(text, final=final)
        self._note(step)
        if not self._later:
            return step.released
        same = same and step.plain
        self._plain = self._plain + len(step.released) if step.plain else 0
        if same and self._alike.holds and self._passes(step.released, self._first.pending, same):
            self._alike = self._alike_after(step.released)
            return step.released
        return self._through_later(step.released, final and not step.stops, same)

    def _through_later(self, text: str, final: bool, same: bool) -> str:
        if self._alike.holds:
            context, passed = self._alike.context, self._alike.passed
            self._later = [Stage(s.rules, context, offset=s.offset + passed) for s in self._later]
        ahead = self._first.pending
        for stage in self._later:
            step = stage.advance(text, ahead=ahead, final=final, undecided=same)
            self._note(step)
            self._plain, same = (self._plain, same) if step.plain else (0, False)
            final = (final or stage.closed) and not step.stops
            text, ahead = step.released, "" if stage.closed else stage.pending + ahead
        read = {stage.context for stage in self._later}
        waiting = any(stage.pending or stage.resume or stage.closed for stage in self._later)
        self._alike = _Alike(self._later[-1].context, holds=len(read) == 1 and not waiting)
        return text

    def _note(self, step: Step) -> None:
        self._add(step.hits)
        if step.unsettled:
            self.failed = True
            self.unsettled = tuple(dict.fromkeys((*self.unsettled, *step.unsettled)))
        self.halted = self.halted or any(isinstance(h.reaction, Halt) for h in step.hits)
        self.frozen = self.frozen or any(isinstance(h.reaction, Freeze) for h in step.hits)

    def _add(self, hits: Iterable[Hit]) -> None:
        """A frozen text is looked at again from where it froze: what was noted before is not noted twice."""
        if self.frozen:
            self._noted = self._noted or set(self._hits)
            hits = [hit for hit in hits if hit not in self._noted]
            self._noted.update(hits)
        self._hits += hits


class _Alike(NamedTuple):
    """Whether the later stages wait for nothing and have all read the same text last, which ends with `context`.

    Since their own records were last brought up to date they have let `passed` code points through.
    """

    context: str = ""
    passed: int = 0
    holds: bool = True


@dataclass(frozen=True, slots=True)
class _Memory:
    """What a gate knew before a piece of text. `hits`: how many there were. `stops`: whether halted, whether frozen."""

    first: Stage
    later: list[Stage]
    alike: _Alike
    plain: int
    hits: int
    stops: tuple[bool, bool]
