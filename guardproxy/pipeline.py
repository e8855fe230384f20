"""From a policy's text to what the rest of the house works with, one pure step after the other.

text > items (`parse`) > the baseline, if it extends one > names (`collect`) > types (`declare`) > terms (`lower`) > a
`Policy`, or what to mend. Mistakes are values: every step goes on as far as it can and all of them come out together.
"""

from dataclasses import dataclass, field

from guardproxy.diagnostics import Diagnostic, has_errors, in_order
from guardproxy.ir.policy import Policy
from guardproxy.language.beside import Beside, FilesRead, no_files
from guardproxy.language.collector import Mistakes
from guardproxy.language.declarations import declare
from guardproxy.language.lower import Lowered, lower
from guardproxy.language.names import Names, collect
from guardproxy.language.overlays import baseline_of, extends_option
from guardproxy.language.parse import parse
from guardproxy.source import SourceText


@dataclass(frozen=True, slots=True)
class Compilation:
    """`policy` is None when there are errors; warnings may stand beside a policy."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(slots=True)
class _File:
    """One file after all its steps; `found` are its mistakes and its baseline's errors."""

    names: Names
    lowered: Lowered = field(default_factory=Lowered)
    found: list[Diagnostic] = field(default_factory=list)
    release_at_end: bool = False


def compile_policy(text: str, name: str = "policy", beside: Beside = no_files) -> Compilation:
    """Compiles one policy file. `name` is what its author calls it; it stands in every message.

    `beside` reads the files that the policy names (`extends`, `conforms to`), see `Beside`.
    """
    source, files = SourceText(name, text), FilesRead(beside)
    file = _file((source,), files)
    found = in_order(file.found)
    return Compilation(None if has_errors(found) else _policy(source, file, files), found)


def _file(chain: tuple[SourceText, ...], files: FilesRead) -> _File:
    """Compiles the last file of a chain of overlays, its baseline first."""
    source = chain[-1]
    parsed = parse(source)
    mistakes = Mistakes(list(parsed.diagnostics))
    below = baseline_of(parsed.items, chain, files, mistakes)
    baseline = _file((*chain, below), files) if below is not None else _File(Names(beside=files))
    names = baseline.names.over(below) if below is not None else baseline.names
    names.baseline_read = below is not None or extends_option(parsed.items) is None
    collect(source, parsed.items, mistakes, names)
    declare(names, mistakes)
    lowered = lower(parsed.items, names, mistakes, baseline.lowered)
    found = [*(d for d in baseline.found if d.severity == "error"), *mistakes.found]
    at_end = names.header is not None and any(o.word == "release at end" for o in names.header.options)
    return _File(names, lowered, found, at_end or baseline.release_at_end)


def _policy(source: SourceText, file: _File, files: FilesRead) -> Policy:
    names, header = file.names, file.names.header
    notes = {note.word: note.values for note in header.notes} if header is not None else {}
    return Policy(
        title=header.title if header is not None else "",
        version=header.version if header is not None else "",
        fingerprint=files.fingerprint(source.text),
        schemas=tuple(names.schemas.values()),
        rules=file.lowered.rules,
        examples=file.lowered.examples,
        owner=notes.get("owner", ("",))[0],
        tags=notes.get("tags", ()),
        source=notes.get("source", ("",))[0],
        currency=names.currency,
        zone=names.zone,
        release_at_end=file.release_at_end,
        file=source.name,
        extends=names.extends.value if names.extends is not None else "",
        inherited=tuple(rule.id for rule in file.lowered.rules if rule.id not in file.lowered.own),
        tightened=file.lowered.tightened,
        background=file.lowered.background,
    )


__all__ = ["Beside", "Compilation", "compile_policy", "no_files"]
