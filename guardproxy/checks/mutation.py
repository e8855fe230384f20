"""Mutation testing of a policy's examples: which changed rule would none of them notice?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import ExampleRun, run_example
from guardproxy.checks.mutants import Mutant
from guardproxy.checks.verdict import Status
from guardproxy.ir.build import any_of, negate
from guardproxy.ir.policy import Example, Policy, Rule
from guardproxy.ir.terms import Term
from guardproxy.logic.questions import Ask, Cases, FindCases, NoCase


@dataclass(frozen=True, slots=True)
class Mutation:
    """`noticed` of `total` changes make an example fail; `survivors` are the others.

    `same` were proved to change nothing at all and are not counted.
    """

    total: int
    noticed: int
    survivors: tuple[Mutant, ...]
    same: int = 0


def mutation_test(policy: Policy, changes: Iterable[Mutant], runs: Sequence[ExampleRun], ask: Ask) -> Mutation:
    """`changes` are those of `mutants(policy)`; `runs` are the policy's examples, all of which hold."""
    noticed, survivors, same = 0, [], 0
    for mutant in changes:
        changed = CompiledPolicies([_with(policy, mutant)])
        if any(run_example(changed, example, ask).failures for example in _in_reach(policy, mutant, runs)):
            noticed += 1
        elif _means_the_same(policy, mutant, ask):
            same += 1
        else:
            survivors.append(mutant)
    return Mutation(noticed + len(survivors), noticed, tuple(survivors), same)


def _with(policy: Policy, mutant: Mutant) -> Policy:
    rules = [mutant.rule if rule.id == mutant.id else rule for rule in policy.rules]
    return replace(policy, rules=tuple(rule for rule in rules if rule is not None))


def _in_reach(policy: Policy, mutant: Mutant, runs: Sequence[ExampleRun]) -> Iterator[Example]:
    """The examples that may notice, those that name the rule first: the likeliest to."""
    able = [run for run in runs if _may_notice(mutant, run)]
    able.sort(key=lambda run: not any(mutant.id in expected.rules for expected in run.example.expects))
    return (run.example for run in able)


def _may_notice(mutant: Mutant, run: ExampleRun) -> bool:
    """Whether the rule was judged for the answer; a change behind its guards matters only where those let it apply."""
    said = [line.status for line in run.verdict.rules if line.rule == mutant.id]
    if not said:
        return False
    return mutant.guards or any(status is not Status.NOT_APPLICABLE for status in said)


def _means_the_same(policy: Policy, mutant: Mutant, ask: Ask) -> bool:
    """Whether it is proved that no value tells the changed rule from the rule."""
    rule = next(rule for rule in policy.rules if rule.id == mutant.id)
    if mutant.rule is None or (mutant.rule.applies, mutant.rule.demands) == (rule.applies, rule.demands):
        return False
    terms = (_condition(rule), _condition(mutant.rule))
    reply = ask(FindCases(terms, (((0, "true"), (1, "not true")), ((0, "not true"), (1, "true")))))
    return isinstance(reply, Cases) and all(found is NoCase.NONE for found in reply.found)


def _condition(rule: Rule) -> Term:
    return any_of(negate(rule.applies), rule.demands)
