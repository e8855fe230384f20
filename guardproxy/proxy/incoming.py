"""Reading a client's request: its body within limits, and the moment at which the client turns out to have left."""

from guardproxy.proxy.headers import HeaderList
from guardproxy.proxy.replies import Receive
from guardproxy.wire.errors import ClientMistake

_LONGEST_LENGTH = 18
"""Digits of a length that is worth reading."""


class ClientLeft(Exception):
    """The client closed its connection before its request was complete: there is nobody to answer."""


async def read_body(headers: HeaderList, receive: Receive, limit: int) -> bytes:
    """The whole body. Raises `ClientMistake` for one that is compressed or larger than `limit`, and `ClientLeft`."""
    for name, value in headers:
        if name == b"content-length" and (len(value) > _LONGEST_LENGTH or int(value) > limit):
            raise _too_large(limit)
        if name == b"content-encoding" and value != b"identity":
            raise ClientMistake(
                "a compressed request body is not accepted; send it as it is", "unsupported_encoding", status=415
            )
    pieces: list[bytes] = []
    total = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        piece = message.get("body", b"")
        total += len(piece)
        if total > limit:
            raise _too_large(limit)
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces) if len(pieces) > 1 else pieces[0]


def _too_large(limit: int) -> ClientMistake:
    return ClientMistake(f"the request body is more than {limit} bytes", "request_too_large", status=413)
