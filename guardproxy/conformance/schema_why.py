"""Why a JSON value does not conform to a schema, in one phrase: where, what is expected, and what kind is there.

It never repeats a value, nor a member's name that the schema does not know: the model, which is told, may not be the
only one who reads it.
"""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from guardproxy import exact_json
from guardproxy.conformance.schema_forms import FORMS
from guardproxy.conformance.schema_terms import Schema, canonical, kind_of

_MOST_LISTED = 6
_WITH_ARTICLE = {
    "object": "an object",
    "array": "an array",
    "string": "a string",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}

Fits = Callable[[Schema, Any], bool]


def why_not(schema: Schema, value: Any, fits: Fits, path: str = "$") -> str:
    """The first thing that is wrong, from the outside inwards; `fits` judges. Empty where the value conforms."""
    return next(_reasons(schema, value, fits, path), "")


def _reasons(schema: Schema, value: Any, fits: Fits, path: str) -> Iterator[str]:
    if schema.never:
        yield f"nothing may stand at `{path}`"
    elif not _is_of_kind(schema, value):
        yield f"`{path}`: expected {_kinds(schema)}, found {_found(value)}"
    elif schema.listed is not None and canonical(value) not in schema.listed:
        yield f"`{path}`: expected {_listed(schema)}, found something else ({_found(value)})"
    else:
        match value:
            case dict():
                yield from _of_object(schema, value, fits, path)
            case list():
                yield from _of_array(schema, value, fits, path)
            case str():
                yield from _of_text(schema, value, path)
            case bool() | None:
                pass
            case _:
                yield from _of_number(schema, value, fits, path)
        yield from _of_others(schema, value, fits, path)


def _of_object(schema: Schema, value: dict[str, Any], fits: Fits, path: str) -> Iterator[str]:
    needed = set(schema.required).union(*(n for key, n in schema.dependent_required.items() if key in value))
    for key in sorted(needed - value.keys()):
        yield f"`{_member(path, key)}` is missing"
    for key, inner in value.items():
        place = _member(path, key) if key in schema.properties or key in needed else f"{path}.*"
        for judging in schema.of_member(key):
            if judging.never and place.endswith(".*"):
                known = ", ".join(f"`{name}`" for name in list(schema.properties)[:_MOST_LISTED])
                yield f"`{path}` has a member that the schema does not allow" + (f"; it names {known}" if known else "")
            else:
                yield from _reasons(judging, inner, fits, place)
        if schema.names is not None and not fits(schema.names, key):
            yield f"`{path}` has a member with a name that the schema does not allow"
    yield from _of_size(path, "member", len(value), schema.min_members, schema.max_members)


def _of_array(schema: Schema, value: list[Any], fits: Fits, path: str) -> Iterator[str]:
    for index, inner in enumerate(value):
        judging = schema.of_item(index)
        if judging is not None:
            yield from _reasons(judging, inner, fits, f"{path}[{index}]")
    yield from _of_size(path, "element", len(value), schema.min_items, schema.max_items)
    if schema.unique and len({canonical(inner) for inner in value}) < len(value):
        yield f"`{path}`: an element is repeated"
    contains = schema.contains
    if contains is not None:
        contained = sum(fits(contains, inner) for inner in value)
        if contained < schema.min_contains:
            yield f"`{path}`: expected at least {schema.min_contains} of what `contains` says, found {contained}"
        if schema.max_contains is not None and contained > schema.max_contains:
            yield f"`{path}`: expected at most {schema.max_contains} of what `contains` says, found {contained}"


def _of_text(schema: Schema, value: str, path: str) -> Iterator[str]:
    yield from _of_size(path, "character", len(value), schema.min_length, schema.max_length)
    if schema.form and not FORMS[schema.form](value):
        yield f"`{path}`: expected the format `{schema.form}`, found another string"
    if not all(pattern.found(value) for pattern in schema.patterns):
        yield f"`{path}`: expected a string that the schema's `pattern` matches, found another one"


def _of_number(schema: Schema, value: Any, fits: Fits, path: str) -> Iterator[str]:
    limits = (
        ("at least", schema.at_least, operator.ge),
        ("at most", schema.at_most, operator.le),
        ("more than", schema.above, operator.gt),
        ("less than", schema.below, operator.lt),
    )
    for words, limit, keeps in limits:
        if limit is not None and not keeps(value, limit):
            yield f"`{path}`: expected {words} {limit}, found a number outside of that"
    if schema.multiple_of is not None and not fits(Schema(multiple_of=schema.multiple_of), value):
        yield f"`{path}`: expected a multiple of {schema.multiple_of}, found another number"


def _of_others(schema: Schema, value: Any, fits: Fits, path: str) -> Iterator[str]:
    """What the keywords say that judge the same value by other schemas."""
    for each in schema.all_of:
        yield from _reasons(each, value, fits, path)
    if schema.any_of and not any(fits(each, value) for each in schema.any_of):
        yield from _of_none(schema.any_of, "anyOf", value, fits, path)
    if schema.one_of:
        fitting = sum(fits(each, value) for each in schema.one_of)
        if fitting > 1:
            yield f"`{path}` fits {fitting} alternatives of `oneOf`, and may fit one only"
        elif not fitting:
            yield from _of_none(schema.one_of, "oneOf", value, fits, path)
    if schema.not_ is not None and fits(schema.not_, value):
        yield f"`{path}` is what `not` forbids"
    if schema.if_ is not None:
        following = schema.then if fits(schema.if_, value) else schema.else_
        if following is not None:
            yield from _reasons(following, value, fits, path)
    for key, dependent in schema.dependent.items():
        if isinstance(value, dict) and key in value:
            yield from _reasons(dependent, value, fits, path)


def _of_none(schemas: tuple[Schema, ...], keyword: str, value: Any, fits: Fits, path: str) -> Iterator[str]:
    """No alternative fits: what is wrong with the only one of this kind, where there is one only."""
    close = [each for each in schemas if _is_of_kind(each, value)]
    if len(close) == 1:
        yield from _reasons(close[0], value, fits, path)
    yield f"`{path}` ({_found(value)}) fits no alternative of `{keyword}`"


def _of_size(path: str, what: str, count: int, least: int, most: int | None) -> Iterator[str]:
    if count < least or (most is not None and count > most):
        limit = f"at least {least}" if count < least else f"at most {most}"
        yield f"`{path}`: expected {limit} {what}{'s' * (limit.split()[-1] != '1')}, found {count}"


def _is_of_kind(schema: Schema, value: Any) -> bool:
    if schema.kinds is not None and kind_of(value) not in schema.kinds:
        return False
    return not schema.whole_only or kind_of(value) != "number" or bool(value == int(value))


def _kinds(schema: Schema) -> str:
    kinds = [_WITH_ARTICLE[kind] for kind in _WITH_ARTICLE if schema.kinds is None or kind in schema.kinds]
    return " or ".join("a whole number" if kind == "a number" and schema.whole_only else kind for kind in kinds)


def _found(value: Any) -> str:
    return _WITH_ARTICLE[kind_of(value)]


def _listed(schema: Schema) -> str:
    texts = [exact_json.dumps(text) for text in schema.listed_texts[:_MOST_LISTED]]
    if not texts:
        return "one of the values that the schema lists"
    more = len(schema.listed or ()) - len(texts)
    return ("one of " if len(texts) > 1 else "") + ", ".join(texts) + (f" or {more} more" if more else "")


def _member(path: str, key: str) -> str:
    return f"{path}.{key}" if key.isidentifier() else f"{path}[{exact_json.dumps(key)}]"
