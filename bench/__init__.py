"""Repeatable measurements: `python -m bench` compares the guarding proxy with one that only passes on.

`model` is a model server that is no bottleneck, `load` a client that is none, `passing` the proxy that checks nothing,
`processes` starts and pins them, `clients` and `servers` are the measurements behind the choice of libraries. Needs Linux (`/proc`).
"""
