"""Why an answer is asked for again, in plain words that the model may read: the rule's own, never the answer's."""

from collections.abc import Callable

from guardproxy.ir.build import negate
from guardproxy.ir.policy import Clause, Rule
from guardproxy.ir.printed import printed
from guardproxy.ir.terms import Or


def reason(rule: Rule, may_be_said: Callable[[str], bool]) -> str:
    """The title, what the rule requires or forbids as its author wrote it, and its source.

    `may_be_said` says whether no rule keeps a text from being read: what it refuses is left out.
    """
    title = rule.title if may_be_said(rule.title) else rule.id
    parts = [title, rule.otherwise.text, _demand(rule), rule.source and f"Source: {rule.source}"]
    return " ".join(_sentence(part) for part in parts if part and may_be_said(part))


def _demand(rule: Rule) -> str:
    body = next((c for c in rule.clauses if c.word == "body"), None)
    if body is None:
        return f"Required: {printed(rule.demands)}"
    options = rule.demands.terms if isinstance(rule.demands, Or) else (rule.demands,)
    said = "Not allowed" if negate(body.term) in options and body.term not in options else "Required"
    guards = [f"{c.word} {_words(c)}" for c in rule.clauses if c.word != "body"]
    return ", ".join([f"{said}: {_words(body)}", *guards])


def _words(clause: Clause) -> str:
    """As the author wrote it, on one line; where a remark stands in between, as the term prints."""
    written = clause.span.text
    return printed(clause.term) if "#" in written else " ".join(written.split())


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
