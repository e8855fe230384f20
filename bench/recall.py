"""What the credentials detectors find in examples that others collected, and where they cry wolf.

    python -m bench.recall READER DIRECTORY [--misses]   recall per kind; the readers are in `bench.secret_corpora`
    python -m bench.recall plain DIRECTORY [--shown N]   findings per megabyte

An example counts as found where some detector of the families finds something in it; kinds that the corpus knows by a
name beside the secret only are marked `-`. `plain`: every text file below the directory is taken to hold no secret, so
each finding is one to look at.
"""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.secret_corpora import READERS, Example
from guardproxy.ir.terms import Finder
from guardproxy.patterns.detectors import FAMILIES
from guardproxy.patterns.scan import FinderSet

OURS = ("credentials", "private_keys", "connections")
TEXTS = re.compile(r".*\.(?:md|txt|rst|py|[jt]s|go|java|[ch]|cc|cpp|rb|rs|php|html|css|json|ya?ml|toml|sh|csv)")
GENERIC = ("assigned_secret", "assigned_key", "authorization_header", "jwt")
MOST_CHARACTERS = 1_000_000


def recall(examples: Iterable[Example], found: FinderSet, specific: FinderSet, misses: bool) -> None:
    by_kind: dict[str, list[tuple[bool, Example]]] = defaultdict(list)
    for example in examples:
        by_kind[example.kind].append((found.any(example.text), example))
    every = [each for kind in by_kind.values() for each in kind]
    if any(example.has_form is not None for _, example in every):
        own = [each for each in every if each[1].has_form]
        print(_share(own), "of the kinds that the corpus knows by their form")
    else:
        kinds = [kind for kind in by_kind.values() if any(specific.any(example.text) for _, example in kind)]
        own = [each for kind in kinds for each in kind]
        print(_share(own), "of the kinds in which a detector of its own finds something")
    print(_share(every), f"in all, of {len(by_kind)} kinds")
    marked = [(is_covered(found, example), example) for hit, example in own if hit and any(example.secrets)]
    if marked:
        print(_share(marked), "of those found and marked lie wholly within matches")
    own_set = {id(example) for _, example in own}
    for kind, each in sorted(by_kind.items()):
        missed = [example for hit, example in each if not hit]
        if missed:
            print(f"{'  ' if id(missed[0]) in own_set else '- '}{kind:40} {len(each) - len(missed)} of {len(each)}")
            if misses:
                print(*(f"    {example.text[:150]!r}" for example in missed[:3]), sep="\n")
    for covered, example in marked if misses else ():
        if not covered:
            print("    in part:", example.kind, repr(example.secrets[0][:90]))


def is_covered(found: FinderSet, example: Example) -> bool:
    """Whether matches cover each character of the secrets."""
    covered = {at for match in found.find(example.text) for at in range(match.start, match.end)}
    return all(
        any(covered.issuperset(range(m.start(), m.end())) for m in re.finditer(re.escape(secret), example.text))
        for secret in example.secrets
        if secret in example.text
    )


def _share(each: Sequence[tuple[bool, Example]]) -> str:
    hits = sum(hit for hit, _ in each)
    return f"{hits} of {len(each)} ({hits / max(1, len(each)):.1%})"


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
    parser.add_argument("what", choices=("plain", *READERS))
    parser.add_argument("directory", type=Path)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--shown", type=int, default=0)
    parser.add_argument("--families", nargs="+", default=OURS)
    options = parser.parse_args()
    names = [detector.name for family in options.families for detector in FAMILIES[family].members]
    found = FinderSet([Finder("detector", name, name) for name in names])
    if options.what == "plain":
        plain(options.directory, found, names, options.shown)
    else:
        specific = FinderSet([Finder("detector", name, name) for name in names if name not in GENERIC])
        recall(READERS[options.what](options.directory), found, specific, options.misses)


if __name__ == "__main__":
    main()
