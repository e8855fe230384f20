"""What all detectors together cost: `python -m bench.detectors`, a part of `make bench`.

Microseconds for one answer of 4,000 characters, judged whole and as a stream that ends there; seconds of processor time
for 300,000 characters of hostile text; compiling; memory. Everything with every detector of the library on.
"""

import resource
import sys
from collections.abc import Callable
from time import process_time

from guardproxy.ir.terms import Finder
from guardproxy.patterns.detectors import DETECTORS, FAMILIES
from guardproxy.patterns.scan import FinderSet
from guardproxy.pipeline import compile_policy

HOSTILE, WARMING = 300_000, 30_000
MOST_MICROSECONDS, MOST_SECONDS = 300, 1.0
ROUNDS = 30
ANSWERS = {
    "English": "The order left our warehouse on Monday and should arrive by Thursday; I have asked them to call you. ",
    "Japanese": "ご注文の商品は月曜日に倉庫から発送されました。木曜日までにお届けできる見込みです。",
    "Python": "def total(self, items: list[Item]) -> int:\n    return sum(one.price * one.count for one in items)\n\n",
    "numbers": "| 2031 | 14.20 | 1200 | 88 | 7.5 % | 301 | 12.75 | 90 | 4410 | 6 |\n",
}


def megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def best(work: Callable[[], object], rounds: int) -> float:
    """Seconds of processor time, the least of some rounds, after one to warm up."""
    work()
    return min(_timed(work) for _ in range(rounds))


def _timed(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def hostile() -> dict[str, str]:
    examples = [text for d in DETECTORS.values() for text in (*d.matches, *d.others)]
    cut_off = [text[:-2] for d in DETECTORS.values() for text in d.matches]
    texts = {
        "every example in a row": " ".join(examples),
        "every example, cut off": " ".join(cut_off),
        "one endless almost-token": "ghp_" + "a1B2" * HOSTILE,
        "beginnings alone": "sk-",
        "addresses without end": "dead:beef:",
        "names without values": "password token secret api_key ",
        "one endless web token": "eyJ" + "a" * HOSTILE,
        "PEM headers": "-----BEGIN PRIVATE KEY-----\n",
    }
    return {name: (text * (HOSTILE // len(text) + 1))[:HOSTILE] for name, text in texts.items()}


def main() -> int:
    before = megabytes()
    names = ", ".join(FAMILIES)
    text = f'policy "All" version 1\n\nrule A-1 "Nothing gets out"\n  never any text contains any of {names}\n'
    compiled = _timed(lambda: compile_policy(text, "all.policy"))
    found = FinderSet([Finder("detector", name, name) for name in DETECTORS])
    first = _timed(lambda: (found.any("x"), found.survey("x")))
    print(f"{len(DETECTORS)} detectors; compiling a policy with all {compiled:.2f} s, the first search {first:.2f} s")
    met = True
    for name, sentence in ANSWERS.items():
        answer = (sentence * 100)[:4000]
        whole = 1e6 * best(lambda answer=answer: found.any(answer), ROUNDS)
        stream = 1e6 * best(lambda answer=answer: found.survey(answer), ROUNDS)
        met = met and max(whole, stream) <= MOST_MICROSECONDS
        print(f"4,000 characters of {name:10} whole {whole:7.0f} µs   stream {stream:7.0f} µs")
    print(f"memory for it: {megabytes() - before} MB")
    for name, attack in hostile().items():
        found.survey_whole(attack[:WARMING])
        found.survey(attack[:WARMING])
        whole = _timed(lambda attack=attack: found.survey_whole(attack))
        stream = _timed(lambda attack=attack: found.survey(attack))
        met = met and max(whole, stream) <= MOST_SECONDS
        print(f"300,000 characters, {name:26} whole {whole:6.3f} s   stream {stream:6.3f} s")
    print(f"memory after it: {megabytes() - before} MB")
    print(f"at most {MOST_MICROSECONDS} µs and {MOST_SECONDS:g} s: {'met' if met else 'not met'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
