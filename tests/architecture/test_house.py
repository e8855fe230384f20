"""The architecture is a test: import contracts, maps, names and sizes."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "guardproxy"
SOURCES = sorted(PACKAGE.rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in SOURCES]
EMPTY_WORDS = {"util", "utils", "helper", "helpers", "common", "base", "misc", "manager", "handler", "handlers"}

every_source = pytest.mark.parametrize("path", SOURCES, ids=NAMES)


def test_dependencies_point_inwards() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@every_source
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "a module begins with what is here"


@every_source
def test_files_have_names_of_the_domain(path: Path) -> None:
    assert not EMPTY_WORDS & set(re.split(r"[_.]", path.name))


@every_source
def test_no_file_has_outgrown_its_purpose(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


@every_source
def test_functions_fit_on_a_screen_and_import_nothing(path: Path) -> None:
    functions = [
        n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 60]
    importing = [f.name for f in functions for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert (long, importing) == ([], [])


def test_only_the_last_resort_catches_everything() -> None:
    broad = [
        f"{name}:{node.lineno}"
        for name, path in zip(NAMES, SOURCES, strict=True)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or getattr(node.type, "id", "") == "Exception")
    ]
    assert len(broad) <= 1, broad
    assert all(place.startswith("guardproxy/proxy/") for place in broad), broad


OUTER_RING = {"cli", "demo", "proxy", "storage", "telemetry", "solving", "settings"}


def test_every_room_is_in_the_layers_and_every_core_room_is_pure() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contracts = {contract["name"]: contract for contract in linter["contracts"]}
    layers = {name.strip() for layer in contracts["Dependencies point inwards"]["layers"] for name in layer.split("|")}
    pure = set(contracts["The core is pure"]["source_modules"])
    packages = {path.parent.name for path in SOURCES if path.name == "__init__.py" and path.parent.parent == PACKAGE}
    modules = {path.stem for path in SOURCES if path.parent == PACKAGE and not path.stem.startswith("__")}
    rooms = packages | modules
    assert {f"guardproxy.{room}" for room in rooms} == layers
    assert {f"guardproxy.{room}" for room in rooms - OUTER_RING} == pure
