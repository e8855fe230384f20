"""Configuration, read once at the start and passed down. Flags override the file, the file overrides the environment.

The file is TOML with these names as keys (`[limits]`, `[timeouts]` and `[facts.NAME]` are tables); the environment has
the others as `GUARDPROXY_UPSTREAM` and so on. An unknown name is a mistake in both. `docs/settings.md` lists them all.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
)

from guardproxy.addresses import base_url
from guardproxy.classifier_settings import ClassifierSettings
from guardproxy.diagnostics import did_you_mean
from guardproxy.exact_json import JsonError, decimal_number
from guardproxy.wire.surfaces.allowed import allowed_endpoints

ENVIRONMENT_PREFIX = "GUARDPROXY_"


@dataclass(eq=False)
class SettingsMistake(ValueError):
    """The configuration cannot be used. `mistakes` are sentences, each with its file and line where there is one."""

    mistakes: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.mistakes)


def _no_yes(value: Any) -> Any:
    """Python takes `true` for 1."""
    if isinstance(value, bool):
        raise ValueError
    return value


_Number = BeforeValidator(_no_yes)
_Size = Annotated[int, _Number, Field(gt=0, description="a whole number above 0, such as 1000")]
_Seconds = Annotated[float, _Number, Field(gt=0, allow_inf_nan=False, description="a number of seconds above 0, as 30")]
_Wait = Annotated[float, _Number, Field(ge=0, allow_inf_nan=False, description="a number of seconds, such as 0.25")]
_Port = Annotated[
    int, _Number, Field(ge=0, le=65535, description="a whole number from 0 to 65535 (0: any free port), such as 8080")
]
_Text = Annotated[str, Field(description='a text, as "127.0.0.1"')]
_Secret = Annotated[SecretStr | None, Field(description="a text")]


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Group):
    """Beyond these a request is refused with a clear 4xx or 503, and an answer with a 502."""

    body_bytes: _Size = 8_000_000
    """Of a request."""
    answer_bytes: _Size = 16_000_000
    """Of an upstream's whole answer, after inflating; a streamed choice may say a quarter as many characters."""
    event_bytes: _Size = 1_000_000
    """Of one streamed event."""
    exchanges: _Size = 1000
    """At once, in each worker."""


class Timeouts(_Group):
    """All in seconds."""

    request_body: _Seconds = 30
    """How long a client may take to send its request."""
    connect: _Seconds = 5
    first_byte: _Seconds = 300
    between_bytes: _Seconds = 60
    answer: _Seconds = 900
    """How long an answer may take in all, from the question to its last byte."""
    reading_on: _Wait = 0.25
    """How long a stream that is certain to be blocked is read on, so that the verdict names every rule."""
    drain: _Wait = 30
    """How long answers under way may take after SIGTERM."""


class AskingAgain(_Group):
    """For rules that say `ask again up to N times`."""

    most: Annotated[int, _Number, Field(ge=0, le=100, description="a whole number from 0 to 100, such as 3")] = 3
    """How often in one exchange, over all its choices and whatever the rules say; 0: never."""
    seconds: _Seconds = 60
    """How long it may take in all, until the answer that is delivered begins."""
    keep_alive: _Seconds = 5
    """How long a stream that is held back, or waits for it, stays silent before the client gets a comment."""


class Surfaces(_Group):
    """Which endpoints there are, besides those of the published table."""

    allow: Annotated[tuple[str, ...], Field(description='a list of texts, as ["POST /realtime/client_secrets"]')] = ()
    """Endpoints that pass unjudged: method and path below `/v1`, with `{id}` for a name in it."""

    @field_validator("allow")
    @classmethod
    def _are_endpoints(cls, allow: tuple[str, ...]) -> tuple[str, ...]:
        allowed_endpoints(allow)
        return allow


class Settings(_Group):
    """Everything that an operator can set. Descriptions are what a message asks for in place of a wrong value."""

    upstream: Annotated[str, Field(description='a URL such as "https://api.openai.com/v1"')]
    """The model server's base URL."""
    upstream_key: _Secret = None
    """Sent instead of the client's own."""
    upstream_key_as: Annotated[
        Literal["authorization", "api-key", "x-api-key"],
        Field(description='"authorization" (a bearer token), "api-key" (Azure) or "x-api-key" (Anthropic)'),
    ] = "authorization"
    """The header in which it is sent."""
    policies: Annotated[tuple[str, ...], Field(description='a list of texts, as ["privacy", "my.policy"]')] = ()
    """Files, or names of packs."""
    allow_no_policy: Annotated[bool, Field(description="true or false")] = False
    facts: Annotated[Mapping[str, Mapping[str, Any]], Field(description="a table of fields, as [facts.applicant]")] = (
        Field(default_factory=dict)
    )
    """Facts `from system` that hold for every request."""
    facts_key: _Secret = None
    """The key with which the operator's gateway signs facts in a header."""
    host: _Text = "127.0.0.1"
    port: _Port = 8080
    admin_host: _Text = "127.0.0.1"
    admin_port: _Port = 8081
    workers: Annotated[int, _Number, Field(ge=1, le=256, description="a whole number from 1 to 256, such as 4")] = 1
    solvers: Annotated[int, _Number, Field(ge=1, le=64, description="a whole number from 1 to 64, such as 2")] = 1
    """Solver processes in each worker."""
    blocked_as: Annotated[Literal["refusal", "error"], Field(description='"refusal" or "error"')] = "refusal"
    zone: Annotated[str, Field(description='a time zone such as "Europe/Paris"')] = "UTC"
    """Where the setting `today` is. The policies' own dates are in the zone that each of them names, or in UTC."""
    today: Annotated[date | None, Field(description="a date such as 2026-11-21")] = None
    """Instead of the clock, for tests: noon of this date."""
    classifiers: Annotated[
        Mapping[str, ClassifierSettings], Field(description="a table for each, as [classifiers.toxicity]")
    ] = Field(default_factory=dict)
    """Services that supply facts `from classifier`."""
    limits: Annotated[Limits, Field(description="a table, as [limits]")] = Limits()
    timeouts: Annotated[Timeouts, Field(description="a table, as [timeouts]")] = Timeouts()
    asking_again: Annotated[AskingAgain, Field(description="a table, as [asking_again]")] = AskingAgain()
    surfaces: Annotated[Surfaces, Field(description="a table, as [surfaces]")] = Surfaces()
    log_level: Annotated[Literal["info", "warning"], Field(description='"info" or "warning"')] = "warning"
    """With "info", one line for each decision."""

    _places: Mapping[tuple[str, ...], str] = PrivateAttr(default_factory=dict)

    def place(self, path: tuple[str, ...]) -> str:
        """`guardproxy.toml:7: ` for a setting that stands in a file, or the empty string."""
        return _nearest(self._places, path)

    @property
    def now(self) -> int | None:
        """The instant at which every answer is judged, in microseconds since 1970 UTC; None: the clock says it."""
        if self.today is None:
            return None
        noon = datetime.combine(self.today, time(12), ZoneInfo(self.zone))
        return (noon - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)

    @field_validator("upstream")
    @classmethod
    def _is_base_url(cls, url: str) -> str:
        return base_url(url)

    @field_validator("facts")
    @classmethod
    def _as_json(cls, facts: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
        return {name: {key: _json_of(value) for key, value in fields.items()} for name, fields in facts.items()}

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError from None
        return name


def _json_of(value: Any) -> Any:
    """TOML has dates and times of its own; facts have them as JSON has them."""
    match value:
        case dict():
            return {key: _json_of(item) for key, item in value.items()}
        case list():
            return [_json_of(item) for item in value]
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal() if not value.is_finite():
            raise ValueError(f"`{value}` is no number that JSON has")
    return value


# --- where they are read from -----------------------------------------------------------------------------------------

_GROUPS: Mapping[str, type[BaseModel]] = {
    "limits": Limits,
    "timeouts": Timeouts,
    "asking_again": AskingAgain,
    "surfaces": Surfaces,
}
_ONLY_IN_FILES = (*_GROUPS, "facts", "classifiers")

_PLATFORM = re.compile(
    r"GUARDPROXY_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)"
)
"""What a container platform sets for a service called `guardproxy`; and `GUARDPROXY_PORT=tcp://10.0.0.1:8080`."""


@dataclass(frozen=True, slots=True)
class _Sources:
    """The three places, each as far as it says something. `lines` are the places of the file's settings."""

    flags: Mapping[str, Any]
    file: Mapping[str, Any]
    environment: Mapping[str, Any]
    lines: Mapping[tuple[str, ...], str]

    def named(self, path: tuple[str, ...]) -> str:
        """The setting as its user wrote it, with its line where it stands in a file."""
        if path[0] in self.flags:
            return "--policy" if path[0] == "policies" else f"--{path[0].replace('_', '-')}"
        if path[0] not in self.file and path[0] in self.environment:
            return f"`{ENVIRONMENT_PREFIX}{path[0].upper()}`"
        return f"{_nearest(self.lines, path)}`{'.'.join(path)}`"


def _nearest(lines: Mapping[tuple[str, ...], str], path: tuple[str, ...]) -> str:
    """The place of the setting, or else of the table around it."""
    return next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), "")


def read_settings(flags: Mapping[str, Any], file: Path | None, environment: Mapping[str, str]) -> Settings:
    """The settings from all three places; flags that are None were not given. Raises `SettingsMistake`.

    Policies that a file names by path are found from the file's own folder.
    """
    text = _read(file) if file else ""
    sources = _Sources(
        flags={name: value for name, value in flags.items() if value is not None},
        file=_with_own_paths(_parsed(text, file), file) if file else {},
        environment=_from_environment(environment),
        lines=_lines(text, file) if file else {},
    )
    mistakes = [*_unknown_variables(environment), *_keys_from(sources, environment)]
    try:
        settings = Settings.model_validate({**sources.environment, **sources.file, **sources.flags})
    except ValidationError as error:
        raise SettingsMistake((*mistakes, *(_sentence(problem, sources) for problem in error.errors()))) from None
    if not settings.policies and not settings.allow_no_policy:
        mistakes.append("no policy is given; name one with --policy or `policies`, or set `allow_no_policy = true`")
    if mistakes:
        raise SettingsMistake(tuple(mistakes))
    settings._places = sources.lines
    return settings


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsMistake((f"`{file}` cannot be read: {(error.strerror or 'unknown reason').lower()}",)) from None
    except UnicodeDecodeError:
        raise SettingsMistake((f"`{file}` is not encoded as UTF-8",)) from None


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=decimal_number)
    except JsonError as error:
        raise SettingsMistake((f"`{file}` cannot be used: {error.reason}",)) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsMistake((f"`{file}` is no TOML: {str(error)[:1].lower()}{str(error)[1:]}",)) from None


def _with_own_paths(values: dict[str, Any], file: Path) -> dict[str, Any]:
    policies = values.get("policies")
    if isinstance(policies, list) and all(isinstance(name, str) for name in policies):
        values["policies"] = [_found_from(file.parent, name) for name in policies]
    return values


def _found_from(folder: Path, name: str) -> str:
    """A bare word is the name of a pack, unless a file of that name lies beside the settings."""
    beside = folder / name
    return name if Path(name).name == name and not Path(name).suffix and not beside.is_file() else str(beside)


def _lines(text: str, file: Path) -> dict[tuple[str, ...], str]:
    """Where each table and each key stands: `("facts", "applicant")` to `guardproxy.toml:7: `."""
    found: dict[tuple[str, ...], str] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = path = _steps(header[1])
        elif key := re.match(r"\s*([\w.\"' -]+?)\s*=", line):
            path = (*table, *_steps(key[1]))
        else:
            continue
        found.setdefault(path, f"{file}:{number}: ")
    return found


def _steps(dotted: str) -> tuple[str, ...]:
    return tuple(step.strip().strip("\"'") for step in dotted.split("."))


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """All settings but tables; policies are divided by commas."""
    found: dict[str, Any] = {}
    for name in Settings.model_fields:
        variable = ENVIRONMENT_PREFIX + name.upper()
        value = environment.get(variable, "")
        if value and name not in _ONLY_IN_FILES and not _is_of_platform(variable, value):
            found[name] = tuple(filter(None, value.split(","))) if name == "policies" else value
    return found


def _unknown_variables(environment: Mapping[str, str]) -> list[str]:
    known = {ENVIRONMENT_PREFIX + name.upper(): name not in _ONLY_IN_FILES for name in Settings.model_fields}
    scalars = [name for name, is_scalar in known.items() if is_scalar]
    mistakes = []
    for name, value in environment.items():
        if not name.startswith(ENVIRONMENT_PREFIX) or known.get(name) or _is_of_platform(name, value):
            continue
        if name in known:
            table = name.removeprefix(ENVIRONMENT_PREFIX).lower()
            mistakes.append(f"`{name}` cannot stand in the environment; write the table [{table}] into a settings file")
            continue
        hint = did_you_mean(name, scalars)
        mistakes.append(f"there is no setting `{name}` for the environment" + (f"; {hint}" if hint else ""))
    return mistakes


def _keys_from(sources: _Sources, environment: Mapping[str, str]) -> Iterator[str]:
    """Puts the keys that stand in the environment into the classifiers' tables; yields those that do not."""
    tables = sources.file.get("classifiers")
    for name, table in tables.items() if isinstance(tables, dict) else ():
        variable = table.get("key_from") if isinstance(table, dict) else None
        if not isinstance(variable, str) or "key" in table:
            continue
        table["key"] = environment.get(table.pop("key_from"), "")
        if not table["key"]:
            yield f"{sources.named(('classifiers', name, 'key_from'))}: there is no `{variable}` in the environment"


def _is_of_platform(name: str, value: str) -> bool:
    is_port = name.endswith("_PORT") and re.match(r"(tcp|udp|sctp)://", value) is not None
    return is_port or _PLATFORM.fullmatch(name) is not None


def _sentence(problem: Any, sources: _Sources) -> str:
    path = tuple(step for step in problem["loc"] if isinstance(step, str))
    depth = 2 if path[0] == "classifiers" and len(path) > 2 else 1 if path[0] in _GROUPS and len(path) > 1 else 0
    group = (Settings, _GROUPS.get(path[0], Settings), ClassifierSettings)[depth]
    if problem["type"] == "extra_forbidden":
        hint = did_you_mean(path[-1], group.model_fields)
        place, _, name = sources.named(path).rpartition(": ")
        return f"{place + ': ' if place else ''}there is no setting {name}" + (f"; {hint}" if hint else "")
    if problem["type"] == "missing":
        place = _nearest(sources.lines, path)
        return f"{place}`{'.'.join(path)}` is missing; " + (
            "say it there" if depth else f"say it with --{path[0]} or in the file"
        )
    field = group.model_fields[path[depth]]
    own = str(problem["msg"]).removeprefix("Value error, ") if problem["type"] == "value_error" else ""
    return f"{sources.named(path)} cannot be used: {own.strip() or f'it has to be {field.description}'}"
