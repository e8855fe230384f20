"""Claims in words: numbers, ranges, dates and negation, whole and in streams."""

import time
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.ir.types import INVALID, ClaimPattern, Field, Number, Value, YesNo
from guardproxy.patterns.claims import ClaimReader, Reading
from guardproxy.patterns.number_words import listed
from guardproxy.patterns.text_gate import Freeze, Halt, JudgedWatch, Reaction, TextGate, WatchList
from tests.patterns.small import cuttings

USD = Number("money", 0, 10**12, 1, wire=100, currency="USD")
DURATION = Number("quantity", 0, None, wire=3600, dimension=(("duration", 1),), unit="h")


def field(name: str, kind: Number | YesNo, *templates: str) -> Field:
    return Field(name, kind, claims=tuple(ClaimPattern(t) for t in templates))


FIELDS = [
    Field("yes", YesNo(), claims=(ClaimPattern("you are entitled", True), ClaimPattern("you qualify", True))),
    Field("free", YesNo(), claims=(ClaimPattern("free", True), ClaimPattern("not free", False))),
    field("weeks", Number("whole", 0, 999, 1), "{weeks} weeks of leave", "{weeks}週"),
    field("score", Number("whole", 0, 10**7, 1), "a score of {score}"),
    field("rate", Number("percent", 0, 1), "APR of {rate}"),
    field("fee", USD, "a fee of {fee}", "{fee} in all"),
    field("wait", DURATION, "a wait of {wait}"),
    field("due", Number("date"), "due on {due}"),
]
SAID = ClaimReader(FIELDS)

CASES: list[tuple[str, list[Value]]] = [
    ("Seventeen weeks of leave, one hundred and five weeks of leave", [17, 105]),
    ("between 10 and 12 weeks of leave, ten or twelve weeks of leave", [10, 12, 10, 12]),
    ("16 weeks of leave in 2025 and 20 weeks of leave in 2026", [16, 20]),
    ("one hundred and two hundred weeks of leave", [100, 200]),
    ("16½ weeks of leave, one one weeks of leave", [INVALID, INVALID]),
    ("the twenty-first weeks of leave, 21st weeks of leave", []),
    ("休暇は十七週です。第十七週。１７週", [17, 17]),
    ("a score of 16, a score of 16 days, a score of 16%", [16, INVALID, INVALID]),
    ("a score of one of them, a score of seventeen.", [17]),
    ("a score of 16 and 3 others, a score of 16 or 17", [16, 16, 17]),
    ("APR of 5 to 7 %, APR of five per cent.", [Fraction(1, 20), Fraction(7, 100), Fraction(1, 20)]),
    ("APR of 5 percentage points", [INVALID]),
    ("a fee of $5 million, a fee of $5k", [5 * 10**8, 5 * 10**5]),
    ("a fee of one of the taxes", []),
    ("a fee of $5 and 3 people, a fee of $5 and 50 cents", [500, 550]),
    ("a fee of between £5 and $7", [INVALID, 700]),
    ("$5-$7 in all", [500, 700]),
    ("a fee of $12.5 and 7é", [1250]),
    ("a wait of 2 hours 30 minutes, a wait of two to three hours", [9000, 7200, 10800]),
    ("due on 21st of November 2026. Due on 03/04/2026!", [739941, INVALID]),
    ("You are not entitled to 17 weeks of leave", [False]),
    ("never 17 weeks of leave, isn't 17 weeks of leave but 16 weeks of leave", [16]),
    ("no more than 17 weeks of leave; not only 17 weeks of leave", [17, 17]),
    ("Do not forget your 17 weeks of leave. Not to worry, 17 weeks of leave", [17, 17]),
    ("you aren't entitled, you’re sure you don't qualify, you no longer qualify", [False, False, False]),
    ("It is not true that you are entitled. It is false that you qualify", [False, False]),
    ("It is not true that you are not entitled", [True]),
    ("whether or not you qualify; I do not think you qualify", []),
    ("not free, never free, free", [False, False, True]),
]


@pytest.mark.parametrize(("text", "values"), CASES)
def test_what_a_sentence_says(text: str, values: list[Value]) -> None:
    assert [r.value for r in SAID.read(text)] == values


_SMALL = listed("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen")
_SMALL += listed("seventeen eighteen nineteen")
_TENS = listed("_ _ twenty thirty forty fifty sixty seventy eighty ninety")


def spelled(number: int, joint: str) -> str:
    if number < 20:
        return _SMALL[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_SMALL[number % 10]}" if number % 10 else "")
    size, word = next((s, w) for s, w in ((10**6, "million"), (1000, "thousand"), (100, "hundred")) if number >= s)
    above, rest = divmod(number, size)
    behind = f"{joint if rest < 100 else ' '}{spelled(rest, joint)}" if rest else ""
    return f"{spelled(above, joint)} {word}{behind}"


@given(st.integers(0, 10**7), st.sampled_from([" ", " and "]), st.sampled_from([str.lower, str.upper, str.title]))
def test_a_number_is_read_as_it_was_written(number: int, joint: str, case: Callable[[str], str]) -> None:
    wordings = [spelled(number, joint), str(number), f"{number:,}", f"{number:,}".replace(",", "\u202f")]
    for wording in wordings:
        if wording.casefold() != "one":  # a pronoun where nothing follows
            assert [r.value for r in SAID.read(f"It has a score of {case(wording)}.")] == [number]
        assert [r.value for r in SAID.read(f"{wording} dollars in all")] == [number * 100]


PIECES = [
    "not ", "never ", "entitled to ", "you are ", "entitled", "you qualify", "17 weeks", " of leave", "seventeen ",
    "weeks of leave ", "a fee of ", "$5 ", "million ", "and ", "50 cents", "to ", ", ", ". ", "one ", "hundred ",
    "a score of ", "due on ", "21 November ", "2026", "APR of ", "12", "%", " or ", "x", "é", "-", "十", "七週",
]  # fmt: skip


def halting(reading: Reading) -> Reaction | None:
    if reading.value is INVALID:
        return Halt()
    return {"yes": Freeze(), "fee": None}.get(reading.field, Halt() if reading.value not in (16, 500) else None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_any_cut_gives_the_same(text: str, sizes: list[int]) -> None:
    outcomes = []
    for pieces in ([text], list(cuttings(text, sizes)), list(text)):
        gate = TextGate(WATCHES)
        released = "".join(map(gate.feed, pieces)) + gate.finish()
        outcomes.append((released, gate.halted, gate.frozen or gate.halted))
    assert outcomes[0] == outcomes[1] == outcomes[2]
    stops = [r for r in WATCHED.read(text) if halting(r) is not None]
    assert outcomes[0][2] == bool(stops)
    if not stops:
        assert outcomes[0][0] == text


WATCHED = ClaimReader(
    [Field(f.name, f.type, claims=f.claims[:1]) for f in FIELDS if f.name in ("yes", "weeks", "score")]
)
WATCHES = WatchList([], [JudgedWatch(WATCHED, halting)])


@pytest.mark.parametrize(
    "piece", ["one and ", "1-", "1,1", "not that ", "1 216 ", "one million and ", "一", "１", "between "]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = "a wait of " + piece * (60_000 // len(piece))
    SAID.read("a wait of 1 hour, a score of 1, one million in all")
    began = time.process_time()
    SAID.read(text)
    assert time.process_time() - began < 0.8
