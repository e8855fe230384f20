"""What is tried with any bytes, and what has to hold of them. An exception of any other kind is a find."""

from collections.abc import Callable

from guardproxy.ir.terms import Finder
from guardproxy.patterns.decoders import DECODERS
from guardproxy.patterns.hidden import Backwards, Hidden
from guardproxy.patterns.scan import FinderSet
from guardproxy.patterns.views import View
from guardproxy.pipeline import compile_policy
from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.sse import SseReader
from tests.proxy.judging import cut, guard_by
from tests.recorded.cases import GUARDS
from tests.recorded.receiving import received, unfit_for_a_client
from tests.recorded.recordings import RECORDINGS

_POLICIES = [*GUARDS.values(), guard_by()]
_VIEWS: tuple[View, ...] = (Hidden(), Backwards(), *DECODERS)
_FINDERS = FinderSet([Finder("detector", name, name) for name in ("us_ssn", "payment_card", "aws_access_key")])
_LONGEST = 3000
"""Characters of a text that is cut in two: longer ones would take the time of many."""


def answers(data: bytes) -> None:
    """Each dialect, whole and streamed: the first bytes say which recording is answered, by which policy, and cuts.

    It ends in a delivery or in one clean error; what is sent can be read, and says no secret.
    """
    if len(data) < 4:
        return
    recording = RECORDINGS[data[0] % len(RECORDINGS)]
    which, body = data[1] % len(_POLICIES), data[4:]
    places = [place for place in (data[2] * 7, data[3] * 31) if 0 < place < len(body)]
    sent = received(_POLICIES[which], recording, cut(body, places)).body
    wrong = unfit_for_a_client(sent, recording) if which < len(GUARDS) else None
    assert wrong is None, wrong


def events(data: bytes) -> None:
    """Server-sent events are the same however their bytes are cut."""
    if data:
        at, stream = data[0], data[1:]
        assert _events_of([stream]) == _events_of([stream[:at], stream[at:]])
        assert _events_of([stream]) == _events_of([stream[n : n + 1] for n in range(len(stream))])


def _events_of(pieces: list[bytes]) -> list[str] | None:
    reader = SseReader()
    try:
        return [event for piece in pieces for event in reader.feed(piece)] + reader.finish()
    except UpstreamFailure:
        return None


def views(data: bytes) -> None:
    """What a view has settled of a beginning stays as it is, and every place in it leads back into the text."""
    text = data[1:].decode("utf-8", "replace")[:_LONGEST] if data else ""
    for view in _VIEWS:
        whole = view.read(text, final=True)
        places = [whole.start(at) for at in range(len(whole.text) + 1)]
        assert places == sorted(places) and all(0 <= place <= len(text) for place in places), view.name
        part = view.read(text[: len(text) // 2], final=False)
        kept = sum(part.start(at) < part.settled for at in range(len(part.text)))
        assert whole.text.startswith(part.text[:kept]), view.name
    for match in _FINDERS.find(text):
        assert 0 <= match.start <= match.end <= len(text)


def policies(data: bytes) -> None:
    """Any text is a policy, or is told what is wrong with it."""
    compilation = compile_policy(data.decode("utf-8", "replace"), "fuzzed.policy")
    assert compilation.policy is not None or compilation.diagnostics


TARGETS: dict[str, Callable[[bytes], None]] = {
    "answers": answers,
    "events": events,
    "views": views,
    "policies": policies,
}
SHARES = {"answers": 7, "events": 1, "views": 1, "policies": 1}
"""Of the time that there is."""
