"""Policies as texts, generated: the forms of the language with odd white space and comments in all places."""

from hypothesis import strategies as st

DECLARATIONS = """policy   "Generated" version 1,money in USD
record room - kind:one of single,double - children : whole number from 0 to 4
  - price : money from $0 to $500
check reply as offer
  - decision : one of approve, decline
  - amount : money from $ 500 to 50,000USD
  - note : text,optional
  - due : date
  - dose : mass from 10mg to 4 g, written in mg
  - rooms : list of room from 1 to 6
facts applicant from system
  - known : yes / no, may be unknown
  - weight : mass from 2 kg to 150 kg, written in kg
define long as offer.due is after 2026-11-21
define limit as $2,000
"""

_COMPARISONS = st.one_of(
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["offer.amount", "offer.amount * 2", "(offer.amount - $5)", "-offer.amount"]),
        st.sampled_from(["at most", "at least", "above", "below", "is", "is not"]),
        st.sampled_from(["$5,000", "limit", "-$3", "offer.amount / 3", "$ 0.50 + offer.amount"]),
    ),
    st.sampled_from(
        [
            "offer.note is present",
            "offer.decision is one of approve,decline",
            "offer.due is on or before 2026-11-21",
            'reply text mentions any of "one","two words"',
            "long",
            "applicant.known is yes",
            "offer.dose at most 15mg/kg*applicant.weight",
            "every room in offer.rooms has (room.price at most $90 and room.children is 0)",
            "count of room in offer.rooms where room.kind is single at most 2",
        ]
    ),
)
_CONDITIONS = st.recursive(
    _COMPARISONS,
    lambda inner: st.one_of(
        st.builds("{} and {}".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
        st.builds("not ({})".format, inner),
        st.builds("( {} )".format, inner),
    ),
    max_leaves=5,
)
_COMMENTS = st.sampled_from(
    ["", "", "", "  # behind", "\n  # on its own", "\n# at the edge", "   # behind\n  # and below"]
)
_ENDINGS = st.sampled_from(["", "if unknown hold", 'otherwise block "Not so."', 'source "Handbook, p. 3"'])


@st.composite
def _rules(draw: st.DrawFn, number: int) -> str:
    lines = [f'rule G-{number} "generated"', f"require {draw(_CONDITIONS)}"]
    if draw(st.booleans()):
        lines.insert(1, f"when {draw(_CONDITIONS)}")
    lines.append(draw(_ENDINGS))
    return "".join(f"{line}{draw(_COMMENTS)}\n  " for line in lines if line)


@st.composite
def written_policies(draw: st.DrawFn) -> str:
    rules = [draw(_rules(number)) for number in range(draw(st.integers(1, 3)))]
    return DECLARATIONS + "".join(f"{draw(_COMMENTS)}\n\n{rule}" for rule in rules) + draw(_COMMENTS)


__all__ = ["written_policies"]
