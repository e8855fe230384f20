"""Classifiers: services that read a complete answer and say something about it, which rules read as facts.

They are asked over HTTP, all that a verdict needs at once, each within its own time. Whatever goes wrong (it cannot be
reached, is too slow, says too much or nothing that can be read) leaves its facts unknown, and the rules that need them
open; it is counted and logged, and what was sent never is.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from time import perf_counter
from typing import Any, Self

from guardproxy.checks.misfits import fact_misfits
from guardproxy.classifier_settings import ClassifierSettings
from guardproxy.conversation import Answer, Facts
from guardproxy.diagnostics import did_you_mean
from guardproxy.exact_json import JsonError, encoded, loads
from guardproxy.ir.types import Field, Schema
from guardproxy.proxy.findings import Finding, Missing, finding_of
from guardproxy.proxy.upstream import Upstream
from guardproxy.settings import Limits, SettingsMistake, Timeouts
from guardproxy.telemetry import metrics
from guardproxy.wire.errors import UpstreamFailure

log = logging.getLogger("guardproxy")


class Classifiers:
    """Those of the settings. Use as an asynchronous context manager.

    Raises `SettingsMistake` for declarations without a classifier, and for classifiers without a declaration.
    """

    def __init__(self, schemas: Iterable[Schema], settings: Mapping[str, ClassifierSettings]) -> None:
        declared = classifier_schemas(schemas)
        mistakes = [sentence for _, sentence in classifier_mistakes(declared, settings)]
        if mistakes:
            raise SettingsMistake(tuple(mistakes))
        by_name = {name: [s for s in declared if s.name == name] for name in settings}
        self._all = {name: Classifier(name, settings[name], by_name[name]) for name in settings}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for classifier in self._all.values():
            await self._stack.enter_async_context(classifier.endpoint)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def facts(self, names: Sequence[str], answer: Answer) -> Facts:
        """What these classifiers say of the answer, as far as they do."""
        found = await asyncio.gather(*(self._all[name].facts(answer) for name in names))
        return dict(zip(names, found, strict=True))


class Classifier:
    """One of them. `schemas` are its declarations, one in each policy that reads it."""

    def __init__(self, name: str, settings: ClassifierSettings, schemas: Sequence[Schema]) -> None:
        self.name, self._settings, self._schemas = name, settings, schemas
        self._fields: dict[str, Field] = {f.name: f for schema in reversed(schemas) for f in schema.fields}
        seconds = settings.timeout
        self.endpoint = Upstream(
            settings.url,
            Limits(answer_bytes=settings.max_bytes),
            Timeouts(connect=seconds, first_byte=seconds, between_bytes=seconds),
        )
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        if settings.key is not None:
            self._headers["Authorization"] = f"Bearer {settings.key.get_secret_value()}"

    async def facts(self, answer: Answer) -> Mapping[str, Any]:
        """Its facts; none where there is nothing to read, or it failed."""
        text = text_of(answer, self._settings.send)
        if not text:
            return {}
        began = perf_counter()
        try:
            async with asyncio.timeout(self._settings.timeout):
                reply = await self._ask(text)
        except TimeoutError:
            return self._failed("timeout", "it did not answer in time")
        except UpstreamFailure as failure:
            return self._failed(failure.reason, failure.message)
        finally:
            metrics.observe(metrics.CLASSIFIER_SECONDS, perf_counter() - began)
        try:
            found = finding_of(self._settings, loads(reply))
        except (JsonError, Missing) as error:
            return self._failed("unreadable", f"its answer cannot be read: {error}")
        metrics.count(metrics.classifications(self.name, "answered"))
        return self._fitting(found)

    async def _ask(self, text: str) -> bytes:
        body = encoded(question_of(self._settings, text))
        async with self.endpoint.ask("POST", "", self._headers, body) as reply:
            if reply.status != 200:
                raise UpstreamFailure(f"it answered with status {reply.status}", "classifier_status", reason="status")
            return await reply.whole()

    def _fitting(self, found: Finding) -> Mapping[str, Any]:
        """The declared fields with their values, without those that are not there or do not fit."""
        values = {name: raw for name, field in self._fields.items() if (raw := found.value(field)) is not None}
        misfits = {path[1]: sentence for path, sentence in fact_misfits(self._schemas, {self.name: values})}
        for name, sentence in misfits.items():
            metrics.count(metrics.classifications(self.name, "misfit"))
            log.warning("classifier %s: the fact `%s` stays unknown: %s", self.name, name, sentence.rpartition(": ")[2])
        return {name: raw for name, raw in values.items() if name not in misfits}

    def _failed(self, reason: str, what: str) -> Mapping[str, Any]:
        metrics.count(metrics.classifications(self.name, reason))
        log.warning("classifier %s: %s; its facts stay unknown", self.name, what)
        return {}


def classifier_schemas(schemas: Iterable[Schema]) -> list[Schema]:
    """The declarations that classifiers fill."""
    return [schema for schema in schemas if schema.kind == "facts" and schema.provenance == "classifier"]


def classifier_mistakes(
    schemas: Iterable[Schema], settings: Mapping[str, ClassifierSettings]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The path in the settings and a sentence for each mistake; `schemas` are declarations `from classifier`."""
    declared: dict[str, set[str]] = {}
    for schema in schemas:
        declared.setdefault(schema.name, set()).update(field.name for field in schema.fields)
    for name in declared.keys() - settings.keys():
        yield (
            (),
            f"a policy declares facts `{name}` from classifier; add the table [classifiers.{name}] to the settings",
        )
    for name, own in settings.items():
        if name not in declared:
            hint = did_you_mean(name, declared)
            yield (name,), f"no policy declares facts `{name}` from classifier" + (f"; {hint}" if hint else "")
            continue
        for field in own.fields.keys() - declared[name]:
            hint = did_you_mean(field, declared[name])
            yield (name, "fields"), f"no policy declares the fact `{name}.{field}`" + (f"; {hint}" if hint else "")


def text_of(answer: Answer, send: str) -> str:
    """What a classifier reads: the texts of one answer, each a paragraph; where all is sent, calls too."""
    texts = [p.text for p in answer.passages if send == "any" or p.is_reply]
    if send == "any":
        texts += [f"{call.name} {call.arguments}" for call in answer.calls]
    return "\n\n".join(text for text in texts if text.strip())


def question_of(settings: ClassifierSettings, text: str) -> dict[str, Any]:
    """The request's JSON."""
    own: dict[str, Any] = {**settings.body} | ({"model": settings.model} if settings.model else {})
    match settings.kind:
        case "openai-moderation":
            return own | {"input": text}
        case "openai-chat":
            told = [{"role": "system", "content": settings.instructions}, {"role": "user", "content": text}]
            return {"temperature": 0} | own | {"messages": told}
        case "presidio":
            return own | {"text": text, "language": settings.language}
    return own | {settings.text_at: text}
