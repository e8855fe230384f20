"""The grammars that travel with the product."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from guardproxy.conformance import shape

GRAMMARS = Path(__file__).resolve().parents[2] / "grammars"
SQL = shape("grammar", (GRAMMARS / "sql_select.lark").read_text(encoding="utf-8"))
MARKDOWN = shape("grammar", (GRAMMARS / "safe_markdown.lark").read_text(encoding="utf-8"))

STATEMENTS = [
    "SELECT branch, count(*) FROM loans GROUP BY branch LIMIT 20",
    "SELECT branch FROM loans LIMIT 5 -- the first five",
    "SELECT branch FROM loans /* no LIMIT */",
    "SELECT a -- one\n, b --\nFROM t",
    "select r.*, b.name from r left join branches as b on b.id = r.id and b.open, c natural join d order by 1 desc",
    "WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < 9) SELECT * FROM x",
    """SELECT "odd ""name"" x" AS `x y`, [a b] FROM t WHERE a NOT LIKE '%it''s%' ESCAPE '!' AND b IN (1, 2)""",
    "SELECT CASE WHEN a > 1 THEN 'x' ELSE NULL END, a::numeric(10, 2), CAST(b AS timestamp with time zone) FROM t",
    "SELECT a FROM t UNION (SELECT b FROM u ORDER BY 1) EXCEPT SELECT c FROM v ORDER BY 1 LIMIT 3 OFFSET 4",
    "SELECT sum(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t",
    "SELECT date, first, rows FROM a WHERE EXISTS (SELECT 1 FROM d) AND x IS NOT NULL AND y BETWEEN 1 AND 2",
    "SELECT - -5, 3 - 2, now() - interval '1 day', extract(year from d), trim(both ' ' from x), left(x, 2)",
    "SELECT TOP 5 name FROM t",
    "SELECT a FROM t WHERE b = ? OR c = :name OR d > ALL (SELECT 1) FETCH FIRST 5 ROWS ONLY",
]

NO_STATEMENTS = {
    "DELETE FROM loans LIMIT 5": 0,
    "SELECT name FROM t LIMIT 5; DROP TABLE loans": 26,
    "SELECT a FROM t;": 15,
    "SELECT a INTO OUTFILE '/tmp/x' FROM t": 13,
    "SELECT INTO x FROM t": 11,
    "SELECT a FROM t FOR UPDATE": 19,
    "SELECT a FROM t LOCK IN SHARE MODE": 20,
    "SELECTa FROM t": 6,
    "SELECT a /*! INTO OUTFILE 'x' */ FROM t": 11,
    "SELECT a /*M! INTO OUTFILE 'x' */ FROM t": 12,
    "SELECT a /*+ hint */ FROM t": 11,
    "SELECT /* /* */ 1": 11,
    "SELECT 5--1": 10,
    r"SELECT '\' FROM t": 9,
    "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x": 11,
    "SELECT @x := 1": 7,
    "SELECT $$a$$": 8,
    "EXPLAIN SELECT 1": 0,
    "ſelect 1": 0,
}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_statements_of_real_life_are_accepted_in_any_case(statement: str) -> None:
    assert SQL.accepts(statement)
    assert SQL.accepts(statement.lower())
    watch = SQL.watch()
    assert all(watch.feed(character) for character in statement.upper())


@pytest.mark.parametrize("text", NO_STATEMENTS)
def test_anything_else_is_dead_where_it_stops_being_a_select(text: str) -> None:
    watch = SQL.watch()
    watch.feed(text)
    assert watch.died_at == NO_STATEMENTS[text]


@pytest.mark.parametrize("text", ["", "SELECT a FROM", "SELECT (a", "SELECT 'a", "SELECT a /* b"])
def test_half_a_statement_is_alive_and_not_accepted(text: str) -> None:
    watch = SQL.watch()
    assert watch.feed(text)
    assert not watch.accepts()


PAGES = [
    "# Title\n\nSome *text* with `code <b>` and [link](https://a.example/x?y=1) - ok!\n\n- [ ] one ~~x~~\n",
    "```python\nprint('<b>')\n  ``\n\n```\n\n| a | b |\n|---|---|\n| 1 < 2 | c |",
    "a [1] b[0] ``x ` y`` <https://x.example> [me](mailto:a@b.example) \\<b> AT&amp;T\r\n> quote",
    "",
]

NO_PAGES = {
    "a <script>": 3,
    "<!-- -->": 1,
    "![x](https://e.example/x)": 1,
    "[x](javascript:alert(1))": 4,
    "[x](data:text/html,x)": 4,
    "[x](//e.example)": 4,
    "[x]: https://e.example": 3,
    "<javascript:alert(1)>": 1,
    "- ```\n<script>": 4,
    "~~~\n": 2,
    "`a``<b>`": 3,
    "```<b>``": 3,
    "`a\n<b>`": 2,
    "| `a | <b>` |": 5,
    "a\r```": 2,
}


@pytest.mark.parametrize("page", PAGES)
def test_ordinary_markdown_is_accepted(page: str) -> None:
    assert MARKDOWN.accepts(page)


@pytest.mark.parametrize("text", NO_PAGES)
def test_markdown_is_dead_where_it_becomes_dangerous(text: str) -> None:
    watch = MARKDOWN.watch()
    watch.feed(text)
    assert watch.died_at == NO_PAGES[text]


_PIECES = (
    *("`c`", "``x``", "`<i>`", "`<i>``", "`", "``", "```", "```\n", "\n```\n", "```js\n<u>\n```\n", "~", "~~~", "\t"),
    *("a", " ", "    ", "\n", "\n\n", "- ", "> ", "|", "\n| a | b |\n|---|---|\n| ", "# ", "*", "\\", "\\`", "<b>"),
    *("[x](https://a)", "[", "]", "!", "![", "](", "]:", "<https://a>", "(javascript:a)"),
)
_RENDERERS = [MarkdownIt("commonmark", {"html": True}), MarkdownIt("gfm-like", {"html": True, "linkify": False})]
for _renderer in _RENDERERS:
    _renderer.validateLink = lambda _: True


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_no_renderer_finds_html_or_images_in_accepted_markdown(text: str) -> None:
    if MARKDOWN.accepts(text):
        for renderer in _RENDERERS:
            assert [t.type for t in _all_tokens(renderer.parse(text)) if _dangerous(t)] == []


def _all_tokens(tokens: list[Token]) -> list[Token]:
    return [t for token in tokens for t in [token, *_all_tokens(token.children or [])]]


def _dangerous(token: Token) -> bool:
    if token.type == "link_open":
        return not str(token.attrs["href"]).startswith(("http://", "https://", "mailto:"))
    return token.type in ("html_inline", "html_block", "image")
