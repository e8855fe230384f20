"""What an exchange asks the upstream."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """`path` is below the upstream's base URL, with its query; it was written anew by us, never taken as it came.

    `body` is None where the request has none.
    """

    method: str
    path: str
    body: bytes | None = None
