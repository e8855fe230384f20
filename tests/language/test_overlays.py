"""A policy that extends another: what it takes over, what it may replace, and whose words count where."""

from collections.abc import Mapping

import pytest

from guardproxy.ir.policy import Policy
from guardproxy.ir.printed import printed
from guardproxy.pipeline import Compilation, compile_policy

BASE = """
policy "Base" version 1, money in USD, dates in Asia/Tokyo, release at end
  owner "Group"

check reply as offer
  - apr    : percent from 0% to 100%
  - amount : money from $0 to $5,000
  - sent   : instant

define cheap as offer.amount at most $100
define late as days from offer.sent to now above 1

rule B-APR "Rates"
  severity high
  owner "Risk"
  tags rates
  when cheap
  require offer.apr at most 36%
  except when late
  if unknown hold
  otherwise hold for review "Too high."
  source "Act 1"

rule B-SUM "Sums"
  require offer.amount at most $2,000

example "only the baseline's"
  reply { "apr": 1, "amount": 5 }
  expect allowed
"""
OVER = 'policy "Over" version 1, extends "base.policy", money in CAD\n'
STRICT = 'tighten B-APR "Lower rates"\n  require offer.apr at most 20%\n'


def compiled(files: Mapping[str, str]) -> Compilation:
    """The first of the files, with the others beside it."""
    name, text = next(iter(files.items()))
    return compile_policy(text, name, files.get)


def policy(own: str, **files: str) -> Policy:
    beside = {f"{name}.policy": text for name, text in files.items()}
    done = compiled({"over.policy": own, "base.policy": BASE, **beside})
    assert done.policy is not None, [(d.code, d.message) for d in done.diagnostics]
    return done.policy


def codes(own: str, **files: str) -> list[str]:
    beside = {f"{name}.policy": text for name, text in files.items()}
    return [d.code for d in compiled({"over.policy": own, "base.policy": BASE, **beside}).diagnostics]


def test_the_rules_of_both_in_order_and_only_its_own_examples() -> None:
    own = STRICT + 'rule O-1 "x"\n  never reply text mentions "sure"\n'
    found = policy(OVER + own + 'example "own"\n  reply text "x"\n  expect allowed\n')
    assert [rule.id for rule in found.rules] == ["B-APR", "B-SUM", "O-1"]
    assert (found.extends, found.inherited) == ("base.policy", ("B-SUM",))
    assert [example.title for example in found.examples] == ["own"]
    assert [schema.name for schema in found.schemas] == ["offer"]
    assert (found.title, found.owner, found.release_at_end, found.zone) == ("Over", "", True, "Asia/Tokyo")


def test_examples_of_an_overlay_know_the_rules_and_tools_of_its_baseline() -> None:
    tool = 'rule B-ONCE "x"\n  allow sign_contract at most 1 time per answer\n'
    example = 'example "x"\n  call {}\n  reply {{ "apr": 5, "amount": 5000 }}\n  expect blocked by {}\n'
    call = 'sign_contract { "a": 1 }'
    assert codes(OVER + STRICT + example.format(call, "B-SUM"), base=BASE + tool) == []
    assert codes(OVER + STRICT + example.format(call, "B-SAM"), base=BASE + tool) == ["E036"]
    assert codes(OVER + STRICT + example.format(call.replace("ct", "kt"), "B-SUM"), base=BASE + tool) == ["W206"]


def test_a_tightened_rule_keeps_notes_and_nothing_that_decides() -> None:
    (pair,) = policy(OVER + STRICT).tightened
    assert (pair.loose.title, pair.strict.title) == ("Rates", "Lower rates")
    assert printed(pair.strict.demands) == "offer.apr at most 20%"
    assert printed(pair.strict.applies) == "yes"
    assert (pair.strict.if_unknown, pair.strict.otherwise.kind) == ("block", "block")
    notes = pair.strict.severity, pair.strict.owner, pair.strict.tags, pair.strict.source
    assert notes == ("high", "Risk", ("rates",), "Act 1")


def test_what_the_overlay_says_of_a_rule_counts() -> None:
    (pair,) = policy(OVER + STRICT.replace("  require", '  severity low\n  owner "Local"\n  require')).tightened
    assert (pair.strict.severity, pair.strict.owner, pair.strict.source) == ("low", "Local", "Act 1")


def test_money_and_dates_mean_what_their_own_file_says() -> None:
    own = ", dates in Europe/Paris\nfacts fees from system\n  - most : money from $0 to $50\n"
    own += 'rule O-1 "x"\n  require cheap or late\nrule O-2 "y"\n  require fees.most at most $5\n'
    found = policy(OVER.rstrip() + own)
    shown = {rule.id: printed(rule.demands) for rule in found.rules}
    assert shown["O-1"].startswith("offer.amount at most 100 USD or the date of now in Asia/Tokyo")
    assert shown["O-2"] == "fees.most at most 5 CAD"
    assert (found.currency, found.zone) == ("CAD", "Europe/Paris")


def test_unsaid_money_is_the_baseline_s() -> None:
    assert policy('policy "Over" version 1, extends "base.policy"\n' + STRICT).currency == "USD"


def test_baselines_of_baselines() -> None:
    middle = OVER + STRICT + 'rule M-1 "x"\n  never reply text mentions "sure"\n'
    top = 'policy "Top" version 1, extends "middle.policy"\n' + STRICT.replace("20%", "10%")
    found = policy(top, middle=middle)
    assert [rule.id for rule in found.rules] == ["B-APR", "B-SUM", "M-1"]
    assert found.inherited == ("B-SUM", "M-1")
    limits = [(printed(p.loose.demands), printed(p.strict.demands)) for p in found.tightened]
    assert limits == [
        ("offer.apr at most 36%", "offer.apr at most 20%"),
        ("offer.apr at most 20%", "offer.apr at most 10%"),
    ]


def test_the_fingerprint_covers_every_file() -> None:
    prints = {policy(OVER + STRICT, base=BASE + end).fingerprint for end in ("", "# later\n")}
    assert len(prints) == 2


def test_the_baseline_s_declarations_are_not_its_overlay_s_to_use_up() -> None:
    assert codes(OVER + STRICT) == []
    assert codes(OVER + "define own as offer.apr above 5%\n") == ["W205"]


@pytest.mark.parametrize(
    ("own", "found"),
    [
        (OVER + 'rule B-SUM "x"\n  never reply text mentions "sure"\n', ["E017"]),
        (OVER + 'tighten B-SUN "x"\n  require offer.amount at most $5\n', ["E042", "E013"]),
        (OVER + "define cheap as offer.apr at most 5%\n", ["E018"]),
        (OVER + "check reply as answer\n  - a : text\n", ["E018"]),
        (OVER.replace("base.policy", "../base.policy") + STRICT, ["E040"]),
        (OVER.replace("base.policy", "no.policy") + STRICT, ["E040"]),
        (OVER.replace("base.policy", "over.policy") + STRICT, ["E038"]),
        ('policy "x" version 1\n' + STRICT.replace("offer.apr at most 20%", "today is today"), ["E042"]),
    ],
)
def test_what_an_overlay_cannot_do(own: str, found: list[str]) -> None:
    assert codes(own) == found


def test_files_that_extend_each_other_are_found_further_down() -> None:
    files = {f"{n}.policy": f'policy "{n}" version 1, extends "{n + 1}.policy"\n' for n in range(5)}
    files["5.policy"] = files["1.policy"]
    assert [d.code for d in compiled(files).diagnostics] == ["E038"]


def test_a_long_chain_ends() -> None:
    files = {f"{n}.policy": f'policy "{n}" version 1, extends "{n + 1}.policy"\n' for n in range(30)}
    (mistake,) = compiled(files).diagnostics
    assert (mistake.code, mistake.message) == ("E040", "more than 10 files extend each other")


def test_mistakes_of_the_baseline_bear_its_name() -> None:
    done = compiled({"over.policy": OVER + STRICT, "base.policy": BASE.replace("36%", "36") + "define x as 5\n"})
    assert [(d.span.source.name, d.code) for d in done.diagnostics] == [("base.policy", "E012")]
    assert done.policy is None
