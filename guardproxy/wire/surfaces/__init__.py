"""The published table: every endpoint of the APIs that we know, and what is done with what comes out of it.

`endpoint` is what a row says, `table` puts the rows together (`answers`: what models say; `stored`: what they said
before; `beside`: what no model wrote; `refused`), `routing` finds the row of a request and writes the upstream's path,
`page` writes `docs/surfaces.md`. What is not in the table does not exist.
"""
