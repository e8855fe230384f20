"""cvc5, asked with a script as any other solver would be."""

import cvc5


def answers(script: str, milliseconds: int = 5_000) -> list[str]:
    """What it says to each `check-sat`: `sat`, `unsat` or `unknown`. Raises what cvc5 raises for a bad script."""
    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    solver.setOption("incremental", "true")
    solver.setOption("tlimit-per", str(milliseconds))
    symbols = cvc5.SymbolManager(manager)
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "script")
    said = []
    while not (command := parser.nextCommand()).isNull():
        answer = str(command.invoke(solver, symbols)).strip()
        if answer:
            said.append(answer)
    return said
