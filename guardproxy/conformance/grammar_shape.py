"""An output grammar on a text that arrives: the terminals' automaton and the rules' together.

**Tokens.** At each place the next token is the longest text that a terminal takes which the rules accept there, or
which is ignored. A terminal takes what its expression would match first (`.*?` as little as possible). Nothing is
tried twice: where the longest token leads nowhere, the text does not conform.

**Alive.** A text is dead at a character when nothing that begins with it conforms. One kind of dead text is found late:
where two tokens have to follow each other that can only be read as one. A live text is never called dead,
except beyond the limits below, and those texts do not conform either.
"""

from copy import copy

from guardproxy.conformance.grammar_file import read_grammar
from guardproxy.conformance.places import place_of
from guardproxy.conformance.recogniser import MOST_REMEMBERED, Recogniser, TooMuchWork
from guardproxy.conformance.rules import plain_rules
from guardproxy.conformance.scanner import Scanner, State

MOST_READ_AGAIN = 16
FREE_TO_READ = 100_000
"""After tokens begun in vain, characters are read again: at most so many times the text so far, plus these."""

MOST_SHOWN = 8
"""Of what could stand where a text stops fitting."""
MOST_BEFORE = 24
"""Characters that are shown before that place."""


class GrammarShape:
    """A grammar, ready to read. Raises `Refused` (a ValueError)."""

    def __init__(self, text: str) -> None:
        file = read_grammar(text)
        self.recogniser = Recogniser(plain_rules(file))
        self.scanner = Scanner(file.terminals)
        self._shown = [terminal.shown for terminal in file.terminals]
        self.ignored = frozenset(i for i, terminal in enumerate(file.terminals) if terminal.name in file.ignored)
        self._starts: dict[tuple[frozenset[int], bool], State] = {}

    def accepts(self, text: str) -> bool:
        watch = self.watch()
        return watch.feed(text) and watch.accepts()

    def watch(self) -> "GrammarWatch":
        return GrammarWatch(self)

    def why_not(self, text: str, quoting: bool = True) -> str:
        """Where the text stops fitting and what could stand there; empty where it conforms."""
        watch = self.watch()
        if watch.feed(text):
            watch.end()
        if watch.accepting:
            return ""
        at = watch.token_at
        place = place_of(text, at)
        behind = f", behind `{_shown_before(text, at)}`" if quoting and text[:at].strip() else ""
        if watch.gave_up:
            return f"{place_of(text, watch.died_at or 0)}: it can be read in more ways than can be followed"
        ended = " the text ends too early there:" if watch.died_at is None else ""
        return f"{place}{behind}:{ended} expected {self._wanted(watch)}"

    def _wanted(self, watch: "GrammarWatch") -> str:
        """What may come next, as people read it."""
        wanted = sorted({self._shown[terminal] for terminal in watch.expected - self.ignored})
        more = [f"{len(wanted) - MOST_SHOWN} more"] if len(wanted) > MOST_SHOWN else []
        return " or ".join([*wanted[:MOST_SHOWN], *more, *(["the end of the text"] if watch.may_end else [])])

    def start(self, expected: frozenset[int], after_word: bool) -> State:
        """Where the next token begins."""
        key = (expected, after_word)
        found = self._starts.get(key)
        if found is None:
            if len(self._starts) >= MOST_REMEMBERED:
                self._starts.clear()
            found = self._starts[key] = self.scanner.start(expected | self.ignored, after_word)
        return found


def _shown_before(text: str, at: int) -> str:
    before = text[max(0, at - MOST_BEFORE) : at]
    return ("..." if at > MOST_BEFORE else "") + before.replace("\n", "\\n")


class GrammarWatch:
    """Follows one text.

    `_found` is the longest token so far of those that begin where the last one ended; `_held` is what was read behind
    it, and `_after_word` says whether it ends with a letter, digit or `_`. `_reached` counts the characters looked at.
    `token_at` is where the token begins that is being read; `gave_up` says that a limit was reached.
    """

    def __init__(self, shape: GrammarShape) -> None:
        self._shape = shape
        self._level = shape.recogniser.begin()
        self._state = shape.start(self._level.expected, after_word=False)
        self._found: int | None = None
        self._after_word = False
        self._held: list[str] = []
        self._length = 0
        self._reached = 0
        self._read_again = 0
        self._ended = False
        self.token_at = 0
        self.gave_up = False
        self.died_at: int | None = None

    @property
    def dead(self) -> bool:
        return self.died_at is not None

    def feed(self, text: str) -> bool:
        if self.died_at is None:
            if not self._read(text):
                self.died_at = self._reached - 1
                self._held.clear()
            self._length += len(text)
        return self.died_at is None

    def accepts(self) -> bool:
        if self.died_at is not None:
            return False
        if self._length == 0:
            return self._level.accepting
        ending = copy(self)
        ending._held = list(self._held)
        return ending._finish()

    @property
    def expected(self) -> frozenset[int]:
        """The terminals that may come where the token that is being read begins."""
        return self._level.expected

    @property
    def may_end(self) -> bool:
        """Whether the text may be over before that token."""
        return self._level.accepting

    def end(self) -> None:
        """The text is over: nothing may be fed any more."""
        self._ended = self._length == 0 or self._finish()

    @property
    def accepting(self) -> bool:
        """Once it is over: whether it conforms."""
        return self._ended and self._level.accepting

    def _read(self, text: str) -> bool:
        """Reads on; False where the text died. `base` is the offset of `data[0]` in the text, `mark` where the longest
        token ends in `data`, None where it ended in an earlier piece."""
        move_to, state = self._shape.scanner.move, self._state
        data, base, at, mark = text, self._length, 0, None
        while at < len(data):
            to, ended = state.moves.get(data[at]) or move_to(state, data[at])
            if ended is not None:
                self._found, self._after_word, mark = ended, state.after_word, at
                self._held.clear()
            if to is not None:
                state, at = to, at + 1
                continue
            self._reached = max(self._reached, base + at + 1)
            if self._found is None:
                return False
            if mark is None:
                behind = "".join(self._held)
                data, base, at, mark = behind + data, base - len(behind), at + len(behind), 0
                self._held.clear()
            self.token_at = base + mark
            if not self._read_on(self._found, at - mark):
                return False
            state, at, mark = self._state, mark, None
        self._state = state
        if self._found is not None:
            self._held.append(data if mark is None else data[mark:])
        return True

    def _read_on(self, terminal: int, again: int) -> bool:
        """Takes the longest token and begins a new one behind it, where `again` characters are read once more."""
        shape = self._shape
        self._found = None
        self._read_again += again
        if self._read_again > MOST_READ_AGAIN * self._reached + FREE_TO_READ:
            self.gave_up = True
            return False
        if terminal in self._level.expected:
            try:
                self._level = shape.recogniser.shift(self._level, terminal)
            except TooMuchWork:
                self.gave_up = True
                return False
        self._state = shape.start(self._level.expected, self._after_word)
        return True

    def _finish(self) -> bool:
        """The text is over: whether it conforms. Changes the watch."""
        while True:
            ended = self._shape.scanner.ended(self._state)
            if ended is not None:
                self.token_at = self._length
                return self._read_on(ended, 0) and self._level.accepting
            if self._found is None:
                return False
            behind = "".join(self._held)
            self._held.clear()
            self._length -= len(behind)
            self.token_at = self._length
            if not self._read_on(self._found, len(behind)) or not self.feed(behind):
                return False
