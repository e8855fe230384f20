"""Provider formats to our shapes and back: chat completions, whole and streamed. Pure: bytes and values, no network.

`requests` reads what the client asks; `message`, `places`, `numbers` and `repeats` find every string and number of an
answer; `whole` reads and writes whole answers; `sse`, `chunks`, `stream_choice`, `stream_calls` and `template` streams;
`side_strings` judges what stands beside the answer; `asking_again` writes the request for another answer, and `usage`
adds up what the attempts took; `errors` is the tree of failures. Used by `proxy`, and by `cli` for recordings.
"""
