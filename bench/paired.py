"""Added time at concurrency 1: the same request to two proxies in turn, and the median of the paired differences."""

import socket
import statistics
from time import perf_counter

from bench.load import request_bytes


def added_milliseconds(with_checks: int, without: int, pairs: int) -> tuple[float, float, float]:
    """Median added time, and the median times with and without checks, in ms; the two are ports on this machine."""
    request = request_bytes(stream=False)
    with (
        socket.create_connection(("127.0.0.1", with_checks)) as one,
        socket.create_connection(("127.0.0.1", without)) as other,
    ):
        for connection in (one, other):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(50):
            _timed(one, request), _timed(other, request)
        times = [
            (_timed(one, request), _timed(other, request))
            if n % 2
            else tuple(reversed((_timed(other, request), _timed(one, request))))
            for n in range(pairs)
        ]
    added = [a - b for a, b in times]
    return (
        1000 * statistics.median(added),
        1000 * statistics.median(a for a, _ in times),
        1000 * statistics.median(b for _, b in times),
    )


def _timed(connection: socket.socket, request: bytes) -> float:
    began = perf_counter()
    connection.sendall(request)
    received = b""
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += connection.recv(65536)
    length = int(received[:end].lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    while len(received) < end + 4 + length:
        received += connection.recv(65536)
    return perf_counter() - began
