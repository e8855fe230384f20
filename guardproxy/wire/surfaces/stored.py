"""Endpoints that give back what models said before: the side doors to the same data."""

from guardproxy.wire.chat.dialect import CHAT
from guardproxy.wire.responses.dialect import RESPONSES
from guardproxy.wire.responses.requests import read_query
from guardproxy.wire.side_doors.documents import DOCUMENT, LISTING
from guardproxy.wire.side_doors.lines import LinesDialect, result_reader
from guardproxy.wire.side_doors.lists import ListDialect, SingleDialect
from guardproxy.wire.surfaces.endpoint import Endpoint
from guardproxy.wire.surfaces.fields import CHAT_FIELDS, DOCUMENT_FIELDS, LINE_FIELDS, LISTING_FIELDS, RESPONSE_FIELDS
from guardproxy.wire.surfaces.readers import (
    anthropic_message,
    any_answer,
    stored_completion,
    stored_item,
    stored_message,
)

PAGES = ("after", "before", "limit", "order")
"""The parameters with which lists are turned over."""

_COMPLETIONS = ListDialect("chat.completions.list", stored_completion)
_MESSAGES = ListDialect("chat.completions.messages", stored_message)
_FILES = LinesDialect("files.content", result_reader(any_answer, any_answer))
_RESULTS = LinesDialect("messages.results", result_reader(anthropic_message, any_answer))
_ITEM = SingleDialect("conversations.item", stored_item)
_ANSWER = "as an answer of its endpoint"
_ITEMS = "what models said stands among the items"

STORED = (
    Endpoint(
        "GET", "/chat/completions", "judged", "each entry as a completion", _COMPLETIONS,
        query=(*PAGES, "model", "metadata"), fields=CHAT_FIELDS,
    ),
    Endpoint("GET", "/chat/completions/{id}", "judged", _ANSWER, CHAT, fields=CHAT_FIELDS),
    Endpoint("POST", "/chat/completions/{id}", "judged", _ANSWER, CHAT, "object", fields=CHAT_FIELDS),
    Endpoint("DELETE", "/chat/completions/{id}", "passed", "a note that it is gone", LISTING, fields=LISTING_FIELDS),
    Endpoint(
        "GET", "/chat/completions/{id}/messages", "judged", "each as a choice of a completion", _MESSAGES,
        query=PAGES, fields=CHAT_FIELDS,
    ),
    Endpoint(
        "GET", "/responses/{id}", "judged", "whole, or streamed again from its beginning", RESPONSES,
        query=("include", "stream", "include_obfuscation"), told=("starting_after",), fields=RESPONSE_FIELDS,
        read_query=read_query,
    ),
    Endpoint("POST", "/responses/{id}/cancel", "judged", _ANSWER, RESPONSES, fields=RESPONSE_FIELDS),
    Endpoint("DELETE", "/responses/{id}", "passed", "a note that it is gone", LISTING, fields=LISTING_FIELDS),
    Endpoint(
        "GET", "/responses/{id}/input_items", "judged", _ITEMS, RESPONSES, query=(*PAGES, "include"),
        fields=RESPONSE_FIELDS,
    ),
    Endpoint(
        "GET", "/conversations/{id}/items", "judged", _ITEMS, RESPONSES, query=(*PAGES, "include"),
        fields=RESPONSE_FIELDS,
    ),
    Endpoint(
        "POST", "/conversations/{id}/items", "judged", _ITEMS, RESPONSES, "object", query=("include",),
        fields=RESPONSE_FIELDS,
    ),
    Endpoint(
        "GET", "/conversations/{id}/items/{item}", "judged", _ITEMS, _ITEM, query=("include",), fields=RESPONSE_FIELDS,
    ),
    Endpoint(
        "DELETE", "/conversations/{id}/items/{item}", "passed", "ids and metadata", LISTING, fields=LISTING_FIELDS,
    ),
    Endpoint(
        "GET", "/messages/batches/{id}/results", "judged", "line by line", _RESULTS, fields=LINE_FIELDS,
    ),
    Endpoint("POST", "/conversations", "passed", "ids and metadata", LISTING, "object", fields=LISTING_FIELDS),
    Endpoint("GET", "/conversations/{id}", "passed", "ids and metadata", LISTING, fields=LISTING_FIELDS),
    Endpoint("POST", "/conversations/{id}", "passed", "ids and metadata", LISTING, "object", fields=LISTING_FIELDS),
    Endpoint("DELETE", "/conversations/{id}", "passed", "a note that it is gone", LISTING, fields=LISTING_FIELDS),
    Endpoint(
        "GET", "/files/{id}/content", "judged", "files of JSON lines line by line; any other file is refused", _FILES,
        fields=LINE_FIELDS,
    ),
    Endpoint(
        "POST", "/vector_stores/{id}/search", "judged", "what was found in the operator's files", DOCUMENT, "object",
        fields=DOCUMENT_FIELDS,
    ),
    Endpoint(
        "GET", "/vector_stores/{id}/files/{file}/content", "judged", "the text of a file", DOCUMENT,
        query=PAGES, fields=DOCUMENT_FIELDS,
    ),
)  # fmt: skip
