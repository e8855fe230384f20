"""Where a phrase is read: the same words mean different things in different rules and inside `every X in ...`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from guardproxy.ir.policy import Subject
from guardproxy.ir.terms import LookUp, PickedFrom
from guardproxy.ir.types import Schema, Type


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a `let` of a rule names; `result` is the tool's declared result."""

    look_up: LookUp
    result: Schema


@dataclass(frozen=True, slots=True)
class Picked:
    """A `let` that names the first or last element of a list; `can_be_missing` are the paths to the list.

    `can_be_empty`: the name itself may then stand for nothing.
    """

    origin: PickedFrom
    type: Type
    can_be_missing: tuple[str, ...] = ()
    can_be_empty: bool = False
    may_be_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """`guarded` are paths that are present wherever this phrase counts; `reading` are the definitions being read."""

    subject: Subject | None = None
    lets: Mapping[str, LookedUp | Picked | None] = field(default_factory=dict)
    binders: Mapping[str, Type] = field(default_factory=dict)
    guarded: frozenset[str] = frozenset()
    reading: tuple[str, ...] = ()

    def knowing(self, present: frozenset[str]) -> "Place":
        return replace(self, guarded=self.guarded | present)

    def inside(self, definition: str) -> "Place":
        return replace(self, reading=(*self.reading, definition))

    def with_binder(self, name: str, type_: Type) -> "Place":
        return replace(self, binders={**self.binders, name: type_})
