"""Solvers in processes of their own, so that no question, however hard, can stall or take down the proxy.

`pool` hands questions to workers and replaces those that overrun, `worker` is one such process, `frames` is what they
say to each other. Z3 is loaded by the workers only. Part of the outer ring: the core never waits for a solver.
"""
