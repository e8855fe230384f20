"""What the parser would have taken, in the author's words: forms of the language, never names of tokens."""

from collections.abc import Iterable, Mapping

from guardproxy.language import grammar

# In order of what helps most: a form is named where all its tokens would have been taken.
_FORMS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"OTHERWISE", "REQUIRE"}), "a clause of the rule (`when`, `require`, `never`, `otherwise`, ...)"),
    (frozenset({"EXPECT", "GIVEN"}), "a line of the example (`given`, `reply`, `call`, `expect`)"),
    (frozenset({"WHOLE", "PERCENT"}), "a type (`text`, `whole number`, `percent`, `money`, `one of a, b`, ...)"),
    (frozenset({"AT", "IS"}), "a comparison (`at most`, `at least`, `above`, `below`, `is`, `is not`)"),
    (frozenset({"FIGURE", "NAME", "NOT"}), "a condition, such as `offer.apr at most 36%`"),
    (frozenset({"FIGURE", "NAME"}), "a value, such as `36%`, `$500` or `offer.apr`"),
    (frozenset({"OPTIONAL", "WRITTEN"}), "what else holds for the field (`optional`, `written in mg`, ...)"),
    (frozenset({"BLOCK", "WARN"}), "what to do (`block`, `hold for review`, `redact as`, `warn`, ...)"),
    (frozenset({"ALLOWED", "BLOCKED"}), "a verdict (`allowed`, `blocked by`, `held by`, `rewritten`, `repaired`, ...)"),
    (frozenset({"EXTENDS", "DATES"}), "`money in USD`, `dates in utc`, `release at end` or `extends`"),
    (frozenset({"PRESENT", "MISSING"}), "what it is: a value, `one of ...`, `present` or `missing`"),
    (frozenset({"ID"}), "the id of a rule, such as `REF-LOOK`"),
    (frozenset({"FIGURE"}), "a number"),
    (frozenset({"JSON"}), "JSON in braces: {...}"),
    (frozenset({"STRING"}), 'a text in quotes: "..."'),
    (frozenset({"REGEX"}), "a pattern: /.../"),
    (frozenset({"VERSION_NUMBER"}), "a version, such as 1.2"),
    (frozenset({"CALENDAR_DATE"}), "a date, such as 2026-11-21"),
    (frozenset({"MOMENT"}), "an instant, such as 2026-11-21T10:00Z"),
    (frozenset({"NAME"}), "a name"),
)  # fmt: skip
MOST_FORMS = 2
MOST_WORDS = 4


def forms(wanted: frozenset[str]) -> str:
    """`a value, such as ...`, or the few words that can stand here; empty when there is nothing short to say."""
    words = [f"`{w}`" for w in words_of(wanted)]
    covered: set[str] = set()
    named: list[str] = []
    for tokens, form in _FORMS:
        if tokens <= wanted and not tokens <= covered and len(named) < MOST_FORMS:
            named.append(form)
            covered |= _NEIGHBOURS.get(min(tokens), frozenset()) | tokens
    if len(words) <= MOST_WORDS and not any(t in _TELLING for t in covered):
        named = words + named
    return _joined(named)


# What a form that was named covers besides its own tokens.
_VALUE = frozenset({"FIGURE", "NAME", "NOT", "STRING", "CALENDAR_DATE", "MOMENT", "REGEX", "JSON"})
_NEIGHBOURS: Mapping[str, frozenset[str]] = {
    "FIGURE": _VALUE,
    "MISSING": _VALUE,
    "PERCENT": frozenset({"NAME"}),
    "OTHERWISE": frozenset({"AT", "IS"}),
}
_TELLING = frozenset(
    {"OTHERWISE", "EXPECT", "WHOLE", "AT", "OPTIONAL", "BLOCK", "ALLOWED", "EXTENDS", "PRESENT", "NOT"}
)


def words_of(wanted: Iterable[str]) -> list[str]:
    """How the words of the language among the tokens are spelled, signs included."""
    by_type: dict[str, list[str]] = {}
    for spelling, type_ in grammar.words().items():
        by_type.setdefault(type_, []).append(spelling)
    for first, seconds in grammar.phrases().items():
        for second, type_ in seconds.items():
            by_type.setdefault(type_, []).append(f"{first} {second}")
    return sorted(spelling for type_ in wanted for spelling in by_type.get(type_, ()))


def _joined(parts: list[str]) -> str:
    return ", ".join(parts[:-1]) + (" or " if len(parts) > 1 else "") + parts[-1] if parts else ""
