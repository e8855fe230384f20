"""Places in a text, as people count them."""


def place_of(text: str, offset: int) -> str:
    """`line 2, column 7` of a character, both from 1."""
    line = text.count("\n", 0, offset) + 1
    return f"line {line}, column {offset - text.rfind(chr(10), 0, offset)}"
