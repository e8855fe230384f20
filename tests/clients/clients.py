"""The clients that are tried: where each is installed, in which version, and which program drives it."""

import re
import sys
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
    """A package as users install it. `home` is the environment, `driver` the program that asks by it.

    Libraries without `choices` never ask for several.
    """

    title: str
    package: str
    home: str
    driver: str
    apis: tuple[Api, ...]
    choices: bool = True

    @property
    def version(self) -> str:
        """The version that is pinned. Raises ValueError where none is."""
        pin = re.compile(rf'(^|"){re.escape(self.package)}(\[\w+\])?(==|": ")(?P<version>[\d.]+)', re.MULTILINE)
        found = pin.search(_PINS[self.home].read_text())
        if found is None:
            raise ValueError(f"{_PINS[self.home]} pins no version of {self.package}")
        return found["version"]

    @property
    def slug(self) -> str:
        """Says in a key whose run it is."""
        return f"{self.package.replace('/', '.')}-{self.home}"

    @property
    def name(self) -> str:
        return f"{self.title} {self.version}"

    @property
    def command(self) -> Sequence[str]:
        if self.home == "node":
            return ("node", str(HERE / "node" / self.driver))
        python = sys.executable if self.home == "dev" else str(ROOT / ".venv-clients" / self.home / "bin" / "python")
        return (python, str(HERE / "drivers" / self.driver))


_OPENAI: tuple[Api, ...] = ("chat", "responses", "completions")
CLIENTS = (
    Client("openai-python", "openai", "dev", "openai_client.py", _OPENAI),
    Client("openai-python", "openai", "litellm", "openai_client.py", _OPENAI),
    Client("openai for node", "openai", "node", "openai_client.mjs", _OPENAI),
    Client("langchain-openai", "langchain-openai", "dev", "langchain_client.py", ("chat", "responses")),
    Client("pydantic-ai", "pydantic-ai-slim", "dev", "pydantic_ai_client.py", ("chat", "responses"), False),
    Client("litellm", "litellm", "litellm", "litellm_client.py", ("chat", "responses", "messages")),
    Client("Vercel AI SDK", "ai", "node", "ai_sdk.mjs", ("chat", "responses"), False),
    Client("anthropic-python", "anthropic", "dev", "anthropic_client.py", ("messages",)),
    Client("anthropic for node", "@anthropic-ai/sdk", "node", "anthropic_client.mjs", ("messages",)),
)
