"""Any bytes from the upstream give a judged answer or one clean refusal, and nothing else happens."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proxy.judging import cut, guard_by
from tests.recorded.cases import GUARDS
from tests.recorded.mutations import mutated
from tests.recorded.receiving import received, unfit_for_a_client
from tests.recorded.recordings import RECORDINGS, Recording

ROOMS = sorted({(recording.room, recording.is_stream) for recording in RECORDINGS})


@pytest.mark.parametrize(("room", "is_stream"), ROOMS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_of_a_recorded_answer_that_went_wrong(room: str, is_stream: bool, data: st.DataObject) -> None:
    among = [each for each in RECORDINGS if (each.room, each.is_stream) == (room, is_stream)]
    recording = data.draw(st.sampled_from(among), "recording")
    body = mutated(recording, Random(data.draw(st.integers(0, 2**32), "seed")))
    judged(recording, body, data.draw(st.lists(st.integers(0, max(1, len(body))), max_size=6), "cuts"))


@pytest.mark.parametrize(("room", "is_stream"), ROOMS)
@settings(max_examples=30, deadline=None)
@given(body=st.binary(max_size=60))
def test_of_no_shape_at_all(room: str, is_stream: bool, body: bytes) -> None:
    among = [each for each in RECORDINGS if (each.room, each.is_stream) == (room, is_stream)]
    judged(among[0], body, [])


def judged(recording: Recording, body: bytes, cuts: list[int]) -> None:
    """Whatever else is raised than what the proxy makes an error of, fails the test."""
    pieces = cut(body, [place for place in cuts if 0 < place < len(body)])
    for guard in (GUARDS["blocking"], GUARDS["redacting"]):
        assert unfit_for_a_client(received(guard, recording, pieces).body, recording) is None
    received(NOBODY, recording, pieces)


NOBODY = guard_by()
