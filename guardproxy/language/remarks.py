"""Warnings about rules that mean something, but maybe not what their author thinks."""

from collections.abc import Sequence

from guardproxy.diagnostics import closest, did_you_mean
from guardproxy.language.clauses import Clauses
from guardproxy.language.collector import Mistakes
from guardproxy.language.names import Names
from guardproxy.language.subjects import paths_read
from guardproxy.language.syntax import AfterCall, AllowTimes, AllowWhen, RuleText


def remark(rule: RuleText, clauses: Clauses, unknowns: Sequence[str], names: Names, mistakes: Mistakes) -> None:
    _unknown_unsaid(rule, clauses, unknowns, mistakes)
    _permission_by_hearsay(rule, clauses, names, mistakes)
    _misspelled_tool(clauses, names, mistakes)


def _misspelled_tool(clauses: Clauses, names: Names, mistakes: Mistakes) -> None:
    """A tool need not be declared; a name close to a declared one is most likely a slip."""
    body = clauses.body
    if not isinstance(body, AllowWhen | AllowTimes | AfterCall):
        return
    known = {s.tool for s in names.schemas.values() if s.tool}
    for tool in (body.tool, body.other) if isinstance(body, AfterCall) else (body.tool,):
        if tool.text not in known and tool.text not in names.broken and closest(tool.text, known):
            help_ = did_you_mean(tool.text, known)
            mistakes.warning("W206", f"no tool `{tool.text}` is declared", tool.span, help_)


def _unknown_unsaid(rule: RuleText, clauses: Clauses, unknowns: Sequence[str], mistakes: Mistakes) -> None:
    if unknowns and clauses.if_unknown is None:
        message = f"`{unknowns[0]}` may be unknown, and the rule does not say what then"
        help_ = "add `if unknown block`, which is what happens now, or `if unknown allow` or `hold`"
        mistakes.warning("W203", message, rule.id.span, help_, (rule.id.text,))


def _permission_by_hearsay(rule: RuleText, clauses: Clauses, names: Names, mistakes: Mistakes) -> None:
    """A permission that rests on what the client or the model says can be had by saying it."""
    permissions = [g for word, g in clauses.guards.items() if word in ("unless", "except when")]
    body = clauses.body
    conditions = [p.condition for p in permissions] + ([body.condition] if isinstance(body, AllowWhen) else [])
    for path in paths_read(tuple(conditions), names):
        schema = names.schema(path.names[0].text)
        if schema is not None and schema.kind == "facts" and schema.provenance in ("request", "reply"):
            who = "the client" if schema.provenance == "request" else "the model"
            message = f"this permission rests on what {who} says in `{path.text}`"
            help_ = "take the fact `from system` or `from tool` where it has to be true"
            mistakes.warning("W204", message, path.span, help_, (rule.id.text,))
