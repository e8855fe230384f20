"""The leak matrix: for every recorded answer and every place in it the answer with a secret there, and its cuts."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from random import Random

from guardproxy.ir.policy import Policy
from guardproxy.pipeline import compile_policy
from guardproxy.proxy.guard import Guard
from guardproxy.settings import read_settings
from tests.proxy.judging import cut
from tests.recorded.placing import NAMES, cut_over_two, in_string, poisoned
from tests.recorded.receiving import leaks, received
from tests.recorded.recordings import RECORDINGS, STREAMS, Recording
from tests.recorded.retelling import cut_over_two_texts, growing, with_secret, with_text

KEY, NUMBER, CARD = "AKIAIOSFODNN7EXAMPLE", "887-65-4321", "4917610000000000"
"""No recorded answer says anything that begins like one of them."""

SECRETS = (KEY, NUMBER, CARD)
_POLICY = (
    'policy "Secrets" version 1\n\nrule S-1 "Nothing gets out"\n  never any text contains any of {}\n  otherwise {}\n'
)
_FOUND = "aws_access_key, us_ssn, payment_card"
SIZES = (1, 3, 7)


def policy_that(outcome: str) -> Policy:
    """Keeps the three secrets out of any text: `outcome` is `block "..."` or `redact as "..."`."""
    compilation = compile_policy(_POLICY.format(_FOUND, outcome), "secrets.policy")
    assert compilation.policy is not None, compilation.diagnostics
    return compilation.policy


def guard_that(outcome: str) -> Guard:
    settings = read_settings({"upstream": "http://x", "allow_no_policy": True}, None, {})
    return Guard(settings, [policy_that(outcome)])


GUARDS = {"blocking": guard_that('block "Withheld."'), "redacting": guard_that('redact as "[x]"')}


@dataclass(frozen=True)
class Case:
    """One answer with a secret in it, as it arrives."""

    recording: Recording
    what: str
    secret: str
    pieces: tuple[bytes, ...]

    def leak(self, guard: Guard) -> str | None:
        """The text in which the client can read it."""
        return leaks(received(guard, self.recording, self.pieces).body, self.secret, self.recording.is_stream)


def placed_cases(chance: Random) -> Iterator[Case]:
    """A secret at each path of each answer, one after the other of the three; streams in one piece."""
    secrets, names = cycle(SECRETS), cycle(chance.sample(NAMES, len(NAMES)))
    for recording in RECORDINGS:
        if not recording.is_json and not recording.is_stream:
            yield from _lines_of(recording)
            continue
        values = recording.values
        for number, value in enumerate(values):
            for what, secret, other in poisoned(value, secrets, CARD, names):
                body = recording.written([*values[:number], other, *values[number + 1 :]])
                yield Case(recording, f"{number}: {what}", secret, (body,))


def _lines_of(recording: Recording) -> Iterator[Case]:
    lines = recording.body.decode().split("\n")
    for number, line in enumerate(lines):
        for secret in SECRETS:
            for other in in_string(line, secret):
                body = "\n".join([*lines[:number], other, *lines[number + 1 :]])
                yield Case(recording, f"{number}: {other}", secret, (body.encode(),))


def joined_cases() -> Iterator[Case]:
    """A secret that is cut over two texts which clients join, at each of its characters."""
    for recording in RECORDINGS:
        if not recording.is_json and not recording.is_stream:
            continue
        values = recording.values
        for secret in SECRETS:
            for at in range(1, len(secret)):
                found = (
                    cut_over_two_texts(values, secret, at)
                    if recording.is_stream
                    else ((what, [other]) for what, other in cut_over_two(recording.room, values[0], secret, at))
                )
                for what, others in found:
                    yield Case(recording, what, secret, (recording.written(others),))


def retold_cases(chance: Random) -> Iterator[Case]:
    """A secret in each growing text of each stream, in deltas of 1, 3, 7 and random characters."""
    for recording in STREAMS:
        events = recording.values
        for grown in growing(events):
            for secret in SECRETS:
                for where, text in with_secret(grown.text, secret):
                    for size in (*SIZES, chance):
                        body = recording.written(with_text(events, grown, text, size))
                        yield Case(recording, f"{grown.name} {where}, deltas of {size}", secret, (body,))


def cut_cases(chance: Random) -> Iterator[Case]:
    """Each stream with a secret in one of its texts; its bytes cut at every place, into single bytes, and at random."""
    for recording in STREAMS:
        events = recording.values
        grown = chance.choice(growing(events) or [None])
        if grown is None:
            continue
        secret = chance.choice(SECRETS)
        where, text = chance.choice(with_secret(grown.text, secret))
        body = recording.written(with_text(events, grown, text, chance))
        what = f"{grown.name} {where}"
        yield Case(recording, f"{what}, single bytes", secret, tuple(cut(body, range(len(body)))))
        for _ in range(20):
            places = sorted(chance.sample(range(1, len(body)), 20))
            yield Case(recording, f"{what}, bytes cut at {places}", secret, tuple(cut(body, places)))
        for at in range(1, len(body)):
            yield Case(recording, f"{what}, bytes cut at {at}", secret, (body[:at], body[at:]))


def matrix(chance: Random) -> dict[str, Iterator[Case]]:
    """All cases, by what is done in them. Together they take some ten minutes."""
    return {
        "at every place": placed_cases(chance),
        "cut over two texts": joined_cases(),
        "in deltas of every size": retold_cases(chance),
        "bytes cut everywhere": cut_cases(chance),
    }
