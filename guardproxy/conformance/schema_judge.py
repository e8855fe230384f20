"""Three-valued: what a JSON value that is still arriving says to a schema.

True: every way to complete the value conforms. False: none does. None: not known yet. Each value that is open has a
`Frame`, with one `Check` for each schema that judges it, however many reasons there are to judge it. A frame reads only
what its own checks and the frame inside it say, so that an event costs as much as what it changes.

Keywords are judged one by one: that two of them contradict each other is seen when the value is complete.
"""

from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import Any

from guardproxy.conformance.schema_forms import FORMS
from guardproxy.conformance.schema_terms import Kind, Schema, canonical, kind_of

MOST_LOOKED_AT = 256
"""Of a text that is still arriving its patterns see this many characters; enumerated texts and lengths are exact."""


class Check:
    """One schema on one value. `inside` are the checks of the member or element that is arriving: those it must pass,
    and the one of `contains`."""

    __slots__ = ("candidates", "contained", "containing", "failed", "inside", "schema", "verdict")

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.verdict: bool | None = None
        self.failed = schema.never
        self.candidates = schema.listed_texts
        self.inside: list[Check] = []
        self.containing: Check | None = None
        self.contained = 0


class Frame:
    """One value that is arriving. `count` is its characters, elements or members so far.

    `awaited`: a member's name is there and its value is not."""

    def __init__(self, roots: Iterable[Schema], kind: Kind, ranks: dict[int, int]) -> None:
        self.kind = kind
        self.count = 0
        self.keys: set[str] = set()
        self.items: set[Hashable] = set()
        self.beginning = ""
        self.awaited = False
        self.closed = False
        self.value: Any = None
        self.checks: dict[int, Check] = {}
        waiting = list(roots)
        while waiting:
            schema = waiting.pop()
            if id(schema) not in self.checks:
                self.checks[id(schema)] = Check(schema)
                waiting.extend(schema.beside)
        # A schema's parts come before it, so that one pass settles all.
        self.order = sorted(self.checks.values(), key=lambda check: ranks[id(check.schema)])
        for check in self.order:
            schema = check.schema
            wrong = schema.kinds is not None and kind not in schema.kinds
            check.failed |= wrong or (schema.listed is not None and kind not in schema.listed_kinds)
        self.reads_text = kind == "string" and any(
            s.listed is not None or s.patterns or s.max_length is not None for s in self._schemas()
        )
        self._closed_keys = [c for c in self.order if kind == "object" and _only_listed_keys(c.schema)]
        self._unique = kind == "array" and any(schema.unique for schema in self._schemas())

    def _schemas(self) -> Iterable[Schema]:
        return (check.schema for check in self.order)

    def refresh(self) -> bool:
        """Judges again; whether anything has changed."""
        changed = False
        for check in self.order:
            if check.verdict is None:
                check.verdict = self._verdict(check)
                changed |= check.verdict is not None
        return changed

    # --- what arrives

    def read_character(self, character: str) -> bool:
        """One more character of a text; whether a check may have changed."""
        place, failures = self.count, 0
        self.count += 1
        if place < MOST_LOOKED_AT:
            self.beginning += character
        for check in self.order:
            schema = check.schema
            if check.failed:
                continue
            if schema.listed is not None:
                check.candidates = tuple(t for t in check.candidates if t[place : place + 1] == character)
                check.failed = not check.candidates
            check.failed |= schema.max_length is not None and self.count > schema.max_length
            if place < MOST_LOOKED_AT and not check.failed:
                check.failed = not all(pattern.possible(self.beginning) for pattern in schema.patterns)
            failures += check.failed
        return failures > 0

    def read_key(self, beginning: str) -> bool:
        """A member's name begins so; whether a check may have changed."""
        for check in self._closed_keys:
            free = (name for name in check.schema.properties if name not in self.keys)
            check.failed |= not any(name.startswith(beginning) for name in free)
        return bool(self._closed_keys)

    def expect_more(self) -> None:
        """Another member or element is certain to follow."""
        for check in self.order:
            schema = check.schema
            if self.kind == "array":
                following = schema.of_item(self.count)
                full = schema.max_items is not None and self.count >= schema.max_items
                check.failed |= full or (following is not None and following.never)
            else:
                check.failed |= schema.max_members is not None and self.count >= schema.max_members
        self.read_key("")

    def begin_member(self, key: str, judge: "Judge") -> list[Schema]:
        """The schemas that judge the member with this name."""
        self.keys.add(key)
        self.count += 1
        self.awaited = True
        wanted: list[Schema] = []
        for check in self.order:
            schema = check.schema
            judging = schema.of_member(key)
            room = None if schema.max_members is None else schema.max_members - self.count
            check.failed |= room is not None and room < len(schema.required - self.keys)
            check.failed |= any(judged.never for judged in judging)
            check.failed |= schema.names is not None and not judge.conforms(schema.names, key)
            wanted.extend(judging)
        return wanted

    def begin_item(self) -> list[Schema]:
        """The schemas that judge the next element."""
        self.expect_more()
        self.count += 1
        wanted: list[Schema] = []
        for check in self.order:
            of_item = check.schema.of_item(self.count - 1)
            wanted.extend(schema for schema in (of_item, check.schema.contains) if schema is not None)
        return wanted

    def attach(self, inner: "Frame", key: str) -> None:
        """The value that now begins inside is judged by `inner`."""
        self.awaited = False
        for check in self.order:
            if self.kind == "object":
                check.inside = [inner.checks[id(schema)] for schema in check.schema.of_member(key)]
                continue
            of_item, contains = check.schema.of_item(self.count - 1), check.schema.contains
            check.inside = [] if of_item is None else [inner.checks[id(of_item)]]
            check.containing = None if contains is None else inner.checks[id(contains)]

    def end_inside(self, value: Any) -> None:
        """The value inside is complete and judged."""
        repeated = False
        if self._unique:
            item = canonical(value)
            repeated = item in self.items
            self.items.add(item)
        for check in self.order:
            check.failed |= any(inside.verdict is False for inside in check.inside)
            check.failed |= repeated and check.schema.unique
            check.contained += check.containing is not None and check.containing.verdict is True
            check.inside, check.containing = [], None

    # --- what it says

    def _verdict(self, check: Check) -> bool | None:
        if check.failed or any(inside.verdict is False for inside in check.inside):
            return False
        own = _whole(check, self) if self.closed else self._settled(check)
        if own is False or _too_many_contained(check):
            return False
        return _all([own, *self._beside(check)])

    def _beside(self, check: Check) -> Iterable[bool | None]:
        """What the keywords say that judge the same value by other schemas."""
        schema = check.schema
        yield from self._said(schema.all_of)
        if schema.any_of:
            yield _any(self._said(schema.any_of))
        if schema.one_of:
            yield _one(self._said(schema.one_of))
        if schema.not_ is not None:
            said = self._said((schema.not_,))[0]
            yield None if said is None else not said
        if schema.if_ is not None:
            yield self._conditional(schema, schema.if_)
        for key, dependent in schema.dependent.items():
            said = self._said((dependent,))[0]
            if key in self.keys:
                yield said
            else:
                yield True if self.closed or self.kind != "object" or said else None

    def _conditional(self, schema: Schema, condition: Schema) -> bool | None:
        holds = self._said((condition,))[0]
        then = True if schema.then is None else self._said((schema.then,))[0]
        otherwise = True if schema.else_ is None else self._said((schema.else_,))[0]
        if holds is None:
            return then if then == otherwise else None
        return then if holds else otherwise

    def _said(self, schemas: tuple[Schema, ...]) -> list[bool | None]:
        return [self.checks[id(schema)].verdict for schema in schemas]

    def _settled(self, check: Check) -> bool | None:
        """True where no own keyword of the schema can fail any more."""
        schema = check.schema
        if schema.listed is not None or self.awaited or not all(inside.verdict for inside in check.inside):
            return None
        match self.kind:
            case "object":
                free = schema.names is None and schema.additional is None and schema.max_members is None
                known = schema.properties.keys() <= self.keys and schema.required <= self.keys
                plain = not schema.pattern_properties and not schema.dependent_required
                return True if free and known and plain and self.count >= schema.min_members else None
            case "array":
                free = schema.items is None and schema.max_items is None and schema.max_contains is None
                known = len(schema.first_items) <= self.count and self.count >= schema.min_items
                contained = check.contained + (check.containing is not None and check.containing.verdict is True)
                enough = schema.contains is None or contained >= schema.min_contains
                return True if free and known and enough and not schema.unique else None
            case "string":
                free = schema.max_length is None and not schema.patterns and not schema.form
                return True if free and self.count >= schema.min_length else None
        limits = (schema.at_least, schema.at_most, schema.above, schema.below, schema.multiple_of)
        return True if not schema.whole_only and all(limit is None for limit in limits) else None


def _only_listed_keys(schema: Schema) -> bool:
    return schema.additional is not None and schema.additional.never and not schema.pattern_properties


def _too_many_contained(check: Check) -> bool:
    most = check.schema.max_contains
    here = check.containing is not None and check.containing.verdict is True
    return check.schema.contains is not None and most is not None and check.contained + here > most


def _whole(check: Check, frame: Frame) -> bool:
    """Whether the schema's own keywords hold for a complete value, apart from what was judged on the way."""
    schema, value = check.schema, frame.value
    if schema.listed is not None and canonical(value) not in schema.listed:
        return False
    match frame.kind:
        case "object":
            needed = schema.required.union(*(n for key, n in schema.dependent_required.items() if key in value))
            return needed <= value.keys() and _within(len(value), schema.min_members, schema.max_members)
        case "array":
            enough = schema.contains is None or check.contained >= schema.min_contains
            return enough and _within(len(value), schema.min_items, schema.max_items)
        case "string":
            fits = _within(len(value), schema.min_length, schema.max_length)
            formed = not schema.form or FORMS[schema.form](value)
            return fits and formed and all(pattern.found(value) for pattern in schema.patterns)
        case "number":
            return _number_fits(schema, value)
    return True


def _number_fits(schema: Schema, value: Any) -> bool:
    return (
        (not schema.whole_only or value == int(value))
        and (schema.at_least is None or value >= schema.at_least)
        and (schema.at_most is None or value <= schema.at_most)
        and (schema.above is None or value > schema.above)
        and (schema.below is None or value < schema.below)
        and (schema.multiple_of is None or Fraction(value) % schema.multiple_of == 0)
    )


def _within(count: int, least: int, most: int | None) -> bool:
    return least <= count and (most is None or count <= most)


def _all(said: Iterable[bool | None]) -> bool | None:
    found = list(said)
    return False if False in found else None if None in found else True


def _any(said: Iterable[bool | None]) -> bool | None:
    found = list(said)
    return True if True in found else None if None in found else False


def _one(said: Iterable[bool | None]) -> bool | None:
    found = list(said)
    if found.count(True) > 1 or found.count(False) == len(found):
        return False
    return None if None in found else True


class Judge:
    """Follows one value from its first character; the reader of the JSON text says what arrives."""

    def __init__(self, root: Schema, ranks: dict[int, int]) -> None:
        self._root = root
        self._ranks = ranks
        self._frames: list[Frame] = []
        self._key = ""
        self.verdict: bool | None = None

    def begin(self, kind: Kind) -> None:
        """A value begins: the whole one, or the next member or element of the innermost one."""
        if not self._frames:
            frame = Frame([self._root], kind, self._ranks)
        else:
            outer = self._frames[-1]
            wanted = outer.begin_item() if outer.kind == "array" else self._of_member
            frame = Frame(wanted, kind, self._ranks)
            outer.attach(frame, self._key)
        self._frames.append(frame)
        self._update()

    @property
    def reads_text(self) -> bool:
        """Whether the characters of the text that is arriving matter before its end."""
        return self._frames[-1].reads_text

    def character(self, character: str) -> None:
        if self._frames[-1].read_character(character):
            self._update()

    def key_begins(self, beginning: str) -> None:
        """The name of a member, as far as it has come."""
        if self._frames[-1].read_key(beginning):
            self._update()

    def member(self, key: str) -> None:
        """The name of a member is complete; its value comes next."""
        self._key = key
        self._of_member = self._frames[-1].begin_member(key, self)
        self._update()

    def more(self) -> None:
        """Behind a comma: another member or element has to follow."""
        self._frames[-1].expect_more()
        self._update()

    def close(self, value: Any) -> None:
        """The innermost value is complete."""
        frame = self._frames[-1]
        frame.closed, frame.value = True, value
        if isinstance(value, str):
            frame.count = len(value)
        self._update()
        self._frames.pop()
        if self._frames:
            self._frames[-1].end_inside(value)
            self._update()

    def conforms(self, schema: Schema, value: Any) -> bool:
        """Whether a complete text or number conforms."""
        other = Judge(schema, self._ranks)
        other.begin(kind_of(value))
        other.close(value)
        return other.verdict is True

    def _update(self) -> None:
        for index in range(len(self._frames) - 1, -1, -1):
            if not self._frames[index].refresh() and index < len(self._frames) - 1:
                break
        if self.verdict is None and self._frames:
            self.verdict = self._frames[0].checks[id(self._root)].verdict
