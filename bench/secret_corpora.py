"""Readers of public collections of example secrets: what other scanners are tested with.

| reader          | layout                                                                                        |
|-----------------|-----------------------------------------------------------------------------------------------|
| `rules`         | `*.yml` with `examples:`, as Nosey Parker and Kingfisher write them; TruffleHog's `*_test.go`  |
| `semgrep`       | semgrep-rules: the line behind each comment `ruleid:` in `generic/secrets`                     |
| `secretlint`    | secretlint: `test/snapshots/*/output.json`, with the places of the secrets                    |
| `veles`         | osv-scalibr: constants in `veles/secrets/*/*detector_test.go` that hold keys                   |
| `credsweeper`   | CredSweeper: `tests/data/output.json`                                                          |
| `leaktk`        | fake-leaks: each file in a folder `valid`                                                      |
| `leaktk_others` | the same: each file in a folder `invalid`, in which nothing should be found                    |
| `ripsecrets`    | ripsecrets: each line of `test/one_per_line`, each file of `test/one_per_file`                 |
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Example:
    """A text with a secret in it. `secrets`: where the corpus says so, the strings that are secret."""

    kind: str
    text: str
    secrets: tuple[str, ...] = ()
    has_form: bool | None = None
    """Whether the corpus's own rule knows the secret by itself, and not by a vendor's name beside it; None: unsaid."""


# --- rules with examples ----------------------------------------------------------------------------------------------


def rules(directory: Path) -> Iterator[Example]:
    for path in sorted(directory.rglob("*")):
        if path.suffix in (".yml", ".yaml") and "examples:" in (text := path.read_text(errors="replace")):
            yield from _yaml_examples(text)
        elif path.name.endswith("_test.go") and "integration" not in path.name:
            kind = "trufflehog." + path.name.removesuffix("_test.go")
            yield from _go_examples(kind, path.read_text(errors="replace"))


def _yaml_examples(text: str) -> Iterator[Example]:
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
                    yield Example(kind, item)


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


def _go_examples(kind: str, text: str) -> Iterator[Example]:
    """The inputs of a test table in Go for which something is wanted."""
    quoted = r'(?:`([^`]*)`|"((?:[^"\\\n]|\\.)*)")'
    for found in re.finditer(rf"input:\s*{quoted},\s*want:\s*\[\]string\{{\s*(?:`|\")", text):
        yield Example(kind, found[1] if found[1] is not None else _unquoted(f'"{found[2]}"'))


# --- semgrep ----------------------------------------------------------------------------------------------------------

_BY_NAME = re.compile(r"\{0,(?:20|25|40)\}|generic|password|account-id|etc-shadow|artifactory|session-token|kolide")
"""What tells, in a rule's file, that it goes by a name beside the secret, or that no secret is looked for."""


def semgrep(directory: Path) -> Iterator[Example]:
    for rule in sorted((directory / "generic" / "secrets").rglob("*.yaml")):
        has_form = not _BY_NAME.search(rule.name + rule.read_text(errors="replace").partition("regex:")[2])
        for test in sorted(rule.parent.glob(f"{rule.stem}.*")):
            if test.suffix != ".yaml":
                lines = [line for line in test.read_text(errors="replace").splitlines() if line.strip()]
                for comment, line in pairwise(lines):
                    if re.search(rf"ruleid:.*{re.escape(rule.stem)}\b", comment):
                        yield Example(rule.stem, line, has_form=has_form)


# --- secretlint -------------------------------------------------------------------------------------------------------

_NO_SECRETS = ("internal", "dotenv", "homedir", "pattern", "example", "preset", "filter-comments", "k8s")
"""Rules of secretlint that are about other things, or about what their users choose."""


def secretlint(directory: Path) -> Iterator[Example]:
    for path in sorted(directory.rglob("secretlint-rule-*/test/snapshots/*/output.json")):
        kind = path.relative_to(directory).parts[-5].removeprefix("secretlint-rule-")
        said = json.loads(path.read_text(encoding="utf-8"))
        text = said.get("sourceContent")
        if text is None or any(word in kind for word in _NO_SECRETS):
            continue
        for message in said["messages"]:
            start, end = message["range"]
            if message.get("type") == "message" and text[start:end].strip():
                yield Example(kind, text, (text[start:end].strip(),), True)


# --- osv-scalibr ------------------------------------------------------------------------------------------------------

_GO_CONSTANT = re.compile(r"^\s*(?:const |var )?(\w+)\s*=\s*(\S.*?)\s*$", re.M)
_GO_PART = re.compile(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`|strings\.Repeat\("(.)", ([0-9]+)\)')
_KEY_NAME = re.compile(r"(?i)key|token|secret|pat\b|pm[ak]t?|[sr]k\b|whsec|pat\w|jwt")
_NO_KEY_NAME = re.compile(r"(?i)invalid|base64|clientid|applicationid|url|user|uuid|placeholder|short|not_a|host")
_BARE = ("azurestorage", "bitwarden", "mistral", "cloudflareapitoken", "salesforceoauth2", "cursorapikey/")
"""Kinds whose keys look like nothing by themselves: letters and digits without a fixed sign."""


def veles(directory: Path) -> Iterator[Example]:
    folder = directory / "veles" / "secrets"
    for path in sorted(folder.rglob("*detector_test.go")):
        kind = str(path.parent.relative_to(folder))
        for name, written in _GO_CONSTANT.findall(path.read_text(errors="replace")):
            parts = list(_GO_PART.finditer(written))
            if _GO_PART.sub("", written).strip(" +") or not _KEY_NAME.search(name) or _NO_KEY_NAME.search(name):
                continue
            value = "".join(p[1] or p[2] or (p[3] or "") * int(p[4] or 0) for p in parts)
            if len(value) >= 16:
                yield Example(kind, value, (value,), not f"{kind}/".startswith(_BARE))


# --- CredSweeper ------------------------------------------------------------------------------------------------------


def credsweeper(directory: Path) -> Iterator[Example]:
    for finding in json.loads((directory / "tests/data/output.json").read_text(encoding="utf-8")):
        lines = finding["line_data_list"]
        yield Example(finding["rule"], "\n".join(each["line"] for each in lines), (lines[0]["value"] or "",))


# --- one file or line, one secret -------------------------------------------------------------------------------------


def leaktk(directory: Path) -> Iterator[Example]:
    yield from _leaktk(directory, "valid")


def leaktk_others(directory: Path) -> Iterator[Example]:
    yield from _leaktk(directory, "invalid")


def _leaktk(directory: Path, folder: str) -> Iterator[Example]:
    for path in sorted(directory.rglob(f"{folder}/**/*")):
        if path.is_file() and (text := path.read_text(errors="replace")).strip():
            kind = str(path.relative_to(directory)).partition(f"/{folder}/")[0]
            yield Example(kind, text)


def ripsecrets(directory: Path) -> Iterator[Example]:
    for path in sorted(directory.glob("test/one_per_*/*")):
        text = path.read_text(errors="replace")
        for part in text.splitlines() if "line" in path.parent.name else (text,):
            if part.strip():
                yield Example(path.name, part)


READERS: Mapping[str, Callable[[Path], Iterator[Example]]] = {
    reader.__name__: reader
    for reader in (rules, semgrep, secretlint, veles, credsweeper, leaktk, leaktk_others, ripsecrets)
}
