"""What stands beside the output of a response: its id, its state, what it was asked with, errors.

No model wrote it, but the system prompt and the tools are in it, and whoever fetches a stored response need not be who
asked for it. Each string is searched for what the policies keep back, and withheld where something is found.
"""

from typing import Any

from guardproxy.wire.places import REPEATS
from guardproxy.wire.side_strings import SideStrings

_APART = frozenset({"output", "data", "guardproxy", "obfuscation", "output_text"})

_OWN = frozenset({"tools", "text", "metadata", "tool_choice", "prompt"})
"""The client's own words, in which a member may be called like one that repeats the answer in tokens."""

_KEPT_WHEN_BLOCKED = frozenset(
    (
        *("id", "object", "created_at", "completed_at", "model", "usage", "tool_usage", "background", "conversation"),
        *("previous_response_id", "parallel_tool_calls", "tool_choice", "tools", "text", "temperature", "top_p"),
        *("truncation", "reasoning", "metadata", "instructions", "max_output_tokens", "max_tool_calls", "store"),
        *("service_tier", "user", "prompt", "top_logprobs", "safety_identifier", "prompt_cache_key"),
    )
)
"""What stays of a response that was blocked: which it is, what it was asked with, and what it cost."""


class Beside:
    """`cleaned` gives the members besides the output; those that were cleaned before are not searched again."""

    def __init__(self, strings: SideStrings, decision: str) -> None:
        self._strings, self._decision = strings, decision
        self._known: dict[str, tuple[Any, Any]] = {}

    def cleaned(self, value: dict[str, Any]) -> dict[str, Any]:
        """Raises nothing: what must not pass is withheld."""
        kept: dict[str, Any] = {}
        for key, member in value.items():
            if key in _APART or not self._strings.harmless(key):
                continue
            known = self._known.get(key)
            if known is None or known[0] != member:
                known = self._known[key] = (member, self._clean(key, member))
            kept[key] = known[1]
        return kept

    def _clean(self, key: str, member: Any) -> Any:
        if not self._strings.keeps_repeats and key not in _OWN:
            member = None if key in REPEATS and isinstance(member, str | list | dict) else _without_repeats(member)
        return self._strings.withhold({key: member}).get(key)

    def of_blocked(self, value: dict[str, Any]) -> dict[str, Any]:
        """What may stay of the response in which nothing of the model's is left."""
        return {key: member for key, member in self.cleaned(value).items() if key in _KEPT_WHEN_BLOCKED}


def _without_repeats(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: None if key in REPEATS and isinstance(member, str | list | dict) else _without_repeats(member)
            for key, member in value.items()
        }
    return [_without_repeats(item) for item in value] if isinstance(value, list) else value


def refusal_item(decision: str, notice: str, status: str = "incomplete") -> dict[str, Any]:
    """The message that tells of a block."""
    part = {"type": "refusal", "refusal": notice}
    return {"id": f"msg_{decision}", "type": "message", "status": status, "role": "assistant", "content": [part]}


def blocked_state() -> dict[str, Any]:
    """How a response says that its answer was filtered."""
    return {"status": "incomplete", "error": None, "incomplete_details": {"reason": "content_filter"}}
