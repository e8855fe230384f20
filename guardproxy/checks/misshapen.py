"""Why a reply does not conform to a grammar or schema, in words."""

from collections.abc import Callable, Iterator

from guardproxy.checks.observation import Observation
from guardproxy.conformance import shape
from guardproxy.ir.policy import Rule
from guardproxy.ir.terms import Conforms
from guardproxy.ir.walk import variables


def why_misshapen(origin: Conforms, seen: Observation, may_be_quoted: Callable[[str], bool]) -> str:
    """What is wrong with the first text that the user reads and that does not conform; empty where all do.

    A few characters of it are shown only where the whole text `may_be_quoted`.
    """
    wanted = shape(origin.what, origin.text)
    texts = (p.text for p in seen.passages if p.is_reply and p.text)
    whys = (wanted.why_not(text, quoting=may_be_quoted(text)) for text in texts)
    return next((why for why in whys if why), "")


def reshaping(rule: Rule, seen: Observation) -> Iterator[str]:
    """For the model: what it has to mend in the shape of its reply. Nothing that it said is repeated."""
    origins = (v.origin for v in variables(rule.demands))
    for origin in dict.fromkeys(o for o in origins if isinstance(o, Conforms)):
        why = why_misshapen(origin, seen, lambda _: False)
        if why:
            yield f"The reply does not conform to the {origin.what}: {why}"
