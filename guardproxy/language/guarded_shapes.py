"""A schema behind a guard on the reply's first letter, which white space or a code fence gets around."""

from guardproxy.ir.terms import Conforms, FoundInText, Term
from guardproxy.ir.walk import variables
from guardproxy.language.clauses import Clauses
from guardproxy.language.collector import Mistakes


def warn_of_first_letters(clauses: Clauses, applies: Term, demands: Term, mistakes: Mistakes) -> None:
    """`when reply text starts with "{"` beside `conforms to schema`: a blank before it, and the rule is off."""
    shapes = [v.origin for v in variables(demands) if isinstance(v.origin, Conforms)]
    guard = clauses.guards.get("when")
    if guard is None or not any(shape.what == "schema" for shape in shapes):
        return
    looked_for = [f for v in variables(applies) if isinstance(v.origin, FoundInText) for f in v.origin.finders]
    if any(finder.kind == "prefix" and finder.expression.lstrip()[:1] in ("{", "[", "`") for finder in looked_for):
        message = "a reply with a blank or a code fence in front gets around this rule"
        help_ = (
            "leave the guard out, or declare the object and say `require offer.price is present and reply conforms ...`"
        )
        mistakes.warning("W215", message, guard.span, help_)
