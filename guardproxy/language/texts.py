"""What text conditions look for: detectors of the library, the policy's patterns, exact words and mentions."""

from dataclasses import replace

from guardproxy.ir.terms import Exemption, Finder, FinderKind
from guardproxy.language.collector import Mistakes
from guardproxy.language.names import Names, suggestion
from guardproxy.language.phrases import Connected, Literal, Name, PatternText, Phrase, Sought, TextTest
from guardproxy.patterns.check import why_refused
from guardproxy.patterns.detectors import DETECTORS, FAMILIES
from guardproxy.source import Span

_QUOTED: dict[str, FinderKind] = {
    "contains": "words",
    "mentions": "mention",
    "starts with": "prefix",
    "ends with": "suffix",
}


class FinderReader:
    def __init__(self, names: Names, mistakes: Mistakes) -> None:
        self.names = names
        self.mistakes = mistakes

    def finders(self, test: TextTest) -> tuple[Finder, ...] | None:
        """None when one of them makes no sense; that was reported then."""
        if test.decoded is not None and test.relation in ("starts with", "ends with"):
            self.mistakes.error(
                "E012", f"`decoded` text has no edge that `{test.relation}` could mean", test.decoded, _EDGE
            )
            return None
        found = [self._each(sought, test) for sought in test.sought]
        if test.relation == "contains":
            self._point_out_spelling(test.sought)
        return None if None in found else tuple(finder for finders in found for finder in finders or ())

    def _point_out_spelling(self, sought: tuple[Sought, ...]) -> None:
        """A plain word in quotes is found in exactly this spelling only: most authors mean the word."""
        plain = [one.what for one in sought if isinstance(one.what, Name) and _is_plain_word(one.what)]
        if plain:
            shown = plain[0].span.text
            written = f"any of {shown}, ..." if len(sought) > 1 else shown
            message = f"{shown} is found in exactly this spelling, and inside longer words too"
            help_ = f"for the whole word in any case write `mentions {written}`;\n"
            help_ += f"for a part of words in any case, `pattern NAME = /{plain[0].text}/ ignoring case`"
            self.mistakes.warning("W207", message, plain[0].span, help_)

    def _each(self, sought: Sought, test: TextTest) -> tuple[Finder, ...] | None:
        """The finders of one thing that is looked for: several for a family of detectors."""
        bare = self._bare(sought, test.relation)
        exemptions = tuple(Exemption(e.how, e.text, e.ignore_case) for e in sought.exemptions)
        decoded = test.decoded is not None
        whole = tuple(replace(finder, exemptions=exemptions, decoded=decoded) for finder in bare)
        return whole if whole and all(self._runs(finder, sought.span) for finder in whole) else None

    def _bare(self, sought: Sought, relation: str) -> tuple[Finder, ...]:
        match sought.what:
            case PatternText(text, ignore_case):
                return (Finder("pattern", text, "", ignore_case),)
            case Name(text, span, quoted=True):
                if text.strip():
                    return (Finder(_QUOTED[relation], text),)
                self.mistakes.error("E012", "an empty text is in every text", span, "say what to look for")
            case Name() as name:
                return self._named(name)
        return ()

    def _named(self, name: Name) -> tuple[Finder, ...]:
        pattern = self.names.patterns.get(name.text)
        if pattern is not None:
            self.names.used.add(name.text)
            return (Finder("pattern", pattern.pattern.text, name.text, pattern.pattern.ignore_case),)
        if name.text in DETECTORS:
            return (Finder("detector", name.text, name.text),)
        if name.text in FAMILIES:
            return tuple(Finder("detector", member.name, member.name) for member in FAMILIES[name.text].members)
        if name.text not in self.names.broken:
            known = [*self.names.patterns, *FAMILIES, *DETECTORS]
            help_ = suggestion(name.text, known, 'declare a `pattern`, or put exact words in quotes: "..."')
            self.mistakes.error("E026", f"there is no detector or pattern `{name.text}`", name.span, help_)
        return ()

    def _runs(self, finder: Finder, span: Span) -> bool:
        reason = why_refused(finder)
        if reason is not None and not (finder.kind == "pattern" and finder.name):
            self.mistakes.error("E025", f"this cannot be searched for: {reason}", span, _PATTERN_HELP)
        return reason is None

    def check_patterns(self) -> None:
        """The policy's own patterns, whether a rule uses them or not."""
        for name, item in self.names.patterns.items():
            reason = why_refused(Finder("pattern", item.pattern.text, name, item.pattern.ignore_case))
            if reason is not None:
                self.mistakes.error("E025", f"this cannot be searched for: {reason}", item.pattern.span, _PATTERN_HELP)


_PATTERN_HELP = "correct what stands between the slashes"
_EDGE = "write `contains`, `mentions` or `matches`, or leave `decoded` away"


def _is_plain_word(name: Name) -> bool:
    """Letters alone, in a script that has two cases."""
    return name.quoted and name.text.isalpha() and name.text.upper() != name.text.lower()


def loose_texts(phrase: Phrase) -> tuple[Literal, ...]:
    """The texts of `contains "a" or "b"` that stand for a condition without saying where to look."""
    if not isinstance(phrase, Connected) or not any(isinstance(part, TextTest) for part in phrase.parts):
        return ()
    return tuple(part for part in phrase.parts if isinstance(part, Literal) and part.kind == "text")
