"""Log probabilities and citations of streams: with the text that they are about, and gone with what was rewritten."""

import json

import pytest

from tests.proxy.judging import Json, chunks_in, cut, guard_by, stream_of
from tests.proxy.test_streamed_answer import chunk
from tests.proxy.test_whole_answer import alone, token

GUARD = guard_by("privacy")
MAIL = "bob@example.org"


def said(text: str, *tokens: Json, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "logprobs": {"content": list(tokens)}, "finish_reason": finish}
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: " + json.dumps({**head, "choices": [choice]}).encode() + b"\n\n"


END = chunk({}, "stop") + b"data: [DONE]\n\n"


def received(data: bytes, step: int = 0) -> tuple[str, list[Json], list[tuple[str, str]]]:
    """The text, the tokens, and for each chunk its text beside its tokens put together."""
    sent = stream_of(GUARD, cut(data, range(step, len(data), step)) if step else [data])
    entries = [c for chunk in chunks_in(sent) for c in chunk["choices"]]
    texts = [entry["delta"].get("content") or "" for entry in entries]
    lists = [(entry.get("logprobs") or {}).get("content") or [] for entry in entries]
    pairs = [(text, "".join(t["token"] for t in tokens)) for text, tokens in zip(texts, lists, strict=True)]
    return "".join(texts), [t for tokens in lists for t in tokens], pairs


HI, YOU, ALL = token("Hi"), token(" you", " me"), token(" all.", "!")
CASES: list[tuple[bytes, str, list[Json]]] = [
    (said("Hi", HI) + said(" you", YOU) + said(" all.", ALL), "Hi you all.", [HI, YOU, ALL]),
    (said("Hi you", HI, YOU) + said(" all.", ALL), "Hi you all.", [HI, YOU, ALL]),
    (said("", HI) + said("Hi", YOU) + said(" you all.", ALL), "Hi you all.", [HI, YOU, ALL]),
    (said("Hi", HI) + said(" bob@", token(" bob@")) + said("example.org", token("example.org")) + said(" all.", ALL),
     "Hi [e-mail] all.", [HI, alone(" all.")]),
    (said("Hi", HI) + said(" all.", token(" al"), token("l."), token("<|end|>")), "Hi all.",
     [HI, token(" al"), token("l.")]),
    (said("Hi", token("Hi", "bob@")) + said(" you", token(" you", "example.org ")), "Hi you",
     [alone("Hi"), alone(" you")]),
    (said("Hi", token("Hi", f"x {MAIL} x")) + said(" you", YOU), "Hi you", [alone("Hi"), YOU]),
    (said("Hi", {**HI, "secret": MAIL}) + said(" you", YOU), "Hi you", [YOU]),
    (chunk({"content": "Hi"}) + said(" you", YOU), "Hi you", [YOU]),
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(CASES)))
@pytest.mark.parametrize("step", [0, 1, 7])
def test_tokens_come_with_their_text(case: int, step: int) -> None:
    data, text, tokens = CASES[case]
    assert received(data + END, step)[:2] == (text, tokens)


def test_each_chunk_has_the_tokens_of_its_text() -> None:
    words = ["One ", "two ", "three ", "and ", "four."]
    data = b"".join(said(word, token(word)) for word in words) + END
    pairs = received(data)[2]
    assert all(text == tokens for text, tokens in pairs) and len(pairs) > 3


def test_a_part_of_a_character_is_a_token() -> None:
    torn = [{"token": "bytes:" + "".join(f"\\x{b:02x}" for b in part), "bytes": list(part), "logprob": -1}
            for part in ("😀".encode()[:2], "😀".encode()[2:])]  # fmt: skip
    assert received(said("😀 ", *torn, token(" ")) + END)[:2] == ("😀 ", [*torn, token(" ")])


def cited(start: int, end: int, url: str = "https://a.example/x") -> Json:
    return {"type": "url_citation", "url_citation": {"start_index": start, "end_index": end, "title": "T", "url": url}}


def annotations(data: bytes) -> list[Json]:
    found = [
        c["delta"].get("annotations", []) for chunk in chunks_in(stream_of(GUARD, [data])) for c in chunk["choices"]
    ]
    return [annotation for listed in found for annotation in listed]


def test_citations_arrive_as_they_are() -> None:
    marks = [cited(0, 2), cited(3, 6, "https://b.example/y")]
    data = chunk({"content": "Hi you"}) + chunk({"annotations": marks[:1]}) + chunk({"annotations": marks[1:]}) + END
    assert annotations(data) == marks


def test_citations_move_with_the_text() -> None:
    text = chunk({"content": "Hi bob@example.org, so "}) + chunk({"content": "it is [1]."})
    marks = [cited(0, 2), cited(3, 10), cited(29, 32)]
    found = annotations(text + chunk({"annotations": marks}) + END)
    assert [(m["url_citation"]["start_index"], m["url_citation"]["end_index"]) for m in found] == [(0, 2), (22, 25)]


def test_a_secret_in_a_citation() -> None:
    mark = cited(0, 2, f"https://a.example/{MAIL}")
    (found,) = annotations(chunk({"content": "Hi you"}) + chunk({"annotations": [mark]}) + END)
    assert found["url_citation"]["url"] == "https://a.example/[e-mail]" or MAIL not in json.dumps(found)
