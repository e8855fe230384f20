"""The automaton of a grammar's rules, built while texts are read.

Before that the rules are put in order: parts that may be empty are written out as rules with and without them, so that
every symbol stands for some token; what can never be finished is left out. Then whatever has been read so far can be
continued to a whole text as long as any state is left.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from guardproxy.conformance.grammar_file import GrammarFile, Rule
from guardproxy.conformance.refusal import Refused

START = "start"
_WHOLE = "$whole"
_MOST_OPTIONAL = 3
"""A rule with more parts that may be empty is divided, because their combinations multiply."""

Item = tuple[int, int]
"""A rule's number, and how many of its symbols have been read."""


class RuleState:
    """What may have been read, as far as it decides what may come: a set of rules with a place in each.

    `shifts` are the terminals that may come; `reductions` the rules that can end here, as name and number of symbols.
    `sole` is the one reduction of a state that can do nothing else.
    """

    __slots__ = ("accepting", "following", "number", "reductions", "shifts", "sole")

    def __init__(self, number: int) -> None:
        self.number = number
        self.accepting = False
        self.shifts: frozenset[int] = frozenset()
        self.reductions: tuple[tuple[int, int], ...] = ()
        self.sole: tuple[int, int] | None = None
        self.following: dict[int, RuleState] = {}


@dataclass(frozen=True, slots=True)
class PlainRules:
    """Rules without empty parts. Symbols are numbers: terminals from 0 in the file's order, names of rules below 0."""

    rules: tuple[tuple[int, tuple[int, ...]], ...]
    whole: int
    """The name of the rule that is the whole text."""
    empty: bool
    """Whether the empty text is one too."""


def plain_rules(file: GrammarFile) -> PlainRules:
    """Raises `Refused` where no text at all conforms."""
    names = {terminal.name for terminal in file.terminals}
    rules = [Rule(_WHOLE, (START,)), *_divided(file.rules, _may_be_empty(file.rules))]
    nullable = _may_be_empty(rules)
    solid = {variant for rule in rules for variant in _variants(rule, nullable)}
    finishable = _finishable(solid, names)
    numbers = {terminal.name: number for number, terminal in enumerate(file.terminals)}
    kept = sorted(
        (
            rule
            for rule in solid
            if rule.name in finishable and all(s in finishable or s in names for s in rule.symbols)
        ),
        key=lambda rule: (rule.name, rule.symbols),
    )
    if _WHOLE not in finishable and _WHOLE not in nullable:
        raise Refused("no text conforms: `start` never comes to an end, because its rules need themselves")
    for rule in [Rule(_WHOLE, ()), *kept]:
        numbers.setdefault(rule.name, len(names) - 1 - len(numbers))
    plain = tuple((numbers[r.name], tuple(numbers[s] for s in r.symbols)) for r in kept)
    return PlainRules(plain, numbers[_WHOLE], _WHOLE in nullable)


def _may_be_empty(rules: Iterable[Rule]) -> set[str]:
    found: set[str] = set()
    listed, grown = list(rules), True
    while grown:
        before = len(found)
        found.update(rule.name for rule in listed if all(s in found for s in rule.symbols))
        grown = len(found) > before
    return found


def _finishable(rules: Iterable[Rule], terminals: set[str]) -> set[str]:
    found: set[str] = set()
    listed, grown = list(rules), True
    while grown:
        before = len(found)
        found.update(r.name for r in listed if all(s in found or s in terminals for s in r.symbols))
        grown = len(found) > before
    return found


def _divided(rules: Sequence[Rule], nullable: set[str]) -> Iterator[Rule]:
    for number, rule in enumerate(rules):
        name, symbols, part = rule.name, rule.symbols, 0
        while sum(s in nullable for s in symbols) > _MOST_OPTIONAL:
            rest = f"${number}.{part}"
            yield Rule(name, (symbols[0], rest))
            name, symbols, part = rest, symbols[1:], part + 1
        yield Rule(name, symbols)


def _variants(rule: Rule, nullable: set[str]) -> Iterator[Rule]:
    """The rule with each choice of its empty parts left out; not the empty one, nor one that only says itself."""
    optional = [i for i, symbol in enumerate(rule.symbols) if symbol in nullable]
    for count in range(len(optional) + 1):
        for left_out in combinations(optional, count):
            symbols = tuple(s for i, s in enumerate(rule.symbols) if i not in left_out)
            if symbols and symbols != (rule.name,):
                yield Rule(rule.name, symbols)


class RuleAutomaton:
    """LR(0) states; `begin` is where a text begins."""

    def __init__(self, plain: PlainRules) -> None:
        self._rules = plain.rules
        self._whole = plain.whole
        self._of: dict[int, list[int]] = {}
        for number, (name, _) in enumerate(plain.rules):
            self._of.setdefault(name, []).append(number)
        self._states: dict[frozenset[Item], RuleState] = {}
        self._items: list[frozenset[Item]] = []
        self._moves: list[dict[int, frozenset[Item]]] = []
        self.begin = self._state(frozenset((number, 0) for number in self._of.get(plain.whole, ())))

    def follow(self, state: RuleState, symbol: int) -> RuleState:
        """The state behind a symbol that the state expects."""
        found = state.following.get(symbol)
        if found is None:
            found = state.following[symbol] = self._state(self._moves[state.number][symbol])
        return found

    def _state(self, kernel: frozenset[Item]) -> RuleState:
        found = self._states.get(kernel)
        if found is None:
            found = self._states[kernel] = RuleState(len(self._states))
            self._fill(found, kernel)
        return found

    def _fill(self, state: RuleState, kernel: frozenset[Item]) -> None:
        moves: dict[int, set[Item]] = {}
        ended: list[tuple[int, int]] = []
        for rule, place in self._closure(kernel):
            name, symbols = self._rules[rule]
            if place < len(symbols):
                moves.setdefault(symbols[place], set()).add((rule, place + 1))
            elif name == self._whole:
                state.accepting = True
            else:
                ended.append((name, len(symbols)))
        self._moves.append({symbol: frozenset(items) for symbol, items in moves.items()})
        state.shifts = frozenset(symbol for symbol in moves if symbol >= 0)
        state.reductions = tuple(sorted(set(ended)))
        if len(ended) == 1 and not moves and not state.accepting:
            state.sole = ended[0]

    def _closure(self, kernel: frozenset[Item]) -> set[Item]:
        found, waiting = set(kernel), list(kernel)
        while waiting:
            rule, place = waiting.pop()
            symbols = self._rules[rule][1]
            if place == len(symbols) or symbols[place] >= 0:
                continue
            for number in self._of.get(symbols[place], ()):
                if (number, 0) not in found:
                    found.add((number, 0))
                    waiting.append((number, 0))
        return found
