"""An author's JSON Schema, read and checked: from its text to `schema_terms`."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from guardproxy import exact_json
from guardproxy.conformance.refusal import Refused
from guardproxy.conformance.schema_forms import FORMS
from guardproxy.conformance.schema_terms import TYPES, Kind, Pattern, Schema, canonical, kind_of
from guardproxy.patterns.engine import Uncompilable
from guardproxy.patterns.syntax import Refusal, parse

MOST_SCHEMAS = 5_000
_DIALECTS = (
    "json-schema.org/draft/2020-12/schema",
    "json-schema.org/draft-07/schema",
    "json-schema.org/draft/2019-09/",
)
_REMARKS = frozenset(
    {"$schema", "$id", "$comment", "$defs", "definitions", "$anchor", "title", "description", "default", "examples"}
    | {"deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema", "$vocabulary"}
)
_REFUSED = {
    "unevaluatedProperties": "write out what is allowed with `properties` and `additionalProperties`",
    "unevaluatedItems": "write out what is allowed with `prefixItems` and `items`",
    "$dynamicRef": "use `$ref`",
    "$dynamicAnchor": "use `$defs` and `$ref`",
    "$recursiveRef": "use `$ref`",
    "$recursiveAnchor": "use `$defs` and `$ref`",
    "dependencies": "use `dependentRequired` or `dependentSchemas`",
}


def read_schema(text: str) -> Schema:
    """Raises `Refused`."""
    try:
        document = exact_json.loads(text)
    except exact_json.JsonError as error:
        raise Refused(f"the schema is not JSON: {error}") from None
    reader = _Reader(document)
    root = reader.schema(document, "#")
    reader.finish()
    _refuse_circles(root, reader)
    if root.never:
        raise Refused("no value conforms to the schema `false`")
    return root


class _Reader:
    """Reads one document; each place of it becomes one `Schema`, also where it is referred to many times."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.places: dict[str, Schema] = {}
        self._waiting: list[tuple[str, Any]] = []

    def schema(self, raw: Any, place: str) -> Schema:
        """The schema at a place, read later: references may lead back to it."""
        if place not in self.places:
            if len(self.places) >= MOST_SCHEMAS:
                raise Refused(f"the schema consists of more than {MOST_SCHEMAS} schemas")
            self.places[place] = Schema()
            self._waiting.append((place, raw))
        return self.places[place]

    def finish(self) -> None:
        while self._waiting:
            place, raw = self._waiting.pop()
            if isinstance(raw, bool):
                self.places[place].never = not raw
            elif isinstance(raw, dict):
                self._fill(self.places[place], raw, place)
            else:
                raise Refused(f"`{place}`: a schema is an object, `true` or `false`")

    def _fill(self, schema: Schema, raw: dict[str, Any], place: str) -> None:
        _check_dialect(raw, place)
        if "$ref" in raw:
            schema.all_of = (self._referred(raw["$ref"], place),)
        for word, value in raw.items():
            if word in _REFUSED:
                raise Refused(f"`{place}`: `{word}` is not possible here; {_REFUSED[word]}")
            if word in _READERS:
                _READERS[word](self, schema, value, f"{place}/{word}", raw)
            elif word not in _REMARKS and word not in _BESIDE:
                raise Refused(f"`{place}`: there is no keyword `{word}`")

    def _referred(self, target: Any, place: str) -> Schema:
        if not isinstance(target, str) or not (target == "#" or target.startswith("#/")):
            raise Refused(
                f"`{place}`: `$ref` leads only to places of the same file, as in `#/$defs/name`, not to `{target}`"
            )
        found = self.document
        for step in target.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~").replace("%25", "%")
            if isinstance(found, list) and key.isdigit() and int(key) < len(found):
                found = found[int(key)]
            elif isinstance(found, dict) and key in found:
                found = found[key]
            else:
                raise Refused(f"`{place}`: `$ref` leads to `{target}`, which is not there")
        return self.schema(found, target)

    def many(self, value: Any, place: str) -> tuple[Schema, ...]:
        if not isinstance(value, list) or not value:
            raise Refused(f"`{place}`: this is a list of at least one schema")
        return tuple(self.schema(raw, f"{place}/{index}") for index, raw in enumerate(value))

    def named(self, value: Any, place: str) -> dict[str, Schema]:
        if not isinstance(value, dict):
            raise Refused(f"`{place}`: this is an object of schemas")
        return {key: self.schema(raw, f"{place}/{_escaped(key)}") for key, raw in value.items()}


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _check_dialect(raw: dict[str, Any], place: str) -> None:
    dialect = raw.get("$schema")
    if dialect is not None and not any(known in str(dialect) for known in _DIALECTS):
        raise Refused(f"`{place}`: the dialect `{dialect}` is not known; 2020-12 and draft-07 are")


def _refuse_circles(root: Schema, reader: _Reader) -> None:
    """A schema that has to judge a value in order to judge the same value has no meaning."""
    names = {id(schema): place for place, schema in reader.places.items()}
    done: set[int] = set()
    for start in [root, *reader.places.values()]:
        path: list[tuple[Schema, int]] = [(start, 0)]
        on_path = {id(start)}
        while path:
            schema, index = path.pop()
            beside = schema.beside
            if id(schema) in done or index == len(beside):
                done.add(id(schema))
                on_path.discard(id(schema))
                continue
            path.append((schema, index + 1))
            following = beside[index]
            if id(following) in on_path:
                raise Refused(f"`{names[id(following)]}`: `$ref` leads back to the schema itself for the same value")
            if id(following) not in done:
                on_path.add(id(following))
                path.append((following, 0))


# --- one small reader for each keyword -------------------------------------------------------------------------------

_Read = Callable[[_Reader, Schema, Any, str, dict[str, Any]], None]


def _types(_: _Reader, schema: Schema, value: Any, place: str, __: dict[str, Any]) -> None:
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(name, str) and name in TYPES for name in names):
        raise Refused(f"`{place}`: a type is one of {', '.join(TYPES)}")
    kinds: set[Kind] = {"number" if name == "integer" else name for name in names}
    schema.kinds = frozenset(kinds)
    schema.whole_only = "integer" in names and "number" not in names


def _listed(_: _Reader, schema: Schema, value: Any, place: str, raw: dict[str, Any]) -> None:
    if "enum" in raw and (not isinstance(raw["enum"], list) or not raw["enum"]):
        raise Refused(f"`{place}`: this is a list of at least one value")
    values: list[Any] = raw.get("enum", [raw.get("const")])
    if "const" in raw:
        values = [v for v in values if canonical(v) == canonical(raw["const"])]
    schema.listed = frozenset(canonical(v) for v in values)
    schema.listed_kinds = frozenset(kind_of(v) for v in values)
    schema.listed_texts = tuple(v for v in values if isinstance(v, str))


def _pattern(value: Any, place: str) -> Pattern:
    if not isinstance(value, str):
        raise Refused(f"`{place}`: a pattern is a text")
    try:
        return Pattern(parse(value))
    except Refusal as refusal:
        reason = str(refusal).split(";")[0]
        raise Refused(f"`{place}`: {reason}, at character {refusal.position + 1} of `{value}`") from None
    except Uncompilable as error:
        raise Refused(f"`{place}`: `{value}` cannot be used: {error}") from None


def _patterns(_: _Reader, schema: Schema, value: Any, place: str, __: dict[str, Any]) -> None:
    schema.patterns = (_pattern(value, place),)


def _form(_: _Reader, schema: Schema, value: Any, __: str, ___: dict[str, Any]) -> None:
    schema.form = value if isinstance(value, str) and value in FORMS else ""


def _multiple(_: _Reader, schema: Schema, value: Any, place: str, __: dict[str, Any]) -> None:
    if _number(value, place) <= 0:
        raise Refused(f"`{place}`: this is a number above 0")
    schema.multiple_of = Fraction(value)


def _pattern_properties(reader: _Reader, schema: Schema, value: Any, place: str, _: dict[str, Any]) -> None:
    named = reader.named(value, place)
    schema.pattern_properties = tuple((_pattern(key, place), found) for key, found in named.items())


def _items(reader: _Reader, schema: Schema, value: Any, place: str, raw: dict[str, Any]) -> None:
    """A list of schemas is draft-07's spelling of `prefixItems`."""
    if not isinstance(value, list):
        _others("items")(reader, schema, value, place, raw)
        return
    schema.first_items = tuple(reader.schema(item, f"{place}/{index}") for index, item in enumerate(value))
    if "additionalItems" in raw:
        schema.items = reader.schema(raw["additionalItems"], place.rpartition("/")[0] + "/additionalItems")


def _dependent_required(_: _Reader, schema: Schema, value: Any, place: str, __: dict[str, Any]) -> None:
    if not isinstance(value, dict):
        raise Refused(f"`{place}`: this is an object of lists of names")
    schema.dependent_required = {key: _names(names, f"{place}/{key}") for key, names in value.items()}


def _names(value: Any, place: str) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise Refused(f"`{place}`: this is a list of names")
    return frozenset(value)


def _number(value: Any, place: str) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Refused(f"`{place}`: this is a number")
    return value


def _count(value: Any, place: str) -> int:
    number = _number(value, place)
    if number < 0 or number != int(number):
        raise Refused(f"`{place}`: this is a whole number, at least 0")
    return int(number)


def _unique(_: _Reader, schema: Schema, value: Any, place: str, __: dict[str, Any]) -> None:
    if not isinstance(value, bool):
        raise Refused(f"`{place}`: this is `true` or `false`")
    schema.unique = value


def _others(field: str) -> _Read:
    """For members or elements that no other keyword names; to allow all of them is to say nothing."""

    def read(reader: _Reader, schema: Schema, value: Any, place: str, _: dict[str, Any]) -> None:
        if value is not True and value != {}:
            setattr(schema, field, reader.schema(value, place))

    return read


def _setting(field: str, read: Callable[[Any, str], Any]) -> _Read:
    return lambda _, schema, value, place, __: setattr(schema, field, read(value, place))


def _one(field: str) -> _Read:
    return lambda reader, schema, value, place, _: setattr(schema, field, reader.schema(value, place))


def _many(field: str) -> _Read:
    def read(reader: _Reader, schema: Schema, value: Any, place: str, _: dict[str, Any]) -> None:
        setattr(schema, field, getattr(schema, field) + reader.many(value, place))

    return read


def _named(field: str) -> _Read:
    return lambda reader, schema, value, place, _: setattr(schema, field, reader.named(value, place))


_BESIDE = frozenset({"$ref", "additionalItems"})
"""Read together with another keyword."""

_READERS: dict[str, _Read] = {
    "type": _types,
    "enum": _listed,
    "const": _listed,
    "minLength": _setting("min_length", _count),
    "maxLength": _setting("max_length", _count),
    "pattern": _patterns,
    "format": _form,
    "minimum": _setting("at_least", _number),
    "maximum": _setting("at_most", _number),
    "exclusiveMinimum": _setting("above", _number),
    "exclusiveMaximum": _setting("below", _number),
    "multipleOf": _multiple,
    "properties": _named("properties"),
    "patternProperties": _pattern_properties,
    "additionalProperties": _others("additional"),
    "propertyNames": _one("names"),
    "required": _setting("required", _names),
    "minProperties": _setting("min_members", _count),
    "maxProperties": _setting("max_members", _count),
    "dependentRequired": _dependent_required,
    "dependentSchemas": _named("dependent"),
    "prefixItems": _many("first_items"),
    "items": _items,
    "contains": _one("contains"),
    "minContains": _setting("min_contains", _count),
    "maxContains": _setting("max_contains", _count),
    "minItems": _setting("min_items", _count),
    "maxItems": _setting("max_items", _count),
    "uniqueItems": _unique,
    "allOf": _many("all_of"),
    "anyOf": _many("any_of"),
    "oneOf": _many("one_of"),
    "not": _one("not_"),
    "if": _one("if_"),
    "then": _one("then"),
    "else": _one("else_"),
}
