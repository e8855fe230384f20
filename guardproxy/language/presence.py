"""Which optional fields are certainly there: what a condition guards when it is true, and when it is false.

`a is present and b` guards `a` while `b` is read; so does `a is missing or b`. The order of the parts does not matter,
for a condition means the same in any order.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from guardproxy.language.phrases import (
    Comparison,
    Connected,
    Count,
    Literal,
    Negation,
    Path,
    Phrase,
    Presence,
    Quantified,
)
from guardproxy.language.syntax import Definition

NOTHING: frozenset[str] = frozenset()


def not_empty(path: Path) -> str:
    """What is guarded where a list has an element: `offer.rooms[]`."""
    return f"{path.text}[]"


def guards(phrase: Phrase, holds: bool, definitions: Mapping[str, Definition], depth: int = 10) -> frozenset[str]:
    """The paths that are present whenever `phrase` is true (`holds`), or whenever it is false."""
    match phrase:
        case Presence(Path() as path, present):
            return frozenset({path.text}) if present == holds else NOTHING
        case Negation(condition):
            return guards(condition, not holds, definitions, depth)
        case Quantified(quantifier, _, path) if holds == (quantifier == "some"):
            # Of an empty list `some` is false, `every` and `no` are true.
            return frozenset({not_empty(path)})
        case Comparison(relation, Count(path), Literal(number=number)) if holds and _demands_one(relation, number):
            return frozenset({not_empty(path)})
        case Connected(word, parts):
            found = [guards(part, holds, definitions, depth) for part in parts]
            all_hold = (word == "and") == holds
            return frozenset.union(*found) if all_hold else frozenset.intersection(*found)
        case Path(names=(name,)) if name.text in definitions and depth:
            return guards(definitions[name.text].meaning, holds, definitions, depth - 1)
    return NOTHING


def beside(parts: Sequence[Phrase], word: str, definitions: Mapping[str, Definition]) -> list[frozenset[str]]:
    """For each part of an `and` or `or`: what the others guard while it decides."""
    each = [guards(part, word == "and", definitions) for part in parts]
    times = Counter(path for found in each for path in found)
    return [frozenset(path for path in times if times[path] > (path in found)) for found in each] if times else each


def _demands_one(relation: str, number: Fraction) -> bool:
    return number >= 1 if relation in ("at least", "is") else relation == "above" and number >= 0
