"""Listed values that no rule speaks of where rules speak of the others, one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guardproxy.ir.policy import Rule
from guardproxy.ir.terms import Case, Compare, Constant, FieldOf, Or, Term, Variable
from guardproxy.ir.types import Number, OneOf
from guardproxy.ir.walk import subterms, variables
from guardproxy.proofs.directions import Direction, directions
from guardproxy.source import Span


@dataclass(frozen=True, slots=True)
class Unhandled:
    """Rules limit `field` for each of several values of `guard`, each for itself, and none does for `value`."""

    guard: str
    value: str
    field: str
    rules: tuple[str, ...]
    span: Span


def unhandled_values(rules: Sequence[Rule]) -> Iterator[Unhandled]:
    """Where at least two rules limit a field in the same direction, each for one value, and one value has none.

    Not where some rule limits the field whatever the value is, or by a table, which is complete.
    """
    limited: dict[tuple[Variable, Variable, Direction], dict[str, Rule]] = {}
    spoken: dict[tuple[Variable, Variable], set[str]] = {}
    always: set[Variable] = set()
    for rule in rules:
        guards, ways = dict(_guards(rule.applies)), directions(rule.demands)
        for field in _limited(rule.demands):
            if not guards or any(isinstance(v.type, OneOf) for v in variables(rule.demands)):
                always.add(field)
            for guard, values in guards.items():
                spoken.setdefault((guard, field), set()).update(values)
                if len(values) == 1:
                    limited.setdefault((guard, field, ways[field]), {})[values[0]] = rule
    for (guard, field, _), by_value in limited.items():
        assert isinstance(guard.type, OneOf)
        left = [value for value in guard.type.values if value not in spoken[guard, field]]
        if field in always or len(by_value) < _FEWEST or len(left) != 1 or _depends_on_table(rules, field):
            continue
        ids = tuple(dict.fromkeys(rule.id for rule in by_value.values()))
        yield Unhandled(guard.name, left[0], field.name, ids, list(by_value.values())[-1].span)


_FEWEST = 2


def _limited(demands: Term) -> list[Variable]:
    """The numbers of the answer that a demand compares."""
    found = [v for v in variables(demands) if isinstance(v.type, Number) and isinstance(v.origin, FieldOf)]
    return [v for v in found if isinstance(v.origin, FieldOf) and v.origin.kind in ("reply", "call", "tool", "claims")]


def _guards(applies: Term) -> Iterator[tuple[Variable, tuple[str, ...]]]:
    """The field that a rule wants to have one of some listed values, where that is its whole condition."""
    found = [_listed(each) for each in (applies.terms if isinstance(applies, Or) else (applies,))]
    known = [each for each in found if each is not None]
    if known and len(known) == len(found) and len({variable for variable, _ in known}) == 1:
        yield known[0][0], tuple(value for _, value in known)


def _listed(term: Term) -> tuple[Variable, str] | None:
    match term:
        case Compare("is", Variable(type=OneOf()) as variable, Constant(str() as value)):
            return variable, value
    return None


def _depends_on_table(rules: Sequence[Rule], field: Variable) -> bool:
    """Whether some rule limits the field by a table, which is complete."""
    return any(
        field in variables(rule.demands) and any(isinstance(part, Case) for part in subterms(rule.demands))
        for rule in rules
    )
