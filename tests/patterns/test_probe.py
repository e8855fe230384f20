import pytest

from guardproxy.ir.terms import Exemption, Finder
from guardproxy.patterns.probe import exemption_test, probe_of
from guardproxy.patterns.syntax import Refusal


def test_a_finder_is_compiled_once() -> None:
    assert probe_of(Finder("mention", "limit")) is probe_of(Finder("mention", "limit"))


def test_what_finds_nothing_in_particular_is_refused() -> None:
    with pytest.raises(Refusal, match="finds the empty text"):
        probe_of(Finder("pattern", "a?"))


def test_counting_leaves_the_probe_itself_alone() -> None:
    probe = probe_of(Finder("pattern", "[0-9]+"))
    small = probe.counting(lambda matched: int(matched) < 10)
    assert (probe.exempt, small.exempt and small.exempt("12"), small.search is probe.search) == (None, True, True)


def test_exemptions() -> None:
    exempt = exemption_test((Exemption("starting", "no"), Exemption("matching", "^x.$", ignore_case=True)))
    assert [t for t in ("none", "None", "Xy", "xyz") if exempt(t)] == ["none", "Xy"]
