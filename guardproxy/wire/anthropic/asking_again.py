"""Asking the model once more: the client's request, followed by the refused answer and by what was wrong, in words.

Calls are told in words as well: a turn with calls has to begin with the thoughts that led to them, and those are not
repeated.
"""

from collections.abc import Sequence

from guardproxy.conversation import Answer
from guardproxy.exact_json import dumps, loads
from guardproxy.wire.chat import asking_again as chat
from guardproxy.wire.places import IsHarmless

_NO_TURNS = b'{"messages":[]}'


def next_request(body: bytes, refused: Answer, reasons: Sequence[str], may_be_repeated: IsHarmless) -> bytes:
    """The body to send: that of the request before with two messages added, which are those of a chat in words."""
    request = loads(body)
    request["messages"] += loads(chat.next_request(_NO_TURNS, refused, reasons, may_be_repeated))["messages"]
    return dumps(request).encode()
