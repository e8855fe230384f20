"""Reading a request for a legacy completion: prompts instead of messages."""

from collections.abc import Mapping
from typing import Any

from guardproxy.conversation import Conversation
from guardproxy.wire.chat.requests import MAX_CHOICES, number_of_choices
from guardproxy.wire.requests import ModelRequest, flag, metadata_in, mistake, model_in, object_in, read_object


def read_request(body: bytes) -> ModelRequest:
    """Raises `ClientMistake` for what is no such request, with the field that is wrong.

    Each prompt gets `n` choices. What the user says is the prompts one below the other; prompts given as tokens are no
    text for us, so that nothing is known of what the user says.
    """
    value = read_object(body)
    prompts = _prompts(value.get("prompt"))
    texts = [prompt for prompt in prompts if isinstance(prompt, str)]
    choices = number_of_choices(value.get("n")) * max(1, len(prompts))
    if choices > MAX_CHOICES:
        raise mistake(f"`prompt` and `n` ask for more than {MAX_CHOICES} choices in all", "prompt")
    return ModelRequest(
        conversation=Conversation((), "\n".join(texts) if texts and len(texts) == len(prompts) else None),
        model=model_in(value),
        wants_json=_wants_json(value),
        choices=choices,
        stream=flag(value, "stream"),
        include_usage=object_in(value, "stream_options").get("include_usage") is True,
        metadata=metadata_in(value),
    )


def _prompts(prompt: Any) -> list[Any]:
    """A text, a list of texts, a list of tokens, or a list of lists of tokens."""
    if prompt is None:
        return []
    if isinstance(prompt, str) or _are_tokens(prompt):
        return [prompt]
    if isinstance(prompt, list) and all(isinstance(p, str) or _are_tokens(p) for p in prompt):
        return prompt
    raise mistake("`prompt` has to be a text, a list of texts, or tokens as lists of whole numbers", "prompt")


def _are_tokens(prompt: Any) -> bool:
    return isinstance(prompt, list) and bool(prompt) and all(token.__class__ is int for token in prompt)


def _wants_json(value: Mapping[str, Any]) -> bool:
    """Some servers take `response_format` here too."""
    return object_in(value, "response_format").get("type") in ("json_object", "json_schema")
