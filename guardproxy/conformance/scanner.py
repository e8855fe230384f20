"""The automaton of the terminals, built while texts are read.

A state knows every way in which the terminals that are looked for can go on. Whether a terminal ends before a
character is known with that character, because `\\b` looks at it; so a move says both: what ended, and where it goes
on. Of several terminals that end at one place the one with the highest priority counts, then strings before patterns,
then the order of the grammar.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guardproxy.conformance.refusal import Refused
from guardproxy.conformance.terminals import Alphabet, Op, Program, Terminal

MOST_STATES = 20_000
"""Beyond this the automaton is forgotten and built anew as needed; texts that are being read keep theirs."""
MOST_PROBED = 20_000
_END = -1

_TOO_FAR = "terminal `{}`: what `(?!...)` forbids may not reach beyond the terminal; end it with `\\b`"

Way = tuple[int, tuple[int, ...], tuple[int, ...]]
"""Of one terminal: its number, where its steps stand, and where those of what it may not begin with."""
Ways = tuple[Way, ...]


class Move(NamedTuple):
    """`ended` is the terminal that ends before the character, None where none does; `to` is None at a dead end."""

    to: "State | None"
    ended: int | None


class _Step(NamedTuple):
    going: Way | None
    ended: bool
    matched: bool
    """It can end here, as far as its own steps go."""
    forbidden: bool


class State:
    """`moves` are those already known, by character: of ASCII only, others go by `letters`."""

    __slots__ = ("after_word", "end", "letters", "moves", "ways")

    def __init__(self, ways: Ways, after_word: bool) -> None:
        self.ways = ways
        self.after_word = after_word
        self.moves: dict[str, Move] = {}
        self.letters: dict[int, Move] = {}
        self.end: Move | None = None


class Scanner:
    """All terminals of a grammar; `start` narrows them down to those that are looked for. Raises `Refused`."""

    def __init__(self, terminals: Sequence[Terminal]) -> None:
        self.program = Program()
        for terminal in terminals:
            self.program.add(terminal)
        self._alphabet = Alphabet(self.program.class_sources())
        order = sorted(range(len(terminals)), key=lambda i: (-terminals[i].priority, not terminals[i].is_text, i))
        self._rank = {terminal: rank for rank, terminal in enumerate(order)}
        self._states: dict[tuple[Ways, bool], State] = {}
        self._closed: dict[tuple[tuple[int, ...], bool, bool], tuple[tuple[int, ...], bool]] = {}
        for index, terminal in enumerate(terminals):
            if terminal.forbidden is not None:
                self._check_look_ahead(index, terminal)

    def start(self, wanted: Iterable[int], after_word: bool) -> State:
        """The state in which a token begins; `after_word`: behind a letter, digit or `_`."""
        begins, vetoes = self.program.begins, self.program.vetoes
        ways = []
        for terminal in sorted(wanted):
            veto = vetoes[terminal]
            ways.append((terminal, (begins[terminal],), () if veto is None else (veto,)))
        return self._state(tuple(ways), after_word)

    def move(self, state: State, character: str) -> Move:
        """Where the state goes with this character."""
        letter = self._alphabet.letter(character)
        found = state.letters.get(letter)
        if found is None:
            found = state.letters[letter] = self._moved(state, letter)
        if character < "\x80":
            state.moves[character] = found
        return found

    def ended(self, state: State) -> int | None:
        """The terminal that ends where the text ends."""
        if state.end is None:
            state.end = self._moved(state, _END)
        return state.end.ended

    def is_word(self, character: str) -> bool:
        return self._alphabet.is_word[self._alphabet.letter(character)]

    def _state(self, ways: Ways, after_word: bool) -> State:
        key = (ways, after_word)
        found = self._states.get(key)
        if found is None:
            if len(self._states) >= MOST_STATES:
                self._states.clear()
                self._closed.clear()
            found = self._states[key] = State(ways, after_word)
        return found

    def _moved(self, state: State, letter: int) -> Move:
        ended: list[int] = []
        going: list[Way] = []
        for way in state.ways:
            step = self._step(way, state.after_word, letter)
            if step.ended:
                ended.append(way[0])
            if step.going is not None:
                going.append(step.going)
        best = min(ended, key=self._rank.__getitem__, default=None)
        return Move(self._state(tuple(going), self._is_word(letter)) if going else None, best)

    def _step(self, way: Way, after_word: bool, letter: int) -> "_Step":
        """One terminal's part of a move. Where it can end, it counts once nothing that it forbids can follow."""
        terminal, places, vetoes = way
        word = self._is_word(letter)
        members = frozenset[int]() if letter == _END else self._alphabet.members[letter]
        forbidding, forbidden = self._close(vetoes, after_word, word)
        still = self._read(forbidding, members)
        # Sure to end behind this very character, whatever comes next: with or without an edge there.
        if forbidden or (still and self._walk(still, None)[1]):
            return _Step(None, ended=False, matched=False, forbidden=True)
        reading, matched = self._close(places, after_word, word)
        following = self._read(reading, members)
        going = (terminal, following, still) if following else None
        return _Step(going, ended=matched and not still, matched=matched, forbidden=False)

    def _is_word(self, letter: int) -> bool:
        return letter != _END and self._alphabet.is_word[letter]

    def _read(self, places: tuple[int, ...], members: frozenset[int]) -> tuple[int, ...]:
        return tuple(place + 1 for place in places if self.program.steps[place][1] in members)

    def _close(self, places: tuple[int, ...], before: bool, after: bool) -> tuple[tuple[int, ...], bool]:
        """The places that read a character, the preferred ones first; and whether it can end here.

        What is preferred less than ending here is left out.
        """
        if not places:
            return (), False
        key = (places, before, after)
        found = self._closed.get(key)
        if found is None:
            found = self._closed[key] = self._walk(places, before != after)
        return found

    def _walk(self, places: tuple[int, ...], at_edge: bool | None) -> tuple[tuple[int, ...], bool]:
        steps, seen, reading = self.program.steps, set[int](), list[int]()
        waiting = list(reversed(places))
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            op, argument = steps[place]
            if op is Op.MATCH:
                return tuple(reading), True
            if op is Op.CHAR:
                reading.append(place)
            elif isinstance(argument, tuple):
                waiting.extend(reversed(argument))
            elif at_edge is not None and at_edge == bool(argument):
                waiting.append(place + 1)
        return tuple(reading), False

    def _check_look_ahead(self, index: int, terminal: Terminal) -> None:
        """Refuses a `(?!...)` that could still be undecided where its terminal has ended for good."""
        for character in map(chr, range(1, 0x180)):
            self._alphabet.letter(character)
        veto = self.program.vetoes[index]
        assert veto is not None
        first: Way = (index, (self.program.begins[index],), (veto,))
        waiting = [(first, False, False), (first, True, False)]
        seen = set(waiting)
        while waiting:
            way, after_word, owed = waiting.pop()
            for letter in (_END, *range(len(self._alphabet.members))):
                step = self._step(way, after_word, letter)
                if step.ended or step.forbidden or not (step.going or owed or step.matched):
                    continue
                if step.going is None or (owed and not step.matched):
                    raise Refused(_TOO_FAR.format(terminal.name))
                follower = (step.going, self._is_word(letter), step.matched)
                if step.going[2] and follower not in seen:
                    seen.add(follower)
                    waiting.append(follower)
            if len(seen) > MOST_PROBED:
                raise Refused(f"terminal `{terminal.name}`: what `(?!...)` forbids is too large")
