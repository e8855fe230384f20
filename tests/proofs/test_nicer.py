"""Witnesses stand in humane words: nothing that the solver made up is left in them."""

import pytest

from guardproxy.proofs.findings import prove_policy
from tests.proofs.asking import ask, compiled

HEAD = """policy "Guests" version 1

check reply as offer
  - guest : text{limits}
  - payer : text{limits}
  - total : whole number from 1 to 90

rule A "a"
  when {when}
  require offer.total at most 5
rule B "b"
  when {when}
  require offer.total at least 9
"""


@pytest.mark.parametrize("limits", ["", " up to 3", " from 30 to 40"])
@pytest.mark.parametrize(
    "when", ["offer.guest is not offer.payer", "offer.guest is offer.payer", 'offer.guest is not "some text 1"']
)
def test_no_placeholder_is_left(limits: str, when: str) -> None:
    text = HEAD.format(limits=limits, when=when)
    witnesses = [d.witness for d in prove_policy(compiled(text), ask).diagnostics if d.witness]
    assert witnesses
    for witness in witnesses:
        assert '"guest": "A1' in witness and "text" not in witness and ".." not in witness


def test_a_text_that_the_policy_names_stays() -> None:
    text = HEAD.format(limits=" up to 40", when='offer.guest is "some text 1" and offer.payer is "other text 1"')
    (witness,) = [d.witness for d in prove_policy(compiled(text), ask).diagnostics if d.witness]
    assert '"guest": "some text 1", "payer": "other text 1"' in witness
