import json
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from rich.console import Console

from guardproxy.cli import terminal
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
    assert "violated       APR-CAP  36% cap for covered borrowers\n" in out
    assert "    require offer.apr at most 36%: false  (offer.apr = 36.5%)\n" in out
    assert "      offer.apr = 36.5%  (the reply (content), at $.apr)\n" in out
    assert "not applicable ADV-REASONS" in out
    assert "  the reply, $.apr: 36.5% became 24.99%\n" in out
    assert "    no smaller change does: with 25%, one step nearer, it does not comply: TIER-CAP\n" in out
    assert out.endswith(
        "\nVerdict\nrepaired by APR-CAP, TIER-CAP\n"
        'content: {"decision": "approve", "amount": 5000, "apr": 24.99, "term": 36}\n'
    )


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (
            "never (offer.apr above 30% and offer.term is 36)",
            "never offer.apr above 30% and offer.term is 36: true, and must not be",
        ),
        ("never not (offer.apr above 30%)", "never not (offer.apr above 30%): false, as it has to be"),
        ("require # so far\n    offer.term is 36", "require offer.term is 36: true  (offer.term = 36)"),
    ],
)
def test_a_body_is_said_with_its_verb(folder: Path, capsys: pytest.CaptureFixture[str], body: str, line: str) -> None:
    (folder / "reply").write_text('{"apr": 36.5, "term": 36}')
    (folder / "p.policy").write_text(
        'policy "Offers" version 1\n\ncheck reply as offer\n  - apr : percent from 0% to 100%\n'
        f'  - term : whole number from 1 to 90\n\nrule R-1 "One"\n  {body}\n'
    )
    assert f"\n    {line}" in explained(capsys, "p.policy", "--reply", "reply")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("allow pay only when pay.sum below 5", "allow pay only when pay.sum below 5: false  (pay.sum = 7)"),
        (
            "allow pay at most 1 time per answer",
            "allow pay at most 1 time per answer: true  (calls to pay per answer = 1)",
        ),
        (
            'allow pay only after user says "go"',
            'allow pay only after user says "go": false',
        ),
        ("never pay after look", "never pay after look: false, as it has to be"),
        ("allow pay only after look", "allow pay only after look: false"),
    ],
)
def test_what_is_allowed_is_said_as_it_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], body: str, line: str
) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "pay", "arguments": '{"sum": 7}'}}
    (folder / "reply").write_text(json.dumps({"role": "assistant", "content": None, "tool_calls": [call]}))
    (folder / "p.policy").write_text(
        f'policy "Pay" version 1\n\ntool pay takes\n  - sum : whole number from 1 to 90\n\nrule R-1 "One"\n  {body}\n'
    )
    assert f"\n    {line}" in explained(capsys, "p.policy", "--reply", "reply")


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


def test_a_reply_is_read_from_standard_input(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"Hers is 123-45-6789.\n")))
    out = explained(capsys, "privacy", "--reply", "-")
    assert "123-45" not in out
    assert "(us_ssn in content, characters 9 to 19)" in out
    assert out.endswith("Verdict\nrewritten by PII-SSN\ncontent: Hers is [SSN].\n")


def test_the_instant_gives_the_date(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "p.policy").write_text(
        'policy "Late" version 1, dates in Asia/Tokyo\n\nfacts offer from system\n  - ends : date, may be unknown\n\n'
        'rule L-1 "In time"\n  when reply text mentions "offer"\n  require today is on or before offer.ends\n'
    )
    (folder / "reply").write_text("Our offer stands.")
    (folder / "facts").write_text('{"offer": {"ends": "2026-11-21"}}')
    out = explained(capsys, "p.policy", "--reply", "reply", "--facts", "facts", "--now", "2026-11-21T15:00Z")
    assert "today = 2026-11-22" in out
    assert "blocked by L-1" in out


def test_long_lines_fit_the_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=StringIO(), force_terminal=True, color_system=None, width=50, soft_wrap=True)
    monkeypatch.setattr(terminal, "RESULTS", console)
    terminal.show("a sentence of several words that does not fit on one line of fifty columns", 4)
    assert console.file.getvalue().splitlines() == [
        "    a sentence of several words that does not",
        "      fit on one line of fifty columns",
    ]


def test_an_unknown_rule_as_smtlib(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "privacy", "--smtlib", "PII-SNS"]) == 2
    assert capsys.readouterr().err == (
        "guardproxy: there is no rule `PII-SNS` in this policy; did you mean `PII-SSN`?\n"
    )
