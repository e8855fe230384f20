"""Which of many finders may match a text, or may have begun to at its end: told by reading the text once.

One automaton for hundreds of expressions has nearly as many states as a text has characters, as each of them adds its
own to every state; and a state that was not there yet takes microseconds. So large sets are divided into parts of
expressions that look alike, and each that any word may begin is alone. A part is an automaton of its own.

A net may know other spellings of its finders, as the views of `disguises` spell them; these are parts of their own.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TypeAlias

from guardproxy.patterns.engine import Sieve, grown_machine, machine
from guardproxy.patterns.tree import Assertion, Char, Concat, Node, Repeat, expression, grouped, needed, opening

Spelled: TypeAlias = tuple[int, str, Node]
"""A finder, another expression of it, and its tree."""

_Group: TypeAlias = tuple[Node, tuple[int, ...]]
"""An expression, and the finders that it is of."""

_MOST_IN_ONE = 40
"""So many expressions are one part, whatever they are."""
_LONG_RUN = 16
_SECRETS = ("credentials", "private_keys", "connections", "links", "birth")


class Net:
    """`trees` and `kin` (see `Probe.kin`) are those of each finder, `others` are other spellings."""

    def __init__(self, trees: Sequence[Node], kin: Sequence[str], others: Sequence[Spelled]) -> None:
        groups = grouped(trees)
        many = len(groups) > _MOST_IN_ONE
        alone = [group for group in groups if many and _is_begun_by_words(group[0])]
        rest = [group for group in groups if group not in alone]
        secret = [group for group in rest if many and kin[group[1][0]] in _SECRETS]
        plain = [*([group] for group in alone), secret, [group for group in rest if group not in secret]]
        self._plain = _Parts([part for part in plain if part])
        other = [(tree, tuple(others[m][0] for m in members)) for tree, members in grouped([t for _, _, t in others])]
        self._other = _Parts([other]) if other else None

    def passing(self, data: bytes, *, other: bool = False) -> list[int]:
        """The finders that may match a text that ends here, in order; none of the others does.

        `other`: in any of their spellings.
        """
        found = self._plain.through(self._plain.finished, data)
        if other and self._other:
            found += self._other.through(self._other.finished, data)
        return sorted(set(found)) if len(found) > 1 else found

    def growing(self, data: bytes, *, other: bool = False) -> list[int]:
        """The finders that may match a text with the mark behind it, or have begun to at its end, in order."""
        found = self._plain.through(self._plain.begun, data)
        if other and self._other:
            found += self._other.through(self._other.begun, data)
        return sorted(set(found)) if len(found) > 1 else found


class _Parts:
    """The sieves of some groups, compiled when they are first needed."""

    def __init__(self, parts: Sequence[Sequence[_Group]]) -> None:
        self._parts = parts

    @cached_property
    def finished(self) -> "list[Sieve | _Alone]":
        return [_sieve([expression(tree) for tree, _ in part], needed(part[0][0])) for part in self._parts]

    @cached_property
    def begun(self) -> "list[Sieve | _Alone]":
        return [_sieve([opening(tree) for tree, _ in part], b"") for part in self._parts]

    def through(self, sieves: "Sequence[Sieve | _Alone]", data: bytes) -> list[int]:
        found: list[int] = []
        for sieve, part in zip(sieves, self._parts, strict=True):
            for group in sieve.passing(data):
                found += part[group][1]
        return found


def _sieve(expressions: Sequence[str], needs: bytes) -> "Sieve | _Alone":
    return Sieve(expressions) if len(expressions) > 1 else _Alone(expressions[0], needs)


class _Alone:
    """A sieve of one expression; `needs`: bytes without which nothing matches it."""

    def __init__(self, said: str, needs: bytes) -> None:
        self._machine, self._needs = grown_machine(said), [needs[i : i + 1] for i in range(len(needs))]

    def passing(self, data: bytes) -> Sequence[int]:
        if not all(byte in data for byte in self._needs):
            return ()
        return () if self._machine.search(data) is None else (0,)


def _is_begun_by_words(tree: Node) -> bool:
    """Whether a word of any letters, and a long one, may begin a match, as in an e-mail address."""
    parts = _parts_of(tree)
    return (
        len(parts) > 1
        and isinstance(parts[0], Char)
        and machine(parts[0].source).search(b"z") is not None
        and _is_long_run(parts[1])
    )


def _parts_of(tree: Node) -> list[Node]:
    parts = tree.parts if isinstance(tree, Concat) else (tree,)
    return [part for part in parts if not isinstance(part, Assertion)]


def _is_long_run(node: Node) -> bool:
    if not isinstance(node, Repeat):
        return False
    inner = _parts_of(node.node)
    if len(inner) == 1 and isinstance(inner[0], Char):
        return node.high is None or node.high >= _LONG_RUN
    return bool(inner) and _is_long_run(inner[0])


class _Trees:
    """Trees, equal to all others: the expressions beside them say which they are."""

    def __init__(self, trees: Sequence[Node], others: Sequence[Spelled]) -> None:
        self.trees, self.others = trees, others

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Trees)

    def __hash__(self) -> int:
        return 0


def net_of(spelled: Sequence[tuple[str, Node]], kin: Sequence[str], others: Sequence[Spelled] = ()) -> Net:
    """The net of some finders, each with its expression and tree; made once for each set of expressions."""
    expressions = tuple(said for said, _ in spelled)
    known = tuple((finder, said) for finder, said, _ in others)
    return _net_of(expressions, tuple(kin), known, _Trees([tree for _, tree in spelled], others))


@lru_cache(maxsize=256)
def _net_of(expressions: tuple[str, ...], kin: tuple[str, ...], others: tuple[tuple[int, str], ...], of: _Trees) -> Net:
    return Net(of.trees, kin, of.others)
