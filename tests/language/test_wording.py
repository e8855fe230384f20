"""Forms said in other words: what to write instead, and none of it where the sentence is one of the language."""

import pytest

from guardproxy.pipeline import compile_policy

DECLARATIONS = """
policy "Wording" version 1, money in USD
check reply as offer
  - amount : money from $0 to $1,000
  - more   : money from $0 to $1,000
  - vip    : yes/no
"""


def helps(text: str) -> list[str]:
    return [d.help for d in compile_policy(f"{DECLARATIONS}\n{text}").diagnostics]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("no more than", "at most"),
        ("is no more than", "at most"),
        ("not above", "at most"),
        ("is not above", "at most"),
        ("not more than", "at most"),
        ("does not exceed", "at most"),
        ("up to", "at most"),
        ("atmost", "at most"),
        ("is less than or equal to", "at most"),
        ("no less than", "at least"),
        ("is not below", "at least"),
        ("atleast", "at least"),
        ("is greater than or equal to", "at least"),
        ("is greater than", "above"),
        ("is less than", "below"),
    ],
)
def test_a_comparison_in_other_words(said: str, meant: str) -> None:
    assert helps(f'rule X-1 "x"\n  require offer.amount {said} $50\n  otherwise block') == [f"write `{meant}`"]


@pytest.mark.parametrize(
    "sentence",
    [
        "require not offer.more above $50",
        "require offer.amount at most 2 * offer.more and not offer.more below $5",
        "require offer.amount at most $50 - -$5",
        "require offer.amount at most $50 --$5",
        "when not offer.vip\n require offer.\n amount at most $50",
        "when offer.vip # not more -- than // this\n require offer.amount at most $50",
    ],
)
def test_sentences_of_the_language_pass(sentence: str) -> None:
    assert helps(f'rule X-1 "x"\n  {sentence}') == []


def test_a_remark_of_another_language_hides_nothing_behind_it() -> None:
    text = 'rule X-1 "x" // one\n  when offer.vip /* two\n lines */ require offer.amuont at most $50 -- three'
    assert helps(text) == ["comments begin with `#`"] * 2 + ["did you mean `amount`?", "comments begin with `#`"]


def test_a_rule_behind_a_full_stop_is_read() -> None:
    text = 'rule X-1 "x"\n  require offer.amount at most $50.\n\nrule X-2 "y"\n  require offer.amuont at most $50'
    assert helps(text) == ["take the `.` out", "did you mean `amount`?"]
