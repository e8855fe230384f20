"""Random schemas and values that meet often: few keys, few texts, few numbers."""

from collections.abc import Callable
from random import Random
from typing import Any

KEYS = ["a", "b", "ab", "c"]
TYPES = ["object", "array", "string", "number", "boolean", "null", "integer"]
SCALARS = [None, True, False, 0, 1, 2, 3, -1, 1.5, 2.0, 10, "", "a", "ab", "abc", "b", "xyz"]
PATTERNS = ["^a", "b$", "^ab?$", "x|y", "^[a-b]{2,3}$"]
SHARED = {"x": {"type": ["string", "integer"], "maxLength": 2}, "y": {"items": {"$ref": "#/$defs/y"}, "maxItems": 2}}


def value(random: Random, depth: int = 3) -> Any:
    kind = random.random() if depth else 0.0
    if kind < 0.4:
        return random.choice(SCALARS)
    if kind < 0.6:
        return [value(random, depth - 1) for _ in range(random.randint(0, 3))]
    return {key: value(random, depth - 1) for key in random.sample(KEYS, random.randint(0, 3))}


def schema(random: Random, depth: int = 3) -> Any:
    if random.random() < 0.06:
        return random.choice([True, True, False])
    words = list(_SIMPLE) if depth == 0 else [*_SIMPLE, *_NESTED]
    found: dict[str, Any] = {}
    for word in random.choices(words, k=random.randint(1, 3)):
        found[word] = _SIMPLE[word](random) if word in _SIMPLE else _NESTED[word](_inner(random, depth), random)
    if found.keys() & {"minContains", "maxContains"}:
        found["contains"] = schema(random, max(depth - 1, 0))
    if "if" in found:
        found["then"], found["else"] = schema(random, depth - 1), schema(random, depth - 1)
    return found


def document(random: Random) -> dict[str, Any]:
    """A whole schema with definitions, one of them recursive."""
    return {"allOf": [schema(random)], "$defs": SHARED}


def _inner(random: Random, depth: int) -> Callable[[], Any]:
    return lambda: schema(random, depth - 1)


_SIMPLE: dict[str, Callable[[Random], Any]] = {
    "type": lambda r: r.choice([r.choice(TYPES), r.sample(TYPES, 2)]),
    "enum": lambda r: [value(r, 1) for _ in range(r.randint(1, 3))],
    "const": lambda r: value(r, 1),
    "minimum": lambda r: r.choice([0, 1, 1.5]),
    "maximum": lambda r: r.choice([0, 2, 2.5]),
    "exclusiveMinimum": lambda r: r.choice([0, 1]),
    "exclusiveMaximum": lambda r: r.choice([2, 3]),
    "multipleOf": lambda r: r.choice([1, 2, 0.5]),
    "minLength": lambda r: r.randint(0, 2),
    "maxLength": lambda r: r.randint(0, 3),
    "pattern": lambda r: r.choice(PATTERNS),
    "required": lambda r: r.sample(KEYS, r.randint(1, 2)),
    "minProperties": lambda r: r.randint(0, 2),
    "maxProperties": lambda r: r.randint(0, 2),
    "minItems": lambda r: r.randint(0, 2),
    "maxItems": lambda r: r.randint(0, 2),
    "minContains": lambda r: r.randint(0, 2),
    "maxContains": lambda r: r.randint(0, 2),
    "uniqueItems": lambda r: r.random() < 0.7,
    "dependentRequired": lambda r: {r.choice(KEYS): [r.choice(KEYS)]},
    "propertyNames": lambda r: r.choice([{"pattern": "a"}, {"maxLength": 1}, {"enum": ["a", "b"]}]),
    "$ref": lambda r: r.choice(["#/$defs/x", "#/$defs/y"]),
}
_NESTED: dict[str, Callable[[Callable[[], Any], Random], Any]] = {
    "properties": lambda inner, r: {key: inner() for key in r.sample(KEYS, 2)},
    "additionalProperties": lambda inner, r: r.choice([False, inner()]),
    "patternProperties": lambda inner, r: {r.choice(["^a", "b"]): inner()},
    "items": lambda inner, r: inner(),
    "prefixItems": lambda inner, r: [inner() for _ in range(r.randint(1, 2))],
    "contains": lambda inner, r: inner(),
    "allOf": lambda inner, r: [inner(), inner()],
    "anyOf": lambda inner, r: [inner(), inner()],
    "oneOf": lambda inner, r: [inner(), inner()],
    "not": lambda inner, r: inner(),
    "if": lambda inner, r: inner(),
    "dependentSchemas": lambda inner, r: {r.choice(KEYS): inner()},
}
