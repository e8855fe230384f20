"""Warnings about examples that read well and most likely do not say what their author means."""

from collections.abc import Iterator, Sequence

from guardproxy.diagnostics import closest
from guardproxy.language.collector import Mistakes
from guardproxy.language.example_json import is_slip, point_out_keys
from guardproxy.language.names import Names
from guardproxy.language.phrases import Literal, Name
from guardproxy.language.syntax import (
    AfterCall,
    AllowTimes,
    AllowWhen,
    AnswerLine,
    ExampleLine,
    GivenCall,
    GivenClock,
    GivenFact,
    Latest,
    Let,
)


def point_out_twice(lines: Sequence[ExampleLine], mistakes: Mistakes) -> None:
    """The same fact given twice: the last one counts."""
    seen: set[str] = set()
    for line in lines:
        if not isinstance(line, GivenFact | GivenClock):
            continue
        name, span = (line.path.text, line.path.span) if isinstance(line, GivenFact) else (line.what, line.span)
        if name in seen:
            mistakes.warning("W209", f"`{name}` is given twice", span, "the last one counts; leave one of them out")
        seen.add(name)


def point_out_calls(lines: Sequence[ExampleLine], names: Names, mistakes: Mistakes) -> None:
    """A tool need not be declared; a name or a key close to a known one is most likely a slip."""
    for line in lines:
        match line:
            case GivenCall(tool, arguments):
                _call(tool, arguments, names, mistakes)
            case AnswerLine("call", content, _, Name() as tool):
                _call(tool, content, names, mistakes)
            case AnswerLine("json", content):
                schema = next((s for s in names.schemas.values() if s.kind == "reply"), None)
                if schema is not None:
                    point_out_keys(content, [f.name for f in schema.fields], schema.name, mistakes)


def _call(tool: Name, arguments: Literal, names: Names, mistakes: Mistakes) -> None:
    known = {s.tool for s in names.schemas.values() if s.tool} | set(_tools_named(names))
    if tool.text not in known and tool.text not in names.broken:
        meant = closest(tool.text, known)
        if meant is not None and is_slip(tool.text, meant):
            help_ = f"did you mean `{meant}`?"
            mistakes.warning("W206", f"no rule and no declaration knows a tool `{tool.text}`", tool.span, help_)
        return
    schema = names.for_tool(tool.text)
    if schema is not None:
        point_out_keys(arguments, [f.name for f in schema.fields], tool.text, mistakes)


def _tools_named(names: Names) -> Iterator[str]:
    """Tools that rules name without declaring them."""
    for rule in (*names.inherited.values(), *names.rules.values()):
        for clause in rule.clauses:
            match clause:
                case AllowWhen(tool) | AllowTimes(tool):
                    yield tool.text
                case AfterCall(_, tool, other):
                    yield from (tool.text, other.text)
                case Let(_, Latest(tool)):
                    yield tool.text
