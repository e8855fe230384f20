"""Warnings about rules that mean something, but maybe not what their author thinks."""

from collections.abc import Iterator, Sequence

from guardproxy.diagnostics import closest, did_you_mean
from guardproxy.ir.types import OneOf
from guardproxy.language.clauses import Clauses
from guardproxy.language.collector import Mistakes
from guardproxy.language.names import Names
from guardproxy.language.phrases import Connected, Path, Phrase
from guardproxy.language.subjects import paths_read
from guardproxy.language.syntax import AfterCall, AllowTimes, AllowWhen, Demand, RuleText


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
    permitting: list[object] = [g for word, g in clauses.guards.items() if word in ("unless", "except when")]
    body = clauses.body
    permitting += [body.condition] if isinstance(body, AllowWhen) else []
    permitting += _ways_around(body) if isinstance(body, Demand) else []
    for path, who in _hearsay(tuple(permitting), names):
        message = f"this permission rests on what {who} says in `{path.text}`"
        help_ = "take the fact `from system` or `from tool` where it has to be true"
        mistakes.warning("W204", message, path.span, help_, (rule.id.text,))
    for path, who in _hearsay(clauses.guards.get("when"), names):
        if _chooses(path, names):
            continue
        message = f"this rule does not apply where {who} says something else in `{path.text}`"
        help_ = "take the fact `from system` or `from tool` where the rule has to hold"
        mistakes.warning("W204", message, path.span, help_, (rule.id.text,))


def _chooses(path: Path, names: Names) -> bool:
    """Whether it is one of listed values (a language, a country): these choose between rules more often than they
    get around one."""
    schema = names.schema(path.names[0].text)
    field = schema.field(path.names[1].text) if schema is not None and len(path.names) > 1 else None
    return field is not None and isinstance(field.type, OneOf)


def _hearsay(part: object, names: Names) -> Iterator[tuple[Path, str]]:
    for path in paths_read(part, names):
        schema = names.schema(path.names[0].text)
        if schema is not None and schema.kind == "facts" and schema.provenance in ("request", "reply"):
            yield path, "the client" if schema.provenance == "request" else "the model"


def _ways_around(body: Demand) -> list[Phrase]:
    """`require FACT or ...` and `never ... and not FACT`: each part is enough to comply by itself."""
    condition, joined = body.condition, "and" if body.word == "never" else "or"
    if isinstance(condition, Connected) and condition.word == joined:
        return list(condition.parts)
    return []
