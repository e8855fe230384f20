"""Negation before a claim: `you are not entitled to 17 weeks`, `it is not true that you qualify`, `never free`.

Only a negation that clearly governs the claim counts: between the two stand none but words of a closed list (`get`,
`entitled to`, `true that`). Everything else in between leaves the claim as it stands (`do not forget your 17 weeks`,
`not only 17 weeks`, `no more than 17 weeks`), so that a wrong one cannot hide behind a `not`.
"""

from enum import Enum

from guardproxy.patterns.number_words import SPACE, any_of, listed

_AUXILIARY = listed("is are was were do does did has have had can could will would shall should must may might")
_SHORTENED = listed("is are was were do does did has have had ca could wo would should must need")
_BARE = listed("not never no nor neither without cannot")
_FALSE = listed("false untrue incorrect wrong")
_GAP = rf"{SPACE}{{1,4}}"
_BLANK = r"\x{20}"
_APOSTROPHE = r"['\x{2019}]"
_GOVERNED = (
    *listed("a an be been being get gets getting receive receives have has take takes claim claims expect expects"),
    *listed("offer offers give gives grant grants pay pays charge charges you we they he she that are is true"),
    *listed("correct think believe mean say"),
    *("entitled to", "eligible for", "eligible to", "allowed to", "able to", "going to", "qualify for", "the case"),
)
"""What may stand between a negation and the claim that it governs."""

NEGATED = (
    rf"(?i:\b(?:(?:or{_GAP})?(?:{any_of(_BARE)}|{any_of(_SHORTENED)}n{_APOSTROPHE}t)"
    rf"(?:{_GAP}{any_of(_GOVERNED).replace(_BLANK, _GAP)}\b)*|{any_of(_FALSE)}{_GAP}that){_GAP})"
)
"""A negation up to the claim that it governs."""

_OPPOSITE = ("true that", "correct that", "the case that")


class Governed(Enum):
    """What a negation makes of a claim."""

    SAYS_NOTHING = "says nothing"
    OPPOSITE = "the opposite"
    AS_IT_STANDS = "as it stands"


def governed(negation: str, template: str) -> Governed:
    """What the found negation makes of a yes/no claim with this template."""
    words = negation.casefold().split()
    if words[0] == "or":
        return Governed.SAYS_NOTHING
    rest = " ".join(words[1:])
    if not rest:
        # `if not, you qualify` without its comma: a sentence with its own subject is not negated from outside.
        return Governed.AS_IT_STANDS if template.split()[0].casefold() in _SUBJECTS else Governed.OPPOSITE
    return Governed.OPPOSITE if words[0] in _FALSE or rest in _OPPOSITE else Governed.SAYS_NOTHING


_SUBJECTS = listed("i you he she it we they this that")
_PLAIN = listed("i you we they")


def inner_negation(template: str) -> tuple[str, str, str] | None:
    """Where `not` goes inside a template: what stands before it, its expression, what stands behind.

    `you are entitled` gives `you`, `are not | aren't | are never`, `entitled`; `you qualify` gives `do not` and the
    like between its words. None for other templates.
    """
    words = template.split()
    found = next((i for i, word in enumerate(words) if word.casefold() in _AUXILIARY and i + 1 < len(words)), None)
    if found is not None:
        word = words[found].casefold()
        if {"not", "never", "no"} & {w.casefold() for w in words}:
            return None
        short = {"can": "ca", "will": "wo", "shall": "sha"}.get(word, word)
        middle = rf"(?:{word}{_GAP}(?:not|never|no{_GAP}longer)|{short}n{_APOSTROPHE}t{'|cannot' * (word == 'can')})"
        return " ".join(words[:found]), f"(?i:{middle})", " ".join(words[found + 1 :])
    if len(words) > 1 and words[0].casefold() in _PLAIN and words[1].casefold() not in ("not", "never", "cannot"):
        helping = any_of(["do", "did", "will", "would", "could", "can"])
        short = any_of(["do", "did", "wo", "would", "could", "ca"])
        middle = rf"(?:{helping}{_GAP}(?:not|never)|{short}n{_APOSTROPHE}t|cannot|never|no{_GAP}longer)"
        return words[0], f"(?i:{middle})", " ".join(words[1:])
    return None
