"""Compressed bodies: inflated whole, and refused when anything of them is missing."""

import gzip
import zlib

import pytest

from guardproxy.proxy.inflating import Inflating
from guardproxy.wire.errors import UpstreamFailure

PLAIN = b"It arrives on Thursday. " * 10_000


def inflated(encoding: str, data: bytes, size: int) -> bytes:
    inflating, out = Inflating(encoding), b""
    for at in range(0, len(data), size):
        out += inflating.feed(data[at : at + size])
        while inflating.has_more:
            out += inflating.feed(b"")
    inflating.finish()
    return out


@pytest.mark.parametrize(("encoding", "data"), [("gzip", gzip.compress(PLAIN)), ("deflate", zlib.compress(PLAIN))])
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_a_body_is_whole_or_refused(encoding: str, data: bytes, size: int) -> None:
    assert inflated(encoding, data, size) == PLAIN
    for missing in range(1, 12):
        with pytest.raises(UpstreamFailure, match="compressed body is broken"):
            inflated(encoding, data[:-missing], size)
