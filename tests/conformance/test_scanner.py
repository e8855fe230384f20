import pytest

from guardproxy.conformance.scanner import Scanner
from guardproxy.conformance.terminals import terminal_of_pattern, terminal_of_text

IF = terminal_of_text("IF", "if", ignore_case=False, priority=0)
NAME = terminal_of_pattern("NAME", "[a-z]+", "", 0, None)
WORD = terminal_of_pattern("WORD", "[a-z]+", "", 0, None)
URGENT = terminal_of_pattern("URGENT", "[a-z]+", "", 2, None)


def _longest(scanner: Scanner, wanted: set[int], text: str) -> tuple[int | None, int]:
    """The terminal found at the beginning of the text, and where it ends."""
    state, found = scanner.start(wanted, after_word=False), (None, 0)
    for at, character in enumerate(text):
        to, ended = scanner.move(state, character)
        found = found if ended is None else (ended, at)
        if to is None:
            return found
        state = to
    ended = scanner.ended(state)
    return found if ended is None else (ended, len(text))


@pytest.mark.parametrize(
    ("wanted", "text", "found"),
    [
        ({0, 1}, "if", (0, 2)),
        ({0, 1}, "iffy", (1, 4)),
        ({0}, "iffy", (0, 2)),
        ({1, 2}, "if ", (1, 2)),
        ({0, 1, 2, 3}, "if", (3, 2)),
        ({0, 1}, "", (None, 0)),
        (set(), "if", (None, 0)),
    ],
)
def test_the_longest_counts_then_priority_then_strings_then_order(
    wanted: set[int], text: str, found: tuple[int | None, int]
) -> None:
    assert _longest(Scanner([IF, NAME, WORD, URGENT]), wanted, text) == found
