"""The net lets every match through, finished or begun, however its finders are divided."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.ir.terms import Finder
from guardproxy.patterns.detectors import DETECTORS
from guardproxy.patterns.engine import MARK_BYTES, encoded
from guardproxy.patterns.net import net_of
from guardproxy.patterns.probe import Probe, probe_of
from guardproxy.patterns.syntax import parse
from tests.patterns.small import edged, patterns, texts

LIBRARY = [probe_of(Finder("detector", name)) for name in DETECTORS]
EXAMPLES = [example for detector in DETECTORS.values() for example in (*detector.matches, *detector.others)]


def passing(probes: list[Probe], data: bytes) -> set[int]:
    return {i for i, probe in enumerate(probes) if probe.search.search(data)}


def begun(probes: list[Probe], data: bytes) -> set[int]:
    """Those with a match of some characters, finished or not."""
    return {i for i, probe in enumerate(probes) if probe.growth.search(data) not in (None, (len(data) - 1, len(data)))}


@settings(max_examples=150, deadline=None)
@given(st.lists(patterns("ab ") | edged, min_size=1, max_size=4), texts)
def test_a_small_net(sources: list[str], text: str) -> None:
    probes = [Probe(parse(source)) for source in sources]
    net = net_of([(p.searching, p.tree) for p in probes], [p.kin for p in probes])
    data = encoded(text)
    assert set(net.passing(data)) == passing(probes, data)
    assert begun(probes, data + MARK_BYTES) <= set(net.growing(data + MARK_BYTES))


@pytest.mark.parametrize("part", range(8))
def test_the_whole_library(part: int) -> None:
    net = net_of([(p.searching, p.tree) for p in LIBRARY], [p.kin for p in LIBRARY])
    for example in EXAMPLES[part::32]:
        data = encoded(example)
        assert set(net.passing(data)) == passing(LIBRARY, data)
        for end in (len(data) // 3, len(data) // 2, len(data) - 1):
            cut_off = data[:end] + MARK_BYTES
            assert begun(LIBRARY, cut_off) == set(net.growing(cut_off))
