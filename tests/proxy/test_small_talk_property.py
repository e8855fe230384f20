"""The short way and the long way agree about every answer: the same JSON, the same verdict, the same fault."""

import json
import os
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from guardproxy.conversation import Situation
from guardproxy.exact_json import loads
from guardproxy.pipeline import compile_policy
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.small_talk import small_talk
from guardproxy.proxy.whole_answer import judged_answer, judged_at_length
from guardproxy.settings import read_settings
from guardproxy.wire.chat.dialect import CHAT
from guardproxy.wire.errors import UpstreamFailure
from tests.proxy.judging import DECISION, LOOP

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "200"))
Json = dict[str, Any]

WORDS = [
    *("123-45-6789", "123-45-", "6789", "4111111111111111", "4111 1111", "a@b.org", "x@example.com", "@", ".evil"),
    *(
        "AKIAIOSFODNN7EXAMPLE",
        "10.0.0.1",
        "Project Heron",
        "guaranteed",
        "secret",
        "safe",
        "stop",
        "50",
        "12.5",
        "日本",
    ),
    *(
        "-----BEGIN PRIVATE KEY-----",
        "\n",
        "\t",
        " ",
        '"',
        "\\",
        "/",
        "{",
        "}",
        "&quot;",
        "\u2028",
        "\u0000",
        "é",
        "👍🏽",
    ),
    *("\u200b", "＂", "{}", '{"amount": 5}', "hello ", "", "", "\ud800", ":", ","),
]
CALM = [
    "hello",
    " ",
    "Sure.",
    '"',
    "\n",
    "123-45-67",
    "a@",
    "b.org",
    "It is 5.",
    "日",
    "{",
    "stop",
    "/",
    "",
    "Project ",
]
calm = st.lists(st.sampled_from(CALM), max_size=4).map("".join)
texts = st.one_of(calm, calm, calm, st.lists(st.sampled_from(WORDS), max_size=3).map("".join))
numbers = st.sampled_from([0, 1, -7, 4111111111111111, -4111111111111111, 1795255200, 123456789018, 10**30])
scalars = st.one_of(texts, numbers, st.sampled_from([None, True, False, 1.5, 1e30, -0.0]))
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["tokens", "a", "text"]), inner),
    max_leaves=4,
)
keys = st.sampled_from(
    [
        *("index", "finish_reason", "logprobs", "stop_reason", "delta", "text", "token_ids", "matched_stop"),
        *("role", "content", "refusal", "annotations", "audio", "tool_calls", "function_call", "reasoning", "x_y"),
        *("id", "object", "created", "model", "system_fingerprint", "service_tier", "usage", "guardproxy", "citations"),
        *("obfuscation", "bytes", "tokens", "prompt_logprobs", "123-45-6789"),
    ]
)
counts: st.SearchStrategy[Any] = st.recursive(
    numbers | st.none(),
    lambda inner: st.dictionaries(st.sampled_from(["total_tokens", "tokens", "bytes", "a@b.org", "cost"]), inner),
    max_leaves=4,
)


@st.composite
def completions(draw: st.DrawFn) -> Json:
    """Plain answers for the most part, each with a few members that are out of the ordinary, or missing."""
    choices = []
    for index in range(draw(st.sampled_from([1, 1, 1, 2, 0]))):
        message: Json = {"role": "assistant", "content": draw(texts)}
        choice: Json = {"index": index, "message": message, "logprobs": None, "finish_reason": "stop"}
        _disturb(draw, message)
        _disturb(draw, choice)
        choices.append(choice)
    whole: Json = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1795255200, "model": draw(texts)}
    whole |= {"choices": choices, "usage": draw(st.one_of(st.just({"total_tokens": 8}), st.none(), counts))}
    _disturb(draw, whole)
    return whole


def _disturb(draw: st.DrawFn, holder: Json) -> None:
    match draw(st.sampled_from([*[""] * 9, "put", "put", "take", "empty"])):
        case "put":
            holder[draw(keys)] = draw(anything)
        case "take":
            del holder[draw(st.sampled_from(sorted(holder)))]
        case "empty":
            holder[draw(keys)] = draw(st.sampled_from([None, [], {}, "", 0, False]))


REWORKED: list[Callable[[bytes], bytes]] = [
    lambda body: b"\xef\xbb\xbf" + body,
    lambda body: body + b" {}",
    lambda body: body + b"\n ",
    lambda body: body.replace(b'"content"', b'"content": "a@b.org", "content"', 1),
    lambda body: body.replace(b"o", b"\\u006f"),
    lambda body: body.replace(b"/", b"\\/").replace(b"-", b"\\u002d"),
    lambda body: body.replace(b"stop", b"st\xffop"),
    lambda body: body.replace(b"0", b"-0", 1),
    lambda body: body.replace(b"1795255200", b"1795255200" * 50),
    lambda body: body.replace(b"null", b"NaN", 1),
    lambda body: b"[" + body + b"]",
    lambda body: body[:-1],
    lambda body: body.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass"),
]


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    escaped = draw(st.integers(0, 4)) == 0
    written = json.dumps(draw(completions()), ensure_ascii=escaped, indent=draw(st.sampled_from([None, 1])))
    body = written.encode("utf-8", "surrogatepass")
    return draw(st.sampled_from(REWORKED))(body) if draw(st.integers(0, 9)) == 0 else body


SCOPES = ["reply text", "any text"]
DETECTED = [
    *("us_ssn", "payment_card", "email", "aws_access_key", "ipv4", "private_key", "jp_my_number", "iban", "phone"),
    *('email except those ending with "@example.com"', 'email except those starting with "a@"', '"secret"', "own"),
    *('"secret" except those ending with "t"', "payment_card except those matching /^41/", "own, us_ssn"),
    *("own except those matching /stop/",),
]
OWN = [
    r"secret.*",
    r"\bProject (Heron|Osprey)\b",
    r"a\"",
    r"[0-9]{3}",
    r"(?:safe|stop)?50",
    r"^hello",
    r"t\s*$",
    r"日.?本",
]
OUTCOMES = ["block", 'redact as "[x]"', 'replace with "y"', "cut", "ask again up to 1 time", "hold for review", "warn"]
OTHERS = [
    "",
    'rule B "b"\n  require reply text mentions "hello"\n',
    'rule B "b"\n  never reply text starts with "hello"\n',
    'rule B "b"\n  require offer.amount at most $4\n',
    'rule B "b"\n  when deal.rate is present\n  require deal.rate at most 4%\n',
]
DECLARED = [
    "",
    "check reply as offer\n- amount : money\n",
    'claims reply text as deal\n- rate : percent, read from "{rate} rate"\n',
]


def policy(seed: int) -> str:
    """One of many policies; about half of them let small talk take the short way."""
    chance = Random(seed)
    scope, ending, declared = chance.choice(SCOPES), chance.choice(OUTCOMES), chance.choice([*DECLARED, ""])
    detected = chance.choice(DETECTED)
    contains = f"contains {'any of ' if ', ' in detected else ''}{detected}"
    demand = chance.choice(
        [contains, contains, 'mentions "guaranteed"', 'mentions any of "safe", "日本"', "matches /[a-z]@/"]
    )
    fitting = [o for o in OTHERS if ("offer" in o) <= ("offer" in declared) and ("deal" in o) <= ("deal" in declared)]
    return (
        f'policy "p" version 1, money in USD\npattern own = /{chance.choice(OWN)}/\n{declared}'
        f'rule A "a"\n  never {scope} {demand}\n  otherwise {ending}\n{chance.choice(fitting) if seed % 3 == 0 else ""}'
    )


@lru_cache(maxsize=4096)
def guard_by(seed: int) -> Guard:
    """The guard by one of the policies; 0 means by none."""
    text = policy(seed) if seed else ""
    compiled = compile_policy(text, "p").policy if text else None
    assert compiled is not None or not text, compile_policy(text, "p").diagnostics
    flags = {"upstream": "http://x", "policies": (), "allow_no_policy": True}
    return Guard(read_settings(flags, None, {}), (compiled,) if compiled else ())


def outcome(way: Any, guard: Guard, body: bytes) -> Any:
    try:
        delivery = LOOP.run_until_complete(way(guard, CHAT, Situation(), body, DECISION))
    except UpstreamFailure as failure:
        return failure.code
    return delivery.status, delivery.verdict, loads(delivery.body)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 80), bodies())
def test_both_ways_give_the_same(seed: int, body: bytes) -> None:
    guard = guard_by(seed)
    short = outcome(judged_answer, guard, body)
    assert short == outcome(judged_at_length, guard, body)
    if not isinstance(short, str):
        event("short" if small_talk(guard.compiled, body) is not None else "long")
