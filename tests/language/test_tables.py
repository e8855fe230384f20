"""Decision tables: read where they are used, and covering each case exactly once."""

from collections.abc import Callable
from typing import Any

import pytest

from guardproxy.diagnostics import Diagnostic
from guardproxy.pipeline import compile_policy

HEAD = """policy "T" version 1, money in USD
check reply as offer
  - size  : one of small, large
  - rooms : whole number from 1 to 9
  - share : percent from 0% to 100%
  - kind  : one of low, high
"""


def found(table: str, demand: str = "require offer.share at most t") -> tuple[Diagnostic, ...]:
    return compile_policy(f'{HEAD}table t by {table}\nrule X-1 "x" {demand}').diagnostics


def test_a_table_is_the_value_of_the_row_that_applies(rule: Callable[[str], Any]) -> None:
    assert rule("require offer.apr at most cap").demands == (
        'offer.apr at most (39.99% when applicant.tier is "bronze", 24.99% when applicant.tier is "silver", '
        '19.99% when applicant.tier is "gold")'
    )


def test_keys_are_read_where_the_table_is_used(rule: Callable[[str], Any]) -> None:
    demands = rule("every room in offer.rooms has room.price at most top_price").demands
    assert '90 USD when room.kind is "single" and offer.term at least 6 and offer.term at most 12' in demands


@pytest.mark.parametrize(
    "rows",
    [
        "offer.size\n small : 5%\n large : 6%",
        "offer.rooms\n 1 to 4 : 5%\n 5 to 9 : 6%",
        "offer.rooms\n 1 : 5%\n any : 6%",
        "offer.share\n 0% to 10% : 5%\n any : 6%",
        "offer.size and offer.rooms\n small, 1 to 3 : 5%\n small, any : 6%\n large, any : 7%",
    ],
)
def test_tables_that_cover_each_case_once(rows: str) -> None:
    assert found(rows) == ()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("offer.size\n small : 5%", "E029 the table `t` has no row for `large`"),
        ("offer.rooms\n 1 to 4 : 5%\n 6 to 9 : 6%", "E029 the table `t` has no row for `5`"),
        ("offer.share\n 0% to 10% : 5%\n 11% to 100% : 6%", "E029 the table `t` has no row for `10.5%`"),
        ("offer.rooms\n 1 to 5 : 5%\n 5 to 9 : 6%", "E030 this row covers a case that the row on line 8 covers too"),
        (
            "offer.size\n small : 5%\n large : 6%\n small : 7%",
            "E030 this row covers a case that the row on line 8 covers too",
        ),
        (
            "offer.size and offer.rooms\n small, any : 5%\n any, 1 to 9 : 6%",
            "E030 this row covers a case that the row on line 8 covers too",
        ),
        ("offer.size and offer.rooms\n small : 5%", "E031 this row has 1 keys, the table has 2"),
        ("offer.size\n tiny : 5%\n large : 6%", "E019 `tiny` is not one of the listed values"),
        ("offer.rooms\n 1% to 9% : 5%", "E012 a plain number is compared with a percentage"),
        ("offer.rooms\n 9 to 1 : 5%", "E033 the range runs backwards"),
        ("offer.size\n small : 5%\n large : $6", "E012 `$6` is an amount in USD, the first row has a percentage"),
        ("offer.rooms", "E029 the table `t` has no rows"),
    ],
)
def test_tables_with_a_mistake(rows: str, message: str) -> None:
    assert [f"{d.code} {d.message}" for d in found(rows)][:1] == [message]


def test_a_table_may_give_listed_values() -> None:
    assert found("offer.size\n small : low\n large : high", "require offer.kind is t") == ()


def test_a_table_of_two_thousand_rows_is_covered_in_no_time() -> None:
    rows = "".join(f"  {i}, {j * 5000} to {j * 5000 + 4999} : {i + j}\n" for i in range(101) for j in range(20))
    head = (
        'policy "B" version 1\n\nfacts f from system\n  - x : whole number from 0 to 100\n'
        "  - y : whole number from 0 to 99999\n\ntable t by f.x and f.y\n"
    )
    rule = '\nrule A "a"\n  require f.x at most t\n'
    assert compile_policy(head + rows + rule).policy is not None
    missing = compile_policy(head + rows.replace("  100, 95000 to 99999 : 119\n", "") + rule).diagnostics
    assert [d.message for d in missing if d.severity == "error"] == ["the table `t` has no row for `100`, `95000`"]
