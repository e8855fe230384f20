"""What judging one answer costs against a policy of 200 rules over 30 values, beyond reading its JSON.

    python -m bench.judging

Microseconds of processor time; the best round and the median one after three to warm up, for other work on the machine
only ever adds. Some answers comply, some violate a rule, some would be repaired: what the solver does is not in it.
"""

import json
from random import Random
from statistics import median, quantiles
from time import perf_counter, process_time

from bench.large_policy import large_policy
from guardproxy.checks.engine import CompiledPolicies, judging
from guardproxy.conversation import Answer, Passage, Situation
from guardproxy.pipeline import compile_policy

ROUNDS, WARM, ANSWERS = 15, 3, 200
FACTS = {"tier": "gold", "credit": 250_000, "years": 12, "partner": True}


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


def microseconds(compiled: CompiledPolicies, situation: Situation, text: str) -> float:
    """For one answer, reading its JSON not counted."""
    answer = Answer((Passage("content", text),))
    began = process_time()
    compiled.observe(answer, situation)
    read = process_time()
    next(judging(compiled, answer, situation), None)  # a question to the solver ends the measurement
    return 1e6 * (process_time() - read - (read - began))


def main() -> None:
    began = perf_counter()
    policy = compile_policy(large_policy(), "large.policy").policy
    assert policy is not None
    read = perf_counter()
    compiled = CompiledPolicies([policy])
    print(f"compiled in {read - began:.2f} s, made ready to judge in {perf_counter() - read:.2f} s")
    for unknown in range(len(FACTS) + 1):
        situation = Situation({"customer": dict(list(FACTS.items())[unknown:])})
        rounds = []
        for number in range(ROUNDS):
            chance = Random(number % WARM)
            rounds.append([microseconds(compiled, situation, reply(chance)) for _ in range(ANSWERS)])
        middles = [median(each) for each in rounds[WARM:]]
        tails = [quantiles(each, n=100)[98] for each in rounds[WARM:]]
        best, usual = f"{min(middles):.0f} (p99 {min(tails):.0f})", f"{median(middles):.0f} (p99 {median(tails):.0f})"
        print(f"{30 - unknown} of 30 values known: best round {best}, median round {usual} microseconds", flush=True)


if __name__ == "__main__":
    main()
