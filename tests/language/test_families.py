"""The name of a family of detectors stands for all of them."""

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import run_example
from guardproxy.cli.solver import solver
from guardproxy.diagnostics import render
from guardproxy.pipeline import compile_policy

POLICY = """policy "Keys" version 1

rule K-1 "No key gets out"
  never any text contains credentials except those starting with "glpat-0000"
  otherwise redact as "[key]"

example "keys of two issuers, and one that may be shown"
  reply text "glpat-a1B2c3D4e5a1B2c3D4e5, npm_a1B2c3D4e5a1B2c3D4e5a1B2c3D4e5a1B2c3 and glpat-00001111222233334444."
  expect rewritten "[key], [key] and glpat-00001111222233334444." by K-1
"""


def test_a_family_is_all_of_its_detectors() -> None:
    compiled = compile_policy(POLICY, "keys.policy")
    assert compiled.policy is not None
    with solver() as ask:
        (run,) = [run_example(CompiledPolicies([compiled.policy]), e, ask) for e in compiled.policy.examples]
    assert run.failures == ()


def test_a_name_that_is_nearly_one_is_corrected() -> None:
    (said,) = [render(d) for d in compile_policy(POLICY.replace("credentials", "credential"), "k").diagnostics]
    assert "there is no detector or pattern `credential`" in said
    assert "credentials" in said.partition("help:")[2]
