"""Which text a block goes on with.

Clients show the text blocks of a message one after the other, so they are one text, `content`, and what is cut over two
of them is found. There is one exception: a later block that begins as an object or a code fence does (`{`, a backtick)
is what a client would take by itself for the JSON reply, behind words about a search. It begins a text of its own, with
which later blocks go on. Nothing that rules look for goes on across such a beginning.

Thoughts that follow one another are one text too; behind a block of another kind they begin anew.

Where the last word of a block and the first of the next make one, each block is judged by itself too (`alone`): a key
followed by a letter is no key, but whoever sees the block sees the key.
"""

import re

_GLUED = re.compile(r"[^\s!?:;)\]}\"'»”’。！？、，：；）」]\Z")
"""The end of a text with which the beginning of the next may make one word, number or address."""

_BLANK = re.compile(r"\A[\s\ufeff]+")
"""What may stand before an object."""


class Voices:
    """Ask it for the blocks of one message, in their order."""

    def __init__(self) -> None:
        self._text: str | None = None
        self._thinking: str | None = None
        self._thinks = False

    def text(self, index: int, beginning: str) -> str:
        """The channel of a text block, given as much of it as tells how it begins (see `is_undecided`)."""
        self._thinks = False
        if self._text is None:
            self._text = "content"
        elif _BLANK.sub("", beginning)[:1] in ("{", "`"):
            self._text = f"content[{index}].text"
        return self._text

    def thinking(self, index: int) -> str:
        if self._thinking is None:
            self._thinking = "thinking"
        elif not self._thinks:
            self._thinking = f"content[{index}].thinking"
        self._thinks = True
        return self._thinking

    def other(self) -> str | None:
        """A block of another kind begins. Returns the channel of the thoughts that have ended with it."""
        ended, self._thinks = (self._thinking if self._thinks else None), False
        return ended


def is_undecided(beginning: str) -> bool:
    """Whether how a text begins cannot be told yet."""
    return not _BLANK.sub("", beginning)


def are_glued(before: str, after: str) -> bool:
    """Whether two texts that follow one another may say something else together than each by itself."""
    if not before or not after or after[0].isspace() or _GLUED.search(before) is None:
        return False
    return before[-1] not in ".," or after[0].isdigit()


def alone(index: int) -> str:
    """The channel of a text block that is judged by itself as well."""
    return f"alone[{index}]"
