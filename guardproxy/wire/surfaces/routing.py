"""Finding the row of a request, and writing the path to ask the upstream for.

Paths are known with `/v1` and without it, and below Azure's `/openai`, `/openai/v1` and `/openai/deployments/{name}`.
The fixed segments have to stand there letter by letter. Parameters are decoded once, hold plain letters only, and are
written anew: no path leads anywhere else, however it is written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from guardproxy.diagnostics import closest
from guardproxy.wire.errors import ClientMistake
from guardproxy.wire.surfaces.endpoint import WEBSOCKET, Endpoint

THERE_ARE = "there are POST /v1/chat/completions, GET /v1/models and what else docs/surfaces.md lists"

NO_PATH = "/*"
"""Stands for what was asked for instead of a path: another server, or nothing."""

PREFIXES = ("/v1", "", "/openai/v1", "/openai")
DEPLOYED = frozenset(
    (
        *("/chat/completions", "/completions", "/embeddings", "/responses"),
        *("/audio/transcriptions", "/audio/translations", "/audio/speech", "/images/generations", "/images/edits"),
    )
)
"""What Azure has below `/openai/deployments/{name}`."""

_SPLIT = re.compile(r"(?:/openai/deployments/([^/]+)|(/openai/v1|/openai|/v1)(?=/|$))?(.*)", re.DOTALL)
_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._:@-]{1,200}")
_PARAMETER = re.compile(r"\{[a-z_]+(\.\.\.)?\}")
_SHOWN = 100
"""Letters of a client's path in a message."""


@dataclass(frozen=True, slots=True)
class Found:
    """The row of a request. `path` is the upstream's, below its base; `deployment` is Azure's name of a model."""

    endpoint: Endpoint
    path: str
    deployment: str = ""
    is_azure: bool = False


class Routing:
    """The table, made ready for look-ups. Rows that come first win; `*` stands for every method."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self._rows = [(row, re.compile(_pattern(row.path))) for row in endpoints]

    def find(self, method: str, raw_path: str) -> Found:
        """Raises `ClientMistake`: 404 for what does not exist, 405 for a wrong method, 403 for what is refused."""
        split = _SPLIT.fullmatch(raw_path)
        assert split is not None, "the last group takes everything"
        deployment, below = split[1], split[3]
        name = _plain(deployment) if deployment else ""
        if name is None or (deployment and below not in DEPLOYED):
            raise self._unknown(method, raw_path, below)
        others: list[str] = []
        for row, pattern in self._rows:
            matched = pattern.fullmatch(below)
            path = _path_of(row, matched.groups()) if matched else None
            if path is None:
                continue
            if row.method in (method, "*"):
                return Found(row, path, name or "", is_azure=raw_path.startswith("/openai"))
            others.append(row.method)
        raise wrong_method(method, raw_path, others) if others else self._unknown(method, raw_path, below)

    def _unknown(self, method: str, raw_path: str, below: str) -> ClientMistake:
        near = closest(below, [row.path for row, _ in self._rows if "{" not in row.path])
        return unknown(method, raw_path, below, near)


def covers(row: Endpoint, method: str, template: str) -> bool:
    """Whether a request for a template would come to this row; names in braces stand for a name."""
    sample = _PARAMETER.sub("x", template)
    return row.method in (method, "*") and re.fullmatch(_pattern(row.path), sample) is not None


def _pattern(template: str) -> str:
    parts = re.split(r"(\{[a-z_]+(?:\.\.\.)?\})", template)
    return "".join(
        ("(.+)" if part.endswith("...}") else "([^/]+)") if _PARAMETER.fullmatch(part) else re.escape(part)
        for part in parts
    )


def _path_of(row: Endpoint, raw: Sequence[str]) -> str | None:
    """The path with its parameters written anew; None where one of them is no plain name."""
    path, places = row.path, _PARAMETER.finditer(row.path)
    for place, text in zip(places, raw, strict=True):
        value = _plain(text, several=place[1] is not None)
        if value is None:
            return None
        path = path.replace(place[0], quote(value, safe="/:@"), 1)
    return path


def _plain(raw: str, several: bool = False) -> str | None:
    """A parameter, decoded once; `several` segments may stand in it where the row has room for them."""
    segments = unquote_to_bytes(raw).decode("latin-1").split("/")
    fit = (several or len(segments) == 1) and all(map(_SEGMENT.fullmatch, segments))
    return "/".join(segments) if fit else None


def unknown(method: str, path: str, below: str, near: str | None = None) -> ClientMistake:
    """`near` is the path that was probably meant. Only where nothing like it exists is it told how to open it."""
    if path == NO_PATH:
        message = f"the request has to name a path, as POST /v1/chat/completions, and no other server; {THERE_ARE}"
        return ClientMistake(message, "unknown_endpoint", status=404)
    hint = _slip(path, below) or (f"did you mean `/v1{near}`?" if near else "")
    cure = (
        f'; an operator may let another endpoint pass, unjudged, by `allow = ["{method} {below[:_SHOWN]}"]` '
        "under [surfaces] in the settings"
    )
    message = f"{method} {path[:_SHOWN]} does not exist here{': ' + hint if hint else ''}; {THERE_ARE}"
    return ClientMistake(message + ("" if hint else cure), "unknown_endpoint", status=404)


def _slip(path: str, below: str) -> str:
    if path != path.rstrip("/"):
        return "no path here ends with a slash"
    if "//" in path:
        return "no path here has two slashes in a row"
    if path != path.lower():
        return "paths here are written in small letters"
    if below.startswith("/v1/"):
        return "the base URL of the client ends with `/v1` already"
    return "`/metrics` is on the admin port" if below == "/metrics" else ""


def wrong_method(method: str, path: str, others: Sequence[str]) -> ClientMistake:
    there = [other for other in dict.fromkeys(others) if other != WEBSOCKET]
    takes = " and ".join(there) or "no plain request"
    allow = ((b"allow", ", ".join(there).encode("ascii")),) if there else ()
    message = f"{path[:_SHOWN]} takes {takes}, not {method}; {THERE_ARE}"
    return ClientMistake(message, "method_not_allowed", status=405, headers=allow)


def refused(endpoint: Endpoint) -> ClientMistake:
    cure = (
        f'an operator may let it pass, unjudged, by `allow = ["{endpoint.name}"]` under [surfaces] in the settings'
        if endpoint.can_be_allowed and "*" not in endpoint.method and "..." not in endpoint.path
        else "an operator may let single paths of it pass, unjudged, by `allow` under [surfaces] in the settings"
        if endpoint.can_be_allowed
        else "no setting allows it"
    )
    return ClientMistake(f"{endpoint.name} is refused here: {endpoint.why}; {cure}", "endpoint_refused", status=403)
