"""A text is thought of for every detector and for ordinary patterns."""

import pytest

from guardproxy.ir.terms import Exemption, Finder
from guardproxy.patterns.detectors import DETECTORS
from guardproxy.patterns.scan import FinderSet
from guardproxy.proofs.samples import fits, sample, sample_text


@pytest.mark.parametrize("name", DETECTORS)
def test_every_detector_has_a_sample(name: str) -> None:
    assert sample((Finder("detector", name),))


@pytest.mark.parametrize(
    "expression",
    [
        r"\bProject (Heron|Osprey)\b",
        r"guarantee(d|s)?\s+approval",
        r"[0-9]{3}-[0-9]{2}",
        r"(?i)abc+",
        "絶対に|必ず",
        r"^a.*z$",
    ],
)
def test_a_pattern_s_sample_matches_it(expression: str) -> None:
    finder = Finder("pattern", expression, ignore_case=True)
    text = sample((finder,))
    assert text is not None
    assert FinderSet((finder,)).any(text)


def test_a_text_with_one_thing_and_without_another() -> None:
    mail, card = (Finder("detector", "email"),), (Finder("detector", "payment_card"),)
    text = sample_text([mail], [card])
    assert text is not None
    assert fits(text, [mail], [card])


def test_what_is_exempted_is_no_sample() -> None:
    own = Finder("words", "help@example.com", exemptions=(Exemption("ending", "@example.com"),))
    assert sample((own,)) is None
