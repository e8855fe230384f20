"""Which row a path belongs to, and that no path leads elsewhere."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy.wire.errors import ClientMistake
from guardproxy.wire.surfaces.allowed import allowed_endpoint, allowed_endpoints
from guardproxy.wire.surfaces.endpoint import WEBSOCKET
from guardproxy.wire.surfaces.queries import named, written
from guardproxy.wire.surfaces.routing import Routing
from guardproxy.wire.surfaces.table import ENDPOINTS

ROUTING = Routing(ENDPOINTS)
PLAIN = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._:@-]+)+")


def found(method: str, path: str) -> tuple[str, str, str]:
    result = ROUTING.find(method, path)
    return result.endpoint.name, result.path, result.deployment


@pytest.mark.parametrize("prefix", ["", "/v1", "/openai", "/openai/v1"])
def test_every_row_is_found_below_every_prefix(prefix: str) -> None:
    for row in ENDPOINTS:
        path = re.sub(r"\{[a-z_]+(\.\.\.)?\}", "x", row.path)
        method = "PATCH" if row.method == "*" else row.method
        assert found(method, prefix + path) == (row.name, path, "")


def test_parameters_are_decoded_once_and_written_anew() -> None:
    assert found("GET", "/v1/models/a%2Fb-1.5:free@2") == ("GET /models/{model...}", "/models/a/b-1.5:free@2", "")
    assert found("GET", "/v1/files/file%2Da/content")[1] == "/files/file-a/content"
    assert found("POST", "/openai/deployments/gpt%2D5/chat/completions")[1:] == ("/chat/completions", "gpt-5")


SIGNS = st.sampled_from(
    (
        *("/", "//", "..", ".", "%2e", "%2f", "%5c", "\\", "%00", "%25", "?", "#", ";", "%0d%0a", "é", "%ff", "*"),
        *("v1", "models", "files", "content", "openai", "deployments", "chat", "completions", "responses", "a", "@b.c"),
    )
)


@given(st.lists(SIGNS, max_size=9).map(lambda parts: "/" + "".join(parts)), st.sampled_from(["GET", "POST", "DELETE"]))
def test_whatever_is_asked_for_the_upstream_is_asked_for_a_path_of_the_row(path: str, method: str) -> None:
    try:
        result = ROUTING.find(method, path)
    except ClientMistake as mistake:
        assert mistake.status in (404, 405)
        return
    assert PLAIN.fullmatch(unquote(result.path)) and unquote(result.path) == result.path
    fixed = [part for part in result.endpoint.path.split("/") if not part.startswith("{")]
    assert [part for part in result.path.split("/") if part in fixed][: len(fixed)] == fixed


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/v1/files/", 404, "no path here ends with a slash"),
        ("GET", "/v1//files", 404, "two slashes in a row"),
        ("GET", "/v1/Files", 404, "small letters"),
        ("POST", "/v1/what", 404, '`allow = ["POST /what"]` under [surfaces]'),
        ("PUT", "/v1/files", 405, "takes GET and POST, not PUT"),
        (WEBSOCKET, "/v1/files", 405, "not WEBSOCKET"),
        ("POST", "/openai/deployments/a/files", 404, "does not exist here"),
    ],
)
def test_what_is_not_there_says_why(method: str, path: str, status: int, words: str) -> None:
    with pytest.raises(ClientMistake) as caught:
        ROUTING.find(method, path)
    assert caught.value.status == status and words in caught.value.message


# --- the query ------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=60))
def test_what_goes_on_of_a_query_is_read_back_as_it_was_judged(query: bytes) -> None:
    try:
        pairs = named(query, None)
    except ClientMistake:
        return
    assert named(written(pairs).removeprefix("?").encode(), None) == pairs


def test_only_what_is_named_goes_on() -> None:
    pairs = named(b"limit=2&x=1&include[]=a&include[]=b&metadata[k]=v+w&LIMIT=9", ("limit", "include", "metadata"))
    assert pairs == [("limit", "2"), ("include[]", "a"), ("include[]", "b"), ("metadata[k]", "v w")]


# --- what an operator may allow -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["POST /realtime/client_secrets", "GET /videos/{id}/content", "PUT /new/{name}"])
def test_single_endpoints_may_be_allowed(text: str) -> None:
    row = allowed_endpoint(text)
    assert (row.name, row.way) == (text, "unjudged")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("POST /*", "is a wildcard"),
        ("* /videos", "is a wildcard"),
        ("GET /videos/{rest...}", "is a wildcard"),
        ("GET /{anything}", "its first segment has to be a fixed name"),
        ("POST /chat/completions", "is judged here"),
        ("GET /responses/{any}", "is judged here"),
        ("GET /models/{a}/{b}", "is passed here"),
        ("WEBSOCKET /realtime", "cannot be allowed: frames of a WebSocket"),
        ("WEBSOCKET /new", "WebSockets are not carried"),
        ("POST /v1/realtime/sessions", "without what stands before the endpoint"),
        ("/realtime", "is no endpoint"),
        ("post /x", "is no endpoint"),
        ("GET /x/../y", "is a wildcard"),
    ],
)
def test_what_may_not_be_allowed(text: str, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        allowed_endpoint(text)
    assert words in str(caught.value)


def test_what_is_allowed_takes_nothing_from_what_is_judged() -> None:
    open_ones = [row for row in ENDPOINTS if row.way != "refused"]
    routing = Routing([*open_ones, *allowed_endpoints(["GET /responses/{id}/{x}"]), *ENDPOINTS])
    assert routing.find("GET", "/v1/responses/r/input_items").endpoint.way == "judged"
    assert routing.find("GET", "/v1/responses/r/other").endpoint.way == "unjudged"
