import pytest

from guardproxy.source import SourceText, Span


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("apr at most 36%\n    # the cap\n  and term  is 5", "apr at most 36% and term is 5"),
        ("# first\nterm is 5# last", "term is 5"),
        ('note contains "a  # b"\n and x', 'note contains "a  # b" and x'),
        (r'note is "say \"#1\""  # why', r'note is "say \"#1\""'),
        ("text matches # two\n  /#  [0-9]/ ignoring  case", "text matches /#  [0-9]/ ignoring case"),
        ("dose per day / 2 # half\n/ 3", "dose per day / 2 / 3"),
        ("", ""),
    ],
)
def test_a_clause_on_one_line(text: str, line: str) -> None:
    assert Span(SourceText("p", text), 0, len(text)).one_line == line
