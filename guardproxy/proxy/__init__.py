"""The proxy: HTTP on both sides of the enforcer. Only `cli` imports it.

`app` has the applications, `routes` finds what a request asks for (`origin_form`: that it names a path), `exchange` is
the life of one request (`unjudged` where the operator lets it pass; `incoming` reads it, `response` heads what goes
back, `streamed_exchange` sends a stream), `whole_answer` and `streamed_answer` what is done with the upstream's answer
(`small_talk` where there is nothing to judge, `asking_again` where the model has to answer anew, `aside` where it takes
long),
`replies` how responses are sent. `judge` runs an enforcer and carries out what only the outer ring can; `upstream` is
the door to the model server, with `inflating` for compressed bodies; `headers`, `facts` and `refusals` say what may
pass. `classifiers` asks services that read whole answers, `findings` finds in what they say. `watching` notices clients that leave. `guard` holds what all exchanges share, `serve` and `workers` start and
stop everything.
"""
