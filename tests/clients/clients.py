"""The clients that are tried: where each is installed, in which version, and which program drives it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.clients.scenario import Api

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

_PINS = {
    "dev": ROOT / "pyproject.toml",
    "litellm": HERE / "litellm" / "requirements.txt",
    "node": HERE / "node" / "package.json",
}


@dataclass(frozen=True)
class Client:
    """A package as users install it. `home` is the environment, `driver` the program that asks by it."""

    title: str
    package: str
    home: str
    driver: str
    apis: tuple[Api, ...]

    @property
    def version(self) -> str:
        """The version that is pinned. Raises ValueError where none is."""
        pin = re.compile(rf'(^|"){re.escape(self.package)}(\[\w+\])?(==|": ")(?P<version>[\d.]+)', re.MULTILINE)
        found = pin.search(_PINS[self.home].read_text())
        if found is None:
            raise ValueError(f"{_PINS[self.home]} pins no version of {self.package}")
        return found["version"]

    @property
    def name(self) -> str:
        return f"{self.title} {self.version}"

    @property
    def command(self) -> Sequence[str]:
        if self.home == "node":
            return ("node", str(HERE / "node" / self.driver))
        home = ROOT / (".venv" if self.home == "dev" else f".venv-clients/{self.home}")
        return (str(home / "bin" / "python"), str(HERE / "drivers" / self.driver))


_OPENAI: tuple[Api, ...] = ("chat", "responses", "completions")
CLIENTS = (
    Client("openai-python", "openai", "dev", "openai_client.py", _OPENAI),
    Client("openai-python", "openai", "litellm", "openai_client.py", _OPENAI),
    Client("openai for node", "openai", "node", "openai_client.mjs", _OPENAI),
    Client("langchain-openai", "langchain-openai", "dev", "langchain_client.py", ("chat", "responses")),
    Client("pydantic-ai", "pydantic-ai-slim", "dev", "pydantic_ai_client.py", ("chat", "responses")),
    Client("litellm", "litellm", "litellm", "litellm_client.py", ("chat", "responses", "messages")),
    Client("Vercel AI SDK", "ai", "node", "ai_sdk.mjs", ("chat", "responses")),
    Client("anthropic-python", "anthropic", "dev", "anthropic_client.py", ("messages",)),
    Client("anthropic for node", "@anthropic-ai/sdk", "node", "anthropic_client.mjs", ("messages",)),
)
