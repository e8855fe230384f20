"""Whole files: the golden policies read as they stand, and mistakes look exactly as their authors see them."""

from pathlib import Path

import pytest

from guardproxy.diagnostics import render
from guardproxy.language.parse import parse
from guardproxy.language.syntax import Broken
from guardproxy.pipeline import compile_policy
from guardproxy.source import SourceText
from guardproxy.storage.policy_files import files_beside

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
GOLDEN = sorted((CORPUS / "golden").glob("*.policy"))
SHOWN = sorted([*(CORPUS / "reject").glob("*.policy"), *(CORPUS / "warn").glob("*.policy")])


def names(paths: list[Path]) -> list[str]:
    return [path.stem for path in paths]


@pytest.mark.parametrize("path", GOLDEN, ids=names(GOLDEN))
def test_a_golden_policy_reads_as_it_stands(path: Path) -> None:
    parsed = parse(SourceText(path.name, path.read_text()))
    assert parsed.diagnostics == ()
    assert not any(isinstance(item, Broken) for item in parsed.items)


@pytest.mark.parametrize("path", GOLDEN, ids=names(GOLDEN))
def test_a_golden_policy_compiles_without_a_word(path: Path) -> None:
    done = compile_policy(path.read_text(), path.name, files_beside(path))
    assert {d.code for d in done.diagnostics if d.severity != "info"} == set()
    assert done.policy is not None


@pytest.mark.parametrize("path", SHOWN, ids=names(SHOWN))
def test_what_an_author_sees(path: Path) -> None:
    shown = [render(d) for d in compile_policy(path.read_text(), path.name, files_beside(path)).diagnostics]
    assert "\n\n".join(shown) + "\n" == path.with_suffix(".txt").read_text()


def test_twenty_mistakes_show_twenty_messages() -> None:
    text = (CORPUS / "reject" / "twenty.policy").read_text()
    done = compile_policy(text, "twenty.policy")
    assert done.policy is None
    assert len(done.diagnostics) == 20
    assert all(d.help for d in done.diagnostics)
