"""The reference of the language says what is true: its examples compile, its tables are complete."""

import re
from pathlib import Path

import pytest

from bench.detector_table import ROOT, TABLES, rewritten
from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import run_example
from guardproxy.cli.solver import solver
from guardproxy.diagnostics import render
from guardproxy.ir.measures import UNITS
from guardproxy.patterns.detectors import DETECTORS, FAMILIES
from guardproxy.pipeline import compile_policy

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "language.md").read_text()
BLOCKS = re.findall(r"```policy\n(.+?)```", PAGE, re.DOTALL)
DECLARATIONS = BLOCKS[0]
OVERLAY = re.findall(r"```overlay\n(.+?)```", PAGE, re.DOTALL)[0]
FILES = {"shop.policy": "\n".join(BLOCKS), "sql_select.lark": 'start: "select"', "answer.json": "{}"}
NOT_USED = "W205"


def column(title: str) -> list[str]:
    """The first column of the table whose second heading or first heading is `title`, without its backticks."""
    table = re.search(rf"^\| {title} \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.M)
    assert table is not None
    cells = [re.split(r"(?<!\\)\|", row)[1].strip() for row in table.group(1).splitlines()]
    return [cell.replace("\\|", "|") for cell in cells]


def said(text: str) -> list[str]:
    return [render(d) for d in compile_policy(text, "page", FILES.get).diagnostics if d.code != NOT_USED]


@pytest.mark.parametrize(("text", "examples"), [(FILES["shop.policy"], 3), (OVERLAY, 1)], ids=["page", "overlay"])
def test_all_blocks_together_are_one_policy_whose_examples_hold(text: str, examples: int) -> None:
    assert said(text) == []
    policy = compile_policy(text, "page", FILES.get).policy
    assert policy is not None
    with solver() as ask:
        runs = [run_example(CompiledPolicies([policy]), example, ask) for example in policy.examples]
    assert [run.failures for run in runs] == [()] * examples


@pytest.mark.parametrize("demand", column("demand"))
def test_a_demand_compiles(demand: str) -> None:
    assert said(f'{DECLARATIONS}\nrule X-1 "x"\n  {demand.strip("`")}\n  if unknown block') == []


@pytest.mark.parametrize(
    "condition", re.findall(r"^\| `(.+?)` \|", PAGE.partition("## Text")[2].partition("## Ex")[0], re.M)
)
def test_a_condition_compiles(condition: str) -> None:
    if condition not in {**DETECTORS, **FAMILIES}:
        condition = condition.replace("\\|", "|")
        assert said(f'{DECLARATIONS}\nrule X-1 "x"\n  require {condition}\n  if unknown block') == []


@pytest.mark.parametrize("cell", column("type"))
def test_a_type_compiles(cell: str) -> None:
    for written in re.findall(r"`(.+?)`", cell):
        type_ = written.replace("of T", "of text").replace("up to N", "up to 3").replace("from A to B", "from 1 to 3")
        unit = {"mass": ", written in mg", "volume": ", written in mL", "duration": ", written in h"}.get(type_, "")
        unit = ", written in mL/h" if type_ == "rate" else unit
        assert said(f'policy "x" version 1\ncheck reply as r\n  - a : {type_}{unit}\n') == []


@pytest.mark.parametrize("cell", column("action behind `otherwise`"))
def test_an_action_compiles(cell: str) -> None:
    for action in re.findall(r"`(.+?)`", cell):
        demand = "require reply text mentions" if action.startswith("append") else "never reply text mentions"
        found = said(f'{DECLARATIONS}\nrule X-1 "x"\n  {demand} "word"\n  otherwise {action.replace("...", "a word")}')
        assert [f for f in found if not f.startswith("W210")] == []


@pytest.mark.parametrize("condition", re.findall(r"`(reply conforms to .+?)`", PAGE))
def test_an_output_grammar_compiles(condition: str) -> None:
    assert said(f'{DECLARATIONS}\nrule X-1 "x"\n  require {condition}') == []


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_of_detectors_are_those_of_the_data(name: str) -> None:
    """`python -m bench.detector_table` rewrites them."""
    page = (ROOT / name).read_text(encoding="utf-8")
    assert page == rewritten(page, TABLES[name]())


def test_the_units_exist() -> None:
    named = re.findall(r"`(.+?)`", PAGE.partition("**Units**")[2].partition("They combine")[0])
    assert set(named) <= set(UNITS)
