"""The `--facts` file of a command, compared with what the policies declare: a slip would leave a fact unknown."""

from collections.abc import Sequence
from pathlib import Path

from guardproxy.cli.terminal import complain
from guardproxy.conversation import Facts
from guardproxy.diagnostics import did_you_mean
from guardproxy.ir.policy import Policy
from guardproxy.storage.facts import read_facts


def given_facts(path: Path | None, policies: Sequence[Policy]) -> Facts:
    """The facts; those that no policy declares are pointed out and have no effect. Raises `UnreadableFile`."""
    if path is None:
        return {}
    facts = read_facts(path)
    declared = {
        f"{schema.name}.{field.name}"
        for policy in policies
        for schema in policy.schemas
        if schema.kind == "facts"
        for field in schema.fields
    }
    for fact in (f"{name}.{field}" for name, fields in facts.items() for field in fields):
        if fact not in declared:
            hint = did_you_mean(fact, declared)
            complain(f"no policy declares the fact `{fact}`" + (f"; {hint}" if hint else ""))
    return facts
