"""The parser's state while it reads one item: Lark's tables, fed token by token.

Lark's own loop would do, but it cannot be asked what it would take without being disturbed, and most of its time goes
into the line numbers of trees, of which only the offsets are used here.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from lark import Token, Tree
from lark.parsers.lalr_analysis import Shift

from guardproxy.language import grammar

END = "$END"


@cache
def _tables() -> Any:
    return grammar.parser().parse_interactive(None).parser_state.parse_conf


class Machine:
    """Stacks of states, of what was read, and of the offsets from where to where it stands."""

    def __init__(self) -> None:
        tables = _tables()
        self._table: Mapping[int, Mapping[str, Any]] = tables.states
        self._make: Mapping[Any, Any] = tables.callbacks
        self._last_state: int = tables.end_state
        self._states: list[int] = [tables.start_state]
        self._values: list[Any] = []
        self._places: list[tuple[int, int] | None] = []

    def wanted(self) -> Mapping[str, Any]:
        """The types of token (and names of rules) for which the table has an entry here; some lead nowhere."""
        return self._table[self._states[-1]]

    def takes(self, type_: str) -> bool:
        """Whether a token fits in the end. Goes through the reductions that it would cause on the states alone."""
        states = list(self._states)
        while type_ in self._table[states[-1]]:
            action, argument = self._table[states[-1]][type_]
            if action is Shift:
                return True
            if argument.expansion:
                del states[-len(argument.expansion) :]
            states.append(self._table[states[-1]][argument.origin.name][1])
            if type_ == END and states[-1] == self._last_state:
                return True
        return False

    def feed(self, token: Token) -> None:
        """Takes a token that fits (`takes`)."""
        while True:
            action, argument = self._table[self._states[-1]][token.type]
            if action is Shift:
                break
            self._reduce(argument)
        self._states.append(argument)
        self._values.append(token)
        self._places.append((cast(int, token.start_pos), cast(int, token.end_pos)))

    def finish(self) -> Tree[Token]:
        """The whole tree. Only where the end fits (`takes(END)`)."""
        while self._states[-1] != self._last_state:
            self._reduce(self._table[self._states[-1]][END][1])
        return cast(Tree[Token], self._values[-1])

    def _reduce(self, rule: Any) -> None:
        """Puts what the rule makes of the last values in their place."""
        size = len(rule.expansion)
        parts, place = [], None
        if size:
            parts, places = self._values[-size:], [p for p in self._places[-size:] if p is not None]
            place = (places[0][0], places[-1][1]) if places else None
            del self._states[-size:], self._values[-size:], self._places[-size:]
        made = self._make[rule](parts)
        if place is not None and isinstance(made, Tree) and made.meta.empty:
            made.meta.start_pos, made.meta.end_pos = place
            made.meta.empty = False
        self._states.append(self._table[self._states[-1]][rule.origin.name][1])
        self._values.append(made)
        self._places.append(place)
