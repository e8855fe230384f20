"""The gate against a whole-text reference that is written with Python's `re` and knows nothing of stages."""

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.ir.terms import Exemption, Finder
from guardproxy.ir.types import ClaimPattern, Field, Number
from guardproxy.patterns.claims import ClaimReader, Reading
from guardproxy.patterns.text_gate import (
    Cut,
    Freeze,
    Halt,
    Hit,
    JudgedWatch,
    Reaction,
    Substitute,
    TextGate,
    Watch,
    WatchList,
)
from tests.patterns.small import ENDINGS, cuttings, edged, patterns

Rule = tuple[str, Reaction]

texts = st.text(alphabet="ab =", max_size=12)
sizes = st.lists(st.integers(1, 4), min_size=1, max_size=3)
rewriting = st.one_of(st.sampled_from(["#", "a", "ab", "b a", ""]).map(Substitute), st.just(Cut()))
stopping = st.sampled_from([Halt(), Freeze()])


def rules(reactions: st.SearchStrategy[Reaction]) -> st.SearchStrategy[list[Rule]]:
    return st.lists(st.tuples(patterns("ab ") | edged, reactions), min_size=1, max_size=3)


closed_patterns = patterns("ab").filter(lambda source: "^" not in source)  # they match no `#` and no `=`
inert_rules = st.lists(st.tuples(closed_patterns, st.just(Substitute("#"))), min_size=1, max_size=3)


def watch_list(rules: list[Rule]) -> WatchList:
    return WatchList([Watch(Finder("pattern", p), f"R{i}", reaction) for i, (p, reaction) in enumerate(rules)])


def run(watches: WatchList, text: str, sizes: list[int]) -> tuple[str, TextGate]:
    gate = TextGate(watches)
    released = "".join(gate.feed(piece) for piece in cuttings(text, sizes))
    return released + gate.finish(), gate


def outcome(watches: WatchList, text: str, sizes: list[int] | None) -> tuple[object, ...]:
    """What becomes of a text in pieces of these sizes, or given at once (None)."""
    if sizes is None:
        gate, released = TextGate.of_whole(watches, text)
    else:
        released, gate = run(watches, text, sizes)
    return released, gate.hits, gate.halted, gate.frozen, gate.failed, gate.stopped_by


def python(source: str) -> str:
    """Python's `$` also stands before a last line end, its `\\Z` does not."""
    return source.replace("$", r"\Z")


def whole(rules: list[Rule], text: str) -> str | None:
    """What becomes of a whole text under rewriting rules; None where three rounds do not settle it."""
    for _ in range(3):
        text = cut(rules, substituted(rules, text))
    return text if not any(re.search(python(p), text) for p, _ in rules) else None


def substituted(rules: list[Rule], text: str) -> str:
    parts, done = [], 0
    for start, end, replacement in regions(rules, text):
        parts += [text[done:start], replacement]
        done = end
    return "".join(parts) + text[done:]


def regions(rules: list[Rule], text: str) -> list[tuple[int, int, str]]:
    """The spans to replace, overlapping ones merged: start, end, and what is put there."""
    spans = [
        (m.start(), -m.end(), i, reaction.text)
        for i, (p, reaction) in enumerate(rules)
        if isinstance(reaction, Substitute)
        for m in re.finditer(python(p), text)
    ]
    merged: list[tuple[int, int, str]] = []
    for start, minus_end, _, replacement in sorted(spans):
        if merged and start < merged[-1][1]:
            first, end, kept = merged[-1]
            merged[-1] = (first, max(end, -minus_end), kept)
        else:
            merged.append((start, -minus_end, replacement))
    return merged


def cut(rules: list[Rule], text: str) -> str:
    starts = [m.start() for p, reaction in rules if isinstance(reaction, Cut) and (m := re.search(python(p), text))]
    return text[: min(starts)].rstrip() if starts else text


# --- properties -----------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(rules(st.one_of(rewriting, stopping)), texts, sizes)
def test_the_pieces_do_not_matter(rules: list[Rule], text: str, sizes: list[int]) -> None:
    watches = watch_list(rules)
    at_once = outcome(watches, text, None)
    assert outcome(watches, text, sizes) == outcome(watches, text, [1]) == outcome(watches, text, [99]) == at_once


@settings(max_examples=300, deadline=None)
@given(rules(rewriting), texts, sizes)
def test_rewrites_as_the_whole_text_would_be(rules: list[Rule], text: str, sizes: list[int]) -> None:
    released, gate = run(watch_list(rules), text, sizes)
    expected = whole(rules, text)
    assert gate.failed == (expected is None)
    assert released == expected or gate.failed


@settings(max_examples=300, deadline=None)
@given(rules(stopping), texts, sizes)
def test_stops_exactly_before_the_first_span(rules: list[Rule], text: str, sizes: list[int]) -> None:
    released, gate = run(watch_list(rules), text, sizes)
    starts = [m.start() for p, _ in rules if (m := re.search(python(p), text))]
    assert released == text[: min(starts, default=len(text))]
    assert gate.halted == any(re.search(python(p), text) for p, reaction in rules if isinstance(reaction, Halt))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(closed_patterns, rewriting), max_size=2), st.tuples(patterns("ab "), st.just(Halt())), texts)
def test_no_character_of_a_forbidden_span_is_sent(rewrites: list[Rule], halt: Rule, text: str) -> None:
    """What was sent before a halt is what every continuation of the text before it would have sent."""
    released, gate = run(watch_list([*rewrites, halt]), text, [1])
    halts = [hit for hit in gate.hits if isinstance(hit.reaction, Halt)]
    if not halts or halts[0].round > 1:
        return
    before = text[: halts[0].start]
    outcomes = [whole(rewrites, before[:end] + "=") for end in range(len(before) + 1)]
    assert None in outcomes or any(outcome.startswith(released) for outcome in outcomes if outcome is not None)


@settings(max_examples=150, deadline=None)
@given(inert_rules, st.text(alphabet="ab=", max_size=6))
def test_holds_back_nothing_that_could_be_sent(rules: list[Rule], text: str) -> None:
    """What is held starts with the first span whose place, end or replacement depends on what follows."""
    gate = TextGate(watch_list(rules))
    for piece in text:
        gate.feed(piece)
    outcomes = [set(regions(rules, text + ending)) for ending in ENDINGS]
    open_ones = set.union(*outcomes) - set.intersection(*outcomes)
    assert gate.held == len(text) - min([len(text), *(start for start, _, _ in open_ones)])


# --- cases ----------------------------------------------------------------------------------------------------------

DETECTED = {"us_ssn": "[SSN]", "payment_card": "[card]"}
OURS = (Exemption("ending", "@example.com"),)
PRIVACY = WatchList(
    [
        *(Watch(Finder("detector", name), name, Substitute(text)) for name, text in DETECTED.items()),
        Watch(Finder("detector", "email", exemptions=OURS), "email", Substitute("[e-mail]")),
        Watch(Finder("detector", "aws_access_key"), "keys", Halt()),
        Watch(Finder("pattern", r"\bProject (Heron|Osprey)\b", ignore_case=True), "names", Substitute("a project")),
    ]
)


WORDS = [
    *(
        "help@example.com",
        "bob@example.org",
        "@",
        ".",
        "4111 1111 1111 1111",
        "1111",
        "123-45-6789",
        "not",
        "-----BEGIN",
    ),
    *(" PRIVATE KEY-----", "AKIAIOSFODNN7EXAMPLE", "AKIA", "Project Heron", "PROJECT ", "you do ", "not qualify", "--"),
    *("x", "zz", "guaranteed ", "approval", " ", " ", "é", "解", ",", "9"),
]
MIXED = WatchList(
    [
        Watch(Finder("detector", "email", exemptions=OURS), "email", Substitute("x@y.zz")),
        Watch(Finder("detector", "payment_card"), "card", Substitute("approval")),
        Watch(Finder("detector", "private_key"), "keys", Halt()),
        Watch(Finder("mention", "guaranteed approval"), "promise", Halt()),
        Watch(Finder("mention", "you do not qualify"), "no", Freeze()),
        Watch(Finder("words", "zz"), "gone", Substitute("")),
        Watch(Finder("pattern", "--"), "cut", Cut()),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=8).map("".join), sizes, st.sampled_from([PRIVACY, MIXED]))
def test_the_pieces_do_not_matter_for_real_finders(text: str, sizes: list[int], watches: WatchList) -> None:
    at_once = outcome(watches, text, None)
    assert outcome(watches, text, sizes) == outcome(watches, text, [1]) == outcome(watches, text, [9999]) == at_once


@pytest.mark.parametrize(
    ("text", "sent", "by"),
    [
        ("Hers is 123-45-6789, I think.", "Hers is [SSN], I think.", ["us_ssn"]),
        ("Card 4111 1111 1111 1112 was sent.", "Card 4111 1111 1111 1112 was sent.", []),
        ("To help@example.com, not to bob@example.org.", "To help@example.com, not to [e-mail].", ["email"]),
        ("To help@example.com.evil.test today.", "To [e-mail] today.", ["email"]),
        ("To bob@example.org: AKIAIOSFODNN7EXAMPLE, eve@example.org", "To [e-mail]: ", ["email", "keys"]),
        ("AKIAIOSFODNN7 is not a key.", "AKIAIOSFODNN7 is not a key.", []),
        ("PROJECT HERON ships. Project Herons is a club.", "a project ships. Project Herons is a club.", ["names"]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_privacy(text: str, sent: str, by: list[str], size: int) -> None:
    released, gate = run(PRIVACY, text, [size])
    assert (released, [hit.rule for hit in gate.hits]) == (sent, by)


def test_a_transcript() -> None:
    gate = TextGate(PRIVACY)
    fed = ["Call 4 ", "times", ", or ", "bob@exam", "ple.org.", " Bye", "."]
    sent = ["Call ", "4 ", "times, or ", "", "", "[e-mail]. ", ""]
    assert [gate.feed(piece) for piece in fed] == sent
    assert (gate.held, gate.finish()) == (4, "Bye.")


def test_overlapping_spans_are_one_region() -> None:
    rules: list[Rule] = [("bcd", Substitute("2")), ("abc", Substitute("1")), ("a", Substitute("3"))]
    released, gate = run(watch_list(rules), "xabcdx", [1])
    assert released == "x1x"
    assert gate.hits == [
        Hit("R1", Substitute("1"), 1, 1),
        Hit("R2", Substitute("3"), 1, 1),
        Hit("R0", Substitute("2"), 2, 1),
    ]


@pytest.mark.parametrize("size", [1, 3, 100])
def test_what_a_replacement_makes_is_judged_again(size: int) -> None:
    rules: list[Rule] = [("4+", Substitute("approval")), ("guaranteed approval", Halt())]
    released, gate = run(watch_list(rules), "It is guaranteed 444.", [size])
    assert (released, gate.halted, gate.hits[-1].round) == ("It is ", True, 2)


def test_rewriting_that_does_not_settle_fails() -> None:
    released, gate = run(watch_list([("a", Substitute("aa"))]), "x a y", [1])
    assert (released, gate.failed, gate.stopped_by) == ("x ", True, ("R0",))


@pytest.mark.parametrize("size", [1, 4, 100])
def test_a_cut_ends_the_text(size: int) -> None:
    watches = watch_list([("--|/\\*", Cut()), ("borrowers", Halt())])
    assert run(watches, "SELECT a FROM b  -- the first five", [size])[0] == "SELECT a FROM b"
    assert run(watches, "SELECT a FROM b - c ", [size])[0] == "SELECT a FROM b - c "
    assert run(watches, "SELECT a -- borrowers", [size])[1].halted


@pytest.mark.parametrize("size", [1, 4, 100])
def test_a_halt_wins_over_a_freeze_before_it(size: int) -> None:
    released, gate = run(
        watch_list([("ask", Freeze()), ("stop", Halt()), ("x", Substitute("y"))]), "x ask x stop", [size]
    )
    assert (released, gate.frozen, gate.halted, gate.stopped_by) == ("y ", True, True, ("R1",))


WEEKS = Field("weeks", Number("whole", 0, 60, 1), claims=(ClaimPattern("{weeks} weeks of leave"),))


def too_many(reading: Reading) -> Reaction | None:
    return Halt() if not isinstance(reading.value, int) or reading.value > 16 else None


@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Mothers get 16 weeks of leave, fathers 20 weeks of leave.", "Mothers get 16 weeks of leave, fathers "),
        ("Some 1,216 weeks of leave", "Some "),
        ("Some 16 weeks of leaves", "Some 16 weeks of leaves"),
        ("16 weeks of leave", "16 weeks of leave"),
    ],
)
def test_claims_are_judged_before_they_are_sent(text: str, sent: str, size: int) -> None:
    watches = WatchList([], [JudgedWatch(ClaimReader([WEEKS]), too_many, "weeks")])
    released, gate = run(watches, text, [size])
    assert (released, gate.stopped_by) == (sent, ("weeks",) if sent != text else ())


def test_a_claim_waits_while_it_arrives() -> None:
    gate = TextGate(WatchList([], [JudgedWatch(ClaimReader([WEEKS]), too_many)]))
    assert [gate.feed(p) for p in ["You get 1", "6 wee", "ks of leave", "."]] == [
        "You get ",
        "",
        "",
        "16 weeks of leave.",
    ]


# --- cost -----------------------------------------------------------------------------------------------------------

HOSTILE = ["123-45-6789 ", "4-", "4\u00a0", "a@b.co ", "a@b.", "a", "help@example.com ", "Project ", "67-12-3456 "]
"""Every few characters something is found, or nearly."""


def seconds(text: str, size: int) -> float:
    gate, began = TextGate(PRIVACY), process_time()
    for start in range(0, len(text), size):
        gate.feed(text[start : start + size])
    gate.finish()
    return process_time() - began


@pytest.mark.parametrize("size", [3, 100_000])
@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_length(piece: str, size: int) -> None:
    long, short = (min(seconds((piece * n)[:n], size) for _ in range(3)) for n in (20_000, 2_000))
    assert long < 40 * max(short, 2e-3)


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_pieces_do_not_matter_for_long_hostile_text(piece: str) -> None:
    text = (piece * 3000)[:3000] + "Bye bob@example.org AKIAIOSFODNN7EXAMPLE no more"
    assert outcome(PRIVACY, text, [2]) == outcome(PRIVACY, text, [99_999])


def test_a_long_text_that_waits_is_not_searched_again_with_every_piece() -> None:
    watches = watch_list([(r"a[^c]*c", Substitute("#")), ("stop", Halt())])
    long, short = "a" + "b" * 20_000, "a" + "b" * 2_000
    gate = TextGate(watches)
    assert [gate.feed(piece) for piece in cuttings(long, [3])] == [""] * 6667
    assert gate.held == len(long)
    assert gate.feed("c.") + gate.finish() == "#."
    assert outcome(watches, long + "c stop", [3]) == outcome(watches, long + "c stop", [99_999])
    assert outcome(watches, short, [3])[0] == short


def test_ordinary_text_waits_for_nothing_more() -> None:
    """Collecting tiny pieces is for hostile text: here each word leaves as soon as its end is known."""
    gate = TextGate(PRIVACY)
    for word in ["The ", "case ", "of ", "Ms ", "Doe ", "is ", "42, ", "not ", "17. "] * 500:
        gate.feed(word)
        assert gate.held <= len(word)
