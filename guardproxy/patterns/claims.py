"""Claims: values read from the reply's sentences, found like mentions (whole words, any case).

A template is a phrase, with `{field}` at most once for a value of the field's type. A part of a number is never read as
the number: `1,216 weeks` and `v16 weeks` are not `16 weeks`. `amounts` says how values are written, `negation` what a
negation in front makes of a claim: a number that is negated is not claimed, a negated yes is a no.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from guardproxy.ir.types import Field, Type, Value
from guardproxy.patterns import amounts
from guardproxy.patterns.engine import Machine
from guardproxy.patterns.negation import NEGATED, Governed, governed, inner_negation
from guardproxy.patterns.number_words import SPACE
from guardproxy.patterns.probe import Probe
from guardproxy.patterns.scan import FinderSet
from guardproxy.patterns.syntax import parse
from guardproxy.patterns.tree import Assertion, Concat, Node, Repeat, expression, printed
from guardproxy.patterns.words import begins_word, end_of, ends_word, goes_on, phrase, sieve_before, sieve_behind


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence says about a field: a present value, or `INVALID`. Offsets count code points, half open."""

    field: str
    value: Value
    start: int
    end: int


class ClaimReader:
    """Reads the claims of some fields. Immutable.

    `probes` find the sentences, each of them a finder for a `FinderSet`; `readings(i, ...)` reads what number i found.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self._sentences = tuple(_sentences(fields))
        self.probes: tuple[Probe, ...] = tuple(sentence.probe for sentence in self._sentences)

    @cached_property
    def _set(self) -> FinderSet:
        return FinderSet(self.probes)

    def read(self, text: str) -> list[Reading]:
        """Every claim in a text that ends here, in its order; one that is made several times is read each time."""
        found: list[Reading] = []
        ends: dict[tuple[str, Value], int] = {}
        for match in self._set.find(text):
            for reading in self.readings(match.finder, match.said, match.start, match.end):
                key = (reading.field, reading.value)
                if ends.get(key, 0) <= reading.start:
                    found.append(reading)
                ends[key] = max(ends.get(key, 0), reading.end)
        return found

    def readings(self, index: int, matched: str, start: int = 0, end: int = 0) -> tuple[Reading, ...]:
        """What one match says, from here to there: several values for the ends of a range, none where it is negated."""
        sentence = self._sentences[index]
        return tuple(Reading(sentence.field.name, value, start, end) for value in sentence.values(matched))


@lru_cache(maxsize=128)
def claim_reader(fields: tuple[Field, ...]) -> ClaimReader:
    """The reader of these fields, made once: many sets of policies share the same claims."""
    return ClaimReader(fields)


_NEGATED = printed(parse(NEGATED))
_MAY_BE_NEGATED = Repeat(_NEGATED, 0, 1)
_RANGE = Repeat(printed(parse(rf"(?i:between|from){SPACE}{{1,4}}")), 0, 1)
# What stands behind a value that ends a template: neither a word nor a number goes on there.
_APART = r"[^\pL\pN\pM_.,]|[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_TAIL = rf"(?:{_APART}|[.,]+(?:[^\pN.,]|\z)|\z)"
_TAIL_TREE = printed(parse(_TAIL))
_tail = Machine(rf"{_TAIL}\z")


def _sentences(fields: Sequence[Field]) -> Iterator["_Meaning | _Stating"]:
    for field in fields:
        for pattern in field.claims:
            before, hole, behind = pattern.template.strip().partition(f"{{{field.name}}}")
            if hole:
                yield _Stating(field, before, behind)
                continue
            means = pattern.means is None or pattern.means
            yield _Meaning(field, pattern.template.strip(), means)
            inner = inner_negation(pattern.template)
            if inner:
                yield _Meaning(field, pattern.template.strip(), not means, inner)


class _Meaning:
    """A template without a value: a yes or a no. `inner`: where its own negation stands."""

    def __init__(self, field: Field, template: str, means: bool, inner: tuple[str, str, str] | None = None) -> None:
        self.field = field
        self._template, self._means = template, means
        self.probe = _phrase_probe(template, _negative(*inner) if inner else phrase(template))
        self._whole = expression(_negative(*inner) if inner else phrase(template))

    @cached_property
    def _behind(self) -> Machine:
        return Machine(rf"{self._whole}\z")

    def values(self, matched: str) -> tuple[Value, ...]:
        data = matched.encode("utf-8", "replace")
        start, _ = self._behind.search(data) or (0, 0)
        if not start:
            return (self._means,)
        match governed(data[:start].decode(), self._template):
            case Governed.OPPOSITE:
                return (not self._means,)
            case Governed.AS_IT_STANDS:
                return (self._means,)
            case _:
                return ()


def _negative(before: str, negation: str, behind: str) -> Node:
    space = parse(rf"{SPACE}+")
    return Concat((*((phrase(before), space) if before else ()), parse(negation), space, phrase(behind)))


def _phrase_probe(template: str, tree: Node) -> Probe:
    first, last = template[:1], template[-1:]
    return Probe(
        Concat((_MAY_BE_NEGATED, *sieve_before(first), tree, *sieve_behind(last))),
        begins=begins_word if goes_on(first) else None,
        ends=end_of(last),
        compiled_when_needed=True,
        exact_in_ascii=first.isascii() or not goes_on(first),
    )


class _Stating:
    """A template with a value in it."""

    def __init__(self, field: Field, before: str, behind: str) -> None:
        self.field = field
        self._last = not behind
        self._trims = self._last and amounts.is_counted(field.type)
        self._texts = (before, behind)
        self.probe = _sentence_probe(before, field.type, behind, self._accepted if self._trims else None)

    @cached_property
    def _before(self) -> Machine:
        lead = expression(_RANGE) if self._trims else ""
        return Machine(rf"\A{expression(phrase(self._texts[0]))}{lead}")

    @cached_property
    def _before_negated(self) -> Machine:
        lead = expression(_RANGE) if self._trims else ""
        return Machine(rf"\A{NEGATED}{expression(phrase(self._texts[0]))}{lead}")

    @cached_property
    def _behind(self) -> Machine:
        return Machine(rf"{expression(phrase(self._texts[1]))}\z")

    @cached_property
    def _value(self) -> Machine:
        return Machine(rf"{amounts.expression(self.field.type)}\z")

    def values(self, matched: str) -> tuple[Value, ...]:
        data = matched.encode("utf-8", "replace")
        if self._before_negated.end_at(data, 0) > 0:
            return ()
        return self._said(data, max(self._before.end_at(data, 0), 0)).values

    def _said(self, data: bytes, start: int) -> amounts.Said:
        behind = self._behind.search(data, start) if not self._last else None
        text = data[start : behind[0] if behind else len(data)].decode()
        return amounts.read(self.field.type, text, last=self._last)

    def _accepted(self, matched: str) -> int:
        """How many characters of a match with its tail count."""
        data = matched.encode("utf-8", "replace")
        start = max(self._before_negated.end_at(data, 0), self._before.end_at(data, 0), 0)
        tail = None if self._value.end_at(data, start) >= 0 else _tail.search(data, start)
        data = data[: tail[0]] if tail else data
        return len(data[:start].decode()) + self._said(data, start).length


def _sentence_probe(before: str, kind: Type, behind: str, accept: Callable[[str], int] | None) -> Probe:
    value = amounts.tree(kind, last=not behind)
    first, last = before[:1], behind[-1:]
    edge: tuple[Node, ...] = sieve_behind(last) if last else (Assertion("look ahead"),)
    if accept:
        edge = (_TAIL_TREE,)
    return Probe(
        Concat(
            (
                _MAY_BE_NEGATED,
                *(sieve_before(first) if first else ()),
                phrase(before),
                *((_RANGE,) if accept else ()),
                value,
                phrase(behind),
                *edge,
            )
        ),
        begins=(begins_word if goes_on(first) else None) if first else _begins_value,
        ends=ends_word if not accept and (not last or goes_on(last)) else None,
        accept=accept,
        compiled_when_needed=True,
        exact_in_ascii=bool(first) and (first.isascii() or not goes_on(first)),
    )


def _begins_value(before: str) -> bool:
    """Whether a value can begin behind this text: not within a word or a number."""
    inside_number = before[-1:] in (".", ",", "'", "\u2019", "\u00a0", "\u202f") and before[-2:-1].isdigit()
    return begins_word(before) and not inside_number
