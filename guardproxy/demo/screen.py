"""How a scene looks: what the model said on the left, what the client received on the right, the verdict below."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from guardproxy.demo.scenes import Scene

WIDEST = 116
"""Columns. Longer lines are hard to read."""

_VERDICTS = {
    "allowed": ("bold green", "allowed, unchanged"),
    "rewritten": ("bold yellow", "rewritten"),
    "warned": ("bold cyan", "allowed with a warning"),
    "repaired": ("bold yellow", "repaired"),
    "held": ("bold magenta", "held for review"),
    "blocked": ("bold red", "blocked"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the proxy made of a scene. `held` are characters, `added` are seconds; None where they were not measured."""

    verdict: str
    rules: tuple[str, ...]
    received: Mapping[str, Any]
    held: int | None
    added: float | None


def show_scene(console: Console, number: int, total: int, scene: Scene, outcome: Outcome) -> None:
    width = min(console.width, WIDEST)
    console.print()
    console.print(_heading(number, total, scene))
    console.print(_both_sides(scene, outcome), width=width)
    console.print(Padding(_verdict(scene, outcome), (0, 0, 0, 2)), width=width)


def show_summary(console: Console, outcomes: list[Outcome]) -> None:
    counts = [
        Text.assemble((f"{number} ", style), verdict)
        for verdict, (style, _) in _VERDICTS.items()
        if (number := sum(outcome.verdict == verdict for outcome in outcomes))
    ]
    console.print(Text.assemble("\n  ", Text(" · ", "dim").join(counts), "\n"))


def _heading(number: int, total: int, scene: Scene) -> Text:
    how = "streamed" if scene.stream else "whole"
    return Text.assemble(
        (f"{number:>2}/{total}  ", "dim"), (scene.title, "bold"), (f"   {scene.policy} · {how}", "dim cyan")
    )


def _both_sides(scene: Scene, outcome: Outcome) -> RenderableType:
    said, arrived = marked(plain(scene.answer), plain(outcome.received))
    if refusal := outcome.received.get("refusal"):
        arrived = Text("\n").join([part for part in (arrived, Text(f"✋ {refusal}", "red")) if part.plain])
    table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False, padding=(0, 2), show_edge=False)
    table.add_column(Text("the model said", "dim"), ratio=1, overflow="fold")
    table.add_column(Text("the client received", "dim"), ratio=1, overflow="fold")
    table.add_row(said, arrived)
    return Padding(Group(_facts(scene), table), (0, 0, 0, 2))


def _facts(scene: Scene) -> Text:
    known = [f"{name} {_words(value)}" for fields in scene.facts.values() for name, value in fields.items()]
    text = Text.assemble(("“", "dim"), (scene.question, "italic"), ("”", "dim"))
    return text.append(f"   known: {', '.join(known)}", "dim") if known else text


def _words(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _verdict(scene: Scene, outcome: Outcome) -> Text:
    style, words = _VERDICTS[outcome.verdict]
    parts = Text.assemble(("● ", style), (words, style))
    if outcome.rules:
        parts.append(f" by {', '.join(outcome.rules)}")
    if outcome.held is not None:
        parts.append(f" · at most {outcome.held} character{'' if outcome.held == 1 else 's'} held back", "dim")
    if outcome.added is not None:
        parts.append(f" · {outcome.added * 1000:.1f} ms added", "dim")
    return parts.append(f"\n{scene.remark}", "dim italic")


def plain(message: Mapping[str, Any]) -> str:
    """The answer as lines of text: thinking, content, then each tool call."""
    lines = [f"(thinking) {message['reasoning_content']}"] if message.get("reasoning_content") else []
    lines += [_spaced(message["content"])] if message.get("content") else []
    lines += [
        f"→ {c['function']['name']} {_spaced(c['function']['arguments'])}" for c in message.get("tool_calls") or ()
    ]
    return "\n".join(lines)


def marked(said: str, arrived: str) -> tuple[Text, Text]:
    """Both texts, with what did not arrive and what came instead in colour."""
    left, right = Text(said), Text(arrived)
    for kind, start, end, start_right, end_right in SequenceMatcher(None, said, arrived, autojunk=False).get_opcodes():
        if kind != "equal":
            left.stylize("red", start, end)
            right.stylize("green", start_right, end_right)
    return left, right


def _spaced(text: str) -> str:
    """JSON with a blank behind commas and colons, so that both sides compare; other text as it is."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else text
