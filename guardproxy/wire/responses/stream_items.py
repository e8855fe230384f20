"""The events of a stream that bring an item, or the words of a call."""

from typing import Any

from guardproxy.wire.responses.events import index_in, words_in
from guardproxy.wire.responses.item_ids import ItemIds
from guardproxy.wire.responses.items import ReadItem, read_item
from guardproxy.wire.responses.sending import Event, Fill, Sending, filled
from guardproxy.wire.responses.stream_calls import ArrivingCall, put_call


class ItemEvents:
    def __init__(self, sending: Sending, ids: ItemIds) -> None:
        self._ids = ids
        self._sending, self._told, self._calls = sending, sending.told, sending.calls

    def item(self, value: Event, item: dict[str, Any]) -> None:
        """An item that is added, or done."""
        index, is_whole = index_in(value, "output_index"), value["type"].endswith(".done")
        pairs = self._sending.others(value, frozenset({"item"}))
        fill = self._read(item, index, is_whole)
        self._sending.queue(value, lambda: filled(pairs) and fill())

    def listed(self, item: dict[str, Any], place: int, is_whole: bool) -> Fill:
        """An item of a response's output. Some servers list fewer at the end than came."""
        index = self._ids.index(item.get("id"))
        return self._read(item, self._ids.free(place) if index is None else index, is_whole)

    def _read(self, item: dict[str, Any], index: int, is_whole: bool) -> Fill:
        """Tells what is new in an item, and has the queue wait for its call."""
        strings = self._sending.strings
        read = read_item(item, index, strings.harmless, strings.keeps_repeats, is_whole)
        said = self._sending.said(read.texts, not is_whole)
        arriving = self._call_of(read, is_whole)
        for text in read.texts if is_whole else ():
            self._told.end(text.path, text.channel)

        def fill() -> bool:
            if arriving is not None and read.call is not None:
                if arriving.delivered is None:
                    return False
                put_call(item, read.call, arriving.delivered, is_whole)
            return filled(said) and self._sending.follow(read.parts)

        return fill

    def _call_of(self, read: ReadItem, is_whole: bool) -> ArrivingCall | None:
        if read.call is None:
            return None
        tell = self._calls.whole if is_whole else self._calls.begin
        arriving = tell(read.index, read.call)
        self._sending.wait_for(read.index, arriving)
        return arriving

    def words(self, value: Event, kind: str, key: str) -> None:
        """More of a call's words, or all of them again."""
        index, words = index_in(value, "output_index"), words_in(value, key)
        pairs = self._sending.others(value, frozenset({key, "name"}))
        known = self._calls.get(index)
        is_first, is_delta = known is None or not known.pieces, key == "delta"
        arriving = self._calls.piece(index, kind, words) if is_delta or known is None else known
        self._sending.wait_for(index, arriving)

        def fill() -> bool:
            if arriving.delivered is None:
                return False
            if "name" in value:
                value["name"] = arriving.delivered.name
            now = arriving.words()
            if not is_delta or now != arriving.text:
                value[key] = now
            return filled(pairs) and (not is_delta or is_first or now == arriving.text)

        self._sending.queue(value, fill)

    def command(self, value: Event) -> None:
        """A command of a shell call: it is judged with the whole call."""
        index, number = index_in(value, "output_index"), index_in(value, "command_index")
        step = value["type"].rpartition(".")[2]
        key = "delta" if step == "delta" else "command"
        pairs = self._sending.others(value, frozenset({key}))
        words = words_in(value, key)
        arriving = self._calls.command_piece(index, number, words if step == "delta" else "")
        pieces = arriving.commands[number]
        is_first = step == "delta" and not "".join(pieces[:-1])
        self._sending.wait_for(index, arriving)

        def fill() -> bool:
            if arriving.delivered is None:
                return False
            now = arriving.command(number)
            if step == "added":
                value[key] = words if now.startswith(words) else ""
            elif step != "delta" or now != "".join(pieces):
                value[key] = now
            return filled(pairs) and (step != "delta" or is_first or now == "".join(pieces))

        self._sending.queue(value, fill)
