"""Where the product's own files are: inside the package in an installed wheel, beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def packs() -> Path:
    """The folder of policy packs."""
    return _folder("policies")


def grammars() -> Path:
    """The folder of the language's grammar and of the output grammars that policies can require."""
    return _folder("grammars")


def pack_names() -> tuple[str, ...]:
    """The packs by name, sorted: `privacy` is `policies/privacy.policy`."""
    return tuple(sorted(path.stem for path in packs().glob("*.policy")))


def _folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
