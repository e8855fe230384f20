"""Anthropic's messages: `requests` reads what is asked, `blocks` one block of an answer, `fields` what is no text.

`voices` says which text a block goes on with; `whole` are whole answers; `stream` streamed ones, whose blocks are in
`block_events` and `stream_blocks`, `stream_events` reads and writes single events, and `writing` fills them. `errors`
is the shape of errors, `asking_again` writes the request for another answer. `dialect` offers them all.
"""
