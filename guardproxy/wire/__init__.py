"""Provider formats to our shapes and back. Pure: bytes and values, no network.

Each dialect is a package that offers what `dialect` names: `chat`, `completions`, `responses`, `anthropic`, and the
`side_doors`. `surfaces` is the table of every endpoint, and says which of them reads it. Shared by all: `requests` is
what of a request concerns us; `places` and `numbers` find every string and number of an answer; `side_strings` judges
what stands beside it; `sse` reads and writes streams, and `held_events` holds their events until what they say was
released; `judgement` is what became of an answer, `unchanged` finds what of a text was left alone, and `usage` adds up
what the attempts took; `errors` is the tree of failures. Used by `proxy`, and by `cli` for recordings.
"""
