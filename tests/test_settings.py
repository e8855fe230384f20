"""Settings: flags over file over environment, and every mistake with its line and a hint."""

from pathlib import Path
from typing import Any

import pytest

from guardproxy.settings import Settings, SettingsMistake, read_settings

ENOUGH = {"upstream": "http://x", "policies": ("privacy",)}


def mistakes(text: str, tmp_path: Path, **flags: Any) -> list[str]:
    file = tmp_path / "guardproxy.toml"
    file.write_text(text)
    with pytest.raises(SettingsMistake) as caught:
        read_settings({**ENOUGH, **flags}, file, {})
    return [mistake.removeprefix(f"{file}:") for mistake in caught.value.mistakes]


def test_flags_override_the_file_and_the_file_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "guardproxy.toml"
    file.write_text('port = 2\nworkers = 2\n[facts.applicant]\ntier = "gold"\nrate = 0.1\n[timeouts]\nconnect = 1.5\n')
    environment = {
        "GUARDPROXY_PORT": "3",
        "GUARDPROXY_WORKERS": "3",
        "GUARDPROXY_HOST": "::1",
        "GUARDPROXY_POLICIES": "a,b",
    }
    found = read_settings({"upstream": "https://h/v1/", "port": 1, "host": None}, file, environment)
    assert (found.port, found.workers, found.host, found.policies) == (1, 2, "::1", ("a", "b"))
    assert (found.upstream, found.timeouts.connect, str(found.facts["applicant"]["rate"])) == (
        "https://h/v1",
        1.5,
        "0.1",
    )


def test_a_base_url_without_a_path_means_v1() -> None:
    assert read_settings(ENOUGH, None, {}).upstream == "http://x/v1"


def test_a_platforms_variable_of_our_name_is_not_ours() -> None:
    assert read_settings(ENOUGH, None, {"GUARDPROXY_PORT": "tcp://10.0.0.1:8080"}).port == 8080


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prot = 1", "1: there is no setting `prot`; did you mean `port`?"),
        ("\n[limits]\nbody_byte = 1", "3: there is no setting `limits.body_byte`; did you mean `body_bytes`?"),
        ("port = 70000", "1: `port` cannot be used: it has to be less than or equal to 65535"),
        ('zone = "Mars"', "1: `zone` cannot be used: it has to be a time zone such as Europe/Paris"),
        ('blocked_as = "x"', "1: `blocked_as` cannot be used: it has to be 'refusal' or 'error'"),
    ],
)
def test_a_mistake_says_where_and_what(text: str, message: str, tmp_path: Path) -> None:
    assert mistakes(text, tmp_path) == [message]


def test_all_mistakes_are_said(tmp_path: Path) -> None:
    assert len(mistakes("prot = 1\nhots = 2", tmp_path, workers=0)) == 3


def test_no_toml(tmp_path: Path) -> None:
    assert "is no TOML: " in mistakes("port = = 1", tmp_path)[0]


def test_never_without_a_policy_unless_told_to() -> None:
    with pytest.raises(SettingsMistake, match="no policy is given"):
        read_settings({"upstream": "http://x"}, None, {})
    assert isinstance(read_settings({"upstream": "http://x", "allow_no_policy": True}, None, {}), Settings)


def test_keys_are_never_shown() -> None:
    settings = read_settings({**ENOUGH, "upstream_key": "canary", "facts_key": "canary"}, None, {})
    assert "canary" not in repr(settings)
