"""Endpoints that exist and are refused: nobody here could say what comes out of them."""

from guardproxy.wire.surfaces.endpoint import WEBSOCKET, Endpoint


def _rows(why: str, *rows: str, can_be_allowed: bool = True) -> tuple[Endpoint, ...]:
    """One endpoint for each `METHOD /path`; `*` is any method that has a row of its own nowhere."""
    return tuple(
        Endpoint(method, path, "refused", why, can_be_allowed=can_be_allowed)
        for method, _, path in (row.partition(" ") for row in rows)
    )


_DIRECT = "it opens a connection from the client to the provider on which nothing can be judged"
_ADMIN = "it manages the provider's account; no application needs it"

REFUSED = (
    Endpoint(WEBSOCKET, "/realtime", "refused", "frames of a WebSocket are not judged", can_be_allowed=False),
    Endpoint(
        WEBSOCKET, "/realtime/translations", "refused", "frames of a WebSocket are not judged", can_be_allowed=False
    ),
    *_rows(
        _DIRECT,
        "POST /realtime/calls", "* /realtime/calls/{rest...}", "POST /realtime/client_secrets",
        "POST /realtime/sessions", "POST /realtime/transcription_sessions", "* /realtime/translations/{rest...}",
    ),
    *_rows(_DIRECT, "POST /chatkit/sessions", "* /chatkit/{rest...}"),
    *_rows(_ADMIN, "* /organization/{rest...}", "* /projects/{rest...}"),
    *_rows("it removes a model from the account", "DELETE /models/{model...}"),
    *_rows(
        "assistants are no longer supported by their provider, and their streams are not read here",
        "* /threads", "* /threads/{rest...}", "* /assistants", "* /assistants/{rest...}",
    ),
    *_rows("models' outputs are found at many places of it, which are not read here", "* /evals", "* /evals/{rest...}"),
    *_rows(
        "a model's outputs are graded and shown", "POST /fine_tuning/alpha/graders/run",
        "POST /fine_tuning/alpha/graders/validate", "* /fine_tuning/checkpoints/{rest...}",
    ),
    *_rows("files of any kind that a model's programs wrote", "* /containers", "* /containers/{rest...}"),
    *_rows("programs and files of any kind", "* /skills", "* /skills/{rest...}"),
    *_rows("moving pictures, their sound and what is said in it cannot be read", "* /videos", "* /videos/{rest...}"),
    *_rows(
        "recorded speech cannot be read",
        "* /audio/voices", "* /audio/voice_consents", "* /audio/voice_consents/{rest...}",
    ),
    *_rows("its answers are not read here", "POST /content_provenance_checks"),
    *_rows(
        "it is no endpoint of the API, but one of some model servers, and is not read here",
        "POST /tokenize", "POST /detokenize", "POST /pooling", "POST /classify", "POST /score", "POST /rerank",
        "POST /infill", "POST /apply-template", "* /lora_adapters", "* /slots", "* /props",
    ),
)  # fmt: skip
