"""A mistake in a classifier's table stops the start, with its place and what to do."""

from pathlib import Path

import pytest

from guardproxy.settings import SettingsMistake, read_settings

HEAD = 'upstream = "http://127.0.0.1/v1"\nallow_no_policy = true\n\n[classifiers.tone]\n'
URL = 'kind = "presidio"\nurl = "http://127.0.0.1:5002/analyze"\n'


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('kind = "presidio"\n', ":4: `classifiers.tone.url` is missing"),
        (URL.replace("presidio", "oracle"), ':5: `classifiers.tone.kind` cannot be used: it has to be "openai-mod'),
        (URL.replace("http:", "ftp:"), ":6: `classifiers.tone.url` cannot be used: it has to be a URL such as"),
        (URL.replace("//", "//u:p@"), "it must not hold a name or a password; set `key` or `key_from` instead"),
        (URL + "time_out = 3\n", ":7: there is no setting `classifiers.tone.time_out`; did you mean `timeout`?"),
        (URL + "timeout = 0\n", ":7: `classifiers.tone.timeout` cannot be used: it has to be seconds above 0"),
        (URL + "timeout = true\n", ":7: `classifiers.tone.timeout` cannot be used"),
        (URL + "max_bytes = -1\n", ":7: `classifiers.tone.max_bytes` cannot be used"),
        (URL + 'fields = { a = "b" }\n', ":7: `classifiers.tone.fields` cannot be used: `a` has to be a JSON pointer"),
        (URL + 'key = "a"\nkey_from = "B"\n', "`key` and `key_from` say the same thing twice"),
        (URL + 'key_from = "B"\n', ":7: `classifiers.tone.key_from`: there is no `B` in the environment"),
        (URL.replace("presidio", "http"), "a classifier of kind `http` needs `fields`"),
        (URL.replace("presidio", "openai-chat"), "needs `model` and `instructions`"),
    ],
)
def test_each_mistake_is_said_with_its_place(tmp_path: Path, table: str, says: str) -> None:
    file = tmp_path / "guardproxy.toml"
    file.write_text(HEAD + table)
    with pytest.raises(SettingsMistake) as caught:
        read_settings({}, file, {})
    assert says in str(caught.value)


def test_a_key_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "guardproxy.toml"
    file.write_text(HEAD + URL + 'key_from = "TONE_KEY"\n')
    own = read_settings({}, file, {"TONE_KEY": "canary"}).classifiers["tone"]
    assert own.key is not None and own.key.get_secret_value() == "canary"
    assert "canary" not in repr(own) and "canary" not in own.model_dump_json()
