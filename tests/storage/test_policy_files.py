from pathlib import Path

import pytest

from guardproxy.storage.places import grammars, pack_names, packs
from guardproxy.storage.policy_files import (
    RejectedPolicies,
    files_beside,
    find_policy,
    load_policies,
    read_policies,
    read_policy,
)
from guardproxy.storage.reading import UnreadableFile

RULE = 'policy "Words" version 1\n\nrule {} "No secrets"\n  never reply text mentions "secret"\n'


def test_packs_and_grammars_are_found() -> None:
    assert {"airline", "dosing", "leave", "lending", "privacy", "refunds"} <= set(pack_names())
    assert find_policy("privacy") == packs() / "privacy.policy"
    assert (grammars() / "policy.lark").is_file()


def test_a_file_of_the_name_wins_over_a_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "privacy").write_text(RULE.format("MINE"))
    monkeypatch.chdir(tmp_path)
    policy = read_policy("privacy").policy
    assert policy is not None
    assert [rule.id for rule in policy.rules] == ["MINE"]


def test_a_slip_in_a_pack_s_name_gets_a_guess() -> None:
    with pytest.raises(UnreadableFile) as failure:
        find_policy("privcy")
    assert str(failure.value) == "there is no policy `privcy`; did you mean `privacy`?"


def test_a_missing_path_lists_the_packs() -> None:
    with pytest.raises(UnreadableFile, match=r"there is no policy `no/such\.policy`; a path or the name of a pack is"):
        find_policy("no/such.policy")


def test_policies_that_do_not_compile_are_refused_with_every_message(tmp_path: Path) -> None:
    path = tmp_path / "bad.policy"
    path.write_text('policy "Bad" version 1\n\nrule A "x"\n  require nothing.at all\n')
    with pytest.raises(RejectedPolicies) as failure:
        read_policies(["privacy", str(path)])
    assert str(failure.value).endswith(f"`{path}` does not compile")
    assert f"{path}:4:" in str(failure.value)


def test_one_rule_id_in_two_policies_is_refused(tmp_path: Path) -> None:
    paths = [tmp_path / "a.policy", tmp_path / "b.policy"]
    for path in paths:
        path.write_text(RULE.format("TWIN"))
    with pytest.raises(RejectedPolicies, match=r"the rule `TWIN` stands in `.*a\.policy` and in `.*b\.policy`"):
        read_policies(map(str, paths))


FACTS = 'policy "{0}" version 1\n\nfacts applicant from {1}\n  - tier : one of gold, silver\n\nrule {0} "x"\n'
FACTS += "  require applicant.tier is gold\n"


@pytest.mark.parametrize("sources", [("system", "request"), ("request", "system"), ("tool", "request")])
def test_facts_of_one_name_have_one_source(tmp_path: Path, sources: tuple[str, str]) -> None:
    paths = [tmp_path / "a.policy", tmp_path / "b.policy"]
    for path, source in zip(paths, sources, strict=True):
        path.write_text(FACTS.format(path.stem.upper(), source))
    with pytest.raises(RejectedPolicies) as failure:
        read_policies(map(str, paths))
    assert str(failure.value) == (
        f"facts `applicant` come from {sources[0]} in `{paths[0]}` and from {sources[1]} in `{paths[1]}`; rename one"
    )


def test_warnings_and_names_said_twice_are_remarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.policy").write_text(RULE.format("A"))
    (tmp_path / "b.policy").write_text(RULE.format("B").replace("mentions", "contains"))
    loaded = load_policies(["a.policy", str(tmp_path / "a.policy"), "b.policy", "b.policy"])
    assert [p.rules[0].id for p in loaded.policies] == ["A", "B"]
    twice, again, *warnings = loaded.remarks
    assert twice == f"the policy `{tmp_path}/a.policy` is named twice (as `a.policy` before); it counts once"
    assert again == "the policy `b.policy` is named twice; it counts once"
    assert warnings
    assert all(w.startswith("W") and " b.policy:" in w and "\n   help: " in w for w in warnings)


def test_all_that_cannot_be_read_is_named() -> None:
    with pytest.raises(UnreadableFile, match=r"no policy `one`.*\n.*no policy `two`"):
        read_policies(["one", "privacy", "two"])


OVER = 'policy "Over" version 1, extends "base.policy"\n\nrule O "No secrets"\n  never reply text mentions "key"\n'


def test_a_policy_names_files_in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "base.policy").write_text(RULE.format("BASE"))
    (tmp_path / "over.policy").write_text(OVER)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    policy = read_policy("../over.policy").policy
    assert policy is not None
    assert [rule.id for rule in policy.rules] == ["BASE", "O"]


def test_grammars_are_the_policy_s_own_or_the_product_s(tmp_path: Path) -> None:
    beside = files_beside(tmp_path / "any.policy")
    assert beside("sql_select.lark") == (grammars() / "sql_select.lark").read_text("utf-8")
    (tmp_path / "sql_select.lark").write_text('start: "mine"\r\n')
    assert beside("sql_select.lark") == 'start: "mine"\n'


def test_no_other_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "latin").write_bytes(b"\xff\xfe\xfa")
    (tmp_path / "in").mkdir()
    beside = files_beside(tmp_path / "in" / "any.policy")
    for name in ("../secret", str(tmp_path / "secret"), "..", ".", "", "nowhere.lark", "in"):
        assert beside(name) is None
    assert files_beside(tmp_path / "any.policy")("latin") is None


def test_an_overlay_is_served_without_its_baseline(tmp_path: Path) -> None:
    (tmp_path / "base.policy").write_text(RULE.format("BASE"))
    (tmp_path / "over.policy").write_text(OVER)
    with pytest.raises(RejectedPolicies, match=r"over\.policy` has the rules of its baseline: leave the other out"):
        read_policies([str(tmp_path / "base.policy"), str(tmp_path / "over.policy")])
