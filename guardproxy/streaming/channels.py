"""One text channel of an answer that arrives: what was said, what was sent, and what still has to wait."""

from guardproxy.checks.reply_object import ArrivingReply
from guardproxy.patterns.text_gate import TextGate, WatchList
from guardproxy.streaming.shapes import ShapedText

EVERYTHING = 1 << 62
"""An offset behind every text."""

MOST_WAITING = 65_536
"""Characters of one text that may wait behind a match that goes on and on: each piece searches them again."""


class Channel:
    """`said` is the whole text so far; `sent` what was released of it, rewritten already.

    Text passes two gates: members of a JSON reply wait for the rules that read them (`reply`), then everything passes
    the text gate, which holds what may still become a match.
    """

    def __init__(self) -> None:
        self.gate: TextGate | None = None
        """None: nothing passes before the end."""
        self.waits = False
        """Whether nothing may be sent before the end, because of rules that only then decide."""
        self.reply: ArrivingReply | None = None
        self.shaped: ShapedText | None = None
        """Whether the text conforms to the grammars and schemas that rules demand, where there are any."""
        self.limit = (-1, EVERYTHING)
        """How far the rules on JSON members let it go, and after how many changes of the JSON that was found."""
        self._said: list[str] = []
        self._sent: list[str] = []
        self.length = 0
        self._passed = 0
        self.ended = False
        """Whether no more text comes, as was said; if some comes all the same, it waits for the end."""

    def say(self, text: str) -> None:
        self._said.append(text)
        self.length += len(text)

    @property
    def may_be_object(self) -> bool:
        """Whether it is, or may become, a JSON object that rules read."""
        return self.reply is not None and self.reply.possible

    @property
    def said(self) -> str:
        self._said = ["".join(self._said)]
        return self._said[0]

    @property
    def sent(self) -> str:
        self._sent = ["".join(self._sent)]
        return self._sent[0]

    @property
    def held(self) -> int:
        """Characters that arrived and are still waiting."""
        return self.length - self._passed + (self.gate.held if self.gate else 0)

    @property
    def waits_too_long(self) -> bool:
        return self.gate is not None and self.gate.held > MOST_WAITING

    def pass_on(self, limit: int) -> str:
        """What may be sent now, when everything before offset `limit` has been settled by the rules on JSON."""
        limit = min(limit, self.length)
        if self.gate is None or self.waits or self.ended or limit <= self._passed:
            return ""
        new = self._said[-1] if limit - self._passed == len(self._said[-1]) and limit == self.length else None
        if new is None:
            new = self.said[self._passed : limit]
        self._passed = limit
        return self._sendable(self.gate.feed(new))

    def end(self) -> str:
        """What may be sent now that no more text comes; only where all of it has passed."""
        if self.gate is None or self.waits or self.ended or self._passed < self.length:
            return ""
        self.ended = True
        return self._sendable(self.gate.finish())

    @property
    def settled(self) -> int:
        """So many code points of what arrived are accounted for by what was sent."""
        return self.length - self.held

    def pass_again(self, watches: WatchList) -> str:
        """What may be sent now of what passed already, when more is known than before."""
        self.gate = TextGate(watches)
        through = self.gate.feed(self.said[: self._passed]) + (self.gate.finish() if self.ended else "")
        return self._sendable(through[len(self.sent) :]) if through.startswith(self.sent) else ""

    def _sendable(self, released: str) -> str:
        if released and self.shaped is not None:
            broken_at = self.shaped.sends(released)
            released = released if broken_at is None else released[: max(0, broken_at - len(self.sent))]
        if released:
            self._sent.append(released)
        return released

    def send_rest(self, delivered: str) -> str | None:
        """At the end: what of the delivered text was not sent yet; None if what was sent is no beginning of it."""
        sent = self.sent
        if not delivered.startswith(sent):
            return None
        rest = delivered[len(sent) :]
        self._sent.append(rest)
        self._passed = self.length
        return rest
