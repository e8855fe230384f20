"""The text of a policy as large as they come: 200 rules over 30 values, for measuring proofs, judging and compiling.

Same numbers, same text. The rules are sound: each can be violated alone, and no two contradict each other.
"""

from collections.abc import Iterator
from random import Random

_KINDS = ("standard", "express", "bulk", "sample")
_REGIONS = ("north", "south", "east", "west", "overseas")


def large_policy(rules: int = 200, seed: int = 3, version: int = 1) -> str:
    """30 values: 18 amounts, 4 whole numbers, 3 listed values and a yes/no in the reply; 4 facts.

    `version` 2 changes five limits, so that there is something for `diff` to find.
    """
    lines = [f'policy "Freight offers" version {version}, money in USD', "", "check reply as offer"]
    lines += ["  - kind   : one of " + ", ".join(_KINDS), "  - region : one of " + ", ".join(_REGIONS)]
    lines += ["  - class  : one of first, second, third", "  - fragile : yes/no"]
    lines += [f"  - fee_{n:02} : money from $0 to $10,000" for n in range(1, 19)]
    lines += [f"  - days_{n} : whole number from 0 to 365" for n in range(1, 5)]
    lines += ["", "facts customer from system", "  - tier : one of bronze, silver, gold"]
    lines += ["  - credit : money from $0 to $1,000,000", "  - years : whole number from 0 to 100"]
    lines += ["  - partner : yes/no", ""]
    random = Random(seed)
    for number in range(1, rules + 1):
        lines += [*_rule(number, random, version), ""]
    return "\n".join(lines)


def _rule(number: int, random: Random, version: int) -> Iterator[str]:
    fee, other = random.sample(range(1, 19), 2)
    limit = 200 + 10 * number + (5 if version == 2 and number % 40 == 0 else 0)
    yield f'rule FREIGHT-{number:03} "Limit number {number}"'
    yield f"  when {_guard(number)}"
    match number % 5:
        case 0:
            yield f"  require offer.fee_{fee:02} + offer.fee_{other:02} at most ${limit * 3:,}"
        case 1:
            enough = f"customer.credit at least ${limit * 100:,}"
            yield f"  require offer.fee_{fee:02} at most ${limit * 2 + 500:,} or {enough}"
        case 2:
            yield f"  require offer.days_{number % 4 + 1} at most {20 + number}"
        case 3:
            yield f"  require offer.fee_{fee:02} at most {5 + number % 7} * offer.fee_{other:02} + ${limit:,}"
        case _:
            yield f"  require offer.fee_{fee:02} at most ${limit + 4000:,}"
            yield f"  repair by lowering offer.fee_{fee:02}"


def _guard(number: int) -> str:
    """No two rules have the same guard, and none of them implies another."""
    kind, region = _KINDS[number % 4], _REGIONS[number // 4 % 5]
    more = (
        "customer.tier is gold",
        "customer.tier is silver",
        f"offer.days_{(number + 1) % 4 + 1} at least {5 + number % 20}",
        "offer.fragile",
        f"customer.credit at most ${1000 + number * 10:,}",
        "customer.partner",
        f"customer.years below {10 + number % 60}",
        "offer.class is first",
        "offer.class is second",
        f"offer.days_{(number + 2) % 4 + 1} at most {200 + number % 100}",
    )[number // 20 % 10]
    return f"offer.kind is {kind} and offer.region is {region} and {more}"


if __name__ == "__main__":
    print(large_policy())
