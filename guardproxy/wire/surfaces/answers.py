"""Endpoints whose answers a model gives now: all judged."""

from guardproxy.wire.anthropic.dialect import ANTHROPIC
from guardproxy.wire.chat.dialect import CHAT
from guardproxy.wire.completions.dialect import COMPLETIONS
from guardproxy.wire.responses.dialect import RESPONSES
from guardproxy.wire.side_doors.documents import LISTING
from guardproxy.wire.side_doors.measures import EMBEDDINGS, MODERATIONS
from guardproxy.wire.side_doors.pictures import PICTURES
from guardproxy.wire.side_doors.transcripts import TRANSCRIPTS
from guardproxy.wire.surfaces.endpoint import WEBSOCKET, Endpoint, Field
from guardproxy.wire.surfaces.fields import (
    CHAT_FIELDS,
    COMPLETION_FIELDS,
    MESSAGE_FIELDS,
    PICTURE_FIELDS,
    RESPONSE_FIELDS,
    TRANSCRIPT_FIELDS,
    VECTOR_FIELDS,
)

ANSWERS = (
    Endpoint(
        "POST", "/chat/completions", "judged", "each choice by itself, whole and streamed", CHAT, "question",
        fields=CHAT_FIELDS,
    ),
    Endpoint(
        "POST", "/completions", "judged", "each choice by itself, whole and streamed", COMPLETIONS, "question",
        fields=COMPLETION_FIELDS,
    ),
    Endpoint(
        "POST", "/responses", "judged", "all that a response says as one, whole and streamed", RESPONSES, "question",
        query=("beta",), fields=RESPONSE_FIELDS,
    ),
    Endpoint(
        "POST", "/responses/compact", "judged", "the items that are left; what is encrypted is opaque", RESPONSES,
        "object", fields=RESPONSE_FIELDS,
    ),
    Endpoint(
        "POST", "/messages", "judged", "all that a message says as one, whole and streamed", ANTHROPIC, "question",
        query=("beta",), fields=MESSAGE_FIELDS,
    ),
    Endpoint(
        "POST", "/audio/transcriptions", "judged", "what was heard, as text, JSON or subtitles", TRANSCRIPTS, "form",
        fields=TRANSCRIPT_FIELDS,
    ),
    Endpoint(
        "POST", "/audio/translations", "judged", "the same", TRANSCRIPTS, "form", fields=TRANSCRIPT_FIELDS,
    ),
    Endpoint(
        "POST", "/images/generations", "judged", "the words beside the pictures, which are opaque", PICTURES, "object",
        fields=PICTURE_FIELDS,
    ),
    Endpoint("POST", "/images/edits", "judged", "the same", PICTURES, "form", fields=PICTURE_FIELDS),
    Endpoint("POST", "/images/variations", "judged", "the same", PICTURES, "form", fields=PICTURE_FIELDS),
    Endpoint(
        "POST", "/embeddings", "passed", "vectors say nothing to a reader; that they are vectors is proved", EMBEDDINGS,
        "object", fields=VECTOR_FIELDS,
    ),
    Endpoint(
        "POST", "/moderations", "passed", "names of categories, yes and no, and scores", MODERATIONS, "object",
        fields=(
            Field("results[].category_scores", "passed", "numbers from 0 to 1, proved to be nothing else"),
            Field("everything else", "searched", "what is found is replaced"),
        ),
    ),
    Endpoint("POST", "/responses/input_tokens", "passed", "a count", LISTING, "object"),
    Endpoint("POST", "/messages/count_tokens", "passed", "a count", LISTING, "object", query=("beta",)),
    Endpoint(
        "POST", "/audio/speech", "refused", "recorded speech says a text that cannot be read in it; the text came from "
        "the client, so that an operator may let it pass",
    ),
    Endpoint(
        WEBSOCKET, "/responses", "refused", "frames of a WebSocket are not judged; ask by POST with `stream`",
        can_be_allowed=False,
    ),
)  # fmt: skip
