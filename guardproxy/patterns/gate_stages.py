"""One stage of a text gate: it reads text, decides what it can, and lets through what is decided.

It keeps what is not decided (`pending`) and so much of what it let through as decides about that (`context`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from guardproxy.patterns.scan import FinderSet, Match, Resume, Survey
from guardproxy.patterns.watch_list import Cut, Freeze, Halt, Reaction, StageRules, Substitute

_FAR_AHEAD = 8
"""How many characters of what follows are tried as the place of a replacement; beyond that, the text waits."""
_FAR_BEHIND = 24
"""What could be a match for longer than this waits until it is none. Both limits depend on the place alone, and not on
where a piece ends."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A match that rewrote, halted or froze. `start` counts the code points of the text that `round` judged: the
    original text in round 1, the text as rewritten before in the later ones."""

    rule: str
    reaction: Reaction
    start: int
    round: int


@dataclass(frozen=True, slots=True)
class Step:
    """What a stage let through, and what it found in that. `stops`: it lets nothing more through."""

    released: str
    hits: tuple[Hit, ...] = ()
    unsettled: tuple[str, ...] = ()
    plain: bool = False
    """Nothing was found in what was let through, exempted matches included."""

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
    """One stage of one gate. `resume`: by view and finder, where behind an exempted match to look on in `pending`."""

    rules: StageRules
    context: str = ""
    pending: str = ""
    resume: dict[tuple[int, int], int] = field(default_factory=dict)
    offset: int = 0
    """How many code points were read before `pending`."""
    closed: bool = False
    """The text was cut off: nothing more is let through."""

    def copy(self) -> "Stage":
        return Stage(self.rules, self.context, self.pending, dict(self.resume), self.offset, self.closed)

    def advance(
        self, more: str, *, ahead: str = "", final: bool = False, frozen: bool = False, undecided: bool = False
    ) -> Step:
        """Reads more text. `ahead` is what will follow it unless that is rewritten first; `final`: nothing will.

        `frozen`: a freeze stops nothing any more. `undecided`: no match is decided in the text, as is known.
        """
        if self.closed:
            return Step("")
        text, begin = self.context + self.pending + more, len(self.context)
        survey = self._survey(text, begin, ahead, final)
        if self.rules.cuts:
            return self._cut_off(text, survey, final)
        if not survey.matches and survey.hold == len(text):
            plain = not (survey.exempted or self.resume)
            self._keep(text, len(text), survey)
            return Step(text[begin:], plain=plain)
        found = [(m, self.rules.entries[m.finder].reaction(m.said)) for m in survey.matches]
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
        return Step(text[begin:limit], hits)

    def _survey(self, text: str, begin: int, ahead: str, final: bool) -> Survey:
        resume = {key: begin + at for key, at in self.resume.items()}
        if final:
            return self.rules.finders.survey_whole(text, begin, resume)
        survey = self.rules.finders.survey(text, begin, resume)
        if survey.hold == len(text) or not ahead:
            return survey
        hold = hold_before(ahead, self.rules, text, survey.hold, resume)
        return Survey(survey.matches, survey.exempted, hold)

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
        plain = not (regions or survey.exempted or self.resume)
        self._keep(text, max(limit, done), survey)
        return Step("".join(parts), tuple(hits), tuple(unsettled), plain)

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
        old = {key: begin + at - limit for key, at in self.resume.items() if begin + at > limit}
        self.resume = old | {(m.view, m.finder): m.end - limit for m in passed}
        self.offset += limit - begin
        self.context, self.pending = self.rules.finders.context(text, limit), text[limit:]


def hold_before(ahead: str, rules: StageRules, text: str, hold: int, resume: Resume) -> int:
    """Where the part of `text` starts that has to wait, by what is known to follow: at `hold` or behind it.

    The text may be followed by `ahead`, or by some of that and then a replacement, or the end. A replacement's
    beginning stays as it is, so a match that does not survive that is none, however often what comes behind is
    rewritten. What is found for one place never depends on what waits behind it, so a place once let go stays so.
    """
    if rules.joins is None:
        return hold
    first = _first_lasting(rules.finders, text, ahead, hold, resume)
    if first > hold:
        first = min(first, _first_start(rules.finders, text, text + ahead[:_FAR_AHEAD], hold, resume))
    for length in range(_FAR_AHEAD + 1):
        if first == hold or (
            length and _first_start(rules.finders, text, text + ahead[:length], hold, resume) == len(text)
        ):
            break
        if rules.may_end:
            first = min(first, _first_match(rules.finders, text, text + ahead[:length].rstrip(), hold, resume))
        for joined in rules.joins:
            first = min(first, _first_start(rules.finders, text, text + ahead[:length] + joined, hold, resume))
    return first


def _first_lasting(finders: FinderSet, text: str, ahead: str, hold: int, resume: Resume) -> int:
    """Where the first match starts that is still open `_FAR_BEHIND` characters later: that one simply waits.

    Starts so near the end of `text` that they are looked at anyway are left out.
    """
    start, whole = hold, text + ahead
    while start < len(text) + _FAR_AHEAD - _FAR_BEHIND:
        later = whole[: start + _FAR_BEHIND]
        if len(later) < len(whole) and _first_start(finders, text, later, start, resume) == start:
            return start
        start = _first_start(finders, text, text, start + 1, resume)
    return len(text)


def _first_start(finders: FinderSet, text: str, longer: str, hold: int, resume: Resume) -> int:
    """Where in this longer text the first match, finished or not, starts behind `hold`; at most the end of `text`."""
    quick = None if resume else finders.quick_hold(longer, hold)
    if quick is not None:
        return min(quick, len(text))
    survey = finders.survey(longer, hold, resume)
    return min([len(text), survey.hold, *(m.start for m in (*survey.matches, *survey.exempted))])


def _first_match(finders: FinderSet, text: str, whole: str, hold: int, resume: Resume) -> int:
    """The same for a whole text that begins like `text`."""
    survey = finders.survey_whole(whole, hold, resume)
    return min([len(text), *(m.start for m in (*survey.matches, *survey.exempted))])


def _regions(found: Sequence[tuple[Match, Reaction]]) -> list[_Region]:
    regions: list[_Region] = []
    for match, reaction in found:
        if regions and match.start < regions[-1].end:
            regions[-1].end = max(regions[-1].end, match.end)
            regions[-1].matches.append((match, reaction))
        else:
            regions.append(_Region(match.start, match.end, [(match, reaction)]))
    return regions
