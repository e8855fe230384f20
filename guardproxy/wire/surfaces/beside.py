"""Endpoints whose answers no model wrote: names, ids, counts and states. Their strings are searched all the same."""

from guardproxy.wire.side_doors.documents import LISTING
from guardproxy.wire.surfaces.endpoint import Endpoint, Sends
from guardproxy.wire.surfaces.fields import LISTING_FIELDS
from guardproxy.wire.surfaces.stored import PAGES


def _rows(why: str, *rows: str, sends: Sends = "nothing") -> tuple[Endpoint, ...]:
    """One endpoint for each `METHOD /path`; lists can be turned over by pages, and files filtered by purpose."""
    return tuple(
        Endpoint(method, path, "passed", why, LISTING, sends, query=_QUERY.get(method, ()), fields=LISTING_FIELDS)
        for method, _, path in (row.partition(" ") for row in rows)
    )


_QUERY = {"GET": (*PAGES, "purpose", "filter", "before_id", "after_id")}

BESIDE = (
    *_rows("names of models", "GET /models", "GET /models/{model...}"),
    *_rows("names and sizes of files", "GET /files", "GET /files/{id}", "DELETE /files/{id}"),
    *_rows("the name and size of the file", "POST /files", sends="form"),
    *_rows("names and sizes of files", "POST /uploads", "POST /uploads/{id}/complete", sends="object"),
    *_rows("names and sizes of files", "POST /uploads/{id}/parts", sends="form"),
    *_rows("names and sizes of files", "POST /uploads/{id}/cancel"),
    *_rows("states, counts and ids of files; the results are files", "POST /batches", sends="object"),
    *_rows(
        "states, counts and ids of files; the results are files",
        "GET /batches", "GET /batches/{id}", "POST /batches/{id}/cancel",
    ),
    *_rows("states and counts", "POST /messages/batches", sends="object"),
    *_rows(
        "states and counts",
        "GET /messages/batches", "GET /messages/batches/{id}", "DELETE /messages/batches/{id}",
        "POST /messages/batches/{id}/cancel",
    ),
    *_rows(
        "names, states and counts",
        "POST /vector_stores", "POST /vector_stores/{id}", "POST /vector_stores/{id}/files",
        "POST /vector_stores/{id}/files/{file}", "POST /vector_stores/{id}/file_batches",
        sends="object",
    ),
    *_rows(
        "names, states and counts",
        "GET /vector_stores", "GET /vector_stores/{id}", "DELETE /vector_stores/{id}", "GET /vector_stores/{id}/files",
        "GET /vector_stores/{id}/files/{file}", "DELETE /vector_stores/{id}/files/{file}",
        "GET /vector_stores/{id}/file_batches/{batch}", "POST /vector_stores/{id}/file_batches/{batch}/cancel",
        "GET /vector_stores/{id}/file_batches/{batch}/files",
    ),
    *_rows("states and names of training", "POST /fine_tuning/jobs", sends="object"),
    *_rows(
        "states and names of training",
        "GET /fine_tuning/jobs", "GET /fine_tuning/jobs/{id}", "POST /fine_tuning/jobs/{id}/cancel",
        "POST /fine_tuning/jobs/{id}/pause", "POST /fine_tuning/jobs/{id}/resume",
        "GET /fine_tuning/jobs/{id}/events", "GET /fine_tuning/jobs/{id}/checkpoints",
    ),
)  # fmt: skip
