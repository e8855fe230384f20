"""The proxy: HTTP on both sides of the enforcer. Only `cli` imports it.

`app` has the applications, `protocol` and `origin_form` what is taken for a request, `routes` finds what it asks for,
`exchange` is the life of one request (`unjudged` where the operator lets it pass; `target` is what it asks the
upstream for, `incoming` reads it, `response` heads what goes back, `streamed_exchange` sends a stream).
`whole_answer`, `streamed_answer` and `streamed_message` are what is done with the upstream's answer (`small_talk`
where there is nothing to judge, `asking_again` where the model has to answer anew, `aside` where it takes long),
`replies` how responses are sent. `judge` runs an enforcer and carries out what only the outer ring can; `upstream` is
the door to the model server, with `inflating` for compressed bodies; `headers`, `facts` and `refusals` say what may
pass. `classifiers` asks services that read whole answers, `findings` finds in what they say. `watching` notices
clients that leave. `guard` holds what all exchanges share, `serve` and `workers` start and stop everything.
"""
