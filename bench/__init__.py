"""Repeatable measurements: `python -m bench` compares the guarding proxy with one that only passes on.

`model` is a model server that is no bottleneck, `load` a client that is none, `passing` the proxy that checks nothing,
`guarding` the real one, `processes` starts and pins them. `clients`, `leaving` and `servers` are the
measurements behind the choice of libraries. `proofs` and `judging` measure a `large_policy` by itself; `rounds` lets
what is compared take turns. All of it needs Linux (`/proc`, pinning) and at least two cores.
"""
