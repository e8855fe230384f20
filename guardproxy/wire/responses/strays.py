"""Calls where the API has none: some clients carry out whatever looks like a call, whatever it is named and wherever.

The rules on calls read the items that are calls. What looks like one anywhere else would pass them by, so an answer
that holds such a thing cannot be read.
"""

from typing import Any

from guardproxy.wire.errors import UpstreamFailure, unreadable

_ASKED = ("arguments", "input")
_LISTED = ("tool_calls", "function_call")

_ECHOED = frozenset(
    ("tools", "tool_choice", "text", "metadata", "prompt", "instructions", "input", "output", "data", "usage")
)
"""Members beside the output in which the client's own words come back, and the lists that are read as items."""


def is_like_a_call(value: dict[str, Any], read: frozenset[str] = frozenset()) -> bool:
    """Whether a client may take an object for a call; `read` names its members that are read as a call already."""
    if any(value.get(name) and name not in read for name in _LISTED):
        return True
    function = value.get("function")
    if isinstance(function, dict) and isinstance(function.get("name"), str):
        return True
    named = isinstance(value.get("name"), str) and "name" not in read
    return named and any(value.get(name) is not None and name not in read for name in _ASKED)


def stray_call(path: str) -> UpstreamFailure:
    return unreadable(f"a call stands where the API has none (`{path}`)")


def refuse_calls_beside(response: dict[str, Any]) -> None:
    """Raises `UpstreamFailure` for what looks like a call beside the output of a response."""
    waiting = [(key, value) for key, value in response.items() if key not in _ECHOED]
    if is_like_a_call(response):
        raise stray_call("response")
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            if is_like_a_call(value):
                raise stray_call(path)
            waiting += [(path, member) for member in value.values()]
        elif isinstance(value, list):
            waiting += [(path, member) for member in value]
