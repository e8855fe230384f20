"""Settings: flags over file over environment, and every mistake with its line and a hint."""

from pathlib import Path
from typing import Any

import pytest

from guardproxy.settings import Settings, SettingsMistake, read_settings

ENOUGH = {"upstream": "http://x", "policies": ("privacy",)}
ENOUGH_BY_VARIABLES = {"GUARDPROXY_UPSTREAM": "http://x", "GUARDPROXY_POLICIES": "privacy"}


def mistakes(text: str, tmp_path: Path, **flags: Any) -> list[str]:
    file = tmp_path / "guardproxy.toml"
    file.write_text(text)
    with pytest.raises(SettingsMistake) as caught:
        read_settings(flags, file, ENOUGH_BY_VARIABLES)
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
    platform = {
        "GUARDPROXY_PORT": "tcp://10.0.0.1:8080",
        "GUARDPROXY_SERVICE_HOST": "10.0.0.1",
        "GUARDPROXY_SERVICE_PORT_HTTP": "8080",
        "GUARDPROXY_PORT_8080_TCP_ADDR": "10.0.0.1",
    }
    assert read_settings(ENOUGH, None, platform).port == 8080


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prot = 1", "1: there is no setting `prot`; did you mean `port`?"),
        ("\n[limits]\nbody_byte = 1", "3: there is no setting `limits.body_byte`; did you mean `body_bytes`?"),
        (
            "port = 70000",
            "1: `port` cannot be used: it has to be a whole number from 0 to 65535 (0: any free port), such as 8080",
        ),
        ('zone = "Mars"', '1: `zone` cannot be used: it has to be a time zone such as "Europe/Paris"'),
        ('blocked_as = "x"', '1: `blocked_as` cannot be used: it has to be "refusal" or "error"'),
        ("workers = true", "1: `workers` cannot be used: it has to be a whole number from 1 to 256, such as 4"),
        (
            'policies = "privacy"',
            '1: `policies` cannot be used: it has to be a list of texts, as ["privacy", "my.policy"]',
        ),
        ("facts = 1", "1: `facts` cannot be used: it has to be a table of fields, as [facts.applicant]"),
        ("limits = 1", "1: `limits` cannot be used: it has to be a table, as [limits]"),
        (
            '[timeouts]\nconnect = "soon"',
            "2: `timeouts.connect` cannot be used: it has to be a number of seconds above 0, as 30",
        ),
        (
            '[surfaces]\nallow = ["POST /*"]',
            "2: `surfaces.allow` cannot be used: `POST /*` is a wildcard; name each endpoint by itself, as "
            "`POST /realtime/client_secrets`",
        ),
        (
            '[surfaces]\nallow = ["POST /responses"]',
            "2: `surfaces.allow` cannot be used: `POST /responses` is judged here, so that it need not be allowed; it "
            "never passes unjudged",
        ),
        (
            'upstream_key_as = "cookie"',
            '1: `upstream_key_as` cannot be used: it has to be "authorization" (a bearer token), "api-key" (Azure) or '
            '"x-api-key" (Anthropic)',
        ),
        ("[facts.a]\nb = nan", "`facts` cannot be used: `NaN` is no number that JSON has"),
    ],
)
def test_a_mistake_says_where_and_what(text: str, message: str, tmp_path: Path) -> None:
    assert mistakes(text, tmp_path) == [message]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("GUARDPROXY_POLICY", "privacy", "there is no setting `GUARDPROXY_POLICY` for the environment; did"),
        ("GUARDPROXY_PORT", "abc", "`GUARDPROXY_PORT` cannot be used: it has to be a whole number from 0 to 65535"),
        ("GUARDPROXY_UPSTREAM", "tcp://h", "`GUARDPROXY_UPSTREAM` cannot be used: it has to be a URL such as"),
        ("GUARDPROXY_LIMITS", "1", "`GUARDPROXY_LIMITS` cannot stand in the environment; write the table"),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_named(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsMistake) as caught:
        read_settings({}, None, {**ENOUGH_BY_VARIABLES, name: value})
    assert str(caught.value).startswith(message)


def test_flags_are_named_as_flags() -> None:
    with pytest.raises(SettingsMistake, match=r"^--admin-port cannot be used"):
        read_settings({**ENOUGH, "admin_port": 99999}, None, {})


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://api.openai.com/v1 ", "it holds a blank"),
        ("http://exa mple/v1", "it holds a blank"),
        ("http://-x-/v1", "`-x-` is no name or address of a host"),
        ("http://300.1.1.1/v1", "`300.1.1.1` is no name or address of a host"),
        ("http://h:99999/v1", "it is no URL"),
        ("h/v1", "it has to be a URL"),
        ("http://me:secret@h/v1", "it must not hold a name or a password"),
        (
            "https://h/v1/chat/completions",
            "it has to be the base URL, without the endpoint: https://h/v1",
        ),
    ],
)
def test_an_upstream_that_cannot_be_one(url: str, message: str) -> None:
    with pytest.raises(SettingsMistake) as caught:
        read_settings({**ENOUGH, "upstream": url}, None, {})
    assert str(caught.value).startswith(f"--upstream cannot be used: {message}")


@pytest.mark.parametrize("url", ["http://[::1]:8000/v1", "http://127.0.0.1:1/v1", "https://my_host.local/openai/v1"])
def test_an_upstream_that_can(url: str) -> None:
    assert read_settings({**ENOUGH, "upstream": url}, None, {}).upstream == url


def test_paths_of_policies_start_at_the_file(tmp_path: Path) -> None:
    (tmp_path / "beside").write_text("")
    file = tmp_path / "guardproxy.toml"
    file.write_text(
        'upstream = "http://x"\npolicies = ["privacy", "my.policy", "sub/other.policy", "/a/b.policy", "beside"]'
    )
    assert read_settings({}, file, {}).policies == (
        "privacy", f"{tmp_path}/my.policy", f"{tmp_path}/sub/other.policy", "/a/b.policy", f"{tmp_path}/beside",
    )  # fmt: skip


def test_places_are_kept_and_dates_are_as_in_json(tmp_path: Path) -> None:
    file = tmp_path / "g.toml"
    file.write_text("port = 1\n[facts.a]\nport = 2\nsince = 2026-11-21\n[facts.b]\nx = 1.5\n")
    found = read_settings(ENOUGH, file, {})
    assert found.place(("facts", "a", "port")) == f"{file}:3: "
    assert found.place(("facts", "b", "y")) == f"{file}:5: "
    assert found.facts["a"]["since"] == "2026-11-21"


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
