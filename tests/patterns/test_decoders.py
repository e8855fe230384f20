"""Decoders: what is encoded is found for the finders that ask for it, in a stream as in a whole text."""

import base64
import codecs
from collections.abc import Callable
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.ir.terms import Finder
from guardproxy.patterns.decoders import DECODERS
from guardproxy.patterns.detectors import DETECTORS
from guardproxy.patterns.scan import FinderSet
from guardproxy.patterns.text_gate import Halt, Substitute, TextGate, Watch, WatchList
from guardproxy.patterns.views import Reading, View

Encoding = Callable[[str], str]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ENCODINGS: dict[str, Encoding] = {
    "base64": _base64,
    "unpadded": lambda text: _base64(text).rstrip("="),
    "in lines": lambda text: base64.encodebytes(b"-" * 66 + b"\n" + text.encode()).decode().rstrip(),
    "url-safe": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "utf-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "twice": lambda text: _base64(_base64(text)),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "small base32": lambda text: base64.b32encode(text.encode()).decode().lower().rstrip("="),
    "hex": lambda text: text.encode().hex(),
    "hex pairs": lambda text: text.encode().hex(" ").upper(),
    "hex list": lambda text: ", ".join(f"0x{byte:02x}" for byte in text.encode()),
    "hex escapes": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
}
PROSE = ("{}", "Decode this: {} (and tell nobody)", "https://example.test/{}?a=1", "é{}!\n\nThe next line.")
SSN = Finder("detector", "us_ssn", decoded=True)
NOTE = "Her number is 123-45-6789, she said."


def halting(*finders: Finder) -> WatchList:
    return WatchList([Watch(finder, f"R{i}", Halt()) for i, finder in enumerate(finders)])


def sent(watches: WatchList, text: str, size: int) -> tuple[str, TextGate]:
    gate = TextGate(watches)
    released = "".join(gate.feed(text[i : i + size]) for i in range(0, len(text), size))
    return released + gate.finish(), gate


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("prose", PROSE)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_nothing_of_what_carries_a_match_is_sent(encoding: str, prose: str, size: int) -> None:
    carrier = ENCODINGS[encoding](NOTE)
    text = prose.format(carrier)
    released, gate = sent(halting(SSN), text, size)
    assert gate.halted and text.startswith(released)
    assert len(released) <= text.index(carrier) + len(carrier) * 5 // 6  # it ends before the number does
    left = FinderSet((SSN,)).find(released + ("=" if encoding == "base64" else ""))
    assert left == [] and "6789" not in DECODERS[0].read(released, final=True).text
    assert sent(halting(SSN), text, len(text))[0] == released


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_detector_s_examples_are_found(encoding: str) -> None:
    """Those of one detector in twelve; encodings turn by turn, so that all are seen."""
    missed = [
        (name, example)
        for name in [*DETECTORS][list(ENCODINGS).index(encoding) % 12 :: 12]
        for example in DETECTORS[name].matches
        if len(example.encode()) >= 6 and (example.isascii() or encoding != "utf-16")
        if not _found(name, ENCODINGS[encoding](example))
    ]
    assert missed == []


def _found(name: str, carrier: str) -> bool:
    return FinderSet((Finder("detector", name, decoded=True),)).any(f"Look: {carrier} end")


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name != "percent"])
def test_without_the_word_nothing_is_decoded(encoding: str) -> None:
    text = f"Look: {ENCODINGS[encoding](NOTE)} end"
    plain = Finder("detector", "us_ssn")
    assert FinderSet((SSN,)).any(text)
    as_it_stands = encoding in ("rot13", "hex escapes")  # the one changes no digit, the other is undone everywhere
    assert FinderSet((plain,)).any(text) is as_it_stands
    both = FinderSet((plain, Finder("words", "Her number", decoded=True)))
    assert {match.finder for match in both.find(text)} == ({0, 1} if as_it_stands else {1})


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_rewrite_takes_whole_groups_and_leaves_the_rest_readable(size: int) -> None:
    watches = WatchList([Watch(SSN, "SSN", Substitute("[SSN]"))])
    released, _ = sent(watches, f"See {_base64(NOTE)} there.", size)
    before, after = released.removeprefix("See ").removesuffix(" there.").split("[SSN]")
    assert base64.b64decode(before).decode() == "Her number is "[: len(before) // 4 * 3]
    assert NOTE.endswith(base64.b64decode(after).decode()) and len(after) > 8


def test_what_was_encoded_and_is_harmless_passes_unchanged() -> None:
    random = Random(7)
    finders = tuple(Finder("detector", name, decoded=True) for name in DETECTORS if name not in _BROAD)
    watches = halting(*finders)
    for _ in range(4):
        image = base64.b64encode(b"\x89PNG\r\n\x1a\n" + random.randbytes(600)).decode()
        for text in (f"![a](data:image/png;base64,{image})", random.randbytes(32).hex(), "A long uninterrupted word."):
            released, gate = sent(watches, text, 97)
            assert (released, gate.hits) == (text, []), gate.stopped_by


_BROAD = frozenset(
    name for name, d in DETECTORS.items() if d.family in ("links", "credentials", "network", "private_keys")
)
"""An image as such, and long random texts, are what some of these look for."""


@pytest.mark.parametrize("view", DECODERS, ids=lambda view: view.name)
@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_what_is_settled_stays_and_a_text_can_be_read_from_any_anchor(view: View, data: st.DataObject) -> None:
    text = data.draw(st.lists(_pieces, max_size=3).map("".join))
    whole = view.read(text, final=True)
    for cut in data.draw(st.lists(st.integers(0, len(text)), min_size=8, max_size=12)):
        reading = view.read(text[:cut], final=False)
        assert whole.text.startswith(reading.text) and reading.settled <= cut
        assert _rises(reading) and _starts(reading) == _starts(whole)[: len(reading.text)]
        if not view.applies(text[:cut]):
            assert (reading.text, reading.settled) == (text[:cut], cut)
        anchor = view.anchor(text, cut)
        assert anchor <= cut
        after = view.read(text[anchor:], final=True).text.lstrip()[4:]  # a character may be cut in two
        assert whole.text.endswith(after)


_words = st.sampled_from(["data:", " ", "\n", "/", "=", "-", "0x", "%", "é", "international", "face", "10 20 30", "x"])
_payloads = st.one_of(st.just(NOTE), st.text(max_size=30), st.just("y" * 99 + NOTE))
_pieces = _words | st.builds(lambda name, text: ENCODINGS[name](text), st.sampled_from([*ENCODINGS]), _payloads)


def _starts(reading: Reading) -> list[int]:
    return [reading.start(at) for at in range(len(reading.text))]


def _rises(reading: Reading) -> bool:
    starts = _starts(reading)
    return starts == sorted(starts) and all(reading.end(at + 1) >= start for at, start in enumerate(starts))


@pytest.mark.parametrize(
    "hostile",
    ["a" * 300_000, "12 " * 100_000, "ab/-" * 75_000, "=" * 300_000, "0x" * 150_000, f"{'A' * 76}\r\n" * 3900],
    ids=lambda text: text[:4],
)
def test_hostile_texts_take_time_by_their_length(hostile: str) -> None:
    began = process_time()
    for view in DECODERS:
        view.read(hostile, final=True)
    assert process_time() - began < 4
