"""Reading the library: one TOML file per family beside this module, each a list of `[[detector]]` entries.

`about`, at the top of a file, says what all of its detectors have in common. The keys of an entry:

| key          | what it says                                                                                     |
|--------------|---------------------------------------------------------------------------------------------------|
| `name`       | how policies call it: small letters, digits and `_`                                              |
| `finds`      | what it finds, for the policy's author                                                           |
| `source`     | where the form comes from                                                                        |
| `expression` | in RE2's syntax; no match is longer than a stream should have to wait for                        |
| `check`      | optional: the name of a function in `checks.CHECKS`                                              |
| `words`      | optional: what must stand before it, in any case; then `expression` is the thing alone           |
| `front`      | optional: the same as an expression of its own                                                   |
| `alone`      | optional, beside those: a form that needs no word before it                                      |
| `passes_over`| optional: the name of a test in `checks.PASSED_OVER`, for matches of which no part counts        |
| `whole`      | optional, true: it counts for nothing behind a digit and a point, where decimals stand           |
| `addresses`  | optional: in a match, what stands before an address with how that begins; exemptions judge those |
| `places`     | with `addresses`: what stands before alone                                                       |
| `matches`    | texts in which it finds something                                                                |
| `others`     | texts in which it finds nothing, best those that come near                                       |

Expressions that several of them share can stand in `[pieces]`, above the entries: `(?&name)` stands for the piece of
that name, also in later pieces.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from guardproxy.patterns.detectors.addresses import addresses_in
from guardproxy.patterns.detectors.announced import Announced, announcement, things_in
from guardproxy.patterns.detectors.checks import CHECKS, PASSED_OVER, Check

_TEXTS = ("name", "finds", "source", "expression")
_LISTS = ("matches", "others")
_KEYS = frozenset({*_TEXTS, *_LISTS, "check", "words", "front", "alone", "whole", "passes_over", "places", "addresses"})
_MADE_OF_PIECES = ("expression", "front", "alone", "places", "addresses")
_PIECE = re.compile(r"\(\?&([a-z_]+)\)")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True, slots=True)
class Detector:
    """A named pattern. `expression` is in RE2's syntax; `family` is the name of its file.

    `accept` gets the matched text and gives how many of its first characters count, 0 for none; then the search looks
    on from the next character, so that nothing hidden inside is missed. None: every match counts.
    `matches` are texts in which the detector finds something, `others` texts in which it finds nothing.
    """

    name: str
    family: str
    expression: str
    accept: Callable[[str], int] | None
    finds: str
    source: str
    matches: tuple[str, ...]
    others: tuple[str, ...]
    parts: Callable[[str], Sequence[str]] | None = None
    """What exemptions are judged on, each for itself, where that is not the whole matched text."""
    whole: bool = False
    """Whether it is nothing behind a digit and a point: the decimals of a number are no card."""
    passes_over: Callable[[str], bool] | None = None
    """Whether a match counts for nothing, and no part of it either."""


@dataclass(frozen=True, slots=True)
class Family:
    """The detectors of one file, in order, and what they have in common."""

    name: str
    about: str
    members: tuple[Detector, ...]


class LibraryMistake(ValueError):
    """Something in a family's file is not as it should be: which file, which entry, what."""


def read_families() -> Mapping[str, Family]:
    """The families of the files beside this module, in the order of their names. Raises `LibraryMistake`."""
    folder = files("guardproxy.patterns.detectors")
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return families((entry.name, entry.read_text(encoding="utf-8")) for entry in found)


def families(texts: Iterable[tuple[str, str]]) -> Mapping[str, Family]:
    """The families of some files, each given by name and text. Raises `LibraryMistake`."""
    found = {(read := family(file, text)).name: read for file, text in texts}
    taken = dict.fromkeys(found, "a family")
    for one in found.values():
        for detector in one.members:
            if detector.name in taken:
                where = f"{one.name}.toml, detector `{detector.name}`"
                raise LibraryMistake(f"{where}: {taken[detector.name]} has that name already")
            taken[detector.name] = f"a detector of {one.name}.toml"
    return MappingProxyType(found)


def family(file: str, text: str) -> Family:
    """What one file says. Raises `LibraryMistake`."""
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LibraryMistake(f"{file}: {error}") from None
    about, pieces, entries = read.pop("about", None), read.pop("pieces", {}), read.pop("detector", [])
    if not isinstance(about, str) or not about.strip():
        raise LibraryMistake(f'{file}: it must begin with `about = "..."`, what its detectors have in common')
    if read or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise LibraryMistake(f"{file}: nothing but [[detector]] entries can stand behind `about` and `[pieces]`")
    entries = _without_pieces(file, pieces, entries)
    name = file.removesuffix(".toml")
    return Family(name, about, tuple(_detectors(file, name, entries)))


def _without_pieces(file: str, pieces: object, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries with their pieces written out. Raises `LibraryMistake`."""
    if not isinstance(pieces, dict) or not all(isinstance(piece, str) for piece in pieces.values()):
        raise LibraryMistake(f"{file}: `[pieces]` must hold texts only")
    known: dict[str, str] = {}

    def written_out(text: str) -> str:
        unknown = next((m[1] for m in _PIECE.finditer(text) if m[1] not in known), None)
        if unknown is not None:
            raise LibraryMistake(f"{file}: there is no piece `{unknown}` above the place that names it")
        return _PIECE.sub(lambda m: f"(?:{known[m[1]]})", text)

    for name, piece in pieces.items():
        known[name] = written_out(piece)
    return [
        {k: written_out(v) if k in _MADE_OF_PIECES and isinstance(v, str) else v for k, v in entry.items()}
        for entry in entries
    ]


def _detectors(file: str, family: str, entries: list[dict[str, Any]]) -> Iterator[Detector]:
    for number, entry in enumerate(entries, start=1):
        named = entry.get("name")
        mistake = _mistake(entry)
        if mistake is not None:
            which = f"detector `{named}`" if isinstance(named, str) else f"entry {number}"
            raise LibraryMistake(f"{file}, {which}: {mistake}")
        yield _detector(family, entry)


def _mistake(entry: dict[str, Any]) -> str | None:
    unknown = sorted(entry.keys() - _KEYS)
    if unknown:
        return f"there is no key `{unknown[0]}`; the keys are {', '.join(sorted(_KEYS))}"
    for key in _TEXTS:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            return f"`{key}` must be a text with something in it"
    for key in _LISTS:
        if not isinstance(entry.get(key), list) or not all(isinstance(text, str) for text in entry[key]):
            return f"`{key}` must be a list of texts"
    if not _is_announced_well(entry):
        return (
            "`words` is a list of texts; `front`, `alone`, `places` and `addresses` are texts; `whole` is true or "
            "false; only one of `words` and `front` can be there, and `places` and `addresses` go together"
        )
    if not _NAME.fullmatch(entry["name"]):
        return "its name must be 2 to 40 small letters, digits and `_`, a letter first"
    if "check" in entry and entry["check"] not in CHECKS:
        return f"there is no check `{entry['check']}`; the checks are {', '.join(CHECKS)}"
    if entry.get("passes_over", "") not in ("", *PASSED_OVER):
        return f"there is no test `{entry['passes_over']}` of what to pass over; the tests are {', '.join(PASSED_OVER)}"
    return None


def _is_announced_well(entry: dict[str, Any]) -> bool:
    words = entry.get("words", ["a"])
    texts = all(isinstance(entry.get(key, "a"), str) for key in ("front", "alone", "places", "addresses"))
    listed = isinstance(words, list) and words and all(isinstance(word, str) and word.strip() for word in words)
    texts = texts and isinstance(entry.get("whole", False), bool)
    together = ("places" in entry) == ("addresses" in entry)
    return texts and bool(listed) and together and not ("words" in entry and "front" in entry)


def _detector(family: str, entry: dict[str, Any]) -> Detector:
    expression, accept, parts = _how_found(entry)
    passes_over = PASSED_OVER.get(entry.get("passes_over", ""))
    return Detector(
        entry["name"],
        family,
        expression,
        _accepting(accept, passes_over) if accept and passes_over else accept,
        entry["finds"],
        entry["source"],
        tuple(entry["matches"]),
        tuple(entry["others"]),
        parts,
        entry.get("whole", False),
        passes_over,
    )


def _accepting(check: Check, passes_over: Callable[[str], bool]) -> Check:
    """The check, but for what is passed over, which is taken as it is."""
    return lambda matched: len(matched) if passes_over(matched) else check(matched)


def _how_found(entry: dict[str, Any]) -> tuple[str, Check | None, Callable[[str], Sequence[str]] | None]:
    """The whole expression, what accepts a match, and what exemptions look at in it."""
    thing, check = entry["expression"], CHECKS[entry["check"]] if "check" in entry else None
    if "addresses" in entry:
        return thing, check, addresses_in(entry["places"], entry["addresses"])
    if "words" in entry:
        announced = Announced(announcement(entry["words"]), thing, entry.get("alone"), check)
        return announced.expression, announced.accept, announced.parts
    if "front" in entry:
        behind = f"(?:{entry['front']}){thing}"
        return f"(?:{behind}|{entry['alone']})" if "alone" in entry else behind, check, things_in(thing)
    return thing, check, None
