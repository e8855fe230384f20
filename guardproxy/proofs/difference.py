"""What changed between two versions of a policy: for all answers and facts, or a case that shows it.

Rules are compared one by one, by their ids; a rule of another id that says the same is a renamed one. For each rule
that says something else, two cases are sought: one that it stops now and that nothing as strong stopped before, and the
other way round. Where neither exists the rule was only said differently, which is proved then.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.ir.policy import Policy, Rule
from guardproxy.ir.printed import printed
from guardproxy.ir.terms import Term
from guardproxy.logic.questions import Case, NoCase
from guardproxy.proofs.declared import FieldChange, changed_fields
from guardproxy.proofs.forms import RuleForm, forms_of
from guardproxy.proofs.inquiry import Ask, Inquiry, Sought
from guardproxy.proofs.strength import strength
from guardproxy.proofs.unify import Unified
from guardproxy.proofs.versions import Both, Versions
from guardproxy.proofs.world import World
from guardproxy.proofs.written import json_text

Direction = Literal["newly stopped", "newly let through", "stronger", "weaker", "delivered differently", "different"]


@dataclass(frozen=True, slots=True)
class Change:
    """A case that the versions judge differently, with the example that both have judged (empty: none was found)."""

    what: Direction
    rules: tuple[str, ...]
    old: str
    new: str
    example: str
    sentence: str = ""


@dataclass
class Difference:
    """`same` are rules that are said differently and proved to do the same, `wording` what changes no verdict."""

    changes: list[Change] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    wording: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)

    @property
    def result(self) -> Literal["equal", "different", "not decided"]:
        if self.changes:
            return "different"
        return "not decided" if self.undecided else "equal"


def difference(old: Policy, new: Policy, ask: Ask) -> Difference:
    """Compares two versions."""
    return _Comparison(old, new, ask).difference()


@dataclass(frozen=True, slots=True)
class _Pair:
    """A rule in both versions; None where a version does not have it."""

    old: RuleForm | None
    new: RuleForm | None

    @property
    def id(self) -> str:
        found = self.new or self.old
        assert found is not None
        return found.rule.id


class _Comparison:
    def __init__(self, old: Policy, new: Policy, ask: Ask) -> None:
        self.policies = (old, new)
        self.inquiry = Inquiry(ask)
        self.worlds = (World(old), World(new))
        self.versions = Versions(old, new, ask)
        before, after = forms_of(old.rules), forms_of(new.rules)
        unified = Unified(before, after)
        self.torn = {f.rule.id for f in (*before, *after) if unified.is_torn(f)}
        self.old = [unified.form(f) for f in before if f.rule.id not in self.torn]
        self.new = [unified.form(f) for f in after if f.rule.id not in self.torn]
        self.found = Difference()

    def difference(self) -> Difference:
        self._header()
        for change in self._declarations():
            self.found.changes.append(change)
        changed = [pair for pair in self._pairs() if self._is_changed(pair)]
        self._rules(changed)
        for id_ in sorted(self.torn):
            sentence = f"{id_}: it reads a field that the versions declare in different ways, so it is not compared"
            self.found.undecided.append(sentence)
        self.found.undecided = list(dict.fromkeys(self.found.undecided))
        return self.found

    def _header(self) -> None:
        old, new = self.policies
        for name, before, after in (
            ("title", old.title, new.title),
            ("version", old.version, new.version),
            ("owner", old.owner, new.owner),
            ("tags", old.tags, new.tags),
            ("source", old.source, new.source),
        ):
            if before != after:
                self.found.wording.append(f"the policy's {name}")
        if old.zone != new.zone:
            sentence = f"dates are those of {new.zone} now, of {old.zone} before"
            self.found.changes.append(Change("different", (), "", "", "", sentence))
        if old.release_at_end != new.release_at_end:
            when = "at the end" if new.release_at_end else "as soon as it is decided"
            self.found.wording.append(f"text is released {when} now")

    # --- declarations -------------------------------------------------------------------------------------------------

    def _declarations(self) -> Iterator[Change]:
        """Values that only one version takes, each shown by an answer with such a value."""
        parted: dict[tuple[str, str, str, str], list[FieldChange]] = {}
        for change in changed_fields(*self.policies):
            parted.setdefault((change.kind, change.schema, change.field, change.fits), []).append(change)
        for (kind, schema, field_, fits), values in parted.items():
            shown = next((both for v in values if (both := self.versions.of_field(v)) and both.differ), None)
            name = f"{schema}.{field_}"
            if shown is not None:
                yield _change(shown, (schema,), f"`{name}` is declared differently")
            elif kind in ("facts", "result"):
                self.found.undecided.append(f"`{name}`: {_parted(values[0])}; no example was found that shows it")
            elif fits == "both":
                sentence = f"`{name}` is read in another way: the same JSON means another value"
                yield Change("different", (schema,), "", "", "", sentence)
            else:
                self.found.undecided.append(f"`{name}`: {_parted(values[0])}; no example was found that shows it")

    # --- rules --------------------------------------------------------------------------------------------------------

    def _pairs(self) -> list[_Pair]:
        """Rules of one id, then rules that were only renamed, then what is left of either version."""
        new = {f.rule.id: f for f in self.new}
        pairs = [_Pair(f, new.pop(f.rule.id)) for f in self.old if f.rule.id in new]
        gone = [f for f in self.old if f.rule.id not in {p.id for p in pairs}]
        for form in gone:
            renamed = next((f for f in new.values() if _says_the_same(form, f)), None)
            if renamed is not None:
                del new[renamed.rule.id]
                self.found.wording.append(f"{form.rule.id} is called {renamed.rule.id} now")
            pairs.append(_Pair(form, renamed))
        return pairs + [_Pair(None, f) for f in new.values()]

    def _is_changed(self, pair: _Pair) -> bool:
        if pair.old is None or pair.new is None:
            return True
        if _says_the_same(pair.old, pair.new):
            self.found.wording += [f"the {word} of {pair.id}" for word in _words_changed(pair.old.rule, pair.new.rule)]
            return False
        return True

    def _rules(self, changed: Sequence[_Pair]) -> None:
        asked = [(pair, is_new) for pair in changed for is_new in (True, False) if (pair.new if is_new else pair.old)]
        alone = self.inquiry.cases([self._beyond_its_other_version(pair, is_new) for pair, is_new in asked])
        asked = [each for each, result in zip(asked, alone, strict=True) if result is not NoCase.NONE]
        settled: set[str] = set()
        for clean in (True, False):
            soughts = [self._only(pair, is_new, clean) for pair, is_new in asked]
            left: list[tuple[_Pair, bool]] = []
            for (pair, is_new), sought, result in zip(asked, soughts, self.inquiry.cases(soughts), strict=True):
                form = pair.new if is_new else pair.old
                assert form is not None
                if isinstance(result, Case) and self._is_shown(pair, form, result, sought):
                    settled.add(pair.id)
                elif clean:
                    left.append((pair, is_new))
                elif result is not NoCase.NONE:
                    self._not_shown(pair, isinstance(result, Case))
                    settled.add(pair.id)
            asked = left
        for pair in changed:
            if pair.id not in settled:
                self._otherwise_changed(pair)

    def _beyond_its_other_version(self, pair: _Pair, is_new: bool) -> Sought:
        """A case that this version of the rule stops, and that the other version of the same rule does not.

        Where there is none, no other rule needs to be looked at.
        """
        form, other = (pair.new, pair.old) if is_new else (pair.old, pair.new)
        assert form is not None
        stopped: Sought = ((form.applies, "true"), (form.demands, "false"))
        if other is None or other.subject != form.subject or strength(other.rule) < strength(form.rule):
            return stopped
        given: Sought = tuple((term, "true") for term in self._given([form, other]))
        return (*stopped, (other.either, "true"), *given)

    def _is_shown(self, pair: _Pair, form: RuleForm, case: Case, sought: Sought) -> bool:
        """Notes what an example of the case shows, if it shows anything."""
        both = self.versions.of_case(f"{pair.id}: judged differently", form, case, sought)
        if both is not None and both.differ:
            self.found.changes.append(_change(both, (pair.id,), _sentence(pair)))
        return both is not None and both.differ

    def _not_shown(self, pair: _Pair, has_case: bool) -> None:
        """There is a case, or perhaps one, and no example of it: the versions' own examples may have one."""
        both = self.versions.among_examples(pair.id)
        if both is not None:
            self.found.changes.append(_change(both, (pair.id,), _sentence(pair)))
        elif has_case:
            self.found.undecided.append(
                f"{pair.id}: {self.versions.why} (text patterns are compared as they are written)"
            )
        else:
            self.found.undecided.append(f"{pair.id}: the solver did not finish within its budget")

    def _only(self, pair: _Pair, is_new: bool, clean: bool) -> Sought:
        """A case that this version of the rule stops, and that nothing as strong stops in the other version.

        `clean`: nothing else is violated in either version, so that the example shows this rule alone.
        """
        form = pair.new if is_new else pair.old
        assert form is not None
        others = [f for f in (self.old if is_new else self.new) if _beside(f, form)]
        beside = [f for f in (self.new if is_new else self.old) if _beside(f, form) and f is not form] if clean else []
        counting = others if clean else [f for f in others if strength(f.rule) >= strength(form.rule)]
        weaker = [f for f in (pair.old, pair.new) if f is not None and f is not form]
        if clean and weaker and strength(weaker[0].rule) < strength(form.rule):
            counting = [f for f in counting if f is not weaker[0]]
        terms = [form, *counting, *beside]
        given = self._given(terms)
        return (
            (form.applies, "true"),
            (form.demands, "false"),
            *((f.either, "true") for f in (*counting, *beside)),
            *((term, "true") for term in given),
        )

    def _given(self, forms: Sequence[RuleForm]) -> Iterable[Term]:
        subject = next((f.subject for f in forms if f.subject is not None), None)
        presence = [v for f in forms for v in f.presence]
        reads = [v for f in forms for v in f.reads]
        return dict.fromkeys(term for world in self.worlds for term in world.holding(subject, presence, reads))

    def _otherwise_changed(self, pair: _Pair) -> None:
        """The same answers are stopped as before: is what happens to them the same, too?"""
        if pair.old is None or pair.new is None:
            verb = (
                "is new, and stops nothing that was not stopped before" if pair.new else "is gone, and nothing changes"
            )
            self.found.same.append(f"{pair.id} {verb}")
            return
        before, after = pair.old.rule, pair.new.rule
        if before.if_unknown != after.if_unknown or _effect(before) != _effect(after):
            self._same_cases(pair, pair.old, pair.new)
        elif _printed(pair.old) != _printed(pair.new):
            self.found.same.append(f"{pair.id} is said in another way")

    def _same_cases(self, pair: _Pair, old: RuleForm, new: RuleForm) -> None:
        """Cases that both versions stop: with all facts, and with those unknown that the rule reads."""
        sought: Sought = (
            (old.applies, "true"),
            (old.demands, "false"),
            (new.applies, "true"),
            (new.demands, "false"),
            *((term, "true") for term in self._given([old, new])),
        )
        case = self.inquiry.case(sought)
        if isinstance(case, Case):
            for forget in (False, True):
                both = self.versions.of_case(f"{pair.id}: judged differently", new, case, sought, forget)
                if both is not None and both.differ:
                    self.found.changes.append(_change(both, (pair.id,), _sentence(pair)))
                    return
        both = self.versions.among_examples(pair.id)
        if both is not None:
            self.found.changes.append(_change(both, (pair.id,), _sentence(pair)))
        elif case is not NoCase.NONE:
            self.found.undecided.append(f"{pair.id}: {_sentence(pair)}, and no example was found that shows it")


def _printed(form: RuleForm) -> tuple[str, str]:
    return printed(form.applies), printed(form.demands)


def _beside(other: RuleForm, form: RuleForm) -> bool:
    return other.subject in (None, form.subject)


def _says_the_same(old: RuleForm, new: RuleForm) -> bool:
    """Word for word, after names and units are resolved; the words of a notice do not count."""
    same_terms = (old.applies, old.demands, old.subject) == (new.applies, new.demands, new.subject)
    return same_terms and old.rule.if_unknown == new.rule.if_unknown and _effect(old.rule) == _effect(new.rule)


def _effect(rule: Rule) -> object:
    """What happens to an answer that violates the rule, but for the words of a notice."""
    outcome = rule.otherwise
    text = outcome.text if outcome.kind in ("redact", "replace", "append") else ""
    repair = rule.repair
    fields = None if repair is None else (repair.how, tuple(v.origin for v in repair.fields), repair.value)
    return outcome.kind, text, outcome.times, fields


def _words_changed(old: Rule, new: Rule) -> Iterator[str]:
    for name in ("title", "severity", "owner", "tags", "source"):
        if getattr(old, name) != getattr(new, name):
            yield name
    if old.otherwise.text != new.otherwise.text:
        yield "notice"


def _sentence(pair: _Pair) -> str:
    if pair.old is None:
        return f"{pair.id} is new"
    if pair.new is None:
        return f"{pair.id} is gone"
    before, after = pair.old.rule, pair.new.rule
    if before.if_unknown != after.if_unknown and pair.old.violated == pair.new.violated:
        return f"{pair.id} says `if unknown {after.if_unknown}` now, and said `{before.if_unknown}`"
    if _effect(before) != _effect(after) and pair.old.violated == pair.new.violated:
        return f"{pair.id} has another outcome"
    return f"{pair.id} changed"


def _change(both: Both, rules: tuple[str, ...], sentence: str) -> Change:
    return Change(_direction(both.old, both.new), rules, _said(both.old), _said(both.new), both.text, sentence)


def _direction(old: Verdict, new: Verdict) -> Direction:
    if old.ending is new.ending:
        return "delivered differently" if old.answer != new.answer else "different"
    if old.ending.delivers != new.ending.delivers:
        return "newly let through" if new.ending.delivers else "newly stopped"
    return "stronger" if new.ending.strength > old.ending.strength else "weaker"


def _said(verdict: Verdict) -> str:
    by = f" by {', '.join(verdict.by)}" if verdict.ending is not Ending.ALLOWED else ""
    return f"{verdict.ending.value}{by}"


def _parted(change: FieldChange) -> str:
    value = f"`{json_text(change.value)}`" if change.has_value else "a missing value"
    if change.fits == "both":
        return f"from {value} the versions read different values"
    return f"only the {change.fits} version takes {value}"
