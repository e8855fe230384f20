"""What stops the start before anything listens."""

from pathlib import Path

import pytest

from guardproxy.pipeline import compile_policy
from guardproxy.proxy.serve import check_together, refuse_unproved
from guardproxy.settings import SettingsMistake, read_settings
from guardproxy.storage.policy_files import RejectedPolicies, read_policies


def test_a_policy_that_judges_nothing_does_not_serve() -> None:
    settings = read_settings({"upstream": "http://127.0.0.1:9/v1", "policies": ("empty.policy",)}, None, {})
    policy = compile_policy('policy "Nothing" version 1\n', "empty.policy").policy
    assert policy is not None
    with pytest.raises(SettingsMistake, match="has no rules and declares nothing"):
        check_together(settings, (policy,))


BASELINE = """policy "Baseline" version 1, money in USD
check reply as offer
- amount : money from $0 to $1,000

rule CAP "At most $500"
  require offer.amount at most $500
"""


def overlay(folder: Path, limit: str) -> str:
    (folder / "baseline.policy").write_text(BASELINE)
    (folder / "local.policy").write_text(
        'policy "Local" version 1, extends "baseline.policy", money in USD\n\n'
        f'tighten CAP "At most {limit}"\n  require offer.amount at most {limit}\n\n'
        'example "a small one"\n  reply {"amount": 100}\n  expect allowed\n'
    )
    return str(folder / "local.policy")


def test_an_overlay_that_loosens_its_baseline_does_not_serve(tmp_path: Path) -> None:
    refuse_unproved(read_policies((overlay(tmp_path, "$400"),)))
    with pytest.raises(RejectedPolicies) as refused:
        refuse_unproved(read_policies((overlay(tmp_path, "$600"),)))
    told = str(refused.value)
    assert "`CAP` loosens the rule of the baseline" in told and "example" in told and '"amount"' in told
    assert told.endswith("an overlay that is not proved to tighten only does not serve")


def test_a_policy_that_no_answer_complies_with_does_not_serve(tmp_path: Path) -> None:
    file = tmp_path / "impossible.policy"
    file.write_text(BASELINE + '\nrule MIN "At least $600"\n  require offer.amount at least $600\n')
    with pytest.raises(RejectedPolicies, match=r"E401(.|\n)*a policy that no answer can comply with does not serve"):
        refuse_unproved(read_policies((str(file),)))
