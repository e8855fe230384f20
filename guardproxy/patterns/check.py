"""Whether a finder can be used, and if not, why: in plain words, for the policy's author."""

from guardproxy.diagnostics import did_you_mean
from guardproxy.ir.terms import Exemption, Finder
from guardproxy.patterns.detectors import DETECTORS
from guardproxy.patterns.engine import Machine, Uncompilable
from guardproxy.patterns.syntax import MOST_TIMES, Refusal, parse
from guardproxy.patterns.tree import expression, largest_count, may_be_empty


def why_refused(finder: Finder) -> str | None:
    """The reason why a finder (or one of its exemptions) cannot be used; None when it can."""
    reason = _why_not(finder)
    return reason or next((r for e in finder.exemptions if (r := _why_not_exempt(e))), None)


def _why_not(finder: Finder) -> str | None:
    match finder.kind:
        case "detector" if finder.expression not in DETECTORS:
            known = did_you_mean(finder.expression, DETECTORS)
            return f"there is no detector `{finder.expression}`" + (f"; {known}" if known else "")
        case "detector":
            return None
        case "pattern":
            return _why_no_pattern(finder.expression, finder.ignore_case, "finds the empty text, which is everywhere")
        case _:
            return None if finder.expression.strip() else "there are no words to look for"


def _why_not_exempt(exemption: Exemption) -> str | None:
    if exemption.how == "matching":
        return _why_no_pattern(exemption.text, exemption.ignore_case, "finds the empty text, so it exempts everything")
    return None if exemption.text else "an exemption without text exempts everything"


def _why_no_pattern(source: str, ignore_case: bool, when_empty: str) -> str | None:
    try:
        tree = parse(source, ignore_case=ignore_case)
        if largest_count(tree) > MOST_TIMES:
            return f"its repetitions inside each other count more than {MOST_TIMES} times"
        Machine(expression(tree))
    except Refusal as refusal:
        return f"{refusal} (character {refusal.position + 1})"
    except Uncompilable as error:
        return _in_words(str(error))
    return when_empty if may_be_empty(tree) else None


_WORDS = (
    ("invalid character class range: ", "`{}` is no range or class of characters"),
    ("invalid character class: ", "`{}` is no class of characters"),
    ("invalid escape sequence: ", "`{}` is not part of the language"),
    ("invalid repetition size: ", "the repetition `{}` is too large"),
    ("bad repetition operator: ", "the repetition `{}` stands where nothing can be repeated"),
    ("missing ]: ", "there is a `[` without its `]`"),
    ("pattern too large", "it is too large: its repetitions, written out, exceed the engine's memory"),
)


def _in_words(message: str) -> str:
    for beginning, words in _WORDS:
        if message.startswith(beginning):
            return words.format(message.removeprefix(beginning))
    return f"the engine cannot run it: {message}"
