"""Rules as SMT-LIB 2, for `explain --smtlib`. Imported only there, for it loads the solver's library."""

from guardproxy.cli.arguments import UsageMistake
from guardproxy.cli.terminal import RESULTS
from guardproxy.diagnostics import did_you_mean
from guardproxy.ir.policy import Policy
from guardproxy.logic.smtlib import smtlib_of_rule


def show_smtlib(policy: Policy, rule: str) -> None:
    """One rule, or where `rule` is empty each of them. Raises `UsageMistake`."""
    ids = [each.id for each in policy.rules]
    if rule and rule not in ids:
        hint = did_you_mean(rule, ids) or f"there are {', '.join(ids)}"
        raise UsageMistake(f"there is no rule `{rule}` in this policy; {hint}")
    for each in policy.rules:
        if rule in ("", each.id):
            RESULTS.out(smtlib_of_rule(each).rstrip() + "\n")
