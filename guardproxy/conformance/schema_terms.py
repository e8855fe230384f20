"""A JSON Schema as it is judged: every keyword in its place, references resolved, numbers exact."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from guardproxy.patterns.engine import Buffer, grown_machine, machine
from guardproxy.patterns.tree import Node, expression, growth

Kind: TypeAlias = Literal["object", "array", "string", "number", "boolean", "null"]
KINDS: tuple[Kind, ...] = ("object", "array", "string", "number", "boolean", "null")
TYPES = (*KINDS, "integer")

Number: TypeAlias = int | Decimal


class Pattern:
    """A regular expression that is looked for anywhere in a text."""

    def __init__(self, tree: Node) -> None:
        self._whole = machine(expression(tree))
        self._growing = grown_machine(growth(tree))

    def found(self, text: str) -> bool:
        return self._whole.search(Buffer(text, marked=False).data) is not None

    def possible(self, beginning: str) -> bool:
        """Whether some text that begins so has a match."""
        data = Buffer(beginning, marked=True).data
        return self._growing.search(data) is not None or self.found(beginning)


@dataclass(eq=False, slots=True)
class Schema:
    """One schema. None: the keyword does not stand there. Two schemas are the same only if they are one object.

    `listed` holds the canonical values of `enum` and `const`, `listed_texts` those of them that are texts.
    """

    never: bool = False
    kinds: frozenset[Kind] | None = None
    whole_only: bool = False
    """`integer`, and not `number`."""
    listed: frozenset[Hashable] | None = None
    listed_kinds: frozenset[Kind] = frozenset()
    listed_texts: tuple[str, ...] = ()

    min_length: int = 0
    max_length: int | None = None
    patterns: tuple[Pattern, ...] = ()
    form: str = ""

    at_least: Number | None = None
    at_most: Number | None = None
    above: Number | None = None
    below: Number | None = None
    multiple_of: Fraction | None = None

    properties: "dict[str, Schema]" = field(default_factory=dict)
    pattern_properties: "tuple[tuple[Pattern, Schema], ...]" = ()
    additional: "Schema | None" = None
    names: "Schema | None" = None
    required: frozenset[str] = frozenset()
    min_members: int = 0
    max_members: int | None = None
    dependent_required: dict[str, frozenset[str]] = field(default_factory=dict)
    dependent: "dict[str, Schema]" = field(default_factory=dict)

    first_items: "tuple[Schema, ...]" = ()
    items: "Schema | None" = None
    contains: "Schema | None" = None
    min_contains: int = 1
    max_contains: int | None = None
    min_items: int = 0
    max_items: int | None = None
    unique: bool = False

    all_of: "tuple[Schema, ...]" = ()
    any_of: "tuple[Schema, ...]" = ()
    one_of: "tuple[Schema, ...]" = ()
    not_: "Schema | None" = None
    if_: "Schema | None" = None
    then: "Schema | None" = None
    else_: "Schema | None" = None

    @property
    def beside(self) -> "tuple[Schema, ...]":
        """The schemas that judge the same value."""
        single = (self.not_, self.if_, self.then, self.else_)
        return (
            *self.all_of,
            *self.any_of,
            *self.one_of,
            *(schema for schema in single if schema is not None),
            *self.dependent.values(),
        )

    def of_item(self, index: int) -> "Schema | None":
        """The schema of the list's element at this index."""
        return self.first_items[index] if index < len(self.first_items) else self.items

    def of_member(self, key: str) -> "list[Schema]":
        """The schemas of the object's member with this key."""
        found = [self.properties[key]] if key in self.properties else []
        found += [schema for pattern, schema in self.pattern_properties if pattern.found(key)]
        return found if found or self.additional is None else [self.additional]


def kind_of(value: Any) -> Kind:
    """The kind of a closed JSON value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | Decimal():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def canonical(value: Any) -> Hashable:
    """Equal for equal JSON values: numbers by value, members in any order, and never a number for a yes/no."""
    match value:
        case bool():
            return ("yes/no", value)
        case list():
            return ("list", tuple(canonical(item) for item in value))
        case dict():
            return ("object", frozenset((key, canonical(item)) for key, item in value.items()))
    return value if value is None or isinstance(value, str) else ("number", value)
