"""Facts of local commands, compared with what the policies declare: a slip would leave a fact unknown or invalid."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from guardproxy.checks.misfits import fact_misfits
from guardproxy.cli.terminal import complain
from guardproxy.conversation import Facts
from guardproxy.ir.policy import Policy
from guardproxy.storage.facts import read_facts
from guardproxy.storage.recordings import Recording


def given_facts(path: Path | None, policies: Sequence[Policy] | None) -> Facts:
    """The facts of a file; those that fit no declaration are pointed out, unless the policies are not to be had.

    Raises `UnreadableFile`.
    """
    if path is None:
        return {}
    facts = read_facts(path)
    for sentence in misfits_of(facts, policies) if policies is not None else ():
        complain(f"{path}: {sentence}")
    return facts


def point_out_misfits(recordings: Iterable[Recording], policies: Sequence[Policy]) -> None:
    """The facts of recorded lines that fit no declaration: each sentence once, with the lines that it is about."""
    lines: dict[str, list[int]] = {}
    for recording in recordings:
        for sentence in misfits_of(recording.facts, policies):
            lines.setdefault(sentence, []).append(recording.line)
    for sentence, numbers in lines.items():
        more = f" (and {len(numbers) - 1} more)" if len(numbers) > 1 else ""
        complain(f"line {numbers[0]}{more}: {sentence}")


def misfits_of(facts: Facts, policies: Sequence[Policy]) -> list[str]:
    schemas = [schema for policy in policies for schema in policy.schemas if schema.kind == "facts"]
    return [sentence for _, sentence in fact_misfits(schemas, facts)]
