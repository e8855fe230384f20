"""Values as people write them in a sentence: `1,216`, `seventeen`, `12.5 %`, `$5 million`, `2 hours 30 minutes`, dates.

`expression` gives the RE2 expression that finds values of a type, `read` what they are, in the type's base unit. What
is found and is no value of the type is `INVALID`: out of range, off the grid, another currency or dimension, thousands
that are not three digits, a percentage without its sign, a plain number with a unit. A bare number is in the type's own
unit. A range (`10 to 12`) says each of its ends; a compound (`1 kg 500 g`) is one value. `amount_words` has the words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from guardproxy.ir.currencies import HUNDREDTHS, WORDS, meant_by, minor_units
from guardproxy.ir.measures import spoken_unit
from guardproxy.ir.types import INVALID, Number, OneOf, Rational, Text, Type, Value, rational
from guardproxy.patterns import amount_words, dates_in_text
from guardproxy.patterns.amount_words import Amount, amounts_in
from guardproxy.patterns.number_words import any_of
from guardproxy.patterns.syntax import parse
from guardproxy.patterns.tree import NOTHING, Node, Printed, printed


@dataclass(frozen=True, slots=True)
class Said:
    """The values that a found text says, and how many of its characters say them. No values: it says none."""

    values: tuple[Value, ...]
    length: int


def is_counted(kind: Type) -> bool:
    """Whether values are numbers with units, of which several may stand side by side."""
    return isinstance(kind, Number) and kind.kind not in ("date", "time", "instant")


def expression(kind: Type, *, last: bool = True) -> str:
    """The expression of values of this type. `last`: nothing of a template follows. Nothing for lists."""
    match kind:
        case Number(kind="percent"):
            return amount_words.PERCENTAGES
        case Number(kind="money"):
            return amount_words.MONEY
        case Number(kind="quantity" | "calendar"):
            return amount_words.QUANTITIES
        case Number(kind="date"):
            return dates_in_text.DATE
        case Number(kind="time"):
            return dates_in_text.TIME
        case Number(kind="instant"):
            return dates_in_text.INSTANT
        case Number():
            return amount_words.LAST_NUMBERS if last else amount_words.NUMBERS
        case OneOf(values):
            return rf"(?i:{any_of(values)})"
        case Text():
            return r"[^\s.,;:!?\x22]+"
        case _:
            return NOTHING


def tree(kind: Type, *, last: bool) -> Node:
    """The same, ready to stand in a template."""
    return _printed(expression(kind, last=last))


@lru_cache(maxsize=64)
def _printed(source: str) -> Printed:
    return printed(parse(source))


def read(kind: Type, text: str, *, last: bool = True) -> Said:
    """What a text says that was found, or begins with what was."""
    match kind:
        case Number() if is_counted(kind):
            found = amounts_in(text, kind.kind)
            counting = [a for a in _told(found, last) if not _is_pronoun(a, last, kind)]
            values = tuple(dict.fromkeys(_checked(kind, v) for v in _values(kind, counting)))
            return Said(values, counting[-1].end if counting else len(text))
        case Number():
            return Said((_checked(kind, _moment(kind, text)),), len(text))
        case OneOf(values):
            return Said((next((v for v in values if v.casefold() == text.casefold()), INVALID),), len(text))
        case Text(low, high):
            fits = low <= len(text) and (high is None or len(text) <= high)
            return Said((text if fits else INVALID,), len(text))
        case _:
            return Said((INVALID,), len(text))


def _told(found: list[Amount], last: bool) -> list[Amount]:
    """Those that belong together: `16 and 3 others` says 16, `in 2025 and 16 weeks` says 16."""
    if not last:
        return [a for a, after in zip(found, [*found[1:], None], strict=True) if not (after and _is_year(a, after))]
    told: list[Amount] = []
    for amount in found:
        if told and amount.joined == "and" and not (amount.before or amount.behind):
            break
        told.append(amount)
    return told


def _is_year(amount: Amount, after: Amount) -> bool:
    bare = not (amount.before or amount.behind) and amount.text.isdigit() and len(amount.text) == 4
    return bare and after.joined in ("and", "or") and amount.text[:2] in ("19", "20")


def _is_pronoun(amount: Amount, last: bool, kind: Number) -> bool:
    """`The allowance is one of the reliefs` names no number; neither does an ordinal."""
    if amount.is_ordinal:
        return True
    return last and amount.text.casefold() == "one" and not (amount.before or amount.behind)


def _checked(kind: Number, value: Rational | None) -> Value:
    if value is None or (kind.low is not None and value < kind.low) or (kind.high is not None and value > kind.high):
        return INVALID
    on_grid = kind.grid is None or Fraction(value) / Fraction(kind.grid) % 1 == 0
    return rational(Fraction(value)) if on_grid else INVALID


def _values(kind: Number, amounts: list[Amount]) -> Iterator[Rational | None]:
    """Compounds are added up; the ends of a range share the unit that only one of them has."""
    units = [a.behind for a in amounts]
    for i in range(len(amounts) - 2, -1, -1):
        if not units[i] and not amounts[i].before and amounts[i + 1].joined:
            units[i] = units[i + 1]
    signs = [a.before for a in amounts]
    for i in range(1, len(amounts)):
        if not (units[i] or signs[i]):
            signs[i], units[i] = signs[i - 1], units[i - 1]
    total: Rational | None = None
    smallest: Rational | None = None
    for i, amount in enumerate(amounts):
        value = _value(kind, amount.value, signs[i], units[i])
        size = _size(kind, signs[i], units[i])
        if i and amount.joined in ("", "and") and _goes_on(value, size, total, smallest) and not amount.before:
            total = None if total is None or value is None else total + value
        else:
            if i:
                yield total
            total = value
        smallest = size
    if amounts:
        yield total


def _goes_on(value: Rational | None, size: Rational | None, total: Rational | None, last: Rational | None) -> bool:
    """Whether an amount adds to the one before it: `2 hours 30 minutes`, `$5 and 50 cents`."""
    return (
        size is not None
        and last is not None
        and size < last
        and value is not None
        and 0 <= value < last
        and (total is None or total >= 0)
    )


def _size(kind: Number, before: str, behind: str) -> Rational | None:
    """How large one of the unit is in the base unit; None where no unit is said."""
    if kind.kind == "money":
        return _money(kind, Fraction(1), before, behind) if before or behind else None
    return _quantity(kind, Fraction(1), behind) if behind and kind.kind in ("quantity", "calendar") else None


def _value(kind: Number, value: Fraction | None, before: str, behind: str) -> Rational | None:
    if value is None:
        return None
    match kind.kind:
        case "percent":
            return value / 100 if behind else None
        case "money":
            return _money(kind, value, before, behind)
        case "quantity" | "calendar":
            return _quantity(kind, value, behind)
        case _:
            return None if behind else value * kind.wire


@lru_cache(maxsize=4096)
def _money(kind: Number, value: Fraction, before: str, behind: str) -> Rational | None:
    own = kind.currency
    if not before and not behind:
        return value * kind.wire
    if not before and behind.casefold() in HUNDREDTHS:
        return value if own in HUNDREDTHS[behind.casefold()] else None
    if before and _is_measure(behind):
        behind = ""  # `$30 min`
    if any(word and meant_by(word, own) != own for word in (before, behind)):
        return None
    return value * minor_units(own)


def _is_measure(name: str) -> bool:
    return spoken_unit(name) is not None and name.casefold() not in WORDS if name else False


@lru_cache(maxsize=4096)
def _quantity(kind: Number, value: Fraction, name: str) -> Rational | None:
    if not name:
        return value * kind.wire
    found = spoken_unit(name)
    if found is None or (found.kind, found.dimension) != (kind.kind, kind.dimension):
        return None
    return value * found.factor


def _moment(kind: Number, text: str) -> Rational | None:
    match kind.kind:
        case "date":
            return dates_in_text.read_date(text)
        case "time":
            return dates_in_text.read_time(text)
        case _:
            return dates_in_text.read_instant(text, kind.zone)
