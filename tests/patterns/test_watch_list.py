from guardproxy.ir.terms import Finder
from guardproxy.patterns.text_gate import Cut, Freeze, Halt, Substitute, Watch, WatchList


def watching(*reactions: Halt | Freeze | Substitute | Cut) -> WatchList:
    return WatchList([Watch(Finder("pattern", "ab+"), f"R{i}", r) for i, r in enumerate(reactions)])


def test_stopping_rules_need_one_stage() -> None:
    assert [(s.round, s.cuts, s.last) for s in watching(Halt(), Freeze()).stages] == [(1, False, False)]


def test_rewriting_takes_three_rounds_and_a_last_look() -> None:
    spans = [(n, False, False) for n in (1, 2, 3)] + [(4, False, True)]
    both = [(n, cuts, False) for n in (1, 2, 3) for cuts in (False, True)] + [(4, False, True)]
    assert [(s.round, s.cuts, s.last) for s in watching(Substitute("#")).stages] == spans
    assert [(s.round, s.cuts, s.last) for s in watching(Substitute("#"), Cut()).stages] == both


def test_how_far_a_replacement_stays_as_it_is() -> None:
    assert watching(Substitute("[x]"), Substitute("so abb")).everything.joins == ("[x]", "so ")
    assert watching(Substitute("a")).everything.joins is None
    assert watching(Substitute("")).everything.joins is None
