"""What is proved about a policy before it serves: every claim is proved, refuted by a concrete case, or not decided.

`survey` asks everything about one policy (its parts are `redundancy`, `contradictions`, `guards`, `listed`,
`circles`), `hearsay` names the rules that believe the conversation, `findings` says in an expert's words what was
found; `overlays` proves that a `tighten` tightens, `difference` compares two versions (`changes` has the words for
it, `domination` proves that other rules stop as much, also where facts are unknown), `boundaries` shows each limit by
examples. Beneath them: `forms` (rules with their variables aligned), `world` (what holds between values whatever the
answer is), `claims` (one function, one claim), `inquiry` (asks the solver many claims at once), `strength` (of
outcomes), `directions` (which way a demand pushes a value), `unify` and `declared` (one set of variables for two
versions, and what only one of them takes), `limits` (comparisons solved for a value); `situations` (values to an
example), `values` and `samples` (made-up values and texts), `written` (an example as text), `nicer` (a case in humane
numbers), `alone` (a case that complies with all other rules), `witnesses` and `versions` (an example that the whole
engine has judged, by one policy or by both).

A *case* is values for variables, an *example* is an answer in a situation. Everything here is pure: whatever a solver
has to answer goes through `ask`. Only `cli`, `proxy` and tests import from here.
"""
