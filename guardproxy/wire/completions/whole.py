"""Whole legacy completions: judged as chat completions whose messages say `text`."""

from collections.abc import Mapping
from typing import Any

from guardproxy.exact_json import encoded
from guardproxy.wire.chat.whole import WholeChoice, WholeCompletion
from guardproxy.wire.completions.logprobs import says_the_same
from guardproxy.wire.completions.shape import as_chat, as_completion, notice_in, with_notices
from guardproxy.wire.errors import unreadable
from guardproxy.wire.judgement import Judgement
from guardproxy.wire.side_strings import SideStrings


class TextChoice(WholeChoice):
    """One choice. Its log probabilities stay where nothing was changed and they say what the text says."""

    def __init__(self, entry: dict[str, Any], beside: SideStrings) -> None:
        if not isinstance(entry.get("text"), str):
            raise unreadable("a choice has no `text`")
        shaped = as_chat(entry, "message")
        self._logprobs = None
        if not beside.keeps_repeats and shaped.get("logprobs") is not None:
            self._logprobs, shaped["logprobs"] = shaped["logprobs"], None
        self._text, self._beside = entry["text"], beside
        super().__init__(shaped, beside.harmless, beside.keeps_repeats)

    def deliver(self, judged: Judgement) -> bool:
        changed = super().deliver(judged)
        if not changed and says_the_same(self._logprobs, self._text, self._beside.harmless):
            self.value["logprobs"] = self._logprobs
        return changed


class WholeTexts(WholeCompletion):
    """A whole legacy completion; its units are its choices. Raises `UpstreamFailure` for what is none."""

    def _choice(self, entry: dict[str, Any]) -> WholeChoice:
        return TextChoice(entry, self._beside)

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        """The members in the order in which they came, those beside `choices` judged too."""
        notices = {unit.index: notice for unit in self.units if (notice := notice_in(unit.value, "message"))}
        choices = [as_completion(unit.value, "message") for unit in self.units]
        kept = {**beside.clean(self._value, f"cmpl-{decision}"), "choices": choices}
        body = {key: kept[key] for key in self._value if key in kept}
        return encoded({**body, "guardproxy": with_notices(remark, notices)} if remark is not None else body)
