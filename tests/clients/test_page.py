"""The published table says what the clients tell."""

from pathlib import Path

import pytest

from tests.clients.clients import CLIENTS, ROOT, Client
from tests.clients.conftest import Ask
from tests.clients.page import page, section

PAGE = Path(ROOT) / "docs" / "clients.md"
AGAIN = "run `python -m tests.clients.page > docs/clients.md`"


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_each_clients_part_is_what_it_tells(results_of: Ask, client: Client) -> None:
    assert section(results_of(client)) in PAGE.read_text(), AGAIN


def test_the_rest_is_as_written() -> None:
    text = PAGE.read_text()
    assert text.startswith(page([])), AGAIN
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [client.name for client in CLIENTS], (
        AGAIN
    )
