"""What a term becomes in the solver: a value, and the formulas that say when it has one."""

from dataclasses import dataclass

from guardproxy.logic.linear import Expression, Linear


@dataclass(frozen=True, slots=True)
class Rails:
    """When a condition is true and when it is false."""

    true: Expression
    false: Expression


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, and when it has a value."""

    value: Linear
    defined: Expression


@dataclass(frozen=True, slots=True)
class Label:
    """A listed value or text, as the number that stands for it, and when it has a value."""

    value: Expression
    defined: Expression
