"""Logic: questions about terms whose values are partly unknown, and the smallest changes that make them true.

`questions` are asked and answered in plain values. `bounds` answers the easy ones by ranges, at once. The others take
Z3: `encode` turns terms into formulas over `unknowns` (`linear` numbers, `months` of the calendar), `checker` limits
each check, `replay` reads models back for the evaluator, `solver` and `repair` answer. Those load Z3, so only a worker
process (`guardproxy.solving`) and tests import them; everyone above may import `questions`, `budget` and `bounds`.
"""
