"""Two versions that are called equal are: no answer in any situation gets another ending or another text. An overlay
that is accepted stops whatever its baseline stops.

Policies of a few rules are changed in every way that the language has: limits, outcomes, `if unknown`, rules that come,
go or change places, declarations, sources of facts, tools, sentences of claims, steps, zones. Situations have unknown,
missing and unreadable facts, look-ups that were not made or went wrong, and several calls.
"""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.conversation import Answer, Conversation, Passage, PastCall, Situation, ToolCall
from guardproxy.exact_json import dumps
from guardproxy.ir.policy import Policy
from guardproxy.pipeline import compile_policy
from guardproxy.proofs.difference import difference
from guardproxy.proofs.overlays import loosened
from tests.proofs.asking import ask

HEAD = 'policy "P" version 1, money in USD, dates in {zone}\n'
DECLARATIONS = """
facts f from {source}
  - x : whole number from 0 to {top}, may be unknown
  - y : yes/no, may be unknown
  - z : whole number from 0 to 9, optional
tool lookup takes
  - id : text
  returns
  - id : text
  - total : money from $0 to $100
tool refund takes
  - id : text
  - amount : money from $0 to ${most}
record item
  - p : whole number from 0 to {price}
check call {tool} as dose
  - m : mass from 0 mg to 100 mg, in steps of {step} mg, written in mg
  - items : list of item up to 2
claims reply text as said
  - weeks : whole number from 0 to 99, read from "{{weeks}} {word}"
"""
DEFAULTS = {
    "zone": "UTC",
    "source": "system",
    "top": "20",
    "most": "100",
    "price": "9",
    "tool": "give",
    "step": "5",
    "word": "weeks",
}
OTHERS = {
    "zone": "Asia/Tokyo",
    "source": "request",
    "top": "19",
    "most": "90",
    "price": "8",
    "tool": "take",
    "step": "10",
    "word": "days",
}
LOOK_UP = "  let o be the latest lookup result with the same id\n"
BODIES = (
    "  require f.x at most {n}\n",
    "  never f.x above {n}\n",
    "  require f.x at most {n} or f.y is yes\n",
    "  require f.x at most {n} or f.y is no\n",
    "  when f.y is yes\n  require f.x at most {n}\n",
    "  when f.y is yes\n  never reply text contains email\n",
    "  require f.z is missing or f.z at most 4\n",
    '  never reply text mentions "one"\n',
    '  never reply text mentions "one" or reply text mentions "two"\n',
    "  allow refund only after lookup with the same id\n",
    LOOK_UP + "  require refund.amount at most ${n}\n",
    LOOK_UP + "  allow refund only when refund.amount at most ${n} or o.total at least $20\n",
    LOOK_UP + "  require refund.amount at most o.total\n",
    "  require total of refund.amount per id at most ${n}\n",
    "  allow refund at most 1 times per conversation\n",
    "  require dose.m at most {n} mg\n  repair by lowering dose.m\n",
    "  every i in dose.items has i.p at most 5\n",
    "  require said.weeks is missing or said.weeks at most {n}\n",
    "  when today is after 2026-11-21\n  require f.x at most {n}\n",
)
REWRITES = (
    '  require reply text mentions "one"\n  otherwise append " one"\n',
    '  require reply text mentions "two"\n  otherwise append " two"\n',
    '  never reply text contains email\n  otherwise redact as "[mail]"\n',
    '  never reply text contains email\n  otherwise replace with "no"\n',
)
OUTCOMES = ("block", "hold for review", "warn", "ask again up to 2 times")
UNKNOWN = ("allow", "block", "hold")
LIMITS = (5, 10, 11, 18)

Rule = tuple[str, str]
"""Its id and the rest."""
Version = tuple[dict[str, str], list[Rule]]


def some_rule(chance: Random, id_: str) -> Rule:
    if chance.random() < 0.2:
        return id_, chance.choice(REWRITES)
    body = chance.choice(BODIES).format(n=chance.choice(LIMITS))
    unknown = f"  if unknown {chance.choice(UNKNOWN)}\n"
    outcome = "" if "repair" in body else f"  otherwise {chance.choice(OUTCOMES)}\n"
    return id_, body + unknown + outcome


def changed(chance: Random, version: Version) -> Version:
    declared, rules = dict(version[0]), list(version[1])
    at = chance.randrange(len(rules))
    match chance.randrange(7):
        case 0:
            name = chance.choice(list(OTHERS))
            declared[name] = OTHERS[name]
        case 1:
            del rules[at]
        case 2:
            chance.shuffle(rules)
        case 3:
            rules.append(some_rule(chance, "NEW"))
        case 4:
            rules[at] = some_rule(chance, rules[at][0])
        case 5:
            said, id_ = rules[at][1], rules[at][0]
            for words in (UNKNOWN, OUTCOMES):
                now = chance.choice(words)
                for word in words:
                    said = said.replace(f"if unknown {word}\n", f"if unknown {now}\n")
            rules[at] = id_, said
        case 6:
            rules.append(("TWIN", rules[at][1]))
    return declared, rules


def compiled(version: Version) -> Policy | None:
    text = (HEAD + DECLARATIONS).format(**version[0])
    text += "".join(f'rule {id_} "{id_}"\n{said}' for id_, said in version[1])
    return compile_policy(text, "p.policy").policy


def situation(chance: Random) -> Situation:
    f: dict[str, object] = {}
    for name, values in (("x", (0, 5, 10, 11, 18, 20, "bad")), ("y", (True, False, 7)), ("z", (2, 7, None, "bad"))):
        if chance.random() < 0.7:
            f[name] = chance.choice(values)
    results = ('{"id":"1","total":50}', '{"id":"1","total":1}', '{"id":"1"}', '{"id":"1","total":"bad"}', "{oops", None)
    past = [
        PastCall("lookup", dumps({"id": chance.choice(("1", "2"))}), chance.choice(results), f"p{i}")
        for i in range(chance.randrange(3))
    ]
    if chance.random() < 0.4:
        past.append(PastCall("refund", dumps({"id": "1", "amount": chance.choice((4, 9))}), "ok", "p9"))
    now = chance.choice((None, 1_795_273_200_000_000, 1_795_392_000_000_000))
    return Situation({"f": f}, Conversation(tuple(past), None), None, now)


def answer(chance: Random) -> Answer:
    texts = ("hi", "one", "one two", "a@b.com", "you get 7 weeks", "you get 70 days", "two a@b.com 12 weeks")
    calls = []
    for i in range(chance.choice((0, 0, 1, 1, 2))):
        name = chance.choice(("refund", "refund", "give", "take"))
        items = [{"p": chance.choice((1, 6, 9, 15))} for _ in range(chance.randrange(2))]
        dose = {"m": chance.choice((3, 12, 17, 200)), "items": items}
        refund = {"id": chance.choice(("1", "2")), "amount": chance.choice((3, 7, 10.5, 95))}
        calls.append(ToolCall(name, dumps(refund if name == "refund" else dose), f"c{i}"))
    passages = () if calls and chance.random() < 0.5 else (Passage("content", chance.choice(texts)),)
    return Answer(passages, tuple(calls))


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_versions_that_are_called_equal_are(chance: Random) -> None:
    old: Version = (DEFAULTS, [some_rule(chance, f"R{i}") for i in range(chance.randint(1, 3))])
    new = old
    for _ in range(chance.randint(1, 2)):
        new = changed(chance, new) if new[1] else new
    versions = [compiled(old), compiled(new)]
    if versions[0] is None or versions[1] is None:
        return
    if difference(versions[0], versions[1], ask).result != "equal":
        return
    before, after = CompiledPolicies([versions[0]]), CompiledPolicies([versions[1]])
    for _ in range(40):
        said, around = answer(chance), situation(chance)
        found = [judge(each, said, around, ask) for each in (before, after)]
        ends = [(v.ending, v.answer, v.ask_again) for v in found]
        assert ends[0] == ends[1], (old, new, said, around, found)


def tightened(chance: Random, loose: Rule) -> Rule:
    """Another rule for the place of this one: the same with other words in it, or any other."""
    id_, said = loose
    if chance.random() < 0.4:
        return some_rule(chance, id_)
    for words in (UNKNOWN, OUTCOMES):
        now = chance.choice(words)
        for word in words if chance.random() < 0.3 else ():
            said = said.replace(f" {word}\n", f" {now}\n")
    for limit in LIMITS:
        if chance.random() < 0.7:
            said = said.replace(f" {limit}\n", f" {limit - 1}\n").replace(f"${limit}\n", f"${limit - 1}\n")
    return id_, said


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_an_accepted_overlay_stops_whatever_its_baseline_stops(chance: Random) -> None:
    loose = some_rule(chance, "R")
    strict = tightened(chance, loose)
    base = (HEAD + DECLARATIONS).format(**DEFAULTS) + f'rule R "r"\n{loose[1]}'
    local = f'policy "L" version 1, extends "base.policy", money in USD\ntighten R "r"\n{strict[1]}'
    baseline = compile_policy(base, "base.policy").policy
    overlay = compile_policy(local, "local.policy", {"base.policy": base}.get).policy
    if baseline is None or overlay is None or loosened(overlay, ask):
        return
    before, after = CompiledPolicies([baseline]), CompiledPolicies([overlay])
    for _ in range(40):
        said, around = answer(chance), situation(chance)
        found = [judge(each, said, around, ask) for each in (before, after)]
        assert found[1].ending.strength >= found[0].ending.strength, (loose, strict, said, around, found)
