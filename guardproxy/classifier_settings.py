"""What an operator says about a classifier: where it is, what it gets to read, and where its findings stand."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator, model_validator

from guardproxy.addresses import endpoint_url

MOST_SECONDS = 60


def _no_yes(value: Any) -> Any:
    """Python takes `true` for 1."""
    if isinstance(value, bool):
        raise ValueError
    return value


_Text = Annotated[str, Field(description="a text")]
_Number = BeforeValidator(_no_yes)


class ClassifierSettings(BaseModel):
    """One table `[classifiers.NAME]`; NAME is a declaration `facts NAME from classifier`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[
        Literal["openai-moderation", "openai-chat", "http", "presidio"],
        Field(description='"openai-moderation", "openai-chat", "http" or "presidio"'),
    ]
    url: Annotated[str, Field(description='a URL such as "https://api.openai.com/v1/moderations"')]
    """The endpoint itself."""
    key: Annotated[SecretStr | None, Field(description="a text")] = None
    """Sent as the bearer token."""
    key_from: Annotated[str, Field(description="the name of an environment variable")] = ""
    """The environment variable that holds the key, so that it need not stand in the file."""
    model: _Text = ""
    instructions: _Text = ""
    """For `openai-chat`: what the model is to say about the text."""
    language: _Text = "en"
    """For `presidio`: the language of the text."""
    send: Annotated[Literal["reply", "any"], Field(description='"reply" or "any"')] = "reply"
    """What it reads: what the user reads, or all texts of the answer with its calls."""
    timeout: Annotated[
        float, _Number, Field(gt=0, le=MOST_SECONDS, description=f"seconds above 0, up to {MOST_SECONDS}, such as 2")
    ] = 2
    max_bytes: Annotated[int, _Number, Field(gt=0, description="a whole number above 0, such as 1000")] = 1_000_000
    """Of its answer."""
    text_at: Annotated[str, Field(min_length=1, description='the name of a member, as "text"')] = "text"
    """For `http`: the member of the request's JSON object that holds the text."""
    body: Annotated[Mapping[str, Any], Field(description="a table of what else is sent")] = Field(default_factory=dict)
    """Other members of the request, such as `score_threshold` for Presidio."""
    fields: Annotated[Mapping[str, str], Field(description='a table such as { score = "/results/0/score" }')] = Field(
        default_factory=dict
    )
    """Where each declared field stands in the answer, as a JSON pointer (RFC 6901)."""

    @field_validator("url")
    @classmethod
    def _is_url(cls, url: str) -> str:
        return endpoint_url(url)

    @field_validator("fields")
    @classmethod
    def _are_pointers(cls, fields: Mapping[str, str]) -> Mapping[str, str]:
        for name, pointer in fields.items():
            if pointer and not pointer.startswith("/"):
                raise ValueError(
                    f'`{name}` has to be a JSON pointer such as "/results/0/score", or empty for the whole'
                )
        return fields

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> "ClassifierSettings":
        if self.kind == "openai-chat" and not (self.model and self.instructions):
            raise ValueError("a classifier of kind `openai-chat` needs `model` and `instructions`")
        if self.kind == "http" and not self.fields:
            raise ValueError("a classifier of kind `http` needs `fields`: where each fact stands in its answer")
        if self.key is not None and self.key_from:
            raise ValueError("`key` and `key_from` say the same thing twice; leave one of them away")
        return self
