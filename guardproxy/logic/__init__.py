"""Logic: questions about terms whose values are partly unknown, and the smallest changes that make them true.

`questions` are asked and answered in plain values. `bounds` answers the easy ones by ranges, at once. The others take
Z3: `encode` turns terms into formulas (`rails`) over `unknowns` (`linear` numbers, `lists` written out, `months` of the
calendar, offsets of time `zones`), `checker` limits each check, `replay` reads models back for the evaluator (`plain`
values where the model leaves one open), `solver`, `repair` and `cases` (with `samples`, which need no solver) answer.
`smtlib` writes the same formulas as a script for any solver. Those load Z3, so only a worker process
(`guardproxy.solving`), `guardproxy explain --smtlib` and tests import them; everyone above may import `questions`,
`budget` and `bounds`.
"""
