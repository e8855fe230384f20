"""Decision tables: their rows as terms, and whether they cover every case exactly once."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import pairwise, product
from math import prod
from operator import and_

from guardproxy.ir import build
from guardproxy.ir.measures import unit
from guardproxy.ir.printed import shown
from guardproxy.ir.terms import Constant, Term
from guardproxy.ir.types import Number, OneOf, Rational, Type, YesNo
from guardproxy.language import types
from guardproxy.language.phrases import Arithmetic, Between, Literal, Name, Path, Phrase
from guardproxy.language.place import Place
from guardproxy.language.syntax import AnyKey, Key, KeyRange, Row, Table
from guardproxy.language.times import TimeLowering
from guardproxy.language.types import described
from guardproxy.language.values import Typed, number_of

MAX_CELLS = 20_000
"""Beyond so many combinations of keys a table is not searched for gaps."""


@dataclass(frozen=True, slots=True)
class Cover:
    """The values that one key of a row stands for: listed ones, or all from `low` to `high`; `any`: every value."""

    listed: frozenset[object] = frozenset()
    low: Rational = 0
    high: Rational = 0
    any: bool = False


class TableLowering(TimeLowering):
    def table(self, name: Name, place: Place) -> Typed | None:
        """The value of a table where it is read: the key `room.kind` is that of the surrounding `every room in ...`."""
        table = self.names.tables[name.text]
        if name.text in place.reading:
            self.circular(name)
            return None
        inside = place.inside(name.text)
        keys = [self.value(path, inside) for path in table.by]
        words = _listed_values(table)
        rows = [self._row(row, keys, table, words) for row in table.rows]
        found = [r for r in rows if r is not None]
        types_ = [r[2].type for r in found]
        if not table.rows:
            self.mistakes.error(
                "E029", f"the table `{name.text}` has no rows", table.name.span, "add rows `key : value`"
            )
        if len(found) < len(rows) or not found or any(k is None for k in keys) or not self._one_type(table, types_):
            return None
        self._check_cover(table, [k.type for k in keys if k is not None], [r[1] for r in found])
        term = build.case(*((r[0], r[2].term) for r in found))
        return Typed(term, types.unlimited(types_[0]) if isinstance(types_[0], Number) else types_[0])

    def _row(
        self, row: Row, keys: list[Typed | None], table: Table, words: OneOf | None
    ) -> tuple[Term, tuple[Cover, ...], Typed] | None:
        if len(row.keys) != len(table.by):
            message = f"this row has {len(row.keys)} keys, the table has {len(table.by)}"
            self.mistakes.error("E031", message, row.span, "give one key for each path behind `by`")
            return None
        value = self.value(row.value, Place(), words)
        found = [self._key(k, path, of) for k, path, of in zip(row.keys, table.by, keys, strict=True) if of is not None]
        known = [f for f in found if f is not None]
        if value is None or len(known) < len(row.keys):
            return None
        return build.all_of(*(k[0] for k in known)), tuple(k[1] for k in known), value

    def _key(self, key: Key, path: Phrase, of: Typed) -> tuple[Term, Cover] | None:
        match key:
            case AnyKey():
                return build.TRUE, Cover(any=True)
            case KeyRange():
                return self._range(key, path, of)
        value = self.value(key, Place(), of.type)
        if value is None or not self._fits(key, path, of.type, value.type):
            return None
        assert isinstance(value.term, Constant)
        return build.compare("is", of.term, value.term), Cover(frozenset({value.term.value}))

    def _range(self, key: KeyRange, path: Phrase, of: Typed) -> tuple[Term, Cover] | None:
        low, high = self.value(key.low, Place()), self.value(key.high, Place())
        if low is None or high is None:
            return None
        if not (self._fits(key.low, path, of.type, low.type) and self._fits(key.high, path, of.type, high.type)):
            return None
        if not isinstance(low.term, Constant) or not isinstance(high.term, Constant):
            return None
        first, last = number_of(low.term), number_of(high.term)
        if first > last:
            self.mistakes.error("E033", "the range runs backwards", key.span, "write the smaller value first")
            return None
        term = build.all_of(build.compare("at least", of.term, low.term), build.compare("at most", of.term, high.term))
        return term, Cover(low=first, high=last)

    def _fits(self, key: Phrase, path: Phrase, wanted: Type, found: Type) -> bool:
        if isinstance(wanted, Number) and isinstance(found, Number):
            clash = types.clash(wanted, found)
            if clash is not None:
                help_ = without_unit(key, found, path, wanted) or clash.help
                self.mistakes.error(clash.code, clash.message, key.span, help_)
            return clash is None
        if type(wanted) is type(found):
            return True
        message = f"the key `{key.span.text}` is {described(found)}, `{path.span.text}` is {described(wanted)}"
        self.mistakes.error("E012", message, key.span, "write a value that it can have")
        return False

    def _one_type(self, table: Table, found: list[Type]) -> bool:
        for row, type_ in zip(table.rows, found, strict=True):
            first = found[0]
            both = isinstance(first, Number) and isinstance(type_, Number)
            clash = types.clash(first, type_) if isinstance(first, Number) and isinstance(type_, Number) else None
            if clash is not None or (not both and type(first) is not type(type_)):
                message = f"`{row.value.span.text}` is {described(type_)}, the first row has {described(first)}"
                self.mistakes.error("E012", message, row.value.span, "all rows have values of one kind")
                return False
        return True

    # --- gaps and overlaps -------------------------------------------------------------------------------------------

    def _check_cover(self, table: Table, keys: list[Type], covers: list[tuple[Cover, ...]]) -> None:
        cells = [_cells(type_, [row[i] for row in covers]) for i, type_ in enumerate(keys)]
        if prod(len(c) for c in cells) > MAX_CELLS:
            return
        reported: set[tuple[int, int]] = set()
        gap_reported = False
        taken: set[int] = set()
        masks = [_covering(of, [row[i] for row in covers]) for i, of in enumerate(cells)]
        for cell, held in zip(product(*cells), product(*masks), strict=True):
            rows = _places(reduce(and_, held))
            if not rows and not gap_reported:
                gap_reported = True
                self._report_gap(table, keys, cell)
            taken.update(rows[:1])
            for later in rows[1:]:
                if (rows[0], later) not in reported and not _falls_back(covers[rows[0]], covers[later]):
                    reported.add((rows[0], later))
                    self._report_overlap(table, rows[0], later)

        for i, row in enumerate(covers):
            if i not in taken and any(c.any for c in row) and not any(i == later for _, later in reported):
                message = f"nothing is left for this row of `{table.name.text}`: the others cover every case"
                self.mistakes.warning("W212", message, table.rows[i].span, "take it out, or correct the other rows")

    def _report_gap(self, table: Table, keys: list[Type], cell: tuple[object, ...]) -> None:
        case = ", ".join(_shown(value, type_) for value, type_ in zip(cell, keys, strict=True))
        help_ = "add a row for it, or one with the key `any`"
        self.mistakes.error("E029", f"the table `{table.name.text}` has no row for {case}", table.name.span, help_)

    def _report_overlap(self, table: Table, first: int, later: int) -> None:
        line = table.rows[first].span.position[0]
        message = f"this row covers a case that the row on line {line} covers too"
        self.mistakes.error("E030", message, table.rows[later].span, "let each case stand in one row")


def _listed_values(table: Table) -> OneOf | None:
    """The listed values that the rows give, where these are words."""
    words = [row.value.text for row in table.rows if isinstance(row.value, Path) and len(row.value.names) == 1]
    return OneOf(tuple(dict.fromkeys(words))) if words and len(words) == len(table.rows) else None


def _cells(type_: Type, covers: list[Cover]) -> list[object]:
    """One value for each part of the key's values on which all rows agree."""
    if isinstance(type_, OneOf):
        return list(type_.values)
    if isinstance(type_, YesNo):
        return [True, False]
    if not isinstance(type_, Number):
        listed = {value for cover in covers for value in cover.listed}
        return [*listed, object()]
    return list(_number_cells(type_, covers))


def _covering(cells: list[object], covers: list[Cover]) -> list[int]:
    """For each cell the rows that cover it, as a set of bits. The cells of numbers are in order."""
    place = {cell: i for i, cell in enumerate(cells)}
    numbers = [cell for cell in cells if isinstance(cell, int | Fraction) and not isinstance(cell, bool)]
    found, everywhere = [0] * len(cells), 0
    for row, cover in enumerate(covers):
        bit = 1 << row
        if cover.any:
            everywhere |= bit
        elif cover.listed:
            for value in cover.listed & place.keys():
                found[place[value]] |= bit
        else:
            for i in range(bisect_left(numbers, cover.low), bisect_right(numbers, cover.high)):
                found[i] |= bit
    return [rows | everywhere for rows in found]


def _places(bits: int) -> list[int]:
    """The places of the bits that are set, the lowest first."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found


def _number_cells(type_: Number, covers: list[Cover]) -> list[Rational]:
    edges: set[Fraction] = set()
    for cover in covers:
        edges.update(Fraction(v) for v in cover.listed if isinstance(v, int | Fraction))
        if not cover.listed and not cover.any:
            edges.update((Fraction(cover.low), Fraction(cover.high)))
    edges.update(Fraction(v) for v in (type_.low, type_.high) if v is not None)
    ordered = sorted(edges)
    step = Fraction(type_.grid) if type_.grid is not None else None
    between = [(a + (step if step else (b - a) / 2)) for a, b in pairwise(ordered)]
    cells = {*ordered, *(c for c in between if c not in edges and c < ordered[-1])}
    if ordered and type_.low is None:
        cells.add(ordered[0] - (step or 1))
    if ordered and type_.high is None:
        cells.add(ordered[-1] + (step or 1))
    low, high = type_.low, type_.high
    return sorted(c for c in cells if (low is None or c >= low) and (high is None or c <= high))


def without_unit(literal: Phrase, its: Number, other: Phrase, plain: Number) -> str:
    """What to do about a literal with a unit where the other side is a plain number; empty where that is not so."""
    if plain.kind not in types.PLAIN or not isinstance(literal, Literal) or its.kind not in _WITH_UNIT:
        return ""
    if isinstance(other, Arithmetic):
        times = f"{literal.span.text} * {other.right.span.text}"
        return f"multiply instead: `... {times}`" if other.operation == "/" else ""
    if isinstance(other, Between):
        one = unit(other.unit)
        length, per = literal.number * Fraction(its.wire), Fraction(one.factor) if one is not None else Fraction(0)
        written = (
            f"{length / per}" if per and its.kind == _KIND_OF[other.unit] and (length / per).denominator == 1 else ""
        )
        written = written or f"a number of {other.unit}"
        said = f"`{other.unit} from A to B` is a plain number"
        return (
            f"take the unit out: {said}, so write `{written}`" if written[0].isdigit() else f"{said}: write {written}"
        )
    return f"take the unit out: `{other.span.one_line}` is a plain number, so write `{_figure(literal)}`"


_WITH_UNIT = ("quantity", "calendar", "money", "percent")
_KIND_OF = {"days": "quantity", "hours": "quantity", "minutes": "quantity", "months": "calendar", "years": "calendar"}


def _figure(literal: Literal) -> str:
    found = re.search(r"[0-9][0-9,.]*", literal.span.text)
    return found.group() if found is not None else literal.span.text


def _falls_back(first: tuple[Cover, ...], later: tuple[Cover, ...]) -> bool:
    """Whether the later row is meant for what the first leaves over: it says `any` where the first is closer."""
    wider = any(b.any and not a.any for a, b in zip(first, later, strict=True))
    narrower = any(a.any and not b.any for a, b in zip(first, later, strict=True))
    return wider and not narrower


def _shown(value: object, type_: Type) -> str:
    """One value of a key, as a row names it."""
    if isinstance(value, str) and isinstance(type_, OneOf):
        return f"`{value}`"
    return f"`{shown(value, type_)}`" if isinstance(value, bool | int | Fraction | str) else "other values"
