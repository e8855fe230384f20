"""Counts and totals of calls while more calls may come: they only grow, so that the third call is certain to be one.

For a rule that reads some, there is a second one over "so far, and what is still to come", which is not negative. It is
asked only whether it is violated whatever comes; at the end of the answer the rule itself decides.
"""

from dataclasses import replace

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.fetch import Fetch, fetcher, least
from guardproxy.checks.observation import FinderIndex
from guardproxy.checks.rules import CompiledRule, compile_rule, with_terms
from guardproxy.ir.build import add
from guardproxy.ir.policy import Policy
from guardproxy.ir.terms import Term, Variable
from guardproxy.ir.types import UNKNOWN, Number


def while_growing(rule: CompiledRule, compiled: CompiledPolicies) -> CompiledRule:
    """The rule for an answer whose calls are still arriving; the rule itself where it reads no count or total."""
    terms: dict[Variable, Term] = {}
    fetches: dict[Variable, Fetch] = {}
    for variable in rule.variables:
        so_far = least(rule.policy, variable)
        if so_far is None or not isinstance(variable.type, Number):
            continue
        begun = replace(variable, name=f"{variable.name} so far")
        rest = replace(variable, name=f"{variable.name} to come", type=replace(variable.type, low=0, high=None))
        terms[variable] = add(begun, rest)
        fetches |= {begun: so_far, rest: lambda _, __: UNKNOWN}
    if not terms:
        return rule

    def fetch(policy: Policy, variable: Variable, index: FinderIndex) -> Fetch:
        return fetches[variable] if variable in fetches else fetcher(policy, variable, index)

    # What is remembered of a rule is kept by its position; this one's lie behind those of all rules.
    position = len(compiled.rules) + rule.position
    return compile_rule(rule.policy, with_terms(rule.rule, terms), position, compiled.index, rule.holds, fetch)
