"""Why an answer is asked for again, in plain words that the model may read: the rule's own, never the answer's."""

from collections.abc import Callable, Iterable, Mapping

from guardproxy.ir.policy import Clause, Rule, Verb
from guardproxy.ir.printed import printed


def reason(rule: Rule, may_be_said: Callable[[str], bool], wrong: Iterable[str] = ()) -> str:
    """The title, what the rule requires or forbids as its author wrote it, what is `wrong`, and the rule's source.

    `may_be_said` says whether no rule keeps a text from being read: what it refuses is left out.
    """
    title = rule.title if may_be_said(rule.title) else rule.id
    parts = [title, rule.otherwise.text, _demand(rule), *wrong, rule.source and f"Source: {rule.source}"]
    return " ".join(_sentence(part) for part in parts if part and may_be_said(part))


def _demand(rule: Rule) -> str:
    body = next((c for c in rule.clauses if c.verb is not None), None)
    if body is None or body.verb is None:
        return f"Required: {printed(rule.demands)}"
    guards = [_written(c) for c in rule.clauses if c is not body]
    whole = _written(body)
    # All but `every X in ...` begin with the one word that is said in other words here.
    words = whole if body.verb == "every" else whole.partition(" ")[2]
    return ", ".join([f"{_SAID[body.verb]}: {words}", *guards])


_SAID: Mapping[Verb, str] = {
    "require": "Required",
    "every": "Required",
    "never": "Not allowed",
    "never after": "Not allowed",
    "allow only when": "Allowed",
    "allow only after": "Allowed",
    "allow at most": "Allowed",
}


def _written(clause: Clause) -> str:
    return f"{clause.lead} {clause.span.one_line}".strip()


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
