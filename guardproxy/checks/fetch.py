"""How a variable finds its value: one small function for each origin, chosen when the policy is compiled."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from guardproxy.arriving_json import OpenList, OpenNumber, OpenObject, OpenText
from guardproxy.checks.observation import FinderIndex, Observation, Occurrence, SeenCall, same
from guardproxy.checks.values import read_field, read_path, read_value
from guardproxy.ir.calendar import date_of
from guardproxy.ir.evaluate import member, picked
from guardproxy.ir.policy import Policy
from guardproxy.ir.terms import (
    CalledBefore,
    CallsElsewhere,
    CallsInAnswer,
    CallsSoFar,
    Clock,
    Conforms,
    FieldOf,
    Finder,
    FoundInText,
    LookUp,
    PickedFrom,
    ResultField,
    TotalPerKey,
    UserSays,
    Variable,
)
from guardproxy.ir.types import ABSENT, INVALID, UNKNOWN, Field, ListOf, Number, Rational, Schema, State, Value
from guardproxy.patterns.scan import FinderSet

Fetch: TypeAlias = Callable[[Observation, Occurrence], Value]


def fetcher(policy: Policy, variable: Variable, index: FinderIndex) -> Fetch:
    """The function that looks this variable up. Raises ValueError for an origin that no answer can supply."""
    origin = variable.origin
    match origin:
        case FieldOf(kind="facts"):
            return _fact(_declared(policy, origin.schema, "facts"), origin.path)
        case FieldOf(kind="claims"):
            return lambda _, occurrence: occurrence.readings.get(origin.path[0], ABSENT)
        case FieldOf():
            return _argument(_declared(policy, origin.schema, "reply", "call", "tool"), origin.path)
        case ResultField():
            return _result(policy, origin)
        case PickedFrom():
            return _picked(policy, origin, index)
        case FoundInText():
            return _found(origin, index)
        case Conforms(what, _, text):
            return lambda seen, _: seen.conforms(what, text)
        case UserSays():
            return _user_says(origin)
        case CalledBefore():
            return _called_before(origin)
        case CallsSoFar():
            return _calls_so_far(origin)
        case CallsElsewhere():
            return lambda _, __: UNKNOWN
        case CallsInAnswer():
            return lambda seen, _: UNKNOWN if seen.calls_open else len(seen.calls)
        case TotalPerKey():
            return _total(policy, origin)
        case Clock("today", zone):
            return _today(zone)
        case Clock():
            return _now
    raise ValueError(f"`{variable.name}` has no value outside a list")


def _declared(policy: Policy, name: str, *kinds: str) -> Schema:
    schema = policy.schema(name, *kinds)
    if schema is None:
        raise ValueError(f"`{name}` is not declared")
    return schema


def _fact(schema: Schema, path: tuple[str, ...]) -> Fetch:
    field = schema.field(path[0])
    assert field is not None

    def fetch(seen: Observation, _: Occurrence) -> Value:
        supplied = seen.situation.facts.get(schema.name)
        if supplied is None or field.name not in supplied:
            return UNKNOWN
        raw = supplied[field.name]
        if raw is None:
            return ABSENT
        return read_value(field.type, raw) if len(path) == 1 else read_path(schema, path, supplied)

    return fetch


def _argument(schema: Schema, path: tuple[str, ...]) -> Fetch:
    field = schema.field(path[0])
    assert field is not None
    if len(path) == 1:
        return lambda _, occurrence: read_field(field, occurrence.holder)
    return lambda _, occurrence: read_path(schema, path, occurrence.holder)


def _result(policy: Policy, origin: ResultField) -> Fetch:
    schema = next((s for s in policy.schemas if s.kind == "result" and s.tool == origin.look_up.tool), None)
    if schema is None:
        raise ValueError(f"`{origin.look_up.tool}` does not say what it returns")
    find = result_finder(policy, origin.look_up)

    def fetch(seen: Observation, occurrence: Occurrence) -> Value:
        found = find(seen, occurrence)
        return UNKNOWN if found is None else read_path(schema, origin.path, found)

    return fetch


def _picked(policy: Policy, origin: PickedFrom, index: FinderIndex) -> Fetch:
    """An element of a list. Of a list that is still arriving the first one is known as soon as it is closed."""
    fetch_list = fetcher(policy, origin.list, index)
    of, where = origin.list.type, origin.list.origin
    assert isinstance(of, ListOf)
    path = where.path if isinstance(where, FieldOf) and where.kind not in ("facts", "claims") else None

    def fetch(seen: Observation, occurrence: Occurrence) -> Value:
        elements = fetch_list(seen, occurrence)
        if elements is not UNKNOWN:
            return picked(origin, elements)
        arriving = None if path is None else _holder(occurrence.holder, path)
        if origin.which == "last" or not isinstance(arriving, OpenList) or not arriving:
            return UNKNOWN
        return member(read_value(of.item, arriving[0]), origin.path)

    return fetch


def _holder(holder: Any, path: tuple[str, ...]) -> Any:
    """The JSON at a path, whether it is closed or still arriving; None where there is nothing."""
    for name in path:
        holder = holder.get(name) if isinstance(holder, dict) else None
    return holder


def result_finder(policy: Policy, look_up: LookUp) -> Callable[[Observation, Occurrence], Any]:
    """The latest matching result, or None where there is none (or the key itself is not known).

    A result that cannot be read is `INVALID`, and no older one takes its place, unless its call named another key.
    """
    wanted = _raw(policy, look_up.match) if look_up.match is not None else None

    def find(seen: Observation, occurrence: Occurrence) -> Any:
        key = wanted(seen, occurrence) if wanted is not None else None
        if key is INVALID:
            return INVALID
        if wanted is not None and (key is None or isinstance(key, State | dict | list)):
            return None
        for _, arguments, result in reversed(list(seen.past.calls(look_up.tool))):
            found = result is INVALID or isinstance(result, dict)
            if found and (wanted is None or _may_be_of(result, arguments, look_up.key, key)):
                return result
        return None

    return find


def _may_be_of(result: Any, arguments: Any, name: str, key: Any) -> bool:
    """Whether a result is about this key: by its own field, by its call's argument where it has none."""
    if isinstance(result, dict) and name in result:
        return same(result[name], key)
    asked = arguments.get(name) if isinstance(arguments, dict) else None
    return same(asked, key) or (result is INVALID and asked is None)


def _raw(policy: Policy, variable: Variable) -> Callable[[Observation, Occurrence], Any]:
    """The JSON value behind a field of the judged call or of another look-up, for matching keys as written."""
    origin = variable.origin
    if isinstance(origin, ResultField):
        find = result_finder(policy, origin.look_up)

        def read(seen: Observation, occurrence: Occurrence) -> Any:
            found = find(seen, occurrence)
            return INVALID if found is INVALID else _at(found, origin.path)

        return read
    if isinstance(origin, FieldOf) and origin.kind == "facts":
        return lambda seen, _: _at(seen.situation.facts.get(origin.schema), origin.path)
    if isinstance(origin, FieldOf):
        return lambda _, occurrence: _at(occurrence.holder, origin.path)
    raise ValueError(f"`{variable.name}` cannot be the key of a look-up")


def _at(holder: Any, path: tuple[str, ...]) -> Any:
    """The JSON at a path: None where there is nothing, `UNKNOWN` while it is still arriving."""
    for name in path:
        if not isinstance(holder, dict):
            return None
        holder = holder.get(name, UNKNOWN if isinstance(holder, OpenObject) else None)
    return UNKNOWN if isinstance(holder, OpenText | OpenNumber | OpenObject | OpenList) else holder


def _found(origin: FoundInText, index: FinderIndex) -> Fetch:
    wanted = index.of(origin.finders)
    return lambda seen, _: seen.found(origin.scope, wanted, index)


def _user_says(origin: UserSays) -> Fetch:
    # Phrases are found as `mentions` finds them: whole words, in any case.
    phrases = FinderSet(tuple(Finder("mention", phrase) for phrase in origin.phrases))

    def fetch(seen: Observation, _: Occurrence) -> Value:
        said = seen.situation.conversation.user_says
        return said is not None and phrases.any(said)

    return fetch


def _called_before(origin: CalledBefore) -> Fetch:
    def fetch(seen: Observation, occurrence: Occurrence) -> Value:
        key: Any = None
        if origin.key:
            key = _at(occurrence.holder, (origin.key,))
            if key is None or key is UNKNOWN:
                return INVALID if key is None else UNKNOWN
        return any(not origin.key or same(_at(a, (origin.key,)), key) for a in _earlier(seen, occurrence, origin))

    return fetch


def _earlier(seen: Observation, occurrence: Occurrence, origin: CalledBefore) -> Iterable[Any]:
    """The arguments of the calls that count as earlier; with a result, the result's own key field stands in."""
    for call, arguments, result in seen.past.calls(origin.tool):
        if not origin.with_result:
            yield arguments
        elif call.result is not None and result is not INVALID:
            has_key = isinstance(result, dict) and origin.key in result
            yield result if has_key else arguments
    if not origin.with_result and occurrence.index is not None:
        yield from (c.tree for c in seen.calls[: occurrence.index] if c.call.name == origin.tool)


def _calls_so_far(origin: CallsSoFar) -> Fetch:
    def fetch(seen: Observation, _: Occurrence) -> Value:
        # Calls of other conversations of the same day are not seen here, so that count cannot be known.
        if seen.calls_open or origin.scope == "day":
            return UNKNOWN
        return sum(1 for c in seen.calls if c.call.name == origin.tool) + _before(seen, origin.tool, origin.scope)

    return fetch


def _summed(policy: Policy, origin: TotalPerKey) -> Field:
    schema = next((s for s in policy.schemas if s.kind in ("tool", "call") and s.tool == origin.tool), None)
    field = schema.field(origin.field) if schema else None
    if field is None:
        raise ValueError(f"`{origin.tool}.{origin.field}` is not declared")
    return field


def _total(policy: Policy, origin: TotalPerKey) -> Fetch:
    field = _summed(policy, origin)

    def fetch(seen: Observation, occurrence: Occurrence) -> Value:
        key = _at(occurrence.holder, (origin.key,))
        if key is None or key is UNKNOWN:
            return INVALID if key is None else UNKNOWN
        if seen.calls_open:
            return UNKNOWN
        trees = [a for _, a, _ in seen.past.calls(origin.tool)] + pending_trees(seen, origin.tool)
        amounts = [read_field(field, t) for t in trees if same(_at(t, (origin.key,)), key)]
        return sum_of(amounts)

    return fetch


def pending_trees(seen: Observation, tool: str) -> list[Any]:
    return [c.tree for c in seen.calls if c.call.name == tool]


def sum_of(amounts: Iterable[Value]) -> Value:
    total: Rational = 0
    for amount in amounts:
        if isinstance(amount, bool) or not isinstance(amount, int | Fraction):
            return UNKNOWN if amount is UNKNOWN else INVALID
        total += amount
    return total


def least(policy: Policy, variable: Variable) -> Fetch | None:
    """The least that a count or total can be, while more calls may come; None for any other variable.

    A total only grows where no amount can be negative.
    """
    origin = variable.origin
    match origin:
        case CallsSoFar(tool, scope):
            return lambda seen, _: sum(1 for _ in _begun(seen, tool)) + _before(seen, tool, scope)
        case CallsInAnswer():
            return lambda seen, _: len(seen.calls)
        case TotalPerKey():
            return _least_total(policy, origin)
    return None


def _least_total(policy: Policy, origin: TotalPerKey) -> Fetch | None:
    field = _summed(policy, origin)
    if not isinstance(field.type, Number) or field.type.low is None or field.type.low < 0:
        return None

    def fetch(seen: Observation, occurrence: Occurrence) -> Value:
        key = _at(occurrence.holder, (origin.key,))
        if key is None or key is UNKNOWN:
            return INVALID if key is None else UNKNOWN
        trees = [a for _, a, _ in seen.past.calls(origin.tool)] + [c.tree for c in _begun(seen, origin.tool)]
        amounts = [read_field(field, t) for t in trees if same(_at(t, (origin.key,)), key)]
        return sum_of(amount for amount in amounts if amount is not UNKNOWN)

    return fetch


def _begun(seen: Observation, tool: str) -> Iterator[SeenCall]:
    """The answer's calls to a tool whose arguments have begun: before that, more of the tool's name may come."""
    return (c for c in seen.calls if c.call.name == tool and (c.tree or not c.open))


def _before(seen: Observation, tool: str, scope: str) -> int:
    return 0 if scope == "answer" else sum(1 for _ in seen.past.calls(tool))


def _today(zone: str) -> Fetch:
    """The date in this zone; where it is not known what time it is, the date that was given."""

    def fetch(seen: Observation, _: Occurrence) -> Value:
        today, now = seen.situation.today, seen.situation.now
        if now is not None:
            today = _day(now, zone)
        return UNKNOWN if today is None else today

    return fetch


_day = lru_cache(maxsize=64)(date_of)
"""All of an answer is judged at one time."""


def _now(seen: Observation, _: Occurrence) -> Value:
    return UNKNOWN if seen.situation.now is None else seen.situation.now
