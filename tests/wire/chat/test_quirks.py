"""What servers really send, byte for byte: each is understood, judged, and passed on as its clients expect it."""

import json
from typing import Any

import pytest

from guardproxy.wire.errors import UpstreamError, UpstreamFailure, UpstreamRefusal
from tests.proxy.judging import Json, chunks_in, gathered, guard_by, stream_of, whole_of

GUARD = guard_by("privacy")
KEY, MAIL = "AKIAIOSFODNN7EXAMPLE", "bob@example.org"
HEAD = '"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795255200,"model":"m"'
DONE = "data: [DONE]\n\n"


def event(choice: str, beside: str = "") -> str:
    return f'data: {{{HEAD},"choices":[{choice}]{beside}}}\n\n'


def delta(inside: str, finish: str = "null", beside: str = "") -> str:
    return event(f'{{"index":0,"delta":{{{inside}}},"finish_reason":{finish}}}', beside)


END = delta("", '"stop"') + DONE


def sent(raw: str | bytes, **request: Any) -> list[bytes]:
    return stream_of(GUARD, [raw.encode() if isinstance(raw, str) else raw], **request)


def said(raw: str | bytes) -> Json:
    return gathered(sent(raw))


def call(arguments: str, **more: Any) -> str:
    return json.dumps({**more, "function": {"name": "f", "arguments": arguments}, "type": "function"})


# --- tool calls -----------------------------------------------------------------------------------------------------

CALLS = {
    "no index, in one chunk": delta(f'"tool_calls":[{call("{}", id="a")},{call("[]", id="b")}]'.replace("[]", "{}")),
    "no index, a chunk each": delta(f'"tool_calls":[{call("{}", id="a")}]')
    + delta(f'"tool_calls":[{call("{}", id="b")}]'),
    "index 0 for all": delta(f'"tool_calls":[{call("{}", id="a", index=0)}]')
    + delta(f'"tool_calls":[{call("{}", id="b", index=0)}]'),
    "index 0 for all, in one chunk": delta(
        f'"tool_calls":[{call("{}", id="a", index=0)},{call("{}", id="b", index=0)}]'
    ),
    "index from 1": delta(f'"tool_calls":[{call("{}", id="a", index=1)}]')
    + delta(f'"tool_calls":[{call("{}", id="b", index=2)}]'),
    "pieces of two calls mixed": delta(f'"tool_calls":[{call("{", id="a", index=0)},{call("{", id="b", index=1)}]')
    + delta('"tool_calls":[{"index":1,"function":{"arguments":"}"}},{"index":0,"function":{"arguments":"}"}}]'),
    "arguments as an object": delta('"tool_calls":[{"id":"a","function":{"name":"f","arguments":{}}}]')
    + delta('"tool_calls":[{"id":"b","function":{"name":"f","arguments":{}}}]'),
}


@pytest.mark.parametrize("case", CALLS)
@pytest.mark.parametrize("finish", ['"tool_calls"', '"stop"'])
def test_calls_are_told_apart(case: str, finish: str) -> None:
    found = said(CALLS[case] + delta("", finish) + DONE)
    told = [(c["index"], c["id"], c["function"]["name"], c["function"]["arguments"]) for c in found["calls"]]
    assert told == [(0, "a", "f", "{}"), (1, "b", "f", "{}")]


def test_calls_without_ids_in_one_chunk() -> None:
    plain = '{"function":{"name":"f","arguments":"{}"}}'
    found = said(delta(f'"tool_calls":[{plain},{plain}]') + END)
    assert [c["function"]["arguments"] for c in found["calls"]] == ["{}", "{}"]


def test_a_thought_signature_of_a_call_survives() -> None:
    extra = {"google": {"thought_signature": "EqQBCqEBAdHtim9x+/=="}}
    message = {"role": "assistant", "tool_calls": [json.loads(call("{}", id="a", extra_content=extra))]}
    answer = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    assert json.loads(whole_of(GUARD, answer).body) == answer
    found = said(delta(f'"tool_calls":[{call("{}", id="a", index=0, extra_content=extra)}]') + END)
    assert found["calls"][0]["extra_content"] == extra


# --- texts ----------------------------------------------------------------------------------------------------------


def test_content_in_parts() -> None:
    parts = [
        delta(f'"content":[{{"type":"text","text":"{text}"}}]') for text in ("Write to ", "bob@", "example.org", " now")
    ]
    entries = [c["delta"] for chunk in chunks_in(sent("".join(parts) + END)) for c in chunk["choices"]]
    text = "".join(p["text"] for d in entries for p in d.get("content") or [])
    assert text == "Write to [e-mail] now"


def test_mistral_thinks_in_parts() -> None:
    thinking = '"content":[{"type":"thinking","thinking":[{"type":"text","text":"%s"}]}]'
    raw = delta(thinking % "Ask bob@ex") + delta(thinking % "ample.org") + delta('"content":"Hi."') + END
    out = b"".join(sent(raw)).decode()
    assert "bob@" not in out and "[e-mail]" in out and "Hi." in out


THOUGHTS = {
    "reasoning": '"reasoning":"%s"',
    "reasoning_content": '"reasoning_content":"%s"',
    "both": '"reasoning":"%s","reasoning_content":"x"',
    "reasoning_details": '"reasoning_details":[{"type":"reasoning.text","text":"%s","format":"unknown","index":0}]',
    "thinking_blocks": '"thinking_blocks":[{"type":"thinking","thinking":"%s"}]',
    "thinking": '"thinking":"%s"',
    "think in content": '"content":"%s"',
}


@pytest.mark.parametrize("case", THOUGHTS)
def test_thoughts_are_judged(case: str) -> None:
    for pieces in (["Ask bob@example.org. "], ["Ask bob@ex", "ample.org. "]):
        raw = delta('"content":"<think>"') + "".join(delta(THOUGHTS[case] % piece) for piece in pieces)
        out = b"".join(sent(raw + END)).decode()
        assert "bob@" not in out and "ample.org" not in out
    assert "[e-mail]" in b"".join(sent(delta(THOUGHTS[case] % MAIL) + END)).decode()
    benign = delta(THOUGHTS[case] % "Let me see. ") + END
    assert "Let me see. " in b"".join(sent(benign)).decode()


def test_what_stands_in_think_is_what_the_user_reads() -> None:
    text = f"<think>The key is {KEY}.</think>Hello."
    found = said(delta(f'"content":"{text}"') + END)
    assert found["finish"] == "content_filter" and KEY not in str(found)


# --- what stands beside ---------------------------------------------------------------------------------------------

USAGE = '"usage":{"prompt_tokens":9,"total_tokens":%d,"completion_tokens":%d}'


def test_usage_in_every_chunk() -> None:
    raw = "".join(delta(f'"content":"{w} "', beside="," + USAGE % (9 + n, n)) for n, w in enumerate(("a", "b", "c")))
    raw += delta("", '"stop"', "," + USAGE % (12, 3)) + event("", "," + USAGE % (12, 3)) + DONE
    chunks = chunks_in(sent(raw, stream_options={"include_usage": True, "continuous_usage_stats": True}))
    assert [c["usage"]["completion_tokens"] for c in chunks if c.get("usage")][-1] == 3
    assert chunks[-1]["choices"] == [] and said(raw)["content"] == "a b c "


def test_azures_first_chunk() -> None:
    first = {"choices": [], "created": 0, "id": "", "model": "", "object": "", "prompt_filter_results": [
        {"prompt_index": 0, "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}}]}  # fmt: skip
    chunks = chunks_in(sent(f"data: {json.dumps(first)}\n\n" + delta('"content":"Hi."') + END))
    assert chunks[0] == first and chunks[1]["id"] == "chatcmpl-1"


def test_azures_filter_results_in_chunks() -> None:
    results = '"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}'
    raw = "".join(
        event(f'{{"index":0,"delta":{{"content":"{w} "}},"finish_reason":null,{results}}}') for w in ("a", "b", "c")
    )
    offsets = '"content_filter_offsets":{"check_offset":1,"start_offset":1,"end_offset":5}'
    raw += event(f'{{"index":0,"finish_reason":null,{results},{offsets}}}')
    found = chunks_in(sent(raw + END))
    assert said(raw + END)["content"] == "a b c "
    assert any(c.get("content_filter_offsets") for chunk in found for c in chunk["choices"])


@pytest.mark.parametrize("comment", [": OPENROUTER PROCESSING\n\n", ": ping - 2026\n\n", ":\n\n", ":\r\n\r\n"])
def test_comments(comment: str) -> None:
    out = stream_of(GUARD, [comment.encode(), (comment + delta('"content":"Hi."') + comment + END).encode()])
    assert out[0] == b": keep-alive\n\n" and gathered(out)["content"] == "Hi."


BESIDE = {
    "provider": '"provider":"Azure"',
    "native finish": '"native_finish_reason":"STOP"',
    "timings": '"timings":{"prompt_n":14,"prompt_ms":63.457,"predicted_per_second":5.1e1,"cache_n":0}',
    "citations": '"citations":["https://a.example/","https://b.example/x?y=1"]',
    "search results": '"search_results":[{"title":"T","url":"https://a.example/","date":"2026-01-02","snippet":"s"}]',
    "moderation": '"moderation":{"results":[{"flagged":false,"category_scores":{"hate":1.5e-7}}]}',
    "vllm": '"kv_transfer_params":null,"prompt_routed_experts":null',
    "service tier": '"service_tier":"default","system_fingerprint":"fp_ollama"',
}


@pytest.mark.parametrize("case", BESIDE)
def test_what_stands_beside_passes_unchanged(case: str) -> None:
    wanted = json.loads("{" + BESIDE[case] + "}")
    for text in ("Hi.", "Hi there. "):
        first = chunks_in(sent(delta(f'"content":"{text}"', beside="," + BESIDE[case]) + END))[0]
        assert {key: first[key] for key in wanted} == wanted
    answer = (
        f'{{"id":"x","choices":[{{"index":0,"message":{{"content":"Hi."}},"finish_reason":"stop"}}],{BESIDE[case]}}}'
    )
    assert json.loads(whole_of(GUARD, answer.encode()).body) == json.loads(answer)


def test_a_moderation_chunk_is_the_last() -> None:
    results = {"results": [{"flagged": False, "categories": {"hate": False}, "category_scores": {"hate": 0.001}}]}
    raw = delta('"content":"Hi."') + delta("", '"stop"') + event("", f',"moderation":{json.dumps(results)}') + DONE
    last = chunks_in(sent(raw))[-1]
    assert last["choices"] == [] and last["moderation"] == results


def test_a_secret_beside_is_dropped() -> None:
    for inside in (f'"citations":["https://{KEY}.x/"]', f'"search_results":[{{"snippet":"{KEY}"}}]'):
        assert KEY.encode() not in b"".join(sent(delta('"content":"Hi."', beside="," + inside) + END))


def test_obfuscation_is_dropped() -> None:
    assert b"obfuscation" not in b"".join(sent(delta('"content":"Hi."', beside=',"obfuscation":"8d7s"') + END))


def test_images_are_opaque() -> None:
    image = '{"type":"image_url","index":0,"image_url":{"url":"data:image/png;base64,iVBORw0KGgo%s="}}' % ("A" * 3000)
    (found,) = [
        c["delta"]["images"][0]
        for chunk in chunks_in(sent(delta(f'"images":[{image}]') + END))
        for c in chunk["choices"]
        if c["delta"].get("images")
    ]
    assert found == json.loads(image)


def test_tokens_and_their_ids_are_dropped() -> None:
    choice = '{"index":0,"delta":{"content":"Hi."},"finish_reason":null,"token_ids":[1,2],"stop_reason":null}'
    out = b"".join(
        sent(event(choice, ',"prompt_token_ids":[3,4],"prompt_logprobs":[{"5":{"decoded_token":"x"}}]') + END)
    )
    assert b"[1,2]" not in out and b"[3,4]" not in out and b"decoded_token" not in out


# --- errors ---------------------------------------------------------------------------------------------------------

ERRORS = {
    "OpenAI's": '{"error":{"message":"Overloaded","type":"server_error","param":null,"code":"overloaded"}}',
    "with a number": '{"error":{"code":502,"message":"Overloaded"}}',
    "a text": '{"error":"Overloaded"}',
    "OpenRouter's": f'{{{HEAD},"error":{{"code":"server_error","message":"Overloaded"}},'
    '"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}',
    "vLLM's of old": '{"object":"error","message":"Overloaded","type":"BadRequestError","param":null,"code":400}',
    "Gemini's": '[{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}]',
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors_in_a_stream(case: str) -> None:
    with pytest.raises(UpstreamError) as found:
        sent(delta('"content":"Hi "') + f"data: {ERRORS[case]}\n\n" + END)
    assert "Overloaded" in json.dumps(found.value.error)


@pytest.mark.parametrize("case", ERRORS)
def test_errors_with_status_200(case: str) -> None:
    with pytest.raises(UpstreamRefusal) as found:
        whole_of(GUARD, ERRORS[case].encode())
    error = json.loads(found.value.body)["error"]
    assert error["message"] == "Overloaded"
    assert found.value.status == (error["code"] if isinstance(error["code"], int) else 502)


def test_a_choice_that_ended_in_an_error_without_words() -> None:
    found = said(delta('"content":"Hi "') + delta("", '"error"') + DONE)
    assert (found["content"], found["finish"]) == ("Hi ", "error")


# --- bytes ----------------------------------------------------------------------------------------------------------

PLAIN = delta('"role":"assistant","content":""') + delta('"content":"One. "') + delta('"content":"Two."') + END
FRAMINGS = {
    "CRLF": PLAIN.replace("\n", "\r\n"),
    "CR": PLAIN.replace("\n", "\r"),
    "mixed": PLAIN.replace("\n\n", "\r\n\n", 2),
    "no space": PLAIN.replace("data: ", "data:"),
    "two spaces": PLAIN.replace("data: ", "data:  "),
    "several data lines": PLAIN.replace(',"choices"', ',\ndata: "choices"'),
    "a byte-order mark": "\ufeff" + PLAIN,
    "named events": PLAIN.replace("data: ", "event: message\nid: 7\nretry: 10\ndata: "),
    "blank lines": "\n\n\n" + PLAIN.replace("\n\n", "\n\n\n\n"),
    "no blank line at the end": PLAIN.rstrip("\n"),
    "spaces around the mark": PLAIN.replace("[DONE]", " [DONE] "),
}


@pytest.mark.parametrize("case", FRAMINGS)
@pytest.mark.parametrize("step", [0, 1])
def test_framings(case: str, step: int) -> None:
    raw = FRAMINGS[case].encode()
    out = stream_of(GUARD, [raw[n : n + 1] for n in range(len(raw))] if step else [raw])
    assert (gathered(out)["content"], gathered(out)["finish"]) == ("One. Two.", "stop")
    assert b"".join(out).endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085", "\x1c", "\x0b", "\x0c"])
def test_what_only_looks_like_a_line_end(separator: str) -> None:
    escaped = separator if separator > "\x1f" else json.dumps(separator)[1:-1]
    raw = delta(f'"content":"a{escaped}data: [DONE]{escaped}{KEY[:10]}"') + delta(f'"content":"{KEY[10:]} "')
    found = said(raw + END)
    assert found["finish"] == "content_filter" and KEY[:10] not in json.dumps(found)
    assert said(delta(f'"content":"a{escaped}b"') + END)["content"] == f"a{separator}b"


@pytest.mark.parametrize("text", ["data: [DONE]\n\n", "\n\ndata: {}\n\n", "[DONE]", ": ping\n\n", "\u0000", "\ud800"])
def test_text_that_looks_like_a_frame(text: str) -> None:
    assert said(delta(f'"content":{json.dumps(text)}') + END)["content"] == text


@pytest.mark.parametrize("bad", ['{"a":1,"a":2}', '{"choices":[{"index":0,"delta":{"content":NaN}}]}', "{", "1"])
def test_what_cannot_be_read_is_not_passed_on(bad: str) -> None:
    with pytest.raises(UpstreamFailure):
        sent(delta('"content":"Hi "') + f"data: {bad}\n\n" + END)


def test_choices_come_mixed() -> None:
    def one(index: int, text: str, finish: str = "null") -> str:
        return event(f'{{"index":{index},"delta":{{"content":"{text}"}},"finish_reason":{finish}}}')

    raw = one(1, "x bob@") + one(0, "AKIAIOSF") + one(1, "example.org y") + one(0, "ODNN7EXAMPLE ")
    raw += one(2, "Fine.") + one(1, "", '"stop"') + one(2, "", '"stop"') + one(0, "", '"stop"') + DONE
    entries = [c for chunk in chunks_in(sent(raw, n=3)) for c in chunk["choices"]]
    texts = ["".join(e["delta"].get("content") or "" for e in entries if e["index"] == i) for i in range(3)]
    ends = {e["index"]: e["finish_reason"] for e in entries if e["finish_reason"]}
    assert texts == ["", "x [e-mail] y", "Fine."] and ends == {0: "content_filter", 1: "stop", 2: "stop"}
