"""The leak matrix through the running proxy: a sample, over real connections, in pieces as an upstream sends them."""

from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import islice
from random import Random

import pytest

from tests.integration.conftest import Proxy, proxy_before
from tests.integration.upstreams import Upstream, streamed, whole
from tests.recorded.cases import Case, matrix, policy_that
from tests.recorded.receiving import leaks
from tests.recorded.recordings import PATHS

TRIED = 40


@pytest.fixture(params=['block "Withheld."', 'redact as "[x]"'])
def guarding(upstream: Upstream, request: pytest.FixtureRequest) -> Iterator[Proxy]:
    with proxy_before(upstream, (policy_that(request.param),)) as proxy:
        yield proxy


def sample() -> Iterator[Case]:
    chance = Random(5)
    for cases in matrix(chance).values():
        asked = (case for case in cases if case.recording.room in PATHS and chance.random() < 0.05)
        yield from islice(asked, TRIED // 4)


def test_nothing_leaks(upstream: Upstream, guarding: Proxy) -> None:
    connection = HTTPConnection("127.0.0.1", guarding.port)
    tried = 0
    for case in sample():
        recording, body = case.recording, b"".join(case.pieces)
        cuts = [len(b"".join(case.pieces[:n])) for n in range(1, min(30, len(case.pieces)))]
        steps = streamed(body, cuts) if recording.is_stream else whole(body)
        upstream.script = lambda _, steps=steps: steps
        asked = recording.request if recording.is_stream else recording.request.replace(b'"stream": true', b'"n": 1')
        connection.request("POST", f"/v1{PATHS[recording.room]}", asked, {"content-type": "application/json"})
        response = connection.getresponse()
        head = "".join(f"{name}: {value}\n" for name, value in response.getheaders())
        got = response.read()
        for name in ("x-guardproxy-decision", "x-guardproxy-request-id"):
            got = got.replace((response.getheader(name) or "-" * 99).encode(), b"")  # ours, and random
        assert case.secret not in head
        assert leaks(got, case.secret, recording.is_stream) is None, (recording.name, case.what)
        tried += 1
    assert tried == TRIED
