"""The proxy: HTTP on both sides of the enforcer.

`app` has the routes, `exchange` the life of one request, `whole_answer` and `streamed_answer` what is done with the upstream's
answer, `judge` runs an enforcer and carries out what only the outer ring can, `upstream` is the door to the model server,
`headers` and `facts` say what may pass, `guard` holds what all exchanges share, `serve` starts everything. Only `cli` imports it.
"""
