import gzip
import json
from collections.abc import Callable
from io import BufferedReader, BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from guardproxy.cli.main import main

POLICY = """policy "Desk" version 1

tool pay takes
  - amount : whole number

rule D-PAY "Small sums"
  require pay.amount at most 10

rule D-WORD "No secrets"
  never reply text mentions "secret"
  otherwise redact as "[...]"

facts person from system
  - adult : yes/no, may be unknown

rule D-ADULT "Adults only"
  when pay.amount at least 5
  require person.adult
  if unknown hold
"""


def call(number: int, arguments: str) -> dict[str, Any]:
    return {"id": f"c{number}", "type": "function", "function": {"name": "pay", "arguments": arguments}}


MESSAGES = [
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "A secret."},
    {"role": "user", "content": "Pay."},
    {"role": "assistant", "content": None, "tool_calls": [call(1, '{"amount": 3}'), call(2, '{"amount": 11}')]},
    {"role": "tool", "tool_call_id": "c1", "content": "done"},
    {"role": "assistant", "content": None, "tool_calls": [call(1, '{"amount": 5}')]},
    {"role": "assistant", "content": None, "tool_calls": [call(1, '{"amount": "much"}')]},
    {"role": "assistant", "content": "Bye."},
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desk.policy").write_text(POLICY)
    lines = [{"id": f"talk-{n}", "messages": MESSAGES} for n in range(5)]
    lines.append({"id": "grown-up", "messages": MESSAGES, "facts": {"person": {"adult": True}}})
    (tmp_path / "talks.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    return tmp_path


def replayed(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert main(["replay", "talks.jsonl", "--policy", "desk.policy", "--format", "json", *words]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_assistant_message_gets_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = replayed(capsys)
    first = [line for line in lines if line["conversation"] == "talk-0"]
    assert [line["message"] for line in first] == [1, 3, 5, 6, 7]
    assert [line["verdict"] for line in first] == ["rewritten", "blocked", "held", "blocked", "allowed"]
    assert [line["violated"] for line in first] == [["D-WORD"], ["D-PAY"], [], [], []]
    assert [line["open"] for line in first] == [[], ["D-ADULT"], ["D-ADULT"], ["D-ADULT"], []]
    assert "pay" in first[3]["invalid"]


def test_each_call_has_its_own_verdict(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small, large = replayed(capsys)[1]["calls"]
    assert small == {
        "id": "c1", "index": 0, "tool": "pay", "verdict": "allowed", "violated": [], "open": [], "invalid": [],
    }  # fmt: skip
    assert large == {
        "id": "c2", "index": 1, "tool": "pay", "verdict": "blocked", "violated": ["D-PAY"], "open": ["D-ADULT"],
        "invalid": [],
    }  # fmt: skip


def test_facts_come_from_the_line_or_from_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "facts.json").write_text('{"person": {"adult": false}}')
    lines = replayed(capsys, "--facts", "facts.json")
    fifth = {line["conversation"]: line["verdict"] for line in lines if line["message"] == 5}
    assert fifth == {**{f"talk-{n}": "blocked" for n in range(5)}, "grown-up": "allowed"}


def test_a_fact_that_no_policy_declares_is_pointed_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "facts.json").write_text('{"person": {"adlt": true}}')
    assert main(["replay", "talks.jsonl", "--policy", "desk.policy", "--facts", "facts.json"]) == 0
    sentence = "guardproxy: facts.json: no policy declares the fact `person.adlt`; did you mean `adult`?\n"
    assert capsys.readouterr().err == sentence


def test_several_processes_say_the_same_in_the_same_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replayed(capsys, "--jobs", "2") == replayed(capsys)


def test_the_table_counts_by_rule(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "talks.jsonl", "--policy", "desk.policy"]) == 0
    out = capsys.readouterr().out
    rows = {row.split()[0]: row.split() for row in out.splitlines() if row.strip()}
    assert rows["D-PAY"] == ["D-PAY", "Small", "sums", "6", "6", "40.0%"]
    assert rows["D-WORD"] == ["D-WORD", "No", "secrets", "6", "20.0%"]
    assert out.endswith("30 messages in 6 conversations: 7 allowed, 6 rewritten, 5 held, 12 blocked\n")


def test_nothing_to_judge_is_a_mistake(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "talks.jsonl").write_text("\n")
    assert main(["replay", "talks.jsonl", "--policy", "desk.policy"]) == 2
    assert capsys.readouterr().err == "guardproxy: `talks.jsonl` holds no conversation\n"


def test_facts_of_lines_that_fit_nothing_are_pointed_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [{"messages": MESSAGES[:2], "facts": {"person": {"adult": "yes"}}} for _ in range(3)]
    (folder / "talks.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    assert main(["replay", "talks.jsonl", "--policy", "desk.policy"]) == 0
    assert capsys.readouterr().err == (
        'guardproxy: line 1 (and 2 more): `person.adult` is `"yes"`, which is of another kind: '
        "it has to be true or false\n"
    )


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_conversations_from_standard_input(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pack: Callable[[bytes], bytes]
) -> None:
    given = BufferedReader(BytesIO(pack((folder / "talks.jsonl").read_bytes())))
    monkeypatch.setattr("sys.stdin", TextIOWrapper(given))
    assert main(["replay", "-", "--policy", "desk.policy", "--format", "json"]) == 0
    from_stdin = capsys.readouterr().out
    assert main(["replay", "talks.jsonl", "--policy", "desk.policy", "--format", "json"]) == 0
    assert from_stdin == capsys.readouterr().out


def test_all_that_cannot_be_read_is_named_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "none.jsonl", "--policy", "no.policy", "privcy", "--facts", "none.json"]) == 2
    err = capsys.readouterr().err
    assert all(name in err for name in ("`no.policy`", "`privcy`", "`none.jsonl`", "`none.json`"))


def test_warnings_of_policies_are_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "desk.policy").write_text(POLICY.replace("text mentions", "text contains"))
    assert main(["replay", "talks.jsonl", "--policy", "desk.policy"]) == 0
    assert capsys.readouterr().err.startswith("W207 desk.policy:10:29  ")
