"""The published page says what the proxy goes by, and the table holds together."""

from pathlib import Path

import pytest

from guardproxy.wire.surfaces.endpoint import WEBSOCKET, Endpoint
from guardproxy.wire.surfaces.page import page
from guardproxy.wire.surfaces.table import ENDPOINTS

ROOT = Path(__file__).resolve().parents[3]
METHODS = {"GET", "POST", "DELETE", "*", WEBSOCKET}


def test_the_page_is_written_from_the_table() -> None:
    assert (ROOT / "docs" / "surfaces.md").read_text() == page()


def test_no_row_stands_twice() -> None:
    assert len({row.name for row in ENDPOINTS}) == len(ENDPOINTS)


@pytest.mark.parametrize("row", ENDPOINTS, ids=lambda row: row.name)
def test_a_row_is_whole(row: Endpoint) -> None:
    assert row.method in METHODS and row.path.startswith("/") and row.path == row.path.lower() and row.why
    assert (row.dialect is None) == (row.way == "refused")
    assert row.way != "judged" or row.fields
    assert row.way != "unjudged"
