"""The stages of a text gate, and the list of watches that they are made from.

A stage reads text, decides what it can, and lets through what is decided. It keeps what is not (`pending`) and the last
code points that it let through (`context`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from guardproxy.ir.terms import Finder
from guardproxy.patterns.claims import ClaimReader, Reading
from guardproxy.patterns.probe import Probe, probe_of
from guardproxy.patterns.scan import FinderSet, Match, Survey
from guardproxy.patterns.words import LEFT_CONTEXT

ROUNDS = 3
_FAR_AHEAD = 64


@dataclass(frozen=True, slots=True)
class Substitute:
    """Put `text` in place of the span."""

    text: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut the text off where the span begins, with the white space before it: `x = 1  # why` becomes `x = 1`."""


@dataclass(frozen=True, slots=True)
class Halt:
    """An answer with such a span is blocked: nothing from the span on is ever released, and no more is read."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """An answer with such a span is held or asked again: nothing more is released, but a halt may still come."""


Reaction: TypeAlias = Substitute | Cut | Halt | Freeze


@dataclass(frozen=True, slots=True)
class Watch:
    """What a rule does about each match of a finder."""

    finder: Finder
    rule: str
    reaction: Reaction


@dataclass(frozen=True, slots=True)
class JudgedWatch:
    """Claims, each judged as soon as it is certain: it halts, freezes, or passes (None).

    `react` must depend on the reading's field and value alone. A claim is never rewritten: whatever else it asks for
    freezes.
    """

    reader: ClaimReader
    react: Callable[[Reading], Reaction | None]
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A match that rewrote, halted or froze. `start` counts the code points of the text that `round` judged: the
    original text in round 1, the text as rewritten before in the later ones."""

    rule: str
    reaction: Reaction
    start: int
    round: int


@dataclass(frozen=True, slots=True)
class _Entry:
    probe: Probe
    rule: str
    reaction: Callable[[str], Reaction]


@dataclass(frozen=True, slots=True)
class StageRules:
    """What one kind of stage watches for. `last`: a match that would rewrite means that rewriting does not settle."""

    entries: tuple[_Entry, ...]
    finders: FinderSet
    round: int
    cuts: bool
    last: bool
    replacements: tuple[str, ...] | None
    """What may be put in place of text before this stage; None: something that may join with the text before it."""
    may_end: bool
    """Whether the text may be cut off before this stage."""


class WatchList:
    """All watches of one kind of channel, compiled once. Immutable; every gate may share it."""

    def __init__(self, watches: Sequence[Watch], judged: Sequence[JudgedWatch] = ()) -> None:
        spans = [_of_watch(w) for w in watches if not isinstance(w.reaction, Cut)]
        spans += [entry for watch in judged for entry in _of_claims(watch)]
        cuts = [_of_watch(w) for w in watches if isinstance(w.reaction, Cut)]
        texts = tuple(dict.fromkeys(w.reaction.text for w in watches if isinstance(w.reaction, Substitute)))
        self._all = FinderSet([e.probe for e in (*spans, *cuts)])
        self._cuts = bool(cuts)
        replacements = texts if not any(map(self._may_join, texts)) else None
        self.stages: tuple[StageRules, ...] = (_rules(spans, 1),)
        if texts or cuts:
            kinds = [(spans, False), (cuts, True)] if cuts else [(spans, False)]
            self.stages = (
                *(_rules(k, n + 1, cuts=c, after=(replacements, bool(cuts))) for n in range(ROUNDS) for k, c in kinds),
                _rules([*spans, *cuts], ROUNDS + 1, last=True, after=(replacements, bool(cuts))),
            )

    def is_clear(self, text: str, begin: int) -> bool:
        """Whether no match starts behind `begin`, whatever follows the text, and no cut could reach back into it."""
        return self._all.quick_hold(text, begin) == len(text) and not (self._cuts and text[-1].isspace())

    def _may_join(self, replacement: str) -> bool:
        """Whether a match may start with the first character of this text: then it need not stay as it is."""
        if not replacement:
            return True
        for before in ("", " ", "\n", "x", "é"):
            survey = self._all.survey(before + replacement, len(before))
            starts = [m.start for m in (*survey.matches, *survey.exempted)]
            if len(before) in (*starts, survey.hold):
                return True
        return False


def _of_watch(watch: Watch) -> _Entry:
    return _Entry(probe_of(watch.finder), watch.rule, lambda _: watch.reaction)


def _of_claims(watch: JudgedWatch) -> Iterator[_Entry]:
    for index, probe in enumerate(watch.reader.probes):

        def react(matched: str, index: int = index) -> Reaction | None:
            return watch.react(watch.reader.reading(index, matched, 0))

        def reaction(matched: str, react: Callable[[str], Reaction | None] = react) -> Reaction:
            asked = react(matched)
            return asked if isinstance(asked, Halt) else Freeze()

        def counts(matched: str, react: Callable[[str], Reaction | None] = react) -> bool:
            return react(matched) is not None

        yield _Entry(probe.counting(counts), watch.rule, reaction)


def _rules(
    entries: Sequence[_Entry],
    number: int,
    *,
    cuts: bool = False,
    last: bool = False,
    after: tuple[tuple[str, ...] | None, bool] = (None, False),
) -> StageRules:
    return StageRules(tuple(entries), FinderSet([e.probe for e in entries]), number, cuts, last, *after)


@dataclass(frozen=True, slots=True)
class Step:
    """What a stage let through, and what it found in that. `stops`: it lets nothing more through."""

    released: str
    hits: tuple[Hit, ...] = ()
    unsettled: tuple[str, ...] = ()
    rewrote: bool = False

    @property
    def stops(self) -> bool:
        return bool(self.unsettled) or any(isinstance(h.reaction, Halt | Freeze) for h in self.hits)


@dataclass(slots=True)
class _Region:
    """Overlapping spans, `[start, end)`, that are rewritten as one: the first of them says with what."""

    start: int
    end: int
    matches: list[tuple[Match, Reaction]]


@dataclass(slots=True)
class Stage:
    """One stage of one gate. `resume`: for a finder, where behind an exempted match to look on in `pending`."""

    rules: StageRules
    context: str = ""
    pending: str = ""
    resume: dict[int, int] = field(default_factory=dict)
    offset: int = 0
    """How many code points were read before `pending`."""
    closed: bool = False
    """The text was cut off: nothing more is let through."""

    def copy(self) -> "Stage":
        return Stage(self.rules, self.context, self.pending, dict(self.resume), self.offset, self.closed)

    def advance(self, more: str, *, ahead: str = "", final: bool = False, frozen: bool = False) -> Step:
        """Reads more text. `ahead` is what will follow it unless that is rewritten first; `final`: nothing will."""
        if self.closed:
            return Step("")
        text, begin = self.context + self.pending + more, len(self.context)
        survey = self._survey(text, begin, ahead, final)
        if self.rules.cuts:
            return self._cut_off(text, survey, final)
        if not survey.matches and survey.hold == len(text):
            self._keep(text, len(text), survey)
            return Step(text[begin:])
        found = [(m, self.rules.entries[m.finder].reaction(text[m.start : m.end])) for m in survey.matches]
        stop = next((m.start for m, reaction in found if self._stops(reaction, frozen)), None)
        if stop is not None:
            found = [(m, reaction) for m, reaction in found if m.start <= stop]
        return self._let_through(text, _regions(found), survey, stop)

    def _cut_off(self, text: str, survey: Survey, final: bool) -> Step:
        """Lets everything through up to the first match, or to white space that may come before one."""
        begin = len(self.context)
        base = self.offset - begin
        first = survey.matches[0].start if survey.matches else None
        end = survey.hold if first is None else first
        limit = end if final and first is None else begin + len(text[begin:end].rstrip())
        hits = tuple(self._hit(m, Cut(), base) for m in survey.matches if m.start == first)
        self.closed = first is not None
        self._keep(text, limit, survey)
        if self.closed:
            self.pending = ""
        return Step(text[begin:limit], hits, rewrote=self.closed)

    def _survey(self, text: str, begin: int, ahead: str, final: bool) -> Survey:
        finders = self.rules.finders
        resume = {finder: begin + at for finder, at in self.resume.items()}
        if final:
            return finders.survey_whole(text, begin, resume)
        survey = finders.survey(text, begin, resume)
        if survey.hold < len(text) and ahead and self._goes_nowhere(text, survey.hold, ahead, resume):
            return Survey(survey.matches, survey.exempted, len(text))
        return survey

    def _goes_nowhere(self, text: str, hold: int, ahead: str, resume: Mapping[int, int]) -> bool:
        """Whether what waits in `text` from `hold` on becomes no match, by what is known to follow.

        It may be followed by `ahead`, or by some of it and then a replacement. A replacement's first character stays
        (`WatchList._may_join`), so a match that does not survive that character is none, however often what comes
        behind is rewritten.
        """
        replacements = self.rules.replacements
        if replacements is None or not self._ends_before(text, text + ahead, hold, resume):
            return False
        for length in range(min(len(ahead), _FAR_AHEAD) + 1):
            raw = text + ahead[:length]
            if length and self._ends_before(text, raw, hold, resume):
                return True
            if self.rules.may_end and not self._is_nothing(text, hold, ahead[:length], resume):
                return False
            if not all(self._ends_before(text, raw + r[0], hold, resume) for r in replacements):
                return False
        return len(ahead) <= _FAR_AHEAD

    def _ends_before(self, text: str, longer: str, hold: int, resume: Mapping[int, int]) -> bool:
        """Whether in this longer text no match, finished or not, starts between `hold` and the end of `text`."""
        survey = self.rules.finders.survey(longer, hold, resume)
        starts = [m.start for m in (*survey.matches, *survey.exempted)]
        return min([survey.hold, *starts]) >= len(text)

    def _is_nothing(self, text: str, hold: int, ahead: str, resume: Mapping[int, int]) -> bool:
        """Whether no match starts between `hold` and the end of `text` when the text is cut off behind `ahead`."""
        whole = self.rules.finders.survey_whole(text + ahead.rstrip(), hold, resume)
        return all(m.start >= len(text) for m in (*whole.matches, *whole.exempted))

    def _stops(self, reaction: Reaction, frozen: bool) -> bool:
        match reaction:
            case Halt():
                return True
            case Freeze():
                return not frozen
            case _:
                return self.rules.last

    def _let_through(self, text: str, regions: list[_Region], survey: Survey, stop: int | None) -> Step:
        begin = len(self.context)
        base = self.offset - begin
        parts: list[str] = []
        hits: list[Hit] = []
        unsettled: list[str] = []
        done = begin
        limit = survey.hold
        for region in regions:
            stopped = stop is not None and region.end > stop
            if stopped:
                new, unsettled = self._stopping(region, base)
                hits += new
            if stopped or region.end > survey.hold:
                limit = region.start
                break
            parts += [text[done : region.start], self._replacement(region)]
            hits += [self._hit(match, reaction, base) for match, reaction in region.matches]
            done = region.end
        parts.append(text[done:limit])
        self._keep(text, max(limit, done), survey)
        return Step("".join(parts), tuple(hits), tuple(unsettled), rewrote=done > begin)

    def _stopping(self, region: _Region, base: int) -> tuple[list[Hit], list[str]]:
        """The hits of a region that stops the text, and the rules that would go on rewriting it in the last stage."""
        rewriting = self.rules.last
        hits = [self._hit(m, r, base) for m, r in region.matches if not rewriting or isinstance(r, Halt | Freeze)]
        rules = [self._rule(m) for m, r in region.matches if rewriting and isinstance(r, Substitute | Cut)]
        return hits, rules

    def _replacement(self, region: _Region) -> str:
        match region.matches[0][1]:
            case Substitute(text):
                return text
            case _:
                return ""

    def _hit(self, match: Match, reaction: Reaction, base: int) -> Hit:
        return Hit(self._rule(match), reaction, base + match.start, self.rules.round)

    def _rule(self, match: Match) -> str:
        return self.rules.entries[match.finder].rule

    def _keep(self, text: str, limit: int, survey: Survey) -> None:
        """Everything before `limit` is let through: remembers what later matches depend on."""
        begin = len(self.context)
        passed = [m for m in survey.exempted if m.start < limit < m.end]
        old = {finder: begin + at - limit for finder, at in self.resume.items() if begin + at > limit}
        self.resume = old | {m.finder: m.end - limit for m in passed}
        self.offset += limit - begin
        self.context, self.pending = text[max(0, limit - LEFT_CONTEXT) : limit], text[limit:]


def _regions(found: Sequence[tuple[Match, Reaction]]) -> list[_Region]:
    regions: list[_Region] = []
    for match, reaction in found:
        if regions and match.start < regions[-1].end:
            regions[-1].end = max(regions[-1].end, match.end)
            regions[-1].matches.append((match, reaction))
        else:
            regions.append(_Region(match.start, match.end, [(match, reaction)]))
    return regions
