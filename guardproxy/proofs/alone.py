"""A case in which a rule is seen by itself: whatever else is judged with it is complied with."""

from collections.abc import Iterable

from guardproxy.logic.questions import Case
from guardproxy.proofs.forms import RuleForm
from guardproxy.proofs.inquiry import Inquiry, Sought
from guardproxy.proofs.world import World


def alone(
    form: RuleForm, others: Iterable[RuleForm], sought: Sought, world: World, inquiry: Inquiry
) -> tuple[Case, Sought] | None:
    """A case of what is sought that complies with all the other rules, with all that is sought of it.

    None where there is no such case or none was found: then a case that violates other rules, too, has to do.
    """
    beside = [f for f in others if f is not form and f.subject in (None, form.subject)]
    together = [form, *beside]
    given = world.holding(
        form.subject, [v for f in together for v in f.presence], [v for f in together for v in f.reads]
    )
    wanted: Sought = (*sought, *((f.either, "true") for f in beside), *((term, "true") for term in given))
    case = inquiry.case(wanted)
    return (case, wanted) if isinstance(case, Case) else None
