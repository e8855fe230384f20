"""What an exchange asks the upstream."""

from collections.abc import Callable
from dataclasses import dataclass

from guardproxy.wire.requests import ModelRequest


@dataclass(frozen=True, slots=True)
class Target:
    """`path` is below the upstream's base URL, with its query; it was written anew by us, never taken as it came.

    `body` is None where the request has none. `route` is its name in metrics. `reads` reads the client's request where
    the dialect does not.
    """

    method: str
    path: str
    body: bytes | None = None
    route: str = ""
    reads: Callable[[bytes], ModelRequest] | None = None
    content_type: str = "application/json"
    accept: str = "application/json"
