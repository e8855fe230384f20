import json
from pathlib import Path

import pytest

from guardproxy.cli.main import main

OFFER = '{"decision": "approve", "amount": 5000, "apr": 36.5, "term": 36}'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def explained(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["explain", *words]) == 0
    return capsys.readouterr().out


def test_every_form_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = explained(capsys, "lending")
    assert "Personal loan offers, version 3.2" in out
    assert "offer: the reply as a JSON object" in out
    assert "  apr : percent from 0% up to 100%" in out
    assert "  demands     offer.apr at most 36%" in out
    assert "  repair by   lowering offer.apr" in out


@pytest.mark.parametrize(
    "reply",
    [
        OFFER,
        json.dumps({"role": "assistant", "content": OFFER}),
        json.dumps({"choices": [{"index": 0, "message": {"role": "assistant", "content": OFFER}}]}),
        json.dumps({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": OFFER}]}),
    ],
)
def test_a_reply_is_judged_step_by_step(folder: Path, capsys: pytest.CaptureFixture[str], reply: str) -> None:
    (folder / "reply").write_text(reply)
    (folder / "facts").write_text('{"applicant": {"tier": "silver", "covered": true}}')
    out = explained(capsys, "lending", "--reply", "reply", "--facts", "facts")
    assert "violated       APR-CAP\n" in out
    assert "offer.apr = 36.5%" in out
    assert "not applicable ADV-REASONS" in out
    assert "repaired by APR-CAP, TIER-CAP" in out
    assert '"apr": 24.99' in out


def test_a_conversation_has_to_end_with_an_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "reply").write_text('{"messages": [{"role": "user", "content": "Hi"}]}')
    assert main(["explain", "lending", "--reply", "reply"]) == 2
    assert capsys.readouterr().err == "guardproxy: `reply` has to end with an assistant message\n"


def test_what_is_invalid_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "reply").write_text('{"decision": "aprove", "apr": 136.5}')
    (folder / "facts").write_text('{"applicant": {"tier": "gld", "covered": true}}')
    out = explained(capsys, "lending", "--reply", "reply", "--facts", "facts")
    assert 'invalid        `offer.decision` is `"aprove"`, which is not listed: it has to be one of "approve", ' in out
    assert (
        "invalid        `offer.apr` is `136.5`, which is out of range: it has to be a number of % from 0% up to 100%"
        in out
    )
    assert "invalid        `offer.amount` is missing\n" in out
    assert 'invalid        `applicant.tier` is `"gld"`, which is not listed: ' in out


def test_broken_json_is_pointed_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "reply").write_text('{"role": "assistant", "content": "Hi"')
    assert main(["explain", "lending", "--reply", "reply"]) == 0
    assert capsys.readouterr().err.startswith(
        "guardproxy: `reply` begins like JSON, but it stops being one JSON value at"
    )
