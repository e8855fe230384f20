"""A JSON Schema on a text that arrives: one JSON value with white space around it, read character by character.

The text is dead at the first character after which it cannot become JSON, or after which the judge says that no
completion conforms. What `exact_json` refuses (a repeated key, too many digits, too deep) does not conform either.
"""

from guardproxy import exact_json
from guardproxy.conformance.json_characters import JsonCharacters
from guardproxy.conformance.schema_file import read_schema
from guardproxy.conformance.schema_judge import Judge
from guardproxy.conformance.schema_terms import Schema


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


class SchemaWatch:
    """Follows one text."""

    def __init__(self, shape: SchemaShape) -> None:
        self._shape = shape
        self._judge = Judge(shape.root, shape.ranks)
        self._json = JsonCharacters(self._judge)
        self._length = 0
        self.died_at: int | None = None

    @property
    def dead(self) -> bool:
        return self.died_at is not None

    def feed(self, text: str) -> bool:
        at = 0
        while self.died_at is None and at < len(text):
            try:
                end = self._json.read(text, at)
            except exact_json.JsonError:
                self.died_at = self._length + at
                break
            if self._judge.verdict is False:
                self.died_at = self._length + at
            at = end
        self._length += len(text)
        return self.died_at is None

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
