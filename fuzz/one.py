"""Runs one target under atheris: `python -m fuzz.one TARGET CORPUS [libFuzzer's options]`. It ends the process."""

import sys

import atheris

with atheris.instrument_imports(include=["guardproxy"]):
    from fuzz.targets import TARGETS

if __name__ == "__main__":
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
