"""`diff` never says equal where the whole engine judges differently, also where facts are unknown or unreadable."""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy import exact_json
from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.examples import run_example
from guardproxy.conversation import Answer, Conversation, Passage, PastCall, Situation, ToolCall
from guardproxy.ir.policy import Policy
from guardproxy.proofs.changes import Difference
from guardproxy.proofs.difference import difference
from tests.proofs.asking import ask, compiled

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "40"))

HEAD = """policy "P" version 1

check reply as offer
  - kind : one of lease, loan
  - a    : whole number from 0 to 4
  - b    : whole number from 0 to 4, optional

tool pay takes
  - id : text
  - n  : whole number from 0 to 4

tool look takes
  - id : text
returns
  - x  : whole number from 0 to 4
  - ok : yes/no

facts f from system
  - w : whole number from 0 to 4, may be unknown
  - v : yes/no, may be unknown

claims reply text as said
  - days  : whole number from 0 to 4, read from "{days} days"
  - weeks : whole number from 0 to 4, read from "{weeks} weeks"

"""

_small = st.integers(0, 4)
_relation = st.sampled_from(["at most", "at least", "above", "below", "is", "is not"])


def _comparisons(paths: list[str], flags: list[str]) -> st.SearchStrategy[str]:
    plain = st.builds("{} {} {}".format, st.sampled_from(paths), _relation, _small)
    two = st.builds("{} {} {}".format, st.sampled_from(paths), _relation, st.sampled_from(paths))
    return st.one_of(plain, plain, two, st.sampled_from(flags))


def _conditions(single: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.builds("{} {} {}".format, single, st.sampled_from(["and", "or"]), single)
    return st.one_of(single, single, joined)


def _guarded(path: str) -> st.SearchStrategy[str]:
    return st.builds(f"({path} is missing or {path} {{}} {{}})".format, _relation, _small)


_SUBJECTS = {
    "offer": _comparisons(["offer.a", "f.w"], ["offer.kind is lease", "f.v", "not f.v", "f.v is yes", "f.w at most 4"]),
    "text": _comparisons(["f.w"], ['reply text contains "moon"', 'reply text contains "sun"', "f.v"]),
    "pay": _comparisons(["pay.n", "got.x", "f.w"], ["got.ok", "not got.ok", "f.v"]),
    "said": _guarded("said.days"),
    "both": st.one_of(_guarded("said.days"), _guarded("said.weeks")),
}
_CONDITIONS = {name: _conditions(single) for name, single in _SUBJECTS.items()}
_OUTCOMES = st.sampled_from(
    ["", "otherwise warn", "otherwise hold for review", "otherwise ask again up to 2 times", "otherwise block"]
)
_UNKNOWNS = st.sampled_from(["", "if unknown allow", "if unknown hold", "if unknown block"])


@st.composite
def rule_parts(draw: st.DrawFn) -> dict[str, str]:
    about = draw(st.sampled_from(sorted(_SUBJECTS)))
    condition = _CONDITIONS[about]
    return {
        "about": about,
        "when": draw(st.one_of(st.just(""), condition)),
        "word": draw(st.sampled_from(["require", "require", "never"])),
        "body": draw(condition),
        "unknown": draw(_UNKNOWNS),
        "otherwise": draw(_OUTCOMES),
    }


def as_text(id_: str, parts: Mapping[str, str]) -> str:
    lines = [f'rule {id_} "{id_}"']
    reads_result = "got." in parts["when"] + parts["body"]
    lines += ["let got be the latest look result with the same id"] if reads_result else []
    when = "pay.n at least 0" if reads_result and not parts["when"] else parts["when"]
    when = f"pay.n at least 0 and ({when})" if reads_result else when
    lines += [f"when {when}"] if when else []
    lines += [f"{parts['word']} {parts['body']}", parts["unknown"], parts["otherwise"]]
    return "\n  ".join(line for line in lines if line) + "\n"


_MUTATIONS = ["copy", "gone", "unknown", "otherwise", "limit", "double", "idle", "turned", "new"]


@st.composite
def version_pairs(draw: st.DrawFn) -> tuple[str, str]:
    """An old version, and a new one: rules that come or go, other limits, other words, other outcomes."""
    old = {f"R{i}": draw(rule_parts()) for i in range(draw(st.integers(1, 3)))}
    new = {id_: dict(parts) for id_, parts in old.items()}
    for _ in range(draw(st.integers(1, 2))):
        id_ = draw(st.sampled_from(sorted(new) or ["R0"]))
        parts = new.get(id_)
        what = draw(st.sampled_from(_MUTATIONS))
        if what == "new" or parts is None:
            new["N"] = draw(rule_parts())
        elif what == "copy":
            new["N"] = {**parts, draw(st.sampled_from(["unknown", "otherwise"])): draw(st.one_of(_UNKNOWNS))}
            new["N"]["otherwise"] = draw(_OUTCOMES)
            new["N"]["unknown"] = draw(_UNKNOWNS)
        elif what == "gone":
            del new[id_]
        elif what == "unknown":
            parts["unknown"] = draw(_UNKNOWNS)
        elif what == "otherwise":
            parts["otherwise"] = draw(_OUTCOMES)
        elif what == "limit":
            parts["body"] = draw(_CONDITIONS[parts["about"]])
        elif what == "double":
            parts["body"] = f"({parts['body']}) {draw(st.sampled_from(['and', 'or']))} ({parts['body']})"
        elif what == "idle":
            more = draw(_SUBJECTS[parts["about"]])
            way = draw(st.sampled_from(["({b}) and ({m} or not ({m}))", "({b}) or ({m} and not ({m}))"]))
            parts["body"] = way.format(b=parts["body"], m=more)
        else:
            word = {"require": "never", "never": "require"}[parts["word"]]
            parts["word"], parts["body"] = word, f"not ({parts['body']})"
    return tuple(  # type: ignore[return-value]
        HEAD + "\n".join(as_text(id_, parts) for id_, parts in rules.items()) for rules in (old, new)
    )


_FACTS: list[dict[str, Any]] = [
    {k: v for k, v in {"w": w, "v": v}.items() if v != "nobody knows"}
    for w in ("nobody knows", 0, 2, 4, "many")
    for v in ("nobody knows", None, True, False, "maybe")
]
_RESULTS: list[str | None] = [None, '{"x": 2}', '{"x": "many", "ok": true}', '{"x": 4, "ok": "maybe"}']
_RESULTS += [f'{{"x": {x}, "ok": {ok}}}' for x in (0, 2, 4) for ok in ("true", "false")]
_TEXTS = ["hello", "the moon", "the sun", "sun and moon", "4 weeks.", "1 weeks or 3 days.", "0 days."]
_OFFERS = [exact_json.dumps({"kind": kind, "a": a}) for kind in ("lease", "loan") for a in range(5)]


def exchanges() -> Iterator[tuple[Answer, Situation]]:
    """Every answer in every situation, unknown, missing and unreadable facts and results included."""
    for facts in _FACTS:
        for text in (*_TEXTS, *_OFFERS):
            yield Answer((Passage("content", text),)), Situation({"f": facts})
        for result in _RESULTS:
            past = (PastCall("look", '{"id": "A"}', result, "p"),) if result is not None else ()
            for n in (0, 2, 4):
                call = ToolCall("pay", exact_json.dumps({"id": "A", "n": n}), "c")
                yield Answer((), (call,)), Situation({"f": facts}, Conversation(past))


@cache
def _compared(pair: tuple[str, str]) -> tuple[Policy, Policy, Difference]:
    old, new = (compiled(text) for text in pair)
    return old, new, difference(old, new, ask)


@settings(max_examples=EXAMPLES, deadline=None)
@given(version_pairs())
def test_equal_means_that_no_answer_is_judged_differently(pair: tuple[str, str]) -> None:
    old, new, found = _compared(pair)
    judges = [CompiledPolicies([p]) for p in (old, new)]
    if found.result == "equal":
        for answer, situation in exchanges():
            said = [judge(j, answer, situation, ask) for j in judges]
            assert said[0].ending is said[1].ending and said[0].answer == said[1].answer
            assert said[0].ask_again == said[1].ask_again
    for change in found.changes:
        if change.example:
            with_it = compiled(f"{pair[1]}\n{change.example}\n")
            (shown,) = with_it.examples
            assert run_example(CompiledPolicies([with_it]), shown, ask).failures == ()
            assert change.old != change.new
