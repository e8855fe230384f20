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
    "SELECT open, close, t.comment, a AS start FROM t WHERE load > 5 ORDER BY release",
    "SELECT replace(a, 'x', 'y'), if(a > 1, 2, 3), date '2020-01-01', N'Müller', 'O’Brien', 5 / 2 FROM größe g",
    "SELECT x[1], x[a], x['key'][2], y[1:2], ARRAY[1, 2], ARRAY['a', 'b'], z::int[] FROM t WHERE a ILIKE '%x%'",
    "SELECT a\r\n  -- one\r\nFROM t\r\n",
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
    "SELECT a /*M! INTO OUTFILE 'x' */ FROM t": 11,
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

TWO_STATEMENTS_SOMEWHERE = {
    "a lone carriage return ends a remark in PostgreSQL": [
        "SELECT 1 -- x\r; DROP TABLE t",
        "SELECT 1 -- x\r FOR UPDATE",
    ],
    "other line ends": ["SELECT 1 -- x\u2028; DROP TABLE t", "SELECT 1 -- x\x85 INTO y", "SELECT 1 -- x\x0b INTO y"],
    "a name in brackets is an index elsewhere": [
        "SELECT x[a -- b], '\n]; DROP TABLE t; --'",
        "SELECT x [a /* b], '*/ ]; DROP TABLE t; --'",
        "SELECT 1 `a -- b`, '\n; DROP TABLE t; --'",
        "SELECT 1 [a # b], '\n; DROP TABLE t; --'",
    ],
    "an index is a name in brackets elsewhere": [
        "SELECT x['a]; DROP TABLE t --']",
        "SELECT ARRAY['a]; DROP TABLE t --']",
        "SELECT x[1 /* ]; DROP TABLE t -- */]",
        "SELECT a::int[ /* ]; DROP TABLE t -- */]",
    ],
    "MySQL's remarks after #": ["SELECT 1 #> '\n; DROP TABLE t -- '", "SELECT 1 # x", "SELECT a#>>'{b}' FROM t"],
    "variables": ["SELECT a FROM b WHERE c <@d", "SELECT a@>b"],
    "T-SQL needs no semicolon": [
        *(
            "SELECT 1 SHUTDOWN",
            "SELECT a FROM b REVERT",
            "SELECT a FROM b c PRINT",
            "SELECT a FROM b GO",
            "SELECT 1\nGO\n",
        ),
        *(
            "SELECT 1 RECONFIGURE",
            "SELECT 1 CHECKPOINT",
            "SELECT 1 KILL",
            "SELECT 1 USE",
            "SELECT 1 WAITFOR",
            "SELECT 1 THROW",
        ),
        *(
            "SELECT 1 DENY",
            "SELECT 1 BACKUP",
            "SELECT 1 vacuum",
            "SELECT 1 pragma",
            "SELECT a FROM b attach",
            "SELECT 1 DBCC",
        ),
    ],
    "words that T-SQL takes for names, with a statement behind them": [
        *(
            "SELECT a FROM b LIMIT shutdown",
            "SELECT a XOR shutdown",
            "SELECT a DIV shutdown",
            "SELECT a ILIKE open FROM t",
        ),
        *("SELECT INTERVAL close", "SELECT a FROM b MINUS SELECT 1", "SELECT a FROM b, LATERAL if(1 = 1)"),
        *("SELECT a FROM b LIMIT (SELECT 1)", "SELECT a::text shutdown", "SELECT INTERVAL '1' shutdown"),
    ],
    "Oracle's other quotes": ["SELECT q'= a' ='; DROP TABLE t --'", "SELECT nq'[a' ]'; DROP TABLE t --'"],
    "prefixes of strings": [
        *(
            r"SELECT E'a\'; x'",
            "SELECT E'a'",
            "SELECT x'41'",
            "SELECT U&'a'",
            'SELECT U&"a"',
            "SELECT _utf8'a'",
            "SELECT r'a'",
        ),
        *("SELECT b 'a' FROM c", "SELECT a FROM t AS e 'a'", "SELECT 1e'a'"),
    ],
    "three marks open a long string in BigQuery": ["SELECT '''a', '''; DROP TABLE t -- '", 'SELECT """a", """; x"'],
    "remarks that are executed or obeyed": [
        "SELECT 1 /*T! x */",
        "SELECT 1 /*T![a] x */",
        "SELECT /*+ x */ 1",
        "SELECT 1 --+ x",
    ],
    "dollar quotes": ["SELECT $a$ x $a$", "SELECT a$b$ FROM t", "SELECT a$b$c FROM t", "SELECT a$$ FROM t"],
    "lines that a client reads by itself": [
        *(
            "SELECT 4\n/\n2",
            "SELECT 4\n/  \n2",
            "SELECT '\nGO\n'",
            'SELECT "\nGO\n"',
            "SELECT 1 /* \nGO\n */",
            "SELECT 1 \\g",
        ),
        "SELECT '\r\nGO\r\n'",
    ],
    "signs that turn into quotation marks": [
        "SELECT 'a\u02bc; x'",
        "SELECT 'a\uff07'",
        "SELECT \u02bca",
        "SELECT 1\uff1b",
    ],
    "white space and control characters": [
        "SELECT\u00a01",
        "SELECT\u30001",
        "SELECT 1\f",
        "SELECT 'a\x00b'",
        "SELECT 1\x00",
        "\ufeffSELECT 1",
    ],
    "letters that continue a keyword": ["SELECTé", "SELECT$1", "WITHé AS (SELECT 1) SELECT 1"],
}


@pytest.mark.parametrize("why", TWO_STATEMENTS_SOMEWHERE)
def test_what_databases_read_differently_is_no_statement(why: str) -> None:
    assert [text for text in TWO_STATEMENTS_SOMEWHERE[why] if SQL.accepts(text)] == []


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
    "[(`` *`- <a>> <!--]:``\\</a>\u2028": 19,
    "[`x]: y`": 4,
    "a\u2028": 1,
    "a\x00": 1,
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
    *(
        "[x](https://a)",
        "`x]: y`",
        "``]:``",
        "\\</a>",
        "[",
        "]",
        "!",
        "![",
        "](",
        "]:",
        "<https://a>",
        "(javascript:a)",
    ),
)
_RENDERERS = [MarkdownIt("commonmark", {"html": True}), MarkdownIt("gfm-like", {"html": True, "linkify": False})]
for _renderer in _RENDERERS:
    _renderer.validateLink = lambda _: True


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_no_renderer_finds_html_or_images_in_accepted_markdown(text: str) -> None:
    if MARKDOWN.accepts(text):
        for renderer in _RENDERERS:
            known: dict[str, object] = {}
            assert [t.type for t in _all_tokens(renderer.parse(text, known)) if _dangerous(t)] == []
            assert "references" not in known or not known["references"]


def _all_tokens(tokens: list[Token]) -> list[Token]:
    return [t for token in tokens for t in [token, *_all_tokens(token.children or [])]]


def _dangerous(token: Token) -> bool:
    if token.type == "link_open":
        return not str(token.attrs["href"]).startswith(("http://", "https://", "mailto:"))
    return token.type in ("html_inline", "html_block", "image")
