"""Tokens in, alive or not out, for any context-free grammar.

A `Level` is everything that may have been read after some tokens: nodes, each a state of the rules, linked to the
nodes where what they are reading began. All ways are followed side by side (Tomita's graph), every rule that may have
ended is taken as ended at once (so what is expected is exact), and chains of rules that can only end together are taken
in one step and remembered (Leo's idea), so that right recursion costs linear time.

Rules without empty parts make every link lead to an earlier level, whose links are complete: each level is built in one
pass and never changes afterwards.
"""

from guardproxy.conformance.rules import PlainRules, RuleAutomaton, RuleState

MOST_WORK = 500
FREE_WORK = 100_000
"""Steps for each token of a text on average, and some more for the whole of it; ordinary grammars need less than 50.
A text that is ambiguous enough to need more is not accepted."""
MOST_REMEMBERED = 20_000
"""Combinations of states whose expected terminals are remembered."""


class TooMuchWork(Exception):
    """The text is ambiguous beyond the limits."""


class Node:
    """A state at a place of the text. `before` are the nodes in front of its last symbol; `ends` remembers chains."""

    __slots__ = ("before", "ends", "state")

    def __init__(self, state: RuleState) -> None:
        self.state = state
        self.before: dict[Node, None] = {}
        self.ends: dict[int, tuple[Node, int]] = {}


class Level:
    """The nodes after a token, and what may come next."""

    __slots__ = ("accepting", "expected", "nodes", "tokens", "work")

    def __init__(self, nodes: tuple[Node, ...], expected: frozenset[int], tokens: int, work: int) -> None:
        self.tokens = tokens
        self.work = work
        self.nodes = nodes
        self.expected = expected
        self.accepting = any(node.state.accepting for node in nodes)


class Recogniser:
    """Runs the rules of one grammar. Levels may be kept and read on from more than once."""

    def __init__(self, plain: PlainRules) -> None:
        self._automaton = RuleAutomaton(plain)
        self._expected: dict[frozenset[int], frozenset[int]] = {}
        self._empty = plain.empty

    def begin(self) -> Level:
        level = self._level({0: Node(self._automaton.begin)}, 0, 0)
        level.accepting = self._empty
        return level

    def shift(self, level: Level, terminal: int) -> Level:
        """The level after one more token, which has to be expected. Raises `TooMuchWork`."""
        top: dict[int, Node] = {}
        waiting: list[tuple[Node, Node]] = []
        for node in level.nodes:
            if terminal in node.state.shifts:
                self._link(node, terminal, top, waiting)
        tokens, work = level.tokens + 1, level.work
        while waiting:
            node, before = waiting.pop()
            for name, length in node.state.reductions:
                if length == 1:
                    self._link(before, name, top, waiting)
                    work += 1
                    continue
                origins = _origins(before, length - 1)
                work += length * len(origins)
                for origin in origins:
                    self._link(origin, name, top, waiting)
            if work > MOST_WORK * tokens + FREE_WORK:
                raise TooMuchWork
        return self._level(top, tokens, work)

    def _level(self, top: dict[int, Node], tokens: int, work: int) -> Level:
        key = frozenset(top)
        expected = self._expected.get(key)
        if expected is None:
            if len(self._expected) >= MOST_REMEMBERED:
                self._expected.clear()
            expected = frozenset[int]().union(*(node.state.shifts for node in top.values()))
            self._expected[key] = expected
        return Level(tuple(top.values()), expected, tokens, work)

    def _link(self, origin: Node, symbol: int, top: dict[int, Node], waiting: list[tuple[Node, Node]]) -> None:
        """`symbol` was read from `origin` to here."""
        state = origin.state.following.get(symbol) or self._automaton.follow(origin.state, symbol)
        if state.sole is not None:
            found = self._chain(origin, symbol)
            if found is None:
                return
            origin, symbol = found
            state = self._automaton.follow(origin.state, symbol)
        node = top.get(state.number)
        if node is None:
            node = top[state.number] = Node(state)
        elif origin in node.before:
            return
        node.before[origin] = None
        if state.reductions:
            waiting.append((node, origin))

    def _chain(self, origin: Node, symbol: int) -> tuple[Node, int] | None:
        """Follows rules that can only end together; None where they only say each other.

        Where a rule began at several places the chain stops: its state then becomes a node like others.
        """
        passed: list[tuple[Node, int]] = []
        while True:
            known = origin.ends.get(symbol)
            if known is not None:
                origin, symbol = known
                break
            state = self._automaton.follow(origin.state, symbol)
            if state.sole is None:
                break
            name, length = state.sole
            start = _only_origin(origin, length - 1)
            if start is None:
                break
            if length == 1 and (origin, symbol) in passed:
                return None
            passed.append((origin, symbol))
            origin, symbol = start, name
        for node, name in passed:
            node.ends[name] = (origin, symbol)
        return origin, symbol


def _only_origin(node: Node, distance: int) -> Node | None:
    for _ in range(distance):
        if len(node.before) != 1:
            return None
        (node,) = node.before
    return node


def _origins(node: Node, distance: int) -> list[Node]:
    """The nodes that many symbols earlier, each once."""
    found = [node]
    for _ in range(distance):
        if len(found) == 1:
            found = list(found[0].before)
        else:
            found = list(dict.fromkeys(before for node in found for before in node.before))
    return found
