"""Chat completions: `requests` reads what is asked, `message` one message, `whole` and `chunks` answers.

`stream_choice`, `stream_calls` and `template` are one choice of a stream, its calls and the short way for its text;
`repeats` and `citations` are what speaks of parts of a text, `stream_logprobs` and `stream_citations` the same in
streams; `asking_again` writes the request for another answer. `dialect` offers them all.
"""
