"""A finder made ready to run: its tree, its two machines, and what code decides about a match."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache

from guardproxy.ir.terms import Exemption, Finder
from guardproxy.patterns.detectors import DETECTORS
from guardproxy.patterns.engine import Machine, encoded, grown_machine, machine
from guardproxy.patterns.syntax import Refusal, parse
from guardproxy.patterns.tree import Assertion, Concat, Node, expression, literal, longest, may_be_empty, opening
from guardproxy.patterns.words import begins_word, end_of, goes_on, phrase, sieve_before, sieve_behind

_BEFORE_A_POINT = frozenset("0123456789,;-+=([|")
"""Behind one of these (or white space) and a point stand the decimals of a number."""


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """What to look for. Each function is None where there is nothing to decide.

    `begins(before)` and `ends(after)` look at the text around a match. `accept(matched)` gives how many characters of
    it count (0: none). After one of these says no, the search looks on from the next character. `exempt(matched)`: the
    match does not count, and the search looks on behind it.
    """

    tree: Node
    begins: Callable[[str], bool] | None = None
    ends: Callable[[str], bool] | None = None
    accept: Callable[[str], int] | None = None
    exempt: Callable[[str], bool] | None = None
    exact_in_ascii: bool = True
    """Whether `begins` always says yes behind ASCII text, as the expression has seen to it."""
    is_detector: bool = False
    """Whether it looks for ASCII characters that mean themselves, so that all that look like them count."""
    decoded: bool = False
    """Whether it is looked for in decoded text, too."""
    compiled_when_needed: bool = False
    """For expressions that are known to compile, and of which there are many."""
    kin: str = ""
    """Those of one kin are searched for together: a detector's family."""
    searching: str = field(init=False, repr=False)
    growing: str = field(init=False, repr=False)
    longest: int | None = field(init=False, repr=False)
    """How many characters a match has at most; None: any number."""

    def __post_init__(self) -> None:
        if may_be_empty(self.tree):
            raise Refusal("it finds the empty text, which is everywhere", 0)
        searching, growing = expression(self.tree), opening(self.tree)
        object.__setattr__(self, "searching", searching)
        object.__setattr__(self, "growing", growing)
        object.__setattr__(self, "longest", longest(self.tree))
        if not self.compiled_when_needed:
            machine(searching)
            grown_machine(growing)

    @property
    def search(self) -> Machine:
        return machine(self.searching)

    @property
    def growth(self) -> Machine:
        return grown_machine(self.growing)

    def counting(self, counts: Callable[[str], bool]) -> "Probe":
        """The same probe, whose matches count where `counts(matched)` says so."""
        other = copy(self)
        object.__setattr__(other, "exempt", lambda matched: not counts(matched))
        return other


@lru_cache(maxsize=1024)
def probe_of(finder: Finder) -> Probe:
    """The probe of a finder. Raises `Refusal` or `Uncompilable`; see `check.why_refused` for the reason in words."""
    probe = _probe_of(finder)
    return replace(probe, decoded=True) if finder.decoded else probe


def _probe_of(finder: Finder) -> Probe:
    exempt = exemption_test(finder.exemptions) if finder.exemptions else None
    text = finder.expression
    match finder.kind:
        case "detector":
            detector = DETECTORS[text]
            judged = _part_by_part(exempt, detector.parts) if exempt and detector.parts else exempt
            return Probe(
                parse(detector.expression),
                begins=_is_no_decimal if detector.whole else None,
                accept=detector.accept,
                exempt=_passing_over(detector.passes_over, judged) if detector.passes_over else judged,
                exact_in_ascii=not detector.whole,
                is_detector=True,
                kin=detector.family,
            )
        case "pattern":
            return Probe(parse(text, ignore_case=finder.ignore_case), exempt=exempt)
        case "words":
            return Probe(literal(text, ignore_case=finder.ignore_case), exempt=exempt)
        case "mention":
            return mention(text, exempt)
        case "prefix":
            tree = Concat((Assertion("text begin"), literal(text, ignore_case=finder.ignore_case)))
            return Probe(tree, exempt=exempt)
        case "suffix":
            tree = Concat((literal(text, ignore_case=finder.ignore_case), Assertion("text end")))
            return Probe(tree, exempt=exempt)


def mention(text: str, exempt: Callable[[str], bool] | None = None) -> Probe:
    """Whole words, in any case."""
    words = text.strip()
    first, last = words[:1], words[-1:]
    return Probe(
        Concat((*sieve_before(first), phrase(words), *sieve_behind(last))),
        begins=begins_word if goes_on(first) else None,
        ends=end_of(last),
        exempt=exempt,
        exact_in_ascii=first.isascii() or not goes_on(first),
    )


def _is_no_decimal(before: str) -> bool:
    """Whether what follows are no decimals of a number: `0.41`, `,.41`."""
    return not (before[-1:] == "." and before[-2:-1] and (before[-2].isspace() or before[-2] in _BEFORE_A_POINT))


def _passing_over(passes: Callable[[str], bool], exempt: Callable[[str], bool] | None) -> Callable[[str], bool]:
    return lambda matched: passes(matched) or bool(exempt and exempt(matched))


def _part_by_part(exempt: Callable[[str], bool], parts: Callable[[str], Sequence[str]]) -> Callable[[str], bool]:
    """A match is exempted when each of the things in it is, without what announces them."""
    return lambda matched: all(map(exempt, parts(matched)))


def exemption_test(exemptions: tuple[Exemption, ...]) -> Callable[[str], bool]:
    """Whether a matched text is exempted: judged on that text alone, its beginning and end being those of the match."""
    tests = [_test(exemption) for exemption in exemptions]
    return lambda matched: any(test(matched) for test in tests)


def _test(exemption: Exemption) -> Callable[[str], bool]:
    if exemption.how == "matching":
        exempting = machine(expression(parse(exemption.text, ignore_case=exemption.ignore_case)))
        return lambda matched: exempting.search(encoded(matched)) is not None
    wanted = exemption.text.casefold() if exemption.ignore_case else exemption.text
    method = str.startswith if exemption.how == "starting" else str.endswith
    return lambda matched: method(matched.casefold() if exemption.ignore_case else matched, wanted)
