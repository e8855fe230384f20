import pytest

from guardproxy.patterns.look_alikes import Bare
from guardproxy.patterns.views import Passes

BARE = Bare()


def read(text: str) -> tuple[Passes, Passes]:
    clean = Passes(text, len(text))
    return clean, BARE.read(clean)


@pytest.mark.parametrize(
    ("text", "said"),
    [("pаsswоrd", "password"), ("éøñ", "eon"), ("e\u0301a", "ea"), ("٤१၄", "414"), ("1–2‑3", "1-2-3"), ("①²", "12")],
)
def test_reads(text: str, said: str) -> None:
    assert read(text)[1].text == said


@pytest.mark.parametrize(
    ("text", "start", "end", "always", "counts"),
    [
        ("a pаss", 2, 6, False, True),
        ("résumé", 0, 6, False, False),
        ("résumé", 0, 6, True, True),
        ("сор", 0, 3, False, True),
        ("Выносить сор", 9, 12, False, False),
        ("Выносить соp", 9, 12, False, True),
    ],
)
def test_what_counts(text: str, start: int, end: int, always: bool, counts: bool) -> None:
    assert BARE.counts(*read(text), start, end, always=always) is counts
