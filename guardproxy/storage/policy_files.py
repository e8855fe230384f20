"""Policy files by path or by pack name, compiled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from guardproxy.diagnostics import Diagnostic, did_you_mean, has_errors, render
from guardproxy.ir.policy import Policy
from guardproxy.pipeline import compile_policy
from guardproxy.storage.places import pack_names, packs
from guardproxy.storage.reading import UnreadableFile, read_text


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy file after compiling. `name` is what its user called it; `policy` is None where there are errors."""

    name: str
    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]


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
    compilation = compile_policy(read_text(path), shown)
    return PolicyFile(shown, compilation.policy, tuple(compilation.diagnostics))


def read_policies(names: Iterable[str]) -> tuple[Policy, ...]:
    """The policies to judge by, in the given order. Raises `UnreadableFile` (`RejectedPolicies` with all messages)."""
    files = [read_policy(name) for name in dict.fromkeys(names)]
    errors = [d for file in files for d in file.diagnostics if has_errors([d])]
    if errors:
        raise RejectedPolicies("\n".join([*map(render, errors), _refusal(files)]))
    policies = tuple(file.policy for file in files if file.policy is not None)
    _refuse_twins(policies)
    return policies


def _refusal(files: Sequence[PolicyFile]) -> str:
    names = [f"`{file.name}`" for file in files if has_errors(file.diagnostics)]
    return f"{' and '.join(names)} {'does' if len(names) == 1 else 'do'} not compile"


def _refuse_twins(policies: Sequence[Policy]) -> None:
    """Two loaded policies with one rule id: a metric, a header or a record could not say which was meant."""
    first: dict[str, Policy] = {}
    for policy in policies:
        for rule in policy.rules:
            other = first.setdefault(rule.id, policy)
            if other is not policy:
                raise RejectedPolicies(
                    f"the rule `{rule.id}` stands in `{other.file}` and in `{policy.file}`; rename one"
                )
