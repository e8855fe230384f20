"""Only named headers pass, in both directions."""

from guardproxy.proxy.headers import latin, request_id, to_client, to_upstream


def test_to_the_upstream() -> None:
    sent = [
        (b"authorization", b"Bearer a"),
        (b"cookie", b"c"),
        (b"host", b"h"),
        (b"openai-project", b"p"),
        (b"te", b"x"),
    ]
    passed = to_upstream(sent, None, stream=True)
    assert passed.keys() == {"authorization", "openai-project", "content-type", "accept", "accept-encoding"}
    assert to_upstream([*sent, (b"api-key", b"b")], "ours", stream=False)["authorization"] == "Bearer ours"
    assert "api-key" not in to_upstream([(b"api-key", b"b")], "ours", stream=False)


def test_the_upstreams_key_goes_where_the_operator_says() -> None:
    theirs = [(b"authorization", b"Bearer a"), (b"api-key", b"b"), (b"x-api-key", b"c"), (b"anthropic-version", b"v")]
    for name in ("api-key", "x-api-key"):
        passed = to_upstream(theirs, "ours", stream=False, key_as=name)
        assert {k: v for k, v in passed.items() if v in ("Bearer a", "b", "c", "ours", "v")} == {
            name: "ours",
            "anthropic-version": "v",
        }
    assert to_upstream(theirs, None, stream=False)["x-api-key"] == "c"


def test_to_the_client() -> None:
    came = [
        (b"Retry-After", b"3"),
        (b"X-RateLimit-Limit-Requests", b"9"),
        (b"Set-Cookie", b"a"),
        (b"OpenAI-Version", b"x" * 600),
    ]
    assert to_client(came) == [(b"retry-after", b"3"), (b"x-ratelimit-limit-requests", b"9")]


def test_what_may_not_be_said_stays_behind() -> None:
    came = [
        (b"Retry-After", b"Sat, 21 Nov 2026 10:00:00 GMT"),
        (b"retry-after-ms", b"soon"),
        (b"x-should-retry", b"maybe"),
        (b"cf-ray", b"secret"),
        (b"x-ratelimit-secret", b"1"),
        (b"openai-processing-ms", b"81"),
        (b"openai-a b", b"1"),
    ]
    passed = [(b"retry-after", b"Sat, 21 Nov 2026 10:00:00 GMT"), (b"openai-processing-ms", b"81")]
    assert to_client(came, lambda text: "secret" not in text) == passed
    assert request_id([], [(b"x-request-id", b"secret")], "g", lambda text: text != "secret") == b"g"


def test_the_request_id_is_the_clients_then_the_upstreams_then_ours() -> None:
    ours, theirs = [(b"x-request-id", b"c1")], [(b"X-Request-Id", b"u1")]
    assert [
        request_id(ours, theirs, "g"),
        request_id([], theirs, "g"),
        request_id([(b"x-request-id", b"a b")], [], "g"),
    ] == [
        b"c1",
        b"u1",
        b"g",
    ]


def test_titles_become_header_values() -> None:
    assert latin("Prêts\r\n 東 1") == "Prêts \\u6771 1".encode("latin-1")
