"""The URLs that an operator may write into the settings."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

_ENDPOINT = re.compile(r"/(chat/completions|completions|models|responses|messages|embeddings)/*$")
_HOST = re.compile(
    r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?"
)


def base_url(url: str) -> str:
    """The URL below which the API's paths are, without a slash at its end. Raises ValueError with what is wanted."""
    parts = _parts(url, "https://api.openai.com/v1", "`upstream_key`")
    if parts.query:
        raise ValueError("it has to be a URL such as https://api.openai.com/v1")
    if found := _ENDPOINT.search(url):
        raise ValueError(f"it has to be the base URL, without the endpoint: {url[: found.start()]}")
    return url.rstrip("/") if parts.path.strip("/") else url.rstrip("/") + "/v1"


def endpoint_url(url: str) -> str:
    """The URL of one endpoint, as it is written. Raises ValueError with what is wanted."""
    _parts(url, "https://api.openai.com/v1/moderations", "`key` or `key_from`")
    return url


def _parts(url: str, example: str, key: str) -> SplitResult:
    if re.search(r"[^\x21-\x7e]", url):
        raise ValueError("it holds a blank or a letter that no URL has")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"it is no URL; write it as {example}") from None
    if parts.scheme not in ("http", "https") or not host or parts.fragment:
        raise ValueError(f"it has to be a URL such as {example}")
    if "@" in parts.netloc:
        # It would be shown in messages and logs; a key has a setting of its own that never is.
        raise ValueError(f"it must not hold a name or a password; set {key} instead")
    if not _is_host(host):
        raise ValueError(f"`{host}` is no name or address of a host")
    return parts


def _is_host(host: str) -> bool:
    if ":" not in host and not host.replace(".", "").isdigit():
        return _HOST.fullmatch(host) is not None
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
