"""Grammars for tests, their random sentences, and Lark itself as the judge of whole texts."""

from functools import cache
from random import Random

from lark import Lark
from lark.exceptions import LarkError

from guardproxy.conformance.grammar_file import Rule, read_grammar

SUMS = r"""
start: sum
sum: product | sum ("+" | "-") product
product: atom | product "*" atom
atom: NUMBER | NAME | "(" sum ")" | "-" atom
NUMBER: /\d+(\.\d+)?/
NAME: /[a-z]+/
%ignore " "
"""
JSON = r"""
start: value
value: object | array | ESCAPED_STRING | NUMBER | "true" | "false" | "null"
object: "{" (pair ("," pair)*)? "}"
array: "[" [value ("," value)*] "]"
pair: ESCAPED_STRING ":" value
NUMBER: /-?(0|[1-9]\d*)(\.\d+)?/
%import common.ESCAPED_STRING
%import common.WS
%ignore WS
"""
EMPTY_PARTS = """
start: a b* c? d tail
a: | "x" a
b: "y" | "y" "z"
c: a "c"
d: | "d"
tail: | "t" tail "t"
"""
RIGHT = """
start: item | item ";" start
item: NAME | "<" start ">"
NAME: /[ab]+/
"""
AMBIGUOUS = """
start: start start | "a" | "(" start? ")" | unit
unit: other
other: unit | "b"
"""
REMARKS = r"""
start: word+
word: WORD | "/" | "*"
WORD: /[a-c]+/
REMARK: /\/\*.*?\*\//s
%ignore REMARK
%ignore " "
"""
GRAMMARS = {
    "sums": SUMS,
    "json": JSON,
    "empty parts": EMPTY_PARTS,
    "right": RIGHT,
    "ambiguous": AMBIGUOUS,
    "remarks": REMARKS,
}
ALPHABET = {
    "sums": "1.a+-*() ",
    "json": '{}[]:,"\\1.-truefalsn 0',
    "empty parts": "xyzcdt",
    "right": "ab;<>",
    "ambiguous": "ab()",
    "remarks": "ab/* ",
}
SAMPLES = {
    "NUMBER": ("1", "20", "3.5"),
    "NAME": ("a", "ba", "b"),
    "WORD": ("a", "bc"),
    "ESCAPED_STRING": ('""', '"a"', '"\\""', '"\\\\"'),
}


def sentence(name: str, random: Random, steps: int = 20) -> str:
    """A random text of the grammar; once the steps are used up the shortest way to an end is taken."""
    left = [steps]
    return "".join(_tokens(name, "start", random, left))


def _tokens(name: str, symbol: str, random: Random, left: list[int]) -> list[str]:
    rules, texts, costs = _tables(name)
    if symbol not in rules:
        return [random.choice(texts[symbol])]
    left[0] -= 1
    options = rules[symbol]
    if left[0] < 0:
        options = [min(options, key=lambda rule: _cost(rule, costs))]
    return [token for s in random.choice(options).symbols for token in _tokens(name, s, random, left)]


def _cost(rule: Rule, costs: dict[str, float]) -> float:
    return sum(costs.get(symbol, 0.0) for symbol in rule.symbols)


@cache
def _tables(name: str) -> tuple[dict[str, list[Rule]], dict[str, tuple[str, ...]], dict[str, float]]:
    file = read_grammar(GRAMMARS[name])
    rules: dict[str, list[Rule]] = {}
    for rule in file.rules:
        rules.setdefault(rule.name, []).append(rule)
    texts = {t.name: SAMPLES.get(t.name) or (_literal(name, t.name),) for t in file.terminals}
    costs = dict.fromkeys(rules, float("inf"))
    for _ in rules:
        costs.update({n: 1 + min(_cost(rule, costs) for rule in options) for n, options in rules.items()})
    return rules, texts, costs


def _literal(name: str, terminal: str) -> str:
    return next(str(t.pattern.value) for t in lark(name).terminals if t.name == terminal)


@cache
def lark(name: str) -> Lark:
    return Lark(GRAMMARS[name], parser="earley", lexer="basic", maybe_placeholders=False)


@cache
def accepted_by_lark(name: str, text: str) -> bool:
    try:
        lark(name).parse(text)
    except LarkError:
        return False
    return True


def mutated(text: str, alphabet: str, random: Random) -> str:
    """One to three characters put in, left out or exchanged."""
    for _ in range(random.randint(1, 3)):
        at = random.randint(0, len(text))
        text = text[:at] + random.choice(["", *alphabet]) + text[at + random.randint(0, 1) :]
    return text
