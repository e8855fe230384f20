"""Undoing a content encoding that was not asked for, with a cap: a small body must not become a huge one."""

import zlib

from guardproxy.wire.errors import UpstreamFailure

_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class Inflating:
    """Compressed bytes in, plain ones out, at most `limit` of them in one piece."""

    def __init__(self, encoding: str, limit: int) -> None:
        window = _WINDOW.get(encoding.strip().lower())
        if window is None:
            raise UpstreamFailure(
                "the upstream used a content encoding that it was not asked for",
                "upstream_encoding",
                reason="unreadable",
            )
        self._limit = limit
        self._inflate = zlib.decompressobj(window)

    def feed(self, data: bytes) -> bytes:
        """Raises `UpstreamFailure` for broken data and for more than the limit."""
        try:
            plain = self._inflate.decompress(data, self._limit)
        except zlib.error:
            raise UpstreamFailure(
                "the upstream's compressed body is broken", "upstream_encoding", reason="unreadable"
            ) from None
        if self._inflate.unconsumed_tail:
            raise UpstreamFailure(
                f"the upstream's compressed body is more than {self._limit} bytes",
                "upstream_too_large",
                reason="too_large",
            )
        return plain
