"""Where a rule's value comes from, in words: a path in the reply, a fact, an earlier result, a sentence, a search.

What a detector or a pattern found is never repeated: `Secrets` says where it stands and puts `[...]` in its place.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.fetch import result_finder
from guardproxy.checks.misshapen import why_misshapen
from guardproxy.checks.observation import Observation, Occurrence, call_texts, same
from guardproxy.checks.rules import CompiledRule, text_finders
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
    Holds,
    PickedFrom,
    ResultField,
    TotalPerKey,
    UserSays,
    Variable,
)
from guardproxy.ir.walk import subterms
from guardproxy.patterns.scan import FinderSet

_MOST_PLACES = 4
_OWN_WORDS = ("words", "mention", "prefix", "suffix")
"""Finders whose matches are words that stand in the policy: showing them tells nothing new."""


class Secrets:
    """Hides what detectors find, and what patterns of rules that redact find."""

    def __init__(self, rules: Iterable[CompiledRule]) -> None:
        found = dict.fromkeys(
            finder
            for rule in rules
            for finder in (*text_finders(rule.rule), *_value_finders(rule))
            if finder.kind == "detector" or (finder.kind == "pattern" and rule.rule.otherwise.kind == "redact")
        )
        self._finders = FinderSet(tuple(found))

    def hidden(self, text: str) -> str:
        """The text with `[...]` in the place of each."""
        shown, at = "", 0
        for match in sorted(self._finders.find(text), key=lambda m: (m.start, -m.end)):
            if match.start >= at:
                shown += text[at : match.start] + "[...]"
            at = max(at, match.end)
        return shown + text[at:]


def _value_finders(rule: CompiledRule) -> Iterator[Finder]:
    for term in (rule.rule.applies, rule.rule.demands):
        yield from (finder for part in subterms(term) if isinstance(part, Holds) for finder in part.finders)


def whence(
    variable: Variable, compiled: CompiledPolicies, rule: CompiledRule, seen: Observation, occurrence: Occurrence
) -> str:
    """A phrase that goes on after the value: `call 2, at $.amount`."""
    origin = variable.origin
    match origin:
        case FieldOf(kind="facts"):
            return _fact(rule, seen, origin)
        case FieldOf(kind="claims"):
            return _sentence(compiled, rule, seen, occurrence, origin.path[0])
        case FieldOf(kind="reply"):
            channel = seen.replies[occurrence.reply][0] if occurrence.reply < len(seen.replies) else "content"
            return f"the reply ({channel}), at {json_path(origin.path)}"
        case FieldOf():
            return f"call {(occurrence.index or 0) + 1}, at {json_path(origin.path)}"
        case ResultField():
            return _result(rule, seen, occurrence, origin)
        case PickedFrom(which, of, path):
            inner = whence(of, compiled, rule, seen, occurrence)
            return f"the {which} element of {inner}" + (f", its {json_path(path)}" if path else "")
        case FoundInText():
            return _search(seen, origin)
        case Conforms(what, file, _):
            secrets = Secrets(compiled.rules)
            why = why_misshapen(origin, seen, lambda text: secrets.hidden(text) == text)
            return f"the reply text, held against the {what} {file}" + (f": {why}" if why else "")
        case Clock(what, _):
            return "the date that was given" if what == "today" else "the instant that was given"
    return _conversation(variable, seen, occurrence)


def _conversation(variable: Variable, seen: Observation, occurrence: Occurrence) -> str:
    origin = variable.origin
    match origin:
        case UserSays():
            said = seen.situation.conversation.user_says
            return "the user's latest message" if said is not None else "no user message was given"
        case CalledBefore(tool, key, with_result):
            number = sum(1 for call, _, _ in seen.past.calls(tool) if call.result is not None or not with_result)
            what = "with a result " if with_result else ""
            same_key = f", compared by {key}" if key else ""
            return f"{_counted(number, 'earlier call')} to {tool} {what}in the conversation{same_key}".replace(
                "  ", " "
            )
        case CallsSoFar(tool, scope):
            here = sum(1 for call in seen.calls if call.call.name == tool)
            before = sum(1 for _ in seen.past.calls(tool)) if scope != "answer" else 0
            return (
                f"{_counted(before, 'earlier call')} and {here} in this answer" if scope != "answer" else "this answer"
            )
        case CallsElsewhere():
            return "what was called before, and when, is not known here"
        case CallsInAnswer():
            return "the calls of this answer"
        case TotalPerKey(tool, field, key):
            wanted = _at(occurrence.holder, key)
            before = sum(1 for _, arguments, _ in seen.past.calls(tool) if same(_at(arguments, key), wanted))
            here = sum(1 for c in seen.calls if c.call.name == tool and same(_at(c.tree, key), wanted))
            return f"the {field} of {_counted(before, 'earlier call')} and {here} in this answer with the same {key}"
    return "the answer"


def _at(tree: Any, key: str) -> Any:
    return tree.get(key) if isinstance(tree, dict) else None


def _fact(rule: CompiledRule, seen: Observation, origin: FieldOf) -> str:
    schema = rule.policy.schema(origin.schema, "facts")
    source = {
        "system": "the configuration, a signed header or --facts",
        "tool": "a tool",
        "request": "the request (the client says so)",
        "reply": "the reply (the model says so)",
        "classifier": "a classifier that reads the answer",
    }.get(schema.provenance if schema else "", "the facts")
    supplied = seen.situation.facts.get(origin.schema)
    if supplied is None or origin.path[0] not in supplied:
        return f"a fact from {source}; nobody supplied it"
    return f"a fact from {source}"


def _sentence(
    compiled: CompiledPolicies, rule: CompiledRule, seen: Observation, occurrence: Occurrence, field: str
) -> str:
    subject = rule.rule.subject
    if subject is None or field not in occurrence.readings:
        return "the reply text"
    reader = next((r for key, r in compiled.claims if key == (rule.policy.title, subject.schema)), None)
    for passage in seen.passages if reader else ():
        for reading in reader.read(passage.text) if passage.is_reply and reader else ():
            if reading.field == field and reading.value == occurrence.readings[field]:
                words = passage.text[reading.start : reading.end]
                return f'read from the sentence "{words}" at character {reading.start + 1}'
    return "the reply text; no sentence says it"


def _result(rule: CompiledRule, seen: Observation, occurrence: Occurrence, origin: ResultField) -> str:
    look_up = origin.look_up
    found = result_finder(rule.policy, look_up)(seen, occurrence)
    same_key = f" with the same {look_up.key}" if look_up.key else ""
    if found is None:
        return f"no earlier {look_up.tool} result{same_key} is there"
    results = [result for _, _, result in seen.past.calls(look_up.tool)]
    number = next(i for i, result in enumerate(results, start=1) if result is found)
    which = f"{number} of {len(results)}" if len(results) > 1 else ""
    return f"the result of the earlier {look_up.tool} call{' ' * bool(which)}{which}, at {json_path(origin.path)}"


def _search(seen: Observation, origin: FoundInText) -> str:
    finders = FinderSet(origin.finders)
    found = [
        f"{described(origin.finders[m.finder], text[m.start : m.end])} in {place}, characters {m.start + 1} to {m.end}"
        for place, text in _texts(seen, origin.scope == "any")
        for m in finders.find(text)
    ]
    if not found:
        return "looked for in " + ("every text of the answer" if origin.scope == "any" else "the reply text")
    more = f" and {len(found) - _MOST_PLACES} more" if len(found) > _MOST_PLACES else ""
    return "; ".join(found[:_MOST_PLACES]) + more


def described(finder: Finder, matched: str) -> str:
    """What was looked for; the words themselves only where the policy says them too."""
    if finder.kind in _OWN_WORDS:
        return f'"{matched}"'
    return finder.name or (finder.expression if finder.kind == "detector" else "a match of the pattern")


def _texts(seen: Observation, any_text: bool) -> Iterator[tuple[str, str]]:
    yield from ((p.channel, p.text) for p in seen.passages if any_text or p.is_reply)
    for number, call in enumerate(seen.calls if any_text else (), start=1):
        yield from ((f"call {number}", text) for text in dict.fromkeys(call_texts(call)))


def json_path(path: Sequence[str]) -> str:
    """`$.move.from`, `$.rooms[1].price`."""
    return "$" + "".join(f"[{name}]" if name.isdigit() else f".{name}" for name in path)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
