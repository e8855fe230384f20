"""The canonical layout: one text whatever the white space was; no token and no comment is lost, the meaning is kept."""

import random
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.ir.policy import Policy
from guardproxy.language import tokens
from guardproxy.language.comments import comments_between
from guardproxy.language.items import begins_item
from guardproxy.language.layout import Layout, layout
from guardproxy.language.spacing import spaced_json, written
from guardproxy.pipeline import Compilation, compile_policy
from guardproxy.source import SourceText
from tests.language.written_policies import written_policies

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = sorted((ROOT / "tests" / "corpus" / "golden").glob("*.policy"))
FILES = sorted([*GOLDEN, *(ROOT / "policies").glob("*.policy"), *(ROOT / "tests" / "corpus").glob("*/*.policy")])


@cache
def laid_out(path: Path) -> Layout:
    return layout(path.read_text())


READABLE = [path for path in FILES if not laid_out(path).diagnostics]
WHOLE = [path for path in READABLE if path.parent.name in ("golden", "policies")]


def names(paths: list[Path]) -> list[str]:
    return [f"{path.parent.name}/{path.stem}" for path in paths]


def said(text: str) -> list[str]:
    """The tokens and the comments, in order."""
    source = SourceText("policy", text)
    pieces, _ = tokens.cut(source)
    found = [""]
    for comments, piece in zip(comments_between(source, pieces), [*pieces, None], strict=True):
        found += [comment.text for comment in comments]
        found += ["".join(written(piece).split())] if piece else []
    return found


def compiled(text: str, folder: Path) -> Compilation:
    def beside(name: str) -> str | None:
        paths = [folder / name, ROOT / "grammars" / name]
        return next((path.read_text() for path in paths if path.is_file()), None)

    return compile_policy(text, "policy", beside)


def meaning(policy: Policy) -> str:
    """Everything that a policy holds, but where it stands in its text, and the white space in the JSON of examples."""
    shown = repr(replace(policy, fingerprint=""))
    without_places = re.sub(r"Span\(source=SourceText\(.*?\), start=\d+, end=\d+\)", "", shown, flags=re.DOTALL)
    return re.sub(r"\\n|\s", "", without_places)


@pytest.mark.parametrize("path", GOLDEN, ids=names(GOLDEN))
def test_a_golden_policy_stays_as_it_stands(path: Path) -> None:
    assert laid_out(path).text == path.read_text()


@pytest.mark.parametrize("path", READABLE, ids=names(READABLE))
def test_nothing_is_lost_and_a_second_time_changes_nothing(path: Path) -> None:
    before = path.read_text()
    after = laid_out(path).text
    assert said(after) == said(before)
    assert layout(after).text == after


@pytest.mark.parametrize("path", WHOLE, ids=names(WHOLE))
def test_a_policy_means_the_same(path: Path) -> None:
    before = compiled(path.read_text(), path.parent)
    after = compiled(laid_out(path).text, path.parent)
    assert [(d.code, d.severity) for d in after.diagnostics] == [(d.code, d.severity) for d in before.diagnostics]
    if before.policy is not None and after.policy is not None:
        assert meaning(after.policy) == meaning(before.policy)


def mangled(text: str, luck: random.Random) -> str:
    """The same tokens with other white space between them, as far as white space has no meaning.

    Kept: what stands beside a comment, that a word at the left edge may begin an item, and where a row ends.
    """
    source = SourceText("policy", text)
    pieces, _ = tokens.cut(source)
    comments = comments_between(source, pieces)
    result, at = "", 0
    for number, piece in enumerate(pieces):
        gap = text[at : piece.span.start]
        free = number > 0 and not comments[number] and not begins_item(pieces, number)
        if free and gap and "\n" not in gap:
            gap = luck.choice([" ", "   ", "\n   ", " \n\n \t"]) if piece.kind != "UNIT" else luck.choice([" ", "  "])
        elif free and "\n" in gap:
            gap = luck.choice(["\n  ", "\n\n\t ", " \n  "])
        elif (free and luck.random() < 0.2 and pieces[number - 1].is_sign("(", "+", "*")) or piece.is_sign(",", ")"):
            gap = luck.choice(["", " ", "\n "])
        result += gap + piece.text
        at = piece.span.end
    return result + text[at:]


@pytest.mark.parametrize("path", WHOLE, ids=names(WHOLE))
def test_mangled_white_space_comes_out_the_same(path: Path) -> None:
    text = path.read_text()
    luck = random.Random(7)
    other = mangled(text, luck)
    if said(other) == said(text):
        assert layout(other).text == laid_out(path).text


@settings(max_examples=20)
@given(written_policies(), st.randoms(use_true_random=False))
def test_generated_policies(text: str, luck: random.Random) -> None:
    after = layout(text)
    assert after.diagnostics == ()
    assert said(after.text) == said(text)
    assert layout(after.text).text == after.text
    assert layout(mangled(text, luck)).text == after.text
    assert max(len(line.partition("#")[0].rstrip()) for line in after.text.splitlines()) <= 120
    before, behind = compile_policy(text), compile_policy(after.text)
    assert [d.code for d in behind.diagnostics] == [d.code for d in before.diagnostics]
    if before.policy is not None and behind.policy is not None:
        assert meaning(behind.policy) == meaning(before.policy)


def test_a_file_with_mistakes_is_left_with_its_messages() -> None:
    text = 'policy  "X" version 1\n\nrule A-1 "x"\n  requier offer.apr at most 36%\n'
    done = layout(text, "x.policy")
    assert done.text == text
    assert [d.code for d in done.diagnostics] != []


COMMENTED = """
# licence

# about

policy   "X" version 1   # the title

   # below the title
check reply as offer # what the model says
  - apr:percent # the rate
  # the sum
  - amount :money from $0 to $5,000   # in dollars

# two rules
rule A-1 "x" require offer.apr # the rate
  at most
     # not more
  36 %
  # that is all

  # of it
# the next one
rule A-2 "x" never reply text mentions "x"
# the end
"""

COMMENTED_WELL = """# licence

# about

policy "X" version 1   # the title
  # below the title

check reply as offer  # what the model says
  - apr    : percent  # the rate
  # the sum
  - amount : money from $0 to $5,000   # in dollars

# two rules
rule A-1 "x"
  require offer.apr  # the rate
    at most
    # not more
    36%
  # that is all
  # of it

# the next one
rule A-2 "x"
  never reply text mentions "x"
# the end
"""


def test_comments_stay_where_they_belong() -> None:
    assert layout(COMMENTED).text == COMMENTED_WELL


@pytest.mark.parametrize(
    ("json", "shown"),
    [
        ('{"a":1,"b":[{"c":[]},{}]}', '{ "a": 1, "b": [{ "c": [] }, {}] }'),
        ('{ "a,{:" : "x\\" } ,",\n "b":-1.50e3 }', '{ "a,{:": "x\\" } ,", "b": -1.50e3 }'),
        ("{ }", "{}"),
    ],
)
def test_json_keeps_its_numbers_and_texts(json: str, shown: str) -> None:
    assert spaced_json(json) == shown


def test_very_wide_json_gets_a_line_for_each_member() -> None:
    wide = ", ".join(f'"key_{number}": [{number}, {{ "x": {number} }}]' for number in range(20))
    shown = spaced_json(f"{{ {wide} }}")
    assert shown.splitlines()[:2] == ["{", '      "key_0": [0, { "x": 0 }],']
    assert shown.splitlines()[-1] == '      "key_19": [19, { "x": 19 }] }'


def test_a_long_condition_is_broken_at_its_outermost_or() -> None:
    part = "offer.amount at most offer.amount + offer.amount"
    text = f'policy "X" version 1\n\nrule A-1 "x"\n  require {part} and {part} or not ({part} or {part})\n'
    assert layout(text).text.splitlines()[3:] == [
        f"  require {part} and {part}",
        f"    or not ({part} or {part})",
    ]
