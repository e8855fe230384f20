"""The manual says what is true: its policies compile, their examples hold, and no form of the language is missing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import run_example
from guardproxy.cli.solver import Solver
from guardproxy.diagnostics import render
from guardproxy.language import grammar
from guardproxy.language.parse import parse
from guardproxy.pipeline import compile_policy
from guardproxy.source import SourceText

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "manual.md").read_text()
BLOCKS = re.findall(r"^```(policy|json) ?(\S*)\n(.+?)^```", PAGE, re.M | re.S)
POLICIES = [text for kind, _, text in BLOCKS if kind == "policy"]
FILES = {name: text for _, name, text in BLOCKS if name}
"""Blocks with a file name behind the fence stand beside all policies of the page."""

NEVER_RIGHT = {
    "table : TABLE name BY path": "a table without rows",
    "rule : RULE _rule_id STRING": "a rule without clauses",
    "tighten : TIGHTEN _rule_id STRING": "the same",
    "background : BACKGROUND": "a background without lines",
    "example : EXAMPLE STRING": "an example without lines",
    "_rule_id : NAME": "an id with small letters",
    "compared{path_sum} : path_sum AGREES WITH sum": "a claim inside of a list",
}
"""What the grammar reads only so that the message can say what is missing."""


def title(text: str) -> str:
    return text.split('"')[1]


def beside(name: str) -> str | None:
    path = ROOT / "grammars" / name
    return FILES.get(name) or (path.read_text() if path.exists() else None)


@pytest.fixture(scope="module")
def solver() -> Iterator[Solver]:
    pool = Solver()
    yield pool
    pool.close()


@pytest.mark.parametrize("text", POLICIES, ids=map(title, POLICIES))
def test_a_policy_of_the_manual_compiles_and_its_examples_hold(text: str, solver: Solver) -> None:
    done = compile_policy(text, "manual", beside)
    assert [render(d) for d in done.diagnostics if d.severity != "info"] == []
    assert done.policy is not None
    compiled = CompiledPolicies([done.policy])
    runs = [run_example(compiled, example, solver.ask) for example in done.policy.examples]
    assert {run.example.title: [f.message for f in run.failures] for run in runs if run.failures} == {}


def test_nearly_every_policy_has_examples() -> None:
    assert [title(text) for text in POLICIES if "\nexample " not in text] == ["House rules"]


@pytest.fixture
def reductions(monkeypatch: pytest.MonkeyPatch) -> tuple[set[str], set[str]]:
    """All alternatives of the grammar's rules, and those that were used since; repetitions are counted once."""
    callbacks = grammar.parser().parser.parser.parser.callbacks  # type: ignore[attr-defined]
    rules = {rule: written(rule) for rule in callbacks if not rule.origin.name.startswith("__")}
    used: set[str] = set()

    def watched(rule: Any, made: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
        def reduce(children: list[Any]) -> Any:
            used.add(written(rule))
            return made(children)

        return reduce

    for rule in rules:
        monkeypatch.setitem(callbacks, rule, watched(rule, callbacks[rule]))
    return set(rules.values()), used


def written(rule: Any) -> str:
    """One alternative; what the parser's own rules repeat is `...`."""
    symbols = ["..." if symbol.name.startswith("__") else symbol.name for symbol in rule.expansion]
    return f"{rule.origin.name} : {' '.join(symbols)}"


def test_every_form_of_the_grammar_stands_in_the_manual(reductions: tuple[set[str], set[str]]) -> None:
    forms, used = reductions
    for text in POLICIES:
        assert parse(SourceText("manual", text)).diagnostics == ()
    assert forms - used == set(NEVER_RIGHT)


def test_every_word_of_the_language_stands_in_the_manual() -> None:
    said = set(re.findall(r"[a-z]+", PAGE))
    assert {word for word in grammar.words() if word.isalpha()} - said == set()
