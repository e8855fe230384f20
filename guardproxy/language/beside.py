"""The files that a policy names: a baseline (`extends`), output grammars and schemas (`conforms to`)."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from hashlib import sha256
from typing import Protocol, TypeAlias, runtime_checkable

Beside: TypeAlias = Callable[[str], str | None]
"""The text of a file that a policy names: a baseline beside it, an output grammar or schema beside it or in the
product's `grammars/`. None where there is no such file. Raises nothing: what cannot be read is not there."""


@runtime_checkable
class Folder(Protocol):
    """A `Beside` that also says which files there are, so that a slip in a name can be answered with the right one."""

    def names(self) -> Sequence[str]: ...


def meant_file(name: str, beside: Beside, but: str = "") -> str:
    """`did you mean ...?` for a file of the same kind whose name differs by a slip of the pen; else an empty string."""
    kind = name.rpartition(".")[2]
    known = [n for n in names_beside(beside) if n != but and n.rpartition(".")[2] == kind]
    near = get_close_matches(name.casefold(), {n.casefold(): n for n in known}, n=1, cutoff=_NEAR)
    return next((f"did you mean `{n}`?" for n in known if n.casefold() in near), "")


_NEAR = 0.85


def names_beside(beside: Beside) -> Sequence[str]:
    """The files that a policy could have named; none where nobody says."""
    return beside.names() if isinstance(beside, Folder) else ()


def no_files(_: str) -> str | None:
    """For a policy that stands alone."""
    return None


def is_bare(name: str) -> bool:
    """Whether a name is that of a file in the same folder: no folder, no way up, nothing absolute."""
    return name not in ("", ".", "..") and not any(c in "/\\:" or not c.isprintable() for c in name)


class FilesRead:
    """Reads files through a `Beside`, each once, and remembers what was read. Is a `Beside` itself."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside
        self._texts: dict[str, str | None] = {}

    def __call__(self, name: str) -> str | None:
        if not is_bare(name):
            return None
        if name not in self._texts:
            self._texts[name] = self._beside(name)
        return self._texts[name]

    def names(self) -> Sequence[str]:
        return names_beside(self._beside)

    def fingerprint(self, text: str) -> str:
        """SHA-256 (hex) of a policy's text and of every file that was read for it, in UTF-8."""
        digest = sha256(text.encode("utf-8", "surrogatepass"))
        for name, content in sorted(self._texts.items()):
            if content is not None:
                # Lengths tell where one part ends, so that no two sets of files are hashed from the same bytes.
                for part in (name, content):
                    encoded = part.encode("utf-8", "surrogatepass")
                    digest.update(b"\0%d\0" % len(encoded) + encoded)
        return digest.hexdigest()
