"""The table that `guardproxy replay` ends with: what each rule said, and what became of the messages."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from guardproxy.checks.verdict import Ending
from guardproxy.ir.policy import Policy

_COLOURS = {"blocked": "red", "held": "magenta", "asked again": "yellow", "warned": "cyan", "allowed": "green"}


class Tally:
    """Counts messages by verdict, and by rule: in how many messages it was violated, open or invalid."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self.policies = policies
        self.conversations = 0
        self.endings: Counter[str] = Counter()
        self.rules: dict[str, Counter[str]] = {rule.id: Counter() for policy in policies for rule in policy.rules}

    def add(self, lines: Iterable[Mapping[str, Any]]) -> None:
        self.conversations += 1
        for line in lines:
            self.endings[line["verdict"]] += 1
            for status in ("violated", "open", "invalid"):
                for name in line[status]:
                    self.rules.setdefault(name, Counter())[status] += 1

    @property
    def messages(self) -> int:
        return self.endings.total()


def show_tally(console: Console, tally: Tally) -> None:
    console.print(_table(tally))
    messages = f"{tally.messages:,} messages in {tally.conversations:,} conversations: "
    parts = Text(messages)
    for ending in Ending:
        if number := tally.endings[ending.value]:
            parts.append(f"{number:,} {ending.value}", _COLOURS.get(ending.value, "yellow")).append(", ")
    parts.right_crop(2)
    console.print(parts)


def _table(tally: Tally) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("rule", no_wrap=True)
    table.add_column("title", overflow="fold")
    for heading in ("violated", "open", "invalid", "of messages"):
        table.add_column(heading, justify="right", no_wrap=True)
    titles = {rule.id: rule.title for policy in tally.policies for rule in policy.rules}
    for name, counts in tally.rules.items():
        share = f"{counts.total() / max(tally.messages, 1):.1%}" if counts else ""
        numbers = [f"{counts[s]:,}" if counts[s] else "" for s in ("violated", "open", "invalid")]
        title = titles.get(name, "does not fit its declaration")
        table.add_row(name, title, *numbers, share, style="" if counts else "dim")
    return table
