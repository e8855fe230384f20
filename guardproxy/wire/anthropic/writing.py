"""Strings of the events of a streamed message: found, told to the enforcer, and put back as they were released."""

from collections.abc import Mapping, Sequence

from guardproxy.streaming.events import Event, TextArrived, TextEnded
from guardproxy.wire.anthropic.fields import places_in
from guardproxy.wire.anthropic.stream_blocks import ArrivingBlock
from guardproxy.wire.anthropic.stream_events import Value, written
from guardproxy.wire.anthropic.whole import put_back
from guardproxy.wire.held_events import HeldEvents, WriteText, WriteTexts
from guardproxy.wire.places import IsHarmless, Place
from guardproxy.wire.side_strings import SideStrings


class Writing:
    """What waits of one message to be sent (`held`), and how its events are filled."""

    def __init__(self, beside: SideStrings) -> None:
        self.beside = beside
        self.held = HeldEvents()

    def places(self, value: Value, prefix: str, *known: str) -> list[Place]:
        """The strings of an object but for its type and for what is read in another way."""
        return places_in(value, prefix, self.beside, frozenset(("type", *known)))[0]

    def sides(self, value: Value, *known: str) -> list[Place]:
        """The strings of an event that the API does not name."""
        return self.places(value, "event", *known)

    def put(self, places: Sequence[Place], released: Mapping[str, str]) -> None:
        put_all(places, released, self.beside.harmless)

    def writer(self, value: Value, places: Sequence[Place], arriving: ArrivingBlock | None = None) -> WriteTexts:
        """Writes an event, of a block where it belongs to one, once all of its strings were released."""

        def write(released: Mapping[str, str]) -> bytes:
            self.put(places, released)
            return written(value) if arriving is None else arriving.event(value)

        return write

    def writer_of_words(self, places: Sequence[Place], channel: str, write: WriteText) -> WriteTexts:
        """Writes words of a channel that come with other strings."""

        def both(released: Mapping[str, str]) -> bytes:
            self.put(places, released)
            return write(released[channel])

        return both


def told(places: Sequence[Place], ended: bool = True) -> list[Event]:
    """The events of strings that come whole; `ended` where their channels have no more to say."""
    events: list[Event] = [TextArrived(place.channel, place.text) for place in places]
    return events + [TextEnded(name) for name in dict.fromkeys(p.channel for p in places) if ended]


def texts_of(places: Sequence[Place]) -> dict[str, str]:
    """What an event says in each channel."""
    texts: dict[str, str] = {}
    for place in places:
        texts[place.channel] = texts.get(place.channel, "") + place.text
    return texts


def put_all(places: Sequence[Place], released: Mapping[str, str], harmless: IsHarmless) -> None:
    """Puts what was released into the places of one event."""
    for channel in dict.fromkeys(place.channel for place in places):
        put_back([place for place in places if place.channel == channel], released[channel], harmless)
