"""What stops the start before anything listens."""

import pytest

from guardproxy.pipeline import compile_policy
from guardproxy.proxy.serve import check_together
from guardproxy.settings import SettingsMistake, read_settings


def test_a_policy_that_judges_nothing_does_not_serve() -> None:
    settings = read_settings({"upstream": "http://127.0.0.1:9/v1", "policies": ("empty.policy",)}, None, {})
    policy = compile_policy('policy "Nothing" version 1\n', "empty.policy").policy
    assert policy is not None
    with pytest.raises(SettingsMistake, match="has no rules and declares nothing"):
        check_together(settings, (policy,))
