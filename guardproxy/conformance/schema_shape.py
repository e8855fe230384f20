"""A JSON Schema on a text that arrives: one JSON value, read character by character.

White space around it and one code fence do not count (`code_fence`), as for a reply that is read as an object.

The text is dead at the first character after which it cannot become JSON, or after which the judge says that no
completion conforms. What `exact_json` refuses (a repeated key, too many digits, too deep) does not conform either.
"""

from typing import Any

from guardproxy import exact_json
from guardproxy.code_fence import Surroundings
from guardproxy.conformance.json_characters import JsonCharacters
from guardproxy.conformance.places import place_of
from guardproxy.conformance.schema_file import read_schema
from guardproxy.conformance.schema_judge import Judge
from guardproxy.conformance.schema_terms import Schema
from guardproxy.conformance.schema_why import why_not


class SchemaShape:
    """A schema, ready to judge. Raises `Refused` (a ValueError)."""

    def __init__(self, text: str) -> None:
        self.root = read_schema(text)
        self.ranks = _ranks(self.root)

    def accepts(self, text: str) -> bool:
        watch = self.watch()
        return watch.feed(text) and watch.accepts()

    def watch(self) -> "SchemaWatch":
        return SchemaWatch(self)

    def why_not(self, text: str, quoting: bool = True) -> str:
        """What is wrong, by its place in the value; or where the text stops being JSON. Empty where it conforms.

        Nothing of the text is repeated, so there is nothing to quote.
        """
        watch = self.watch()
        watch.feed(text)
        if watch.accepts():
            return ""
        value, reading = _value_in(text)
        return reading if reading else why_not(self.root, value, self._fits) or "it does not conform"

    def _fits(self, schema: Schema, value: Any) -> bool:
        judge = Judge(schema, self.ranks if id(schema) in self.ranks else _ranks(schema))
        reader, text = JsonCharacters(judge), exact_json.dumps(value) + " "
        at = 0
        while at < len(text):
            at = reader.read(text, at)
        return judge.verdict is True


class _Anything(Judge):
    """A judge that lets every value be, for the last one of a text."""

    def __init__(self) -> None:
        root = Schema()
        super().__init__(root, _ranks(root))
        self.value: Any = None

    def close(self, value: Any) -> None:
        self.value = value
        super().close(value)


def _value_in(text: str) -> tuple[Any, str]:
    """The JSON value that a text says, or in words where and why it says none."""
    around, judge = Surroundings(), _Anything()
    reader, at = JsonCharacters(judge), around.begin(text, 0)
    reason = "" if around.possible else _NO_JSON
    while not reason and not reader.complete and at < len(text):
        try:
            at = reader.read(text, at)
        except exact_json.JsonError as error:
            reason = "" if reader.complete else str(error)
    if not reason and reader.complete:
        at = around.end(text, at)
        reason = "" if around.possible else "behind the JSON value stands something else"
    if not reason and not reader.complete:
        number = reader.number_at_the_end()
        return number, "" if number is not None else "the text ends before the JSON value is complete"
    return judge.value, reason and f"{place_of(text, at)}: {reason}"


_NO_JSON = "it stops being one JSON value here"


class SchemaWatch:
    """Follows one text."""

    def __init__(self, shape: SchemaShape) -> None:
        self._shape = shape
        self._judge = Judge(shape.root, shape.ranks)
        self._json = JsonCharacters(self._judge)
        self._around = Surroundings()
        self._length = 0
        self.died_at: int | None = None

    @property
    def dead(self) -> bool:
        return self.died_at is not None

    def feed(self, text: str) -> bool:
        at = 0
        while self.died_at is None and at < len(text):
            at, fits = self._read(text, at)
            if not fits:
                self.died_at = self._length + at
        self._length += len(text)
        return self.died_at is None

    def _read(self, text: str, at: int) -> tuple[int, bool]:
        """Reads on: the index behind what was read, and True; or that of the character that does not fit."""
        if not self._around.begun:
            return self._around.begin(text, at), self._around.possible
        if self._json.complete:
            return self._around.end(text, at), self._around.possible
        try:
            end = self._json.read(text, at)
        except exact_json.JsonError:
            # The character may be what ends a number: then it stands behind the value.
            if not self._json.complete:
                return at, False
            end = at
        fits = self._judge.verdict is not False
        return end if fits else at, fits

    def accepts(self) -> bool:
        if self.died_at is not None:
            return False
        if self._json.complete:
            return self._judge.verdict is True
        number = self._json.number_at_the_end()
        return number is not None and self._judge.conforms(self._shape.root, number)


def _ranks(root: Schema) -> dict[int, int]:
    """A number for each schema, lower than that of every schema that it is a part of for the same value."""
    ranks: dict[int, int] = {}
    everywhere = [root]
    for start in everywhere:
        waiting = [start]
        while waiting:
            schema = waiting[-1]
            first = [beside for beside in schema.beside if id(beside) not in ranks]
            if first and id(schema) not in ranks:
                waiting.extend(first)
                continue
            waiting.pop()
            if id(schema) not in ranks:
                ranks[id(schema)] = len(ranks)
                everywhere.extend(_inside(schema))
    return ranks


def _inside(schema: Schema) -> list[Schema]:
    single = (schema.additional, schema.names, schema.items, schema.contains)
    return [
        *schema.properties.values(),
        *(found for _, found in schema.pattern_properties),
        *schema.first_items,
        *(found for found in single if found is not None),
    ]
