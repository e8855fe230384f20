import pytest

from guardproxy.ir.terms import Exemption, Finder
from guardproxy.patterns.gate_stages import Stage, hold_before
from guardproxy.patterns.text_gate import Cut, Halt, Reaction, Substitute, Watch, WatchList


def stage(pattern: str, reaction: Reaction, which: int = 0) -> Stage:
    return Stage(WatchList([Watch(Finder("pattern", pattern), "R", reaction)]).stages[which])


def test_it_keeps_what_is_not_decided() -> None:
    first = stage("ab", Substitute("#"))
    assert [first.advance(piece).released for piece in ("xa", "b", "aa")] == ["x", "#", "a"]
    assert (first.pending, first.context, first.offset) == ("a", "xaba", 4)


def test_an_exempted_match_is_not_looked_into_again() -> None:
    exempt = Finder("detector", "email", exemptions=(Exemption("starting", "help@"),))
    watches = WatchList([Watch(exempt, "E", Halt()), Watch(Finder("pattern", "elp@x[.]org,!"), "P", Halt())])
    first = Stage(watches.stages[0])
    assert first.advance("help@x.org,").released == "h"
    assert first.advance(" ").released == "elp@x.org, "


def test_a_cut_keeps_white_space_back() -> None:
    cutting = stage("--", Cut(), which=1)
    assert [cutting.advance(piece).released for piece in ("a  ", "b -", "- c", "d")] == ["a", "  b", "", ""]
    assert cutting.closed


@pytest.mark.parametrize(
    ("replacement", "ahead", "hold"),
    [("#", "t", 4), ("#", "4", 2), ("#", "5t", 4), ("5x", "t", 2), ("5x", "-t", 2), ("-5x", "t", 4)],
)
def test_what_follows_may_show_that_nothing_comes(replacement: str, ahead: str, hold: int) -> None:
    """`4 ` waits; what follows is `ahead`, unless a replacement comes first."""
    watches = WatchList([Watch(Finder("pattern", "4 [45]+x"), "R", Substitute(replacement))])
    assert hold_before(ahead, watches.everything, "x 4 ", 2, {}) == hold
