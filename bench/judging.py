"""What judging one answer costs against a policy of 200 rules over 30 values, beyond reading its JSON.

    python -m bench.judging [ROUNDS]

Microseconds of processor time, the best of three tries for each answer, for other work on the machine only ever adds;
rounds after two to warm up. Beside them: `json.loads` of the same answers, reading them as rules see
them, and judging them by the declarations alone. Some answers comply, some violate a rule, some would be repaired: what
the solver does is not in it.
"""

import json
import sys
from collections.abc import Callable, Sequence
from random import Random
from statistics import median, quantiles
from time import process_time

from bench.large_policy import large_policy
from guardproxy.checks.engine import CompiledPolicies, judging
from guardproxy.conversation import Answer, Passage, Situation
from guardproxy.pipeline import compile_policy

WARM, TRIES, ANSWERS = 2, 3, 300
FACTS = {"tier": "gold", "credit": 250_000, "years": 12, "partner": True}
Work = Callable[[Answer, Situation], float]


def reply(chance: Random) -> str:
    offer: dict[str, object] = {
        "kind": chance.choice(["standard", "express", "bulk", "sample"]),
        "region": chance.choice(["north", "south", "east", "west", "overseas"]),
        "class": chance.choice(["first", "second", "third"]),
        "fragile": chance.random() < 0.5,
    }
    offer |= {f"fee_{n:02}": chance.choice([40, 300, 900, 4500, 80.5]) for n in range(1, 19)}
    offer |= {f"days_{n}": chance.randint(0, 60) for n in range(1, 5)}
    return json.dumps(offer)


def beyond_reading(compiled: CompiledPolicies) -> Work:
    """Microseconds for judging one answer, reading its JSON not counted."""

    def work(answer: Answer, situation: Situation) -> float:
        began = process_time()
        compiled.observe(answer, situation)
        read = process_time()
        next(judging(compiled, answer, situation), None)  # a question to the solver ends the measurement
        return 1e6 * (process_time() - read - (read - began))

    return work


def reading(compiled: CompiledPolicies) -> Work:
    def work(answer: Answer, situation: Situation) -> float:
        began = process_time()
        compiled.observe(answer, situation)
        return 1e6 * (process_time() - began)

    return work


def plain_parsing(answer: Answer, situation: Situation) -> float:
    began = process_time()
    json.loads(answer.passages[0].text)
    return 1e6 * (process_time() - began)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    large = _ready(large_policy())
    empty = _ready(large_policy(rules=0))
    everything = Situation({"customer": FACTS})
    works: dict[str, tuple[Work, Situation]] = {
        "json.loads": (plain_parsing, everything),
        "reading as rules see it": (reading(large), everything),
        "judging by the declarations alone": (beyond_reading(empty), everything),
    }
    for unknown in range(len(FACTS) + 1):
        situation = Situation({"customer": dict(list(FACTS.items())[unknown:])})
        works[f"200 rules, {30 - unknown} of 30 values known"] = (beyond_reading(large), situation)
    found: dict[str, list[list[float]]] = {name: [] for name in works}
    for number in range(WARM + rounds):
        chance = Random(number)
        answers = [Answer((Passage("content", reply(chance)),)) for _ in range(ANSWERS)]
        for name, (work, situation) in works.items():
            found[name].append([min(work(answer, situation) for _ in range(TRIES)) for answer in answers])
    print(f"microseconds for one answer, median (least to greatest) of {rounds} rounds of {ANSWERS}")
    for name, each in found.items():
        print(f"{name:34} median {_spread(list(map(median, each[WARM:])))}  p99 {_spread(_tails(each[WARM:]))}")


def _ready(text: str) -> CompiledPolicies:
    policy = compile_policy(text, "large.policy").policy
    assert policy is not None
    return CompiledPolicies([policy])


def _tails(rounds: Sequence[Sequence[float]]) -> list[float]:
    return [quantiles(each, n=100)[98] for each in rounds]


def _spread(values: Sequence[float]) -> str:
    return f"{f'{median(values):.0f} ({min(values):.0f} to {max(values):.0f})':24}"


if __name__ == "__main__":
    main()
