"""Policy files by path or by pack name, compiled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from guardproxy.diagnostics import Diagnostic, did_you_mean, has_errors, render
from guardproxy.ir.policy import Policy
from guardproxy.pipeline import Beside, compile_policy
from guardproxy.storage.places import grammars, pack_names, packs
from guardproxy.storage.reading import UnreadableFile, read_text


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy file after compiling. `name` is what its user called it; `policy` is None where there are errors."""

    name: str
    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class LoadedPolicies:
    """Policies to judge by, in order, and what their user should know: warnings, and names that were said twice."""

    policies: tuple[Policy, ...]
    remarks: tuple[str, ...]


class RejectedPolicies(UnreadableFile):
    """Policies that do not compile. The text holds every message, as `guardproxy check` shows them."""


def find_policy(name: str) -> Path:
    """The file that `name` means: a path, or else the pack of that name. Raises `UnreadableFile`."""
    path = Path(name)
    if path.exists():
        return path
    if name in pack_names():
        return packs() / f"{name}.policy"
    guess = did_you_mean(name, pack_names()) if path.name == name else ""
    hint = guess or f"a path or the name of a pack is needed ({', '.join(pack_names())})"
    raise UnreadableFile(f"there is no policy `{name}`; {hint}")


def read_policy(name: str) -> PolicyFile:
    """Reads and compiles one policy. Raises `UnreadableFile`; mistakes in the policy are diagnostics."""
    path = find_policy(name)
    shown = name if Path(name) == path else path.name
    compilation = compile_policy(read_text(path), shown, files_beside(path))
    return PolicyFile(shown, compilation.policy, tuple(compilation.diagnostics))


class FilesBeside:
    """Reads the files that a policy names: from its own folder, else from the product's `grammars/`."""

    def __init__(self, policy: Path) -> None:
        self._folders = (policy.parent, grammars())

    def __call__(self, name: str) -> str | None:
        if Path(name).name != name:
            return None
        found = next((folder / name for folder in self._folders if (folder / name).is_file()), None)
        try:
            return read_text(found) if found is not None else None
        except UnreadableFile:
            return None

    def names(self) -> list[str]:
        """The files that a policy could name, by what they end in."""
        try:
            return sorted(p.name for folder in self._folders for p in folder.iterdir() if p.suffix in _NAMED)
        except OSError:
            return []


_NAMED = (".policy", ".baseline", ".lark", ".json")


def files_beside(path: Path) -> Beside:
    """Reads the files that a policy at `path` names."""
    return FilesBeside(path)


def read_policies(names: Iterable[str]) -> tuple[Policy, ...]:
    """The policies to judge by, in the given order. Raises `UnreadableFile` (`RejectedPolicies` with all messages)."""
    return load_policies(names).policies


def load_policies(names: Iterable[str]) -> LoadedPolicies:
    """`read_policies` with remarks. A policy that is named twice counts once."""
    different, remarks = _once(names)
    files = read_all(different)
    errors = [d for file in files for d in file.diagnostics if has_errors([d])]
    if errors:
        raise RejectedPolicies("\n".join([*map(render, errors), _refusal(files)]))
    remarks += [_short(d) for file in files for d in file.diagnostics if d.severity == "warning"]
    policies = tuple(file.policy for file in files if file.policy is not None)
    _refuse_twins(policies)
    _refuse_two_sources(policies)
    return LoadedPolicies(policies, tuple(remarks))


def read_all(names: Iterable[str]) -> list[PolicyFile]:
    """Reads and compiles each. Raises one `UnreadableFile` that names every policy that cannot be read."""
    files, unreadable = [], []
    for name in dict.fromkeys(names):
        try:
            files.append(read_policy(name))
        except UnreadableFile as failure:
            unreadable.append(str(failure))
    if unreadable:
        raise UnreadableFile("\n".join(unreadable))
    return files


def _once(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The names of different files, and a remark for each that was named before."""
    first: dict[Path, str] = {}
    different, remarks = [], []
    for name in names:
        try:
            path = find_policy(name).resolve()
        except UnreadableFile:
            different.append(name)
            continue
        if path in first:
            before = "" if first[path] == name else f" (as `{first[path]}` before)"
            remarks.append(f"the policy `{name}` is named twice{before}; it counts once")
            continue
        first[path] = name
        different.append(name)
    return different, remarks


def _short(diagnostic: Diagnostic) -> str:
    """Code, place and message on one line, what to do on the next; `guardproxy check` shows the text as well."""
    line, column = diagnostic.span.position
    said = f"{diagnostic.code} {diagnostic.span.source.name}:{line}:{column}  {diagnostic.message}"
    return f"{said}\n   help: {diagnostic.help.replace(_BREAK, _BREAK + ' ' * 9)}" if diagnostic.help else said


_BREAK = "\n"


def _refusal(files: Sequence[PolicyFile]) -> str:
    names = [f"`{file.name}`" for file in files if has_errors(file.diagnostics)]
    return f"{' and '.join(names)} {'does' if len(names) == 1 else 'do'} not compile"


def _refuse_twins(policies: Sequence[Policy]) -> None:
    """Two loaded policies with one rule id: a metric, a header or a record could not say which was meant."""
    first: dict[str, Policy] = {}
    for policy in policies:
        for rule in policy.rules:
            other = first.setdefault(rule.id, policy)
            if other is policy:
                continue
            over = next((p for p in (policy, other) if rule.id in p.inherited or _tightens(p, rule.id)), None)
            cure = f"`{over.file}` has the rules of its baseline: leave the other out" if over else "rename one"
            raise RejectedPolicies(f"the rule `{rule.id}` stands in `{other.file}` and in `{policy.file}`; {cure}")


def _tightens(policy: Policy, rule: str) -> bool:
    return any(pair.strict.id == rule for pair in policy.tightened)


def _refuse_two_sources(policies: Sequence[Policy]) -> None:
    """Facts of one name are one record. Were they the operator's in one policy and the client's in another, what the
    client says could take the place of what the operator knows."""
    first: dict[str, tuple[str, Policy]] = {}
    for policy in policies:
        for schema in policy.schemas:
            if schema.kind != "facts":
                continue
            provenance, other = first.setdefault(schema.name, (schema.provenance, policy))
            if provenance != schema.provenance:
                raise RejectedPolicies(
                    f"facts `{schema.name}` come from {provenance} in `{other.file}` and from {schema.provenance} in "
                    f"`{policy.file}`; rename one"
                )
