"""From a policy's text to what the rest of the house works with, one pure step after the other.

text > items (`parse`) > names (`collect`) > types (`declare`) > terms (`lower`) > a `Policy`, or what to mend.
Mistakes are values: every step goes on as far as it can and all of them come out together.
"""

from dataclasses import dataclass
from hashlib import sha256

from guardproxy.diagnostics import Diagnostic, has_errors, in_order
from guardproxy.ir.policy import Policy
from guardproxy.language.collector import Mistakes
from guardproxy.language.declarations import declare
from guardproxy.language.lower import Lowered, lower
from guardproxy.language.names import Names, collect
from guardproxy.language.parse import parse
from guardproxy.source import SourceText


@dataclass(frozen=True, slots=True)
class Compilation:
    """`policy` is None when there are errors; warnings may stand beside a policy."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]


def compile_policy(text: str, name: str = "policy") -> Compilation:
    """Compiles one policy file. `name` is what its author calls it; it stands in every message."""
    source = SourceText(name, text)
    parsed = parse(source)
    mistakes = Mistakes(list(parsed.diagnostics))
    names = collect(source, parsed.items, mistakes)
    declare(names, mistakes)
    lowered = lower(parsed.items, names, mistakes)
    found = in_order(mistakes.found)
    return Compilation(None if has_errors(found) else _policy(source, names, lowered), found)


def _policy(source: SourceText, names: Names, lowered: Lowered) -> Policy:
    header = names.header
    notes = {note.word: note.values for note in header.notes} if header is not None else {}
    return Policy(
        title=header.title if header is not None else "",
        version=header.version if header is not None else "",
        fingerprint=sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest(),
        schemas=tuple(names.schemas.values()),
        rules=lowered.rules,
        examples=lowered.examples,
        owner=notes.get("owner", ("",))[0],
        tags=notes.get("tags", ()),
        source=notes.get("source", ("",))[0],
        currency=names.currency,
        zone=names.zone,
        release_at_end=header is not None and any(o.word == "release at end" for o in header.options),
        file=source.name,
    )
