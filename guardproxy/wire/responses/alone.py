"""Texts that are judged together with all others that clients join, and each by itself, as it is shown."""

from guardproxy.code_fence import Surroundings
from guardproxy.wire.responses.walk import CONTENT

_APART = frozenset(" .,;:!?()[]{}\"'/\\<>|=+&%$#@^-")
"""Signs at which a word ends, besides white space. What else stands at an edge may be read over, and hide it."""


def alone_channel(channel: str, place: int, text: str, is_glued: bool) -> str:
    """Where one of several texts is judged alone: as a reply of its own, where programs may read it as an object, or
    where it is glued to its neighbour in the middle of a word, which neither of them says.
    """
    is_reply = channel == CONTENT and (is_glued or may_be_object(channel, text))
    return f"content[{place}].text" if is_reply else f"{channel} alone[{place}]"


def may_be_object(channel: str, text: str) -> bool:
    """Whether a text that begins so may be an object that programs read."""
    if channel != CONTENT:
        return False
    around = Surroundings()
    at = around.begin(text, 0)
    return around.possible and (not around.begun or text[at] == "{")


def are_glued(before: str, behind: str) -> bool:
    """Whether no word ends between two texts that stand next to each other."""
    edges = before[-1:], behind[:1]
    return all(edge and not edge.isspace() and edge not in _APART for edge in edges)
