"""What the credentials detectors find in examples that others collected, and where they cry wolf.

    python -m bench.recall rules DIRECTORY [--misses]    recall per kind
    python -m bench.recall plain DIRECTORY [--shown N]   findings per megabyte

`rules`: every `*.yml` below the directory that has `rules:` with an `id:` and `examples:`, as Nosey Parker and
Kingfisher write them, and every `*_test.go` below it, in whose name TruffleHog says which kind it is about.
An example counts as found where some detector of the families finds something in it. `plain`: every text file below
the directory is taken to hold no secret, so each finding is one to look at.
"""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from guardproxy.ir.terms import Finder
from guardproxy.patterns.detectors import FAMILIES
from guardproxy.patterns.scan import FinderSet

OURS = ("credentials", "private_keys", "connections")
TEXTS = re.compile(r".*\.(?:md|txt|rst|py|[jt]s|go|java|[ch]|cc|cpp|rb|rs|php|html|css|json|ya?ml|toml|sh|csv)")
GENERIC = ("assigned_secret", "assigned_key", "authorization_header", "jwt")
MOST_CHARACTERS = 1_000_000

Example = tuple[str, str]
"""The kind of secret, and a text with one in it."""


def yaml_examples(text: str) -> Iterator[Example]:
    """The examples of a file of rules: items of the lists `examples:`, quoted, plain or as blocks."""
    kind, lines = "?", text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        if named := re.match(r"\s*-?\s*id:\s*(\S+)", line):
            kind = named[1]
        at += 1
        if re.fullmatch(r"\s*examples:\s*", line):
            depth = len(line) - len(line.lstrip())
            while at < len(lines) and _belongs(lines[at], depth):
                item, at = _item(lines, at)
                if item:
                    yield kind, item


def _belongs(line: str, depth: int) -> bool:
    indent = len(line) - len(line.lstrip())
    return not line.strip() or indent > depth or (indent == depth and line.lstrip().startswith("- "))


def _item(lines: list[str], at: int) -> tuple[str, int]:
    """One item that begins on this line, and the line behind it."""
    line = lines[at]
    indent, written = len(line) - len(line.lstrip()), line.strip()
    if not written.startswith("- ") or written.startswith("- #"):
        return "", at + 1
    value, at = written[2:].strip(), at + 1
    block = []
    while at < len(lines) and (not lines[at].strip() or len(lines[at]) - len(lines[at].lstrip()) > indent):
        block.append(lines[at].strip())
        at += 1
    if re.fullmatch(r"[|>][+-]?", value):
        return "\n".join(block), at
    return _unquoted(" ".join([value, *block]).strip()), at


def _unquoted(value: str) -> str:
    if value[:1] == "'" and value[-1:] == "'":
        return value[1:-1].replace("''", "'")
    if value[:1] == '"' and value[-1:] == '"':
        return value[1:-1].replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
    return value


def go_examples(kind: str, text: str) -> Iterator[Example]:
    """The inputs of a test table in Go for which something is wanted."""
    quoted = r'(?:`([^`]*)`|"((?:[^"\\\n]|\\.)*)")'
    for found in re.finditer(rf"input:\s*{quoted},\s*want:\s*\[\]string\{{\s*(?:`|\")", text):
        yield kind, found[1] if found[1] is not None else _unquoted(f'"{found[2]}"')


def examples(directory: Path) -> Iterator[Example]:
    for path in sorted(directory.rglob("*")):
        if path.suffix in (".yml", ".yaml") and "examples:" in (text := path.read_text(errors="replace")):
            yield from yaml_examples(text)
        elif path.name.endswith("_test.go") and "integration" not in path.name:
            yield from go_examples("trufflehog." + path.name.removesuffix("_test.go"), path.read_text(errors="replace"))


def recall(directory: Path, found: FinderSet, specific: FinderSet, misses: bool) -> None:
    by_kind: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for kind, text in examples(directory):
        by_kind[kind].append((found.any(text), text))
    texts = [each for every in by_kind.values() for each in every]
    whole = [kind for kind, every in by_kind.items() if all(hit for hit, _ in every)]
    own = [e for every in by_kind.values() if any(specific.any(text) for _, text in every) for e in every]
    print(f"{sum(hit for hit, _ in own)} of {len(own)} of kinds whose form a detector of its own knows")
    print(f"{sum(hit for hit, _ in texts)} of {len(texts)} examples, all of {len(whole)} of {len(by_kind)} kinds")
    for kind, every in sorted(by_kind.items()):
        missed = [text for hit, text in every if not hit]
        if missed:
            print(f"{kind:40} {len(every) - len(missed)} of {len(every)}")
            if misses:
                print(*(f"    {text[:150]!r}" for text in missed[:3]), sep="\n")


def plain(directory: Path, found: FinderSet, names: list[str], shown: int) -> None:
    counts: Counter[str] = Counter()
    characters = files = touched = 0
    for path in sorted(directory.rglob("*")):
        if not TEXTS.fullmatch(path.name) or not path.is_file():
            continue
        text = path.read_text(errors="replace")[:MOST_CHARACTERS]
        matches = found.find(text)
        files, characters, touched = files + 1, characters + len(text), touched + bool(matches)
        for match in matches:
            name = names[match.finder]
            counts[name] += 1
            if counts[name] <= shown:
                print(f"{name:24} {text[match.start : match.end][:90]!r}  {path.relative_to(directory)}")
    megabytes = characters / 1e6
    print(f"{files} files, {megabytes:.1f} million characters, {touched} files with a finding")
    for name, count in counts.most_common():
        print(f"{name:32} {count:6}  {count / megabytes:8.3f} per million characters")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.recall")
    parser.add_argument("what", choices=("rules", "plain"))
    parser.add_argument("directory", type=Path)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--shown", type=int, default=0)
    parser.add_argument("--families", nargs="+", default=OURS)
    options = parser.parse_args()
    names = [detector.name for family in options.families for detector in FAMILIES[family].members]
    found = FinderSet([Finder("detector", name, name) for name in names])
    if options.what == "rules":
        specific = FinderSet([Finder("detector", name, name) for name in names if name not in GENERIC])
        recall(options.directory, found, specific, options.misses)
    else:
        plain(options.directory, found, names, options.shown)


if __name__ == "__main__":
    main()
