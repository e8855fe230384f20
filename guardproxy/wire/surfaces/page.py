"""The published table as a page: `python -m guardproxy.wire.surfaces.page > docs/surfaces.md` writes it anew."""

import sys
from collections.abc import Iterable, Iterator, Sequence

from guardproxy.wire.surfaces.endpoint import Endpoint, Field
from guardproxy.wire.surfaces.table import ENDPOINTS

_HEAD = """# Every place where model output can come out

Written by `python -m guardproxy.wire.surfaces.page > docs/surfaces.md` from the table that the proxy itself goes by; a
test compares the two. What is not in it does not exist: 404, `unknown_endpoint`.

- **judged**: the policies judge every string, call and number of the answer.
- **passed**: no model wrote it. Its strings, keys and numbers are searched all the same for what any rule keeps out of
  any text, and what is found is replaced by `withheld`.
- **refused**: 403, `endpoint_refused`, with the reason. An operator may let single endpoints pass, *unjudged*:

```toml
[surfaces]
allow = ["POST /realtime/client_secrets", "GET /videos/{id}/content"]
```

Each is named by itself (there are no wildcards), is logged at the start, and is counted in `guardproxy_unjudged_total`.
Judged and passed endpoints cannot be named there, and neither can WebSockets, which are not carried.

Paths stand with `/v1` before them or without it, and below Azure's `/openai` and `/openai/v1`; those at which a model
is asked also below `/openai/deployments/{name}`. `{id}` is one segment of letters, digits and `. _ : @ -`, decoded once
and written anew, `{id...}` one or more. `*` is every method without a row of its own. A trailing slash, an empty
segment, a capital letter or an escape in a fixed segment makes another path, which does not exist. Of the query only
what the table names goes on, each parameter once (and Azure's `api-version` to an Azure upstream). Bodies of requests
go on as they are.
"""

_WEBSOCKETS = """
A request to go on as a WebSocket is answered by an HTTP error, before any handshake, so that no close code is sent:
browsers report 1006, other clients show the error.
"""


def page(endpoints: Sequence[Endpoint] = ENDPOINTS) -> str:
    return "".join((_HEAD, *_endpoints(endpoints), _WEBSOCKETS, *_fields(endpoints)))


def _endpoints(endpoints: Sequence[Endpoint]) -> Iterator[str]:
    yield "\n## Endpoints\n\n"
    rows = ((row.method, f"`{row.path}`", f"**{row.way}**", row.why, _query(row)) for row in endpoints)
    yield from _table(("method", "path", "", "what, or why", "query"), rows)


def _query(row: Endpoint) -> str:
    return ", ".join(f"`{name}`" for name in (*row.query, *row.told))


def _fields(endpoints: Sequence[Endpoint]) -> Iterator[str]:
    """Endpoints whose answers have the same fields share a table."""
    yield "\n## Fields\n"
    kinds: dict[tuple[Field, ...], list[Endpoint]] = {}
    for row in endpoints:
        if row.fields:
            kinds.setdefault(row.fields, []).append(row)
    for fields, rows in kinds.items():
        names = ", ".join(f"`{row.name}`" for row in rows)
        yield f"\n{names}\n\n"
        yield from _table(("field", "", "why, or how"), ((f.name, f"**{f.done}**", f.why) for f in fields))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _line(head)
    yield "|" + "---|" * len(head) + "\n"
    yield from map(_line, rows)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
