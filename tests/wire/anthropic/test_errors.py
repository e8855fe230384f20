"""Errors as Anthropic's clients read them."""

import json

import pytest

from guardproxy.wire.anthropic.errors import error_body, error_event
from guardproxy.wire.errors import ErrorBody


def test_an_error_has_its_type_its_message_and_its_code() -> None:
    error = ErrorBody("The answer contained a credential.", "content_policy_violation", "content_filter")
    assert json.loads(error_body(error)) == {
        "type": "error",
        "error": {
            "type": "invalid_request_error",
            "message": "The answer contained a credential.",
            "details": {"error_code": "content_filter"},
        },
        "request_id": None,
    }


@pytest.mark.parametrize(
    ("type_", "code", "said"),
    [
        ("invalid_request_error", "invalid_request", "invalid_request_error"),
        ("invalid_request_error", "request_too_large", "request_too_large"),
        ("guardproxy_upstream_error", "upstream_broken", "api_error"),
        ("guardproxy_upstream_error", "upstream_timeout", "timeout_error"),
        ("guardproxy_error", "overloaded", "overloaded_error"),
        ("overloaded_error", None, "overloaded_error"),
    ],
)
def test_types_are_those_that_the_api_has(type_: str, code: str | None, said: str) -> None:
    assert json.loads(error_body(ErrorBody("m", type_, code)))["error"]["type"] == said


def test_an_error_in_a_stream_is_an_event() -> None:
    assert error_event(ErrorBody("m", "api_error")).startswith(b'event: error\ndata: {"type":"error"')
