"""Undoing a content encoding that was not asked for, with a cap: a small body must not become a huge one."""

import zlib

from guardproxy.wire.errors import UpstreamFailure

PIECE = 65_536

_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class Inflating:
    """Compressed bytes in, plain ones out, in pieces of at most `PIECE` bytes: nothing is ever inflated that waits.

    Whoever reads bounds the sum. `has_more`: call `feed` again, with nothing, before anything else comes in.
    """

    def __init__(self, encoding: str) -> None:
        window = _WINDOW.get(encoding.strip().lower())
        if window is None:
            raise UpstreamFailure(
                "the upstream used a content encoding that it was not asked for",
                "upstream_encoding",
                reason="unreadable",
            )
        self._inflate = zlib.decompressobj(window)

    @property
    def has_more(self) -> bool:
        return bool(self._inflate.unconsumed_tail)

    def feed(self, data: bytes) -> bytes:
        """Raises `UpstreamFailure` for broken data, and for data behind its end."""
        try:
            plain = self._inflate.decompress(self._inflate.unconsumed_tail + data, PIECE)
        except zlib.error:
            raise _broken() from None
        if self._inflate.unused_data:
            raise _broken()
        return plain

    def finish(self) -> None:
        """The bytes have ended. Raises `UpstreamFailure` where the sum at their end is missing, or what is before."""
        if not self._inflate.eof:
            raise _broken()


def _broken() -> UpstreamFailure:
    return UpstreamFailure("the upstream's compressed body is broken", "upstream_encoding", reason="unreadable")
