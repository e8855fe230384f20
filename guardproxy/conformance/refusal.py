"""The one exception of this package: a grammar or schema file that cannot be used."""


class Refused(ValueError):
    """The message is one sentence for the file's author, with the place in it."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
