"""`python -m fuzz [--minutes M] [--only TARGET] [--found DIRECTORY]`: every target for its share of the time.

What is found stays as a file in `found`: `python -m fuzz.one TARGET FILE` tries it again.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from fuzz.seeds import dictionary, seeds
from fuzz.targets import SHARES, TARGETS

_LONGEST = 40_000
_SLOWEST = 20
"""Bytes of one input, and seconds for it."""


def main() -> int:
    options = _options()
    chosen = [options.only] if options.only else list(TARGETS)
    whole = sum(SHARES[name] for name in chosen)
    options.found.mkdir(parents=True, exist_ok=True)
    found = [name for name in chosen if _finds(name, options.minutes * 60 * SHARES[name] / whole, options.found)]
    print(f"finds in {', '.join(found)}: see {options.found}" if found else "nothing found")
    return 1 if found else 0


def _finds(name: str, seconds: float, found: Path) -> bool:
    """Runs one target. True if it found something."""
    print(f"== {name}, {seconds:.0f} s", flush=True)
    with tempfile.TemporaryDirectory() as place:
        corpus, words = Path(place, "corpus"), Path(place, "words")
        corpus.mkdir()
        words.write_text(dictionary())
        for number, seed in enumerate(seeds(name)):
            Path(corpus, str(number)).write_bytes(seed)
        limits = [
            f"-max_total_time={seconds:.0f}",
            f"-max_len={_LONGEST}",
            f"-timeout={_SLOWEST}",
            "-rss_limit_mb=3000",
        ]
        more = [f"-dict={words}", f"-artifact_prefix={found}/{name}-", "-verbosity=0", "-print_final_stats=1"]
        command = [sys.executable, "-m", "fuzz.one", name, str(corpus), *limits, *more]
        return subprocess.run(command, check=False).returncode != 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--only", choices=TARGETS)
    parser.add_argument("--found", type=Path, default=Path("fuzz/found"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
