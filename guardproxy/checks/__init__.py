"""Terms to executable checks, and checks to a verdict. Pure; `streaming`, `cli` and `proxy` use it.

From the values up: `values` (wire JSON to typed values), `reply_object` (is the reply a JSON object?), `observation`
(what is seen of an answer), `fetch` (how a variable finds its value), `compiled` (terms as fast functions), `rules` (a
rule ready to run). Then the judgement: `judging` (each rule, and the strongest ending), `repairing`, `rewriting`,
`engine` (policies compiled together; the whole judgement of an answer) and `verdict`; `kept_back` says which texts go
where no rule judges them, `classified` which classifiers have to read the answer. `examples` runs a policy's own
tests, `mutation` changed rules (`mutants`, `exchange`, `slips`) against them; `misfits` says why a value does not fit
its declaration, `steps` how a verdict came about (`clause_steps`, `whence`, `changes`), `reasons` what the model is
told of it.

*Occurrence*: one thing that a rule is judged for. *Status*: what a rule says. *Ending*: what happens to the answer.
"""
