"""What a classifier's answer says about a fact: where it stands there, and its value in the declared type."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from guardproxy.classifier_settings import ClassifierSettings
from guardproxy.exact_json import JsonError, decimal_number, loads
from guardproxy.ir.types import Field, Number, OneOf, Type, YesNo

_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_TEXT_KINDS = ("date", "time", "instant")


class Missing(ValueError):
    """The answer has not the shape of its kind; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`tree` is the part of the answer that pointers go through; `default` is a fact's pointer where none is set.

    `count` is what stands for an entity that was not found, as such an answer does not name it.
    """

    tree: Any
    pointers: Mapping[str, str]
    default: str = "/{field}"
    otherwise: int | None = None

    def value(self, field: Field) -> Any:
        """The fact as JSON, or None where the answer says nothing about it."""
        pointer = self.pointers.get(field.name, self.default.format(field=_escaped(field.name)))
        raw = pointed_at(self.tree, pointer)
        if raw is None and self.otherwise is not None and isinstance(field.type, Number | YesNo):
            raw = self.otherwise
        return None if raw is None else as_declared(field.type, raw)


def finding_of(settings: ClassifierSettings, reply: Any) -> Finding:
    """Raises `Missing`."""
    match settings.kind:
        case "openai-moderation":
            return Finding(_moderation(reply), settings.fields)
        case "openai-chat":
            said = _said(reply)
            return Finding(said, settings.fields, "/{field}" if isinstance(said, dict) else "")
        case "presidio":
            return Finding(_entities(reply), settings.fields, otherwise=0)
    return Finding(reply, settings.fields)


def _moderation(reply: Any) -> Any:
    """The first result, with its scores and categories beside it: `flagged`, `violence`, `category_scores`."""
    results = reply.get("results") if isinstance(reply, dict) else None
    if not isinstance(results, list) or not results or not isinstance(results[0], dict):
        raise Missing("it has no `results`")
    scores = results[0].get("category_scores")
    return {**(scores if isinstance(scores, dict) else {}), **results[0], "results": results}


def _said(reply: Any) -> Any:
    """What the model said: an object where it is one, else its text without the marks around a word."""
    text = pointed_at(reply, "/choices/0/message/content")
    if not isinstance(text, str):
        raise Missing("it has no text")
    try:
        tree = loads(text)
    except JsonError:
        tree = None
    return tree if isinstance(tree, dict) else text.strip().strip("\"'`*.!").strip()


def _entities(reply: Any) -> dict[str, Any]:
    """Presidio's list of spans, added up: `count`, `score` (the highest), and both for each type of entity.

    Members are named like the types: `/EMAIL_ADDRESS/score`; in small letters, `/email_address`, for how many.
    """
    if not isinstance(reply, list):
        raise Missing("it is no list of entities")
    scores: dict[str, list[Any]] = {}
    for entity in reply:
        kind, score = (entity.get("entity_type"), entity.get("score")) if isinstance(entity, dict) else (None, None)
        if not isinstance(kind, str) or isinstance(score, bool) or not isinstance(score, int | Decimal):
            raise Missing("an entity has no type or no score")
        scores.setdefault(kind, []).append(score)
    found: dict[str, Any] = {kind.lower(): len(own) for kind, own in scores.items()}
    found |= {kind: {"count": len(own), "score": max(own)} for kind, own in scores.items()}
    return found | {"count": len(reply), "score": max((max(own) for own in scores.values()), default=0)}


def pointed_at(tree: Any, pointer: str) -> Any:
    """The value at a JSON pointer (RFC 6901); None where there is none."""
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(tree, dict):
            tree = tree.get(step)
        elif isinstance(tree, list) and step.isascii() and step.isdigit():
            tree = tree[int(step)] if len(step) < 6 and int(step) < len(tree) else None
        else:
            return None
    return tree


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def as_declared(of: Type, raw: Any) -> Any:
    """A value in the shape that facts of its type have: words as yes or no, numbers with as many places as declared.

    What cannot be read so stays as it is, and does not fit then.
    """
    match of:
        case YesNo() if isinstance(raw, str):
            return _YES_NO.get(raw.casefold(), raw)
        case YesNo() if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
            return raw > 0
        case OneOf(values) if isinstance(raw, str):
            return next((value for value in values if value.casefold() == raw.casefold()), raw)
        case Number(kind) if kind not in _TEXT_KINDS:
            return _rounded(of, _number(raw))
    return raw


def _number(raw: Any) -> Any:
    if not isinstance(raw, str) or not _NUMBER.fullmatch(raw):
        return raw
    try:
        return decimal_number(raw)
    except JsonError:
        return raw


def _rounded(of: Number, raw: Any) -> Any:
    """The nearest number on the declared grid; a classifier has more places than a policy."""
    if of.grid is None or isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        return raw
    step = Fraction(of.grid) / of.wire
    nearest = round(Fraction(raw) / step) * step
    return Decimal(nearest.numerator) / Decimal(nearest.denominator)
