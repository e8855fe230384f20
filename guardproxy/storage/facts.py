"""Facts files: what the operator knows about a case, for local use."""

from pathlib import Path
from typing import Any

from guardproxy.conversation import Facts
from guardproxy.exact_json import JsonError, loads
from guardproxy.storage.reading import UnreadableFile, read_text


def read_facts(path: Path) -> Facts:
    """Facts for local use: `{"applicant": {"tier": "gold"}}`; null is known to be missing. Raises `UnreadableFile`."""
    text = read_text(path)
    try:
        return facts_of(loads(text))
    except JsonError as error:
        raise UnreadableFile(f"`{path}` holds no JSON: {error.reason}") from None
    except ValueError as error:
        raise UnreadableFile(f"`{path}`: {error}") from None


def facts_of(value: Any) -> Facts:
    """Checks the shape of facts as JSON. Raises `ValueError` with a sentence."""
    if not isinstance(value, dict):
        raise ValueError('facts are an object of objects, as in `{"applicant": {"tier": "gold"}}`')
    for name, fields in value.items():
        if not isinstance(fields, dict):
            raise ValueError(f'the facts `{name}` have to be an object of fields, as in `{{"{name}": {{"field": 1}}}}`')
    return value
