"""Events in, commands out: what of an answer may be sent, and when. Pure; `proxy` carries the commands out.

`events` and `commands` are the vocabulary, `states` the table of an answer's life, `enforcer` the machine. `channels`
and `calls` keep what has arrived and what was sent; `reading` says which rules have to be waited for, `claims` judges
sentences as they come, `stopping` has the verdicts on what stops early. The gate that every text passes is
`patterns.text_gate`.
"""
