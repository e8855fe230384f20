"""Every code is documented with its cause and cure, shown by a file of the corpus, and none is made up."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"\b[EWI][0-9]{3}\b")
DOCUMENT = (ROOT / "docs" / "diagnostics.md").read_text()
SECTIONS = {part[:4]: part for part in re.split(r"^### ", DOCUMENT, flags=re.M)[1:]}


def used() -> set[str]:
    sources = (ROOT / "guardproxy").rglob("*.py")
    return {code for path in sources for code in re.findall(r'"([EWI][0-9]{3})"', path.read_text())}


def test_the_documented_codes_are_the_used_ones() -> None:
    assert set(SECTIONS) == used()


def test_each_code_has_a_cause_and_a_cure() -> None:
    assert [code for code, text in SECTIONS.items() if "Cause: " not in text or "Cure: " not in text] == []


def test_each_code_is_shown_by_the_corpus() -> None:
    shown = "".join(path.read_text() for path in (ROOT / "tests" / "corpus").rglob("*.txt"))
    proved = {code for code in used() if code[1] == "4"}  # shown by tests/proofs
    assert used() - proved - set(CODE.findall(shown)) == set()


def test_no_message_names_a_token_or_a_python_class() -> None:
    for path in (ROOT / "tests" / "corpus").rglob("*.txt"):
        messages = [line for line in path.read_text().splitlines() if CODE.match(line) or "help:" in line]
        said = [re.sub(r"`[^`]*`|\"[^\"]*\"", "", line.partition("  ")[2]) for line in messages]
        assert [s for s in said if re.search(r"[A-Z]{3,}_|__ANON|\$END|[a-z][A-Z][a-z]", s)] == []
