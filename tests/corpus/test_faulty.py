"""Small policies from many fields: each fault is found and explained, and nothing is found in the sound ones.

A faulty policy begins with what has to be found: `# expect: CODE "words of the message" rules A, B` (`-` where the
finding names no rules). Many sound ones are close neighbours of the faulty ones.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import run_example
from guardproxy.cli.solver import Solver
from guardproxy.diagnostics import Diagnostic
from guardproxy.pipeline import Compilation, compile_policy
from guardproxy.proofs.findings import prove_policy

HERE = Path(__file__).parent
FAULTY = sorted((HERE / "faulty").glob("*.policy"))
SOUND = sorted((HERE / "sound").glob("*.policy"))
EXPECTED = re.compile(r'# expect: ([EWI]\d{3}) "(.*)" rules (-|[A-Z0-9-]+(?:, [A-Z0-9-]+)*)')
WITH_A_WITNESS = {"E401", "E402", "W403", "W404", "W405"}
"""Findings that come with an example: a concrete answer that shows them. The other findings say that there is none."""
SAID_BY_OUTCOME = re.compile(r"it says `|it repairs|it changes|unknown or cannot be read")
"""An overlay that asks for less is shown by its words: no example of its own shows what the baseline would do."""


@pytest.fixture(scope="module")
def solver() -> Iterator[Solver]:
    pool = Solver()
    yield pool
    pool.close()


def compiled(path: Path) -> Compilation:
    return compile_policy(path.read_text(), path.name, beside)


def beside(name: str) -> str | None:
    """The baseline of the overlays stands among the sound policies."""
    path = HERE / "sound" / name
    return path.read_text() if path.exists() else None


def findings(path: Path, solver: Solver) -> list[Diagnostic]:
    """What `guardproxy check` says about a file."""
    done = compiled(path)
    proved = prove_policy(done.policy, solver.ask).diagnostics if done.policy is not None else ()
    return [*done.diagnostics, *proved]


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_a_fault_is_found_and_explained(path: Path, solver: Solver) -> None:
    expected = EXPECTED.match(path.read_text())
    assert expected is not None
    code, words, rules = expected.groups()
    said = findings(path, solver)
    found = [d for d in said if d.code == code and words in d.message]
    assert found, [f"{d.code} {d.message}" for d in said]
    assert rules == "-" or set(found[0].rules) >= set(rules.split(", "))
    assert found[0].help
    # A fault may have a second side (a shadowed rule forbids nothing new), but is never lost among other codes' errors.
    assert {d.code for d in said if d.severity == "error"} <= {code}


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_a_witness_is_an_example_that_can_be_pasted(path: Path, solver: Solver) -> None:
    """Every witness compiles beside its policy, its expectations hold, and none is missing."""
    for found in findings(path, solver):
        if not found.witness:
            assert found.code not in WITH_A_WITNESS or SAID_BY_OUTCOME.search(found.message), found.help
            continue
        # An overlay that is not proved is no policy to serve, but its examples can be judged.
        text = re.sub(r"\nexample .*", "", path.read_text(), flags=re.DOTALL) + "\n" + found.witness
        done = compile_policy(text, path.name, beside)
        assert done.policy is not None, [d.message for d in done.diagnostics]
        judged = CompiledPolicies([done.policy])
        own = [e for e in done.policy.examples if e.title in found.witness]
        assert own
        assert [f.message for e in own for f in run_example(judged, e, solver.ask).failures] == []


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_nothing_is_found_in_a_sound_policy(path: Path, solver: Solver) -> None:
    said = [d for d in findings(path, solver) if d.severity != "info"]
    assert [f"{d.code} {d.message}" for d in said] == []


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_the_examples_of_a_sound_policy_hold(path: Path, solver: Solver) -> None:
    policy = compiled(path).policy
    assert policy is not None and policy.examples
    judged = CompiledPolicies([policy])
    failures = [f.message for e in policy.examples for f in run_example(judged, e, solver.ask).failures]
    assert failures == []


def test_there_are_enough_of_both() -> None:
    assert (len(FAULTY) >= 40, len(SOUND) >= 40) == (True, True)
