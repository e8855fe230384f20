"""The Responses API: requests, whole answers, stored ones and streams. One unit for each response.

`requests` reads what the client asks; `names` says what is what in an item, `walk` finds every string of one, `calls`
reads its calls, and `items` puts that together; `whole` reads and writes whole responses and lists of items. Streams:
`told` remembers what was said at which place, `stream_calls` the calls that arrive, `events` reads single events,
`stream` the whole of them, and `closing` writes the end of one that was stopped. `asking_again` writes the request for
another answer, `dialect` offers all this to the proxy.
"""
