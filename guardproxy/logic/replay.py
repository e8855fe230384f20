"""A model of the solver's, read back as plain values, so that the reference evaluator can check what it shows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import z3

from guardproxy.ir.evaluate import evaluate
from guardproxy.ir.terms import Finder, Term, Variable
from guardproxy.ir.types import ABSENT, UNKNOWN, Rational, Record, State, Value, rational
from guardproxy.logic.encode import Encoding
from guardproxy.logic.linear import Expression, Linear

_LONGEST_LIST: Final = 10_000
"""Elements that a list of a replayed model may have."""


class NotReplayable(ValueError):
    """The model has no plain values: an irrational number, too long a list, a text that is both found and not."""


@dataclass(frozen=True, slots=True)
class Model:
    """Values for the variables, and what the finders say of the texts among them."""

    values: Mapping[Variable, Value]
    findings: Mapping[tuple[tuple[Finder, ...], str], bool]

    def value_of(self, term: Term) -> Value:
        """What the reference evaluator says of a term. A finding that the model leaves open makes it unknown."""
        try:
            return evaluate(term, self.values, lambda finders, text: self.findings[finders, text])
        except KeyError:
            return State.UNKNOWN


def read_model(model: z3.ModelRef, encoding: Encoding) -> Model:
    """Raises `NotReplayable`."""
    values: dict[Variable, Value] = {}
    for variable, value in encoding.numbers.items():
        values[variable] = linear_value(model, value)
    for variable, condition in encoding.conditions.items():
        values[variable] = holds_in(model, condition)
    for variable, size in encoding.sizes.items():
        values[variable] = _placeholders(_whole(model, size))
    texts = {index: text for text, index in encoding.texts.items()}
    for variable, label in encoding.labels.items():
        index = _whole(model, label)
        values[variable] = texts.get(index, f"another text {index}")
    for variable in (*(text for text, _ in encoding.findings), *encoding.presence):
        values.setdefault(variable, {} if isinstance(variable.type, Record) else f"some text {len(values)}")
    findings = _findings(model, encoding, values)
    for variable, present in encoding.presence.items():
        if not holds_in(model, present):
            values[variable] = ABSENT
    return Model(values, findings)


def guesses_texts(encoding: Encoding) -> bool:
    """Whether a text is looked at in more than one way, so that the solver may combine what no text combines."""
    ways = Counter(text for text, _ in encoding.findings)
    return any(count > 1 or text in encoding.labels for text, count in ways.items())


def linear_value(model: z3.ModelRef, value: Linear) -> Rational:
    parts = (factor * _number(model, unknown) for unknown, factor in value.unknowns.values())
    return rational(sum(parts, value.constant))


def holds_in(model: z3.ModelRef, condition: Expression) -> bool:
    return bool(z3.is_true(model.eval(condition, model_completion=True)))


def _findings(
    model: z3.ModelRef, encoding: Encoding, values: Mapping[Variable, Value]
) -> dict[tuple[tuple[Finder, ...], str], bool]:
    found: dict[tuple[tuple[Finder, ...], str], bool] = {}
    for (variable, finders), finding in encoding.findings.items():
        text, says = values[variable], holds_in(model, finding)
        if found.setdefault((finders, str(text)), says) != says:
            raise NotReplayable("one text, two findings")
    return found


def _number(model: z3.ModelRef, unknown: Expression) -> Rational:
    value = model.eval(unknown, model_completion=True)
    if z3.is_int_value(value):
        return int(value.as_long())
    if z3.is_rational_value(value):
        return rational(value.as_fraction())
    raise NotReplayable("an irrational number")


def _whole(model: z3.ModelRef, unknown: Expression) -> int:
    return int(model.eval(unknown, model_completion=True).as_long())


def _placeholders(size: int) -> tuple[Value, ...]:
    if size > _LONGEST_LIST:
        raise NotReplayable("too long a list")
    return (UNKNOWN,) * size
