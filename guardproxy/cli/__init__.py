"""The command line: one small module per command, each with `parser()` and `run(arguments) -> exit code`.

`main` picks the module by the first word. `arguments` is the parser that says every mistake in one sentence,
`facts` reads facts and points out those that fit nothing, `reasons` says why something is invalid, `forms` and
`replay_table`, `step_lines`, `test_lines` are what is shown, `first_policy` is what `new` writes, `smtlib` prints
the claims for other solvers, `recorded` judges recordings, `solver` is the solver of commands, `sarif` a format,
`terminal` the two streams (results on stdout, everything else on stderr, colours on a terminal only). Nothing imports
this package. Exit codes: 0 done, 1 a policy or an example is wrong, 2 wrong use or an unreadable file.
"""
