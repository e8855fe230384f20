"""The Responses API: requests, whole answers, stored ones and streams. One unit for each response.

`requests` reads what the client asks, `asking_again` writes the request for another answer. `names` says what is what
in an item, `walk` finds every string, `calls` reads the calls, `strays` refuses those that stand where none belongs,
`items` puts that together, and `beside` searches what is no item. `alone` says where a text is judged by itself.
`whole` reads and writes whole responses and lists of items.

Streams: `events` reads one event, `item_ids` which item it belongs to, `told` remembers what was said at which place
and what of it was sent, `views` what was left alone in it, `stream_calls` the calls that arrive. `stream_texts` and
`stream_items` take the events, through `sending`, which queues and numbers them; `stream` is the whole of it, and
`closing` writes the end of one that was stopped. `dialect` offers all this to the proxy.
"""
