"""Claims: values read from the reply's sentences, found like mentions (whole words, any case).

A template is a phrase, with `{field}` at most once for a value of the field's type. A part of a number is never read as
the number: `1,216 weeks` and `v16 weeks` are not `16 weeks`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from guardproxy.ir.types import ClaimPattern, Field, Type, Value
from guardproxy.patterns import amounts
from guardproxy.patterns.engine import Machine
from guardproxy.patterns.probe import Probe, mention
from guardproxy.patterns.scan import FinderSet
from guardproxy.patterns.syntax import parse
from guardproxy.patterns.tree import Assertion, Concat, Node, expression
from guardproxy.patterns.words import begins_word, ends_word, goes_on, phrase, sieve_before, sieve_behind


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence says about a field: a present value, or `INVALID`. Offsets count code points, half open."""

    field: str
    value: Value
    start: int
    end: int


class ClaimReader:
    """Reads the claims of some fields. Immutable.

    `probes` find the sentences, each of them a finder for a `FinderSet`; `reading(i, ...)` reads what number i found.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self._sentences = tuple(_Sentence(field, pattern) for field in fields for pattern in field.claims)
        self.probes: tuple[Probe, ...] = tuple(sentence.probe for sentence in self._sentences)
        self._set = FinderSet(self.probes)

    def read(self, text: str) -> list[Reading]:
        """Every claim in a text that ends here, in its order; one that is made several times is read each time."""
        return [self.reading(m.finder, text[m.start : m.end], m.start) for m in self._set.find(text)]

    def reading(self, index: int, matched: str, start: int) -> Reading:
        sentence = self._sentences[index]
        return Reading(sentence.field.name, sentence.value(matched), start, start + len(matched))


@lru_cache(maxsize=128)
def claim_reader(fields: tuple[Field, ...]) -> ClaimReader:
    """The reader of these fields, made once: many sets of policies share the same claims."""
    return ClaimReader(fields)


class _Sentence:
    """One template of one field."""

    def __init__(self, field: Field, pattern: ClaimPattern) -> None:
        self.field = field
        self._means = pattern.means
        hole = f"{{{field.name}}}"
        self._reads = hole in pattern.template
        before, _, behind = pattern.template.strip().partition(hole)
        self.probe = _sentence_probe(before, field.type, behind) if self._reads else mention(pattern.template)
        self._before = Machine(rf"\A{expression(phrase(before))}")
        self._behind = Machine(rf"{expression(phrase(behind))}\z")

    def value(self, matched: str) -> Value:
        if not self._reads:
            return True if self._means is None else self._means
        data = matched.encode("utf-8", "replace")
        before = self._before.search(data)
        start = before[1] if before else 0
        behind = self._behind.search(data, start)
        return amounts.read(self.field.type, data[start : behind[0] if behind else len(data)].decode())


def _sentence_probe(before: str, kind: Type, behind: str) -> Probe:
    value = parse(amounts.expression(kind))
    first, last = before[:1], behind[-1:]
    edge: tuple[Node, ...] = sieve_behind(last) if last else (Assertion("look ahead"),)
    return Probe(
        Concat((*(sieve_before(first) if first else ()), phrase(before), value, phrase(behind), *edge)),
        begins=(begins_word if goes_on(first) else None) if first else _begins_value,
        ends=ends_word if not last or goes_on(last) else None,
        exact_in_ascii=bool(first) and (first.isascii() or not goes_on(first)),
    )


def _begins_value(before: str) -> bool:
    """Whether a value can begin behind this text: not within a word or a number."""
    inside_number = before[-1:] in (".", ",") and before[-2:-1].isdigit()
    return begins_word(before) and not inside_number
