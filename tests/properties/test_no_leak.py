"""No character of a secret beyond its first reaches a client, wherever it stands in an answer and however it arrives.

A seeded sample of the matrix in `tests.recorded.cases`; `python -m bench.leaks`, a part of `make bench`, tries it all.
"""

from random import Random

import pytest

from tests.recorded.cases import GUARDS, SECRETS, matrix
from tests.recorded.receiving import leaks, received
from tests.recorded.recordings import RECORDINGS

ONE_OF = {"at every place": 80, "cut over two texts": 3, "in deltas of every size": 12, "bytes cut everywhere": 300}


@pytest.mark.parametrize("kind", ONE_OF)
def test_a_secret_never_gets_out(kind: str) -> None:
    tried = 0
    for number, case in enumerate(matrix(Random(11))[kind]):
        if (number * 7919) % ONE_OF[kind] == 0:
            policy = "blocking" if tried % 2 else "redacting"
            tried += 1
            assert case.leak(GUARDS[policy]) is None, (policy, case.recording.name, case.what, case.secret)
    assert tried > 100


def test_a_leak_would_be_seen() -> None:
    for recording in RECORDINGS:
        assert all(leaks(recording.body, secret, recording.is_stream) is None for secret in SECRETS), recording.name
    found = leaks(b'data: {"type": "x", "delta": "AK"}\n\ndata: {"type": "x", "delta": "IA"}\n\n', "AKIA12", True)
    assert found == "AK"
    halves = b'{"content": [{"text": "so A"}, {"text": "KIA"}]}'
    assert leaks(halves, "AKIA12", False) == "so AKIA"
    assert leaks(b'{"bytes": [65, 75]}', "AKIA12", False) == "AK"
    assert leaks(b'{"arguments": "{\\"a\\": \\"\\\\u0041K\\"}"}', "AKIA12", False) == "AK"


def test_every_recorded_answer_is_delivered() -> None:
    for recording in RECORDINGS:
        for guard in GUARDS.values():
            assert received(guard, recording, [recording.body]).failure is None, recording.name
