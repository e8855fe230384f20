"""Configuration, read once at the start and passed down. Flags override the file, the file overrides the environment.

The file is TOML with these names as keys (`[limits]`, `[timeouts]` and `[facts.NAME]` are tables); the environment has
the scalar ones as `GUARDPROXY_UPSTREAM` and so on. An unknown key is a mistake, with the file, the line and a hint.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from guardproxy.diagnostics import did_you_mean

ENVIRONMENT_PREFIX = "GUARDPROXY_"


@dataclass(eq=False)
class SettingsMistake(ValueError):
    """The configuration cannot be used. `mistakes` are sentences, each with its file and line where there is one."""

    mistakes: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.mistakes)


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Group):
    """Beyond these a request is refused with a clear 4xx or 503, and an answer with a 502."""

    body_bytes: int = Field(default=8_000_000, gt=0)
    """Of a request."""
    answer_bytes: int = Field(default=16_000_000, gt=0)
    """Of an upstream's whole answer, after inflating; a stream has no limit of its own."""
    event_bytes: int = Field(default=1_000_000, gt=0)
    """Of one streamed event."""
    exchanges: int = Field(default=1000, gt=0)
    """At once, in each worker."""


class Timeouts(_Group):
    """All in seconds."""

    connect: float = Field(default=5, gt=0)
    first_byte: float = Field(default=300, gt=0)
    between_bytes: float = Field(default=60, gt=0)
    reading_on: float = Field(default=0.25, ge=0)
    """How long a stream that is certain to be blocked is read on, so that the verdict names every rule."""
    drain: float = Field(default=30, ge=0)
    """How long answers under way may take after SIGTERM."""


class Settings(_Group):
    """Everything that an operator can set."""

    upstream: str
    """The model server's base URL, `https://api.openai.com/v1`."""
    upstream_key: SecretStr | None = None
    """Sent as the bearer token instead of the client's own."""
    policies: tuple[str, ...] = ()
    """Files, or names of packs."""
    allow_no_policy: bool = False
    facts: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    """Facts `from system` that hold for every request."""
    facts_key: SecretStr | None = None
    """The key with which the operator's gateway signs facts in a header."""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    admin_host: str = "127.0.0.1"
    admin_port: int = Field(default=8081, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=256)
    solvers: int = Field(default=1, ge=1, le=64)
    """Solver processes in each worker."""
    blocked_as: Literal["refusal", "error"] = "refusal"
    zone: str = "UTC"
    """Where `today` is."""
    today: date | None = None
    """Instead of the clock's date, for tests."""
    limits: Limits = Limits()
    timeouts: Timeouts = Timeouts()

    @field_validator("upstream")
    @classmethod
    def _is_base_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("it has to be a URL such as https://api.openai.com/v1")
        return url.rstrip("/") if parts.path.strip("/") else url.rstrip("/") + "/v1"

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError("it has to be a time zone such as Europe/Paris") from None
        return name


def read_settings(flags: Mapping[str, Any], file: Path | None, environment: Mapping[str, str]) -> Settings:
    """The settings from all three places; flags that are None were not given. Raises `SettingsMistake`."""
    text = _read(file) if file else ""
    from_file = _parsed(text, file) if file else {}
    given = {name: value for name, value in flags.items() if value is not None}
    values = {**_from_environment(environment), **from_file, **given}
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        found = [_sentence(list(problem["loc"]), problem, text, file) for problem in error.errors()]
        raise SettingsMistake(tuple(found)) from None
    if not settings.policies and not settings.allow_no_policy:
        raise SettingsMistake(
            ("no policy is given; name one with --policy or `policies`, or set `allow_no_policy = true`",)
        )
    return settings


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsMistake((f"`{file}` cannot be read: {(error.strerror or 'unknown reason').lower()}",)) from None
    except UnicodeDecodeError:
        raise SettingsMistake((f"`{file}` is not encoded as UTF-8",)) from None


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise SettingsMistake((f"`{file}` is no TOML: {str(error)[:1].lower()}{str(error)[1:]}",)) from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """Scalar settings only. A container platform may set `GUARDPROXY_PORT=tcp://...` for a service of this name."""
    found: dict[str, Any] = {}
    for name in Settings.model_fields:
        value = environment.get(ENVIRONMENT_PREFIX + name.upper(), "")
        if not value or name in ("facts", "limits", "timeouts") or "tcp://" in value:
            continue
        found[name] = tuple(filter(None, value.split(","))) if name == "policies" else value
    return found


def _sentence(path: list[Any], problem: Any, text: str, file: Path | None) -> str:
    name = ".".join(str(step) for step in path)
    place = _place(str(path[-1]) if path else "", text, file)
    if problem["type"] == "extra_forbidden":
        groups: dict[str, type[BaseModel]] = {"limits": Limits, "timeouts": Timeouts}
        group = groups.get(str(path[0]), Settings) if len(path) > 1 else Settings
        hint = did_you_mean(str(path[-1]), group.model_fields)
        return f"{place}there is no setting `{name}`" + (f"; {hint}" if hint else "")
    if problem["type"] == "missing":
        return f"{place}`{name}` is missing; say it with --{name} or in the file"
    return f"{place}`{name}` cannot be used: {_reason(problem)}"


def _reason(problem: Any) -> str:
    message = str(problem["msg"]).removeprefix("Value error, ").replace("Input should", "it has to")
    return message[:1].lower() + message[1:]


def _place(key: str, text: str, file: Path | None) -> str:
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(rf"\s*\[?[\w.]*\b{re.escape(key)}\b\s*[=\]]", line):
            return f"{file}:{number}: "
    return ""
