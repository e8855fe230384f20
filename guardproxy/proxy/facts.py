"""Facts of a request: the operator's own, those that the operator's gateway signed, and those that the client claims.

A signed header wins over the configuration, field by field. What the client says in `metadata` (`"name.field": text`)
only ever reaches declarations `from request`, and neither of the others reaches those. A name that some policy declares
from anywhere else is never filled from the request, whatever the other policies say.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from guardproxy.checks.misfits import fact_misfits
from guardproxy.conversation import Facts
from guardproxy.exact_json import JsonError, loads
from guardproxy.ir.types import OneOf, Schema, Text
from guardproxy.proxy.headers import FACTS, FACTS_SIGNATURE, HeaderList, find
from guardproxy.settings import SettingsMistake
from guardproxy.wire.errors import ClientMistake

FROM_SYSTEM = " from system"

Fields = dict[str, dict[str, Any]]


class FactSources:
    """Puts the facts of each request together.

    Raises `SettingsMistake` for configured facts that no policy declares `from system`, or that do not fit.
    """

    def __init__(self, schemas: Iterable[Schema], configured: Facts, key: str | None) -> None:
        declared = [schema for schema in schemas if schema.kind == "facts"]
        self._system = system_schemas(declared)
        trusted = {s.name for s in declared if s.provenance != "request"}
        self._claimed = {f"{s.name}.{f.name}": (s.name, f) for s in declared if s.name not in trusted for f in s.fields}
        self._key = key.encode() if key else None
        self._configured = {name: dict(fields) for name, fields in configured.items()}
        mistakes = [sentence for _, sentence in fact_misfits(self._system, self._configured, FROM_SYSTEM)]
        if mistakes:
            raise SettingsMistake(tuple(mistakes))

    def of(self, headers: HeaderList, metadata: Mapping[str, str]) -> Facts:
        """Raises `ClientMistake` for a header that is not signed, or does not say what policies declare."""
        signed = self._signed(headers)
        claimed = self._of_client(metadata) if self._claimed and metadata else {}
        if not signed and not claimed:
            return self._configured
        names = {*self._configured, *signed}
        trusted = {name: {**self._configured.get(name, {}), **signed.get(name, {})} for name in names}
        return {**claimed, **trusted}

    def _signed(self, headers: HeaderList) -> Fields:
        try:
            text, signature = find(headers, FACTS), find(headers, FACTS_SIGNATURE)
        except ValueError as error:
            raise _refused(str(error)) from None
        if text is None and signature is None:
            return {}
        if self._key is None:
            raise _refused("this proxy takes no facts from headers: it has no `facts_key`")
        if text is None or signature is None:
            raise _refused(f"{FACTS.decode()} and {FACTS_SIGNATURE.decode()} have to come together")
        expected = hmac.new(self._key, text, "sha256").hexdigest().encode()
        if not hmac.compare_digest(expected, signature.lower()):
            raise _refused(f"the signature in {FACTS_SIGNATURE.decode()} does not fit {FACTS.decode()}")
        facts = _decoded(text)
        for _, sentence in fact_misfits(self._system, facts, FROM_SYSTEM):
            raise _refused(f"{FACTS.decode()}: {sentence}")
        return facts

    def _of_client(self, metadata: Mapping[str, str]) -> Fields:
        facts: Fields = {}
        for path, text in metadata.items():
            if path in self._claimed:
                name, field = self._claimed[path]
                is_text = isinstance(field.type, Text | OneOf)
                facts.setdefault(name, {})[field.name] = text if is_text else _as_json(text)
        return facts


def system_schemas(schemas: Iterable[Schema]) -> list[Schema]:
    """The declarations that the operator fills, by configuration or by signed header."""
    return [schema for schema in schemas if schema.kind == "facts" and schema.provenance == "system"]


def _decoded(text: bytes) -> Fields:
    try:
        facts = loads(base64.b64decode(text, validate=True))
    except (binascii.Error, JsonError):
        raise _refused(f"{FACTS.decode()} has to hold base64 of JSON") from None
    if not isinstance(facts, dict) or not all(isinstance(fields, dict) for fields in facts.values()):
        raise _refused(f"{FACTS.decode()} has to hold an object of objects")
    return facts


def _as_json(text: str) -> Any:
    """Metadata are texts: numbers and yes/no are written as JSON in them. What is no JSON stays, and is invalid."""
    try:
        return loads(text)
    except JsonError:
        return text


def _refused(message: str) -> ClientMistake:
    return ClientMistake(message, "invalid_facts")
