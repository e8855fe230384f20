"""Everything that is asked about one policy, in a few rounds of questions, each about all rules at once.

First each rule is asked for a case that violates it, and one that meets it. What other rules say in those cases is then
evaluated rather than asked: most rules are seen not to be redundant by the case that violates them alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from guardproxy.ir.policy import Policy, Subject
from guardproxy.ir.terms import Term
from guardproxy.logic.questions import Ask, Case, NoCase
from guardproxy.proofs import claims
from guardproxy.proofs.claims import Answer, Proved, Refuted
from guardproxy.proofs.contradictions import Contradiction, contradictions
from guardproxy.proofs.forms import RuleForm, connected, forms_of
from guardproxy.proofs.guards import GuardFinding, guard_findings
from guardproxy.proofs.inquiry import Inquiry, Sought
from guardproxy.proofs.redundancy import Group, Redundancy, redundancies
from guardproxy.proofs.world import World


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What is known of one rule: of each claim, whether it was proved or refuted by a case."""

    form: RuleForm
    never_applies: Answer
    never_violated: Answer
    never_met: Answer


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """The fewest rules that no answer complies with together."""

    rules: tuple[RuleForm, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """`undecided` names the claims (in words) that were not decided."""

    policy: Policy
    world: World
    rules: tuple[RuleFacts, ...]
    unsatisfiable: tuple[Unsatisfiable, ...] = ()
    redundant: tuple[Redundancy, ...] = ()
    contradicting: tuple[Contradiction, ...] = ()
    guards: tuple[GuardFinding, ...] = ()
    undecided: tuple[tuple[RuleForm, str], ...] = ()
    questions: int = 0
    sought: int = 0


@dataclass
class _Group:
    """Rules that are judged for the same thing and share values, those on the whole answer included."""

    subject: Subject | None
    forms: list[RuleForm]
    given: tuple[Term, ...] = field(default=())


def surveyed(policy: Policy, ask: Ask) -> Survey:
    """All claims about a policy."""
    inquiry, world = Inquiry(ask), World(policy)
    forms = forms_of(policy.rules)
    facts = _facts(forms, world, inquiry)
    alive = [f.form for f in facts if _is_alive(f)]
    groups = _groups(alive, world)
    impossible, unsure, met = _impossible(groups, world, inquiry)
    named = {form.rule.id for each in impossible for form in each.rules}
    cases = {f.form.rule.id: f.never_violated.witness for f in facts if isinstance(f.never_violated, Refuted)}
    among = [Group(g.subject, g.forms, g.given, case) for g, case in zip(groups, met, strict=True)]
    redundant, unsure_redundant = redundancies(among, cases, world, inquiry)
    pairs = [(g.subject, [f for f in g.forms if f.rule.id not in named]) for g in groups]
    contradicting, unsure_pairs = contradictions(pairs, world, inquiry)
    guards, unsure_guards = guard_findings(alive, world, inquiry)
    undecided = [*_undecided(facts), *unsure, *unsure_redundant, *unsure_pairs, *unsure_guards]
    return Survey(
        policy=policy,
        world=world,
        rules=tuple(facts),
        unsatisfiable=tuple(impossible),
        redundant=tuple(redundant),
        contradicting=tuple(contradicting),
        guards=tuple(guards),
        undecided=tuple(undecided),
        questions=inquiry.questions,
        sought=inquiry.sought,
    )


def unsatisfiable_only(policy: Policy, ask: Ask) -> Survey:
    """Of all claims only whether some answer complies with all rules: without that, a policy does not serve."""
    inquiry, world = Inquiry(ask), World(policy)
    facts = _facts(forms_of(policy.rules), world, inquiry)
    groups = _groups([f.form for f in facts if _is_alive(f)], world)
    impossible, _, _ = _impossible(groups, world, inquiry)
    return Survey(policy=policy, world=world, rules=tuple(facts), unsatisfiable=tuple(impossible))


def given_of(forms: Sequence[RuleForm], world: World) -> tuple[Term, ...]:
    """What holds whatever the answer is, where these rules are judged together."""
    subject = next((f.subject for f in forms if f.subject is not None), None)
    presence = [v for f in forms for v in f.presence]
    return world.holding(subject, presence, [v for f in forms for v in f.reads])


def _facts(forms: Sequence[RuleForm], world: World, inquiry: Inquiry) -> list[RuleFacts]:
    """Each rule by itself. A case that violates a rule shows that it applies, so that is asked only of the others."""
    given = {f.rule.id: given_of([f], world) for f in forms}
    asked = (claim(f, given[f.rule.id]) for f in forms for claim in (claims.never_violated, claims.never_met))
    found = inquiry.cases(list(asked))
    violated, met = found[::2], found[1::2]
    open_: list[Sought] = [
        claims.never_applies(f, given[f.rule.id])
        for f, bad, good in zip(forms, violated, met, strict=True)
        if not isinstance(bad, Case) and not isinstance(good, Case)
    ]
    applied = iter(inquiry.cases(open_))
    facts = []
    for form, bad, good in zip(forms, violated, met, strict=True):
        applies = next((each for each in (bad, good) if isinstance(each, Case)), None)
        shown = applies if applies is not None else next(applied)
        facts.append(RuleFacts(form, *map(claims.answered, (shown, bad, good))))
    return facts


def _is_alive(facts: RuleFacts) -> bool:
    """Whether the rule can be violated and can be met, as far as is known: only then others are compared with it."""
    return not any(isinstance(a, Proved) for a in (facts.never_applies, facts.never_violated, facts.never_met))


def _groups(forms: Sequence[RuleForm], world: World) -> list[_Group]:
    subjects = dict.fromkeys(f.subject for f in forms if f.subject is not None)
    everywhere = [f for f in forms if f.subject is None]
    groups = []
    for subject in (*subjects, *([None] if everywhere else [])):
        mine = [f for f in forms if f.subject is None or f.subject == subject]
        for part in connected(mine):
            if subject is None or any(f.subject == subject for f in part):
                groups.append(_Group(subject, part, given_of(part, world)))
    return groups


def _impossible(
    groups: Sequence[_Group], world: World, inquiry: Inquiry
) -> tuple[list[Unsatisfiable], list[tuple[RuleForm, str]], list[Case]]:
    """The groups that no answer complies with; two of them that share rules on the whole answer are said once.

    Last a case for each group that complies with all of its rules, an empty one where none was found.
    """
    found: dict[tuple[str, ...], Unsatisfiable] = {}
    unsure: list[tuple[RuleForm, str]] = []
    results = inquiry.cases([claims.unsatisfiable(g.forms, g.given) for g in groups])
    for group, result in zip(groups, results, strict=True):
        if result is NoCase.BUDGET:
            unsure.append((group.forms[0], "whether an answer can comply with all rules"))
        elif result is NoCase.NONE:
            few = _fewest(group.forms, world, inquiry)
            found.setdefault(tuple(f.rule.id for f in few), Unsatisfiable(few))
    met = [result if isinstance(result, Case) else Case() for result in results]
    return list(found.values()), unsure, met


def _fewest(forms: Sequence[RuleForm], world: World, inquiry: Inquiry) -> tuple[RuleForm, ...]:
    """Leaves out, one after the other, every rule without which there is still no answer."""
    kept = list(forms)
    for form in list(forms):
        rest = [f for f in kept if f is not form]
        if rest and inquiry.case(claims.unsatisfiable(rest, given_of(rest, world))) is NoCase.NONE:
            kept = rest
    return tuple(kept)


def _undecided(facts: Sequence[RuleFacts]) -> list[tuple[RuleForm, str]]:
    words = (
        ("never_applies", "whether it can apply"),
        ("never_violated", "whether it can be violated"),
        ("never_met", "whether it can be complied with"),
    )
    return [
        (each.form, sentence)
        for each in facts
        for name, sentence in words
        if isinstance(getattr(each, name), claims.NotDecided)
    ]
