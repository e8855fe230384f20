"""What changed between two versions of a policy: for all answers and facts, or a case that shows it.

Rules are compared one by one, by their ids; a rule of another id that says the same is a renamed one. For each rule
that says something else, two cases are sought: one that it stops now and that nothing as strong stopped before, and the
other way round. Where neither exists the rule was only said differently, which is proved then.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from guardproxy.ir.build import all_of, any_of, is_present
from guardproxy.ir.policy import Policy
from guardproxy.ir.printed import printed
from guardproxy.ir.terms import Conforms, FieldOf, Term
from guardproxy.logic.questions import Ask, Case, NoCase
from guardproxy.proofs.changes import (
    Change,
    Difference,
    Pair,
    change_of,
    parted,
    same_words,
    sentence_of,
    words_changed,
)
from guardproxy.proofs.declared import FieldChange, changed_fields, other_sources, other_tools, unparted
from guardproxy.proofs.domination import Known, always_given, dominated, looked_for, may_be_unknown, same_statuses
from guardproxy.proofs.forms import RuleForm, forms_of
from guardproxy.proofs.inquiry import Inquiry, Sought
from guardproxy.proofs.strength import changes_answer, effect, strength
from guardproxy.proofs.unify import Unified
from guardproxy.proofs.versions import Versions
from guardproxy.proofs.world import World


def difference(old: Policy, new: Policy, ask: Ask) -> Difference:
    """Compares two versions."""
    return _Comparison(old, new, ask).difference()


class _Comparison:
    def __init__(self, old: Policy, new: Policy, ask: Ask) -> None:
        self.policies = (old, new)
        self.inquiry = Inquiry(ask)
        self.worlds = (World(old), World(new))
        self.versions = Versions(old, new, ask)
        before, after = forms_of(old.rules), forms_of(new.rules)
        unified = Unified(before, after)
        self.torn = {f.rule.id for f in (*before, *after) if unified.is_torn(f)}
        self.old = [_judged_claims(unified.form(f)) for f in before if f.rule.id not in self.torn]
        self.new = [_judged_claims(unified.form(f)) for f in after if f.rule.id not in self.torn]
        self.found = Difference()

    def difference(self) -> Difference:
        self._header()
        for change in self._declarations():
            self.found.changes.append(change)
        for name in unparted(*self.policies):
            sentence = f"`{name}` is declared differently; no value was found that the versions read differently"
            self.found.undecided.append(sentence)
        pairs = self._pairs()
        self._order(pairs)
        changed = [pair for pair in pairs if self._is_changed(pair)]
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

        for name, before, after in other_tools(old, new):
            sentence = f"`{name}` is about calls of `{after}` now, of `{before}` before"
            self.found.changes.append(Change("different", (name,), "", "", "", sentence))
        for name, before, after in other_sources(old, new):
            sentence = f"the facts `{name}` come from {after} now, from {before} before: {_trust(before, after)}"
            self.found.changes.append(Change("different", (name,), "", "", "", sentence))

    def _order(self, pairs: Sequence[Pair]) -> None:
        """Rewrites are made in the order of their rules, so that another order may give another text."""
        both = [(p.old, p.new) for p in pairs if p.old is not None and p.new is not None]
        rewriting = [(old, new) for old, new in both if changes_answer(old.rule) or changes_answer(new.rule)]
        place = {id(form): i for i, form in enumerate(self.new)}
        order = [place[id(new)] for _, new in rewriting]
        if order == sorted(order):
            return
        ids = tuple(new.rule.id for _, new in rewriting)
        shown = self.versions.any_example()
        if shown is not None:
            self.found.changes.append(change_of(shown, ids, "rules that change the answer stand in another order"))
        else:
            sentence = f"{', '.join(ids)}: rules that change the answer stand in another order"
            self.found.undecided.append(f"{sentence}, and no example shows what that does")

    # --- declarations -------------------------------------------------------------------------------------------------

    def _declarations(self) -> Iterator[Change]:
        """Values that only one version takes, each shown by an answer with such a value."""
        by_field: dict[tuple[str, str, str, str], list[FieldChange]] = {}
        for change in changed_fields(*self.policies):
            by_field.setdefault((change.kind, change.schema, change.field, change.fits), []).append(change)
        for (kind, schema, field_, fits), values in by_field.items():
            shown = next((both for v in values if (both := self.versions.of_field(v)) and both.differ), None)
            name = f"{schema}.{field_}"
            if shown is not None:
                yield change_of(shown, (schema,), f"`{name}` is declared differently")
            elif kind in ("facts", "result"):
                self.found.undecided.append(f"`{name}`: {parted(values[0])}; no example was found that shows it")
            elif fits == "both":
                sentence = f"`{name}` is read in another way: the same JSON means another value"
                yield Change("different", (schema,), "", "", "", sentence)
            else:
                self.found.undecided.append(f"`{name}`: {parted(values[0])}; no example was found that shows it")

    # --- rules --------------------------------------------------------------------------------------------------------

    def _pairs(self) -> list[Pair]:
        """Rules of one id, then rules that were only renamed, then what is left of either version."""
        new = {f.rule.id: f for f in self.new}
        pairs = [Pair(f, new.pop(f.rule.id)) for f in self.old if f.rule.id in new]
        gone = [f for f in self.old if f.rule.id not in {p.id for p in pairs}]
        for form in gone:
            renamed = next((f for f in new.values() if _says_the_same(form, f)), None)
            if renamed is not None:
                del new[renamed.rule.id]
                self.found.wording.append(f"{form.rule.id} is called {renamed.rule.id} now")
            pairs.append(Pair(form, renamed))
        return pairs + [Pair(None, f) for f in new.values()]

    def _is_changed(self, pair: Pair) -> bool:
        if pair.old is None or pair.new is None:
            return True
        if _says_the_same(pair.old, pair.new):
            self.found.wording += [f"the {word} of {pair.id}" for word in words_changed(pair.old.rule, pair.new.rule)]
            return False
        return True

    def _rules(self, changed: Sequence[Pair]) -> None:
        asked = [(pair, is_new) for pair in changed for is_new in (True, False) if (pair.new if is_new else pair.old)]
        alone = self.inquiry.cases([self._beyond_its_other_version(pair, is_new) for pair, is_new in asked])
        asked = [each for each, result in zip(asked, alone, strict=True) if result is not NoCase.NONE]
        settled: set[str] = set()
        for clean, plain in ((True, True), (True, False), (False, False)):
            soughts = [self._only(pair, is_new, clean, plain) for pair, is_new in asked]
            left: list[tuple[Pair, bool]] = []
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

    def _beyond_its_other_version(self, pair: Pair, is_new: bool) -> Sought:
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

    def _is_shown(self, pair: Pair, form: RuleForm, case: Case, sought: Sought) -> bool:
        """Notes what an example of the case shows, if it shows anything."""
        both = self.versions.of_case(f"{pair.id}: judged differently", form, case, sought)
        if both is not None and both.differ:
            self.found.changes.append(change_of(both, (pair.id,), sentence_of(pair)))
        return both is not None and both.differ

    def _not_shown(self, pair: Pair, has_case: bool) -> None:
        """There is a case, or perhaps one, and no example of it: the versions' own examples may have one."""
        both = self.versions.among_examples(pair.id)
        if both is not None and all(both.text != change.example for change in self.found.changes):
            self.found.changes.append(change_of(both, (pair.id,), sentence_of(pair)))
        elif has_case:
            self.found.undecided.append(
                f"{pair.id}: {self.versions.why} (text patterns are compared as they are written)"
            )
        else:
            self.found.undecided.append(f"{pair.id}: the solver did not finish within its budget")

    def _only(self, pair: Pair, is_new: bool, clean: bool, plain: bool) -> Sought:
        """A case that this version of the rule stops, and that nothing as strong stops in the other version.

        `clean`: nothing else is violated in either version, so that the example shows this rule alone. `plain`: no
        text has to conform to anything, for no such text is made up.
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
        conforming = dict.fromkeys(v for f in terms for v in f.reads if isinstance(v.origin, Conforms)) if plain else ()
        return (
            *((v, "false") for v in conforming),
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

    def _otherwise_changed(self, pair: Pair) -> None:
        """No answer with known facts shows a difference: is there none where facts are unknown or unreadable, too?"""
        known = self._is_matched(pair)
        if known == "yes":
            if pair.old is None or pair.new is None or _printed(pair.old) != _printed(pair.new):
                self.found.same.append(same_words(pair))
            return
        for form in (pair.new, pair.old):
            if form is not None and self._is_shown_by(pair, form):
                return
        both = self.versions.among_examples(pair.id)
        if both is not None:
            self.found.changes.append(change_of(both, (pair.id,), sentence_of(pair)))
        else:
            where = "where facts are unknown or cannot be read" if known == "no" else "within the solver's budget"
            self.found.undecided.append(f"{sentence_of(pair)}: it is not proved that nothing changes {where}")

    def _is_matched(self, pair: Pair) -> Known:
        """Whether either version asks for as much as this rule of the other one does, whatever the situation."""
        old, new = pair.old, pair.new
        if old is not None and new is not None and _acts_the_same(old, new):
            same = same_statuses(old, new, always_given(self._given([old, new])), self.inquiry)
            if same == "yes":
                return same
        known: list[Known] = []
        for form, others in ((old, self.new), (new, self.old)):
            if form is not None:
                beside = [f for f in others if _beside(f, form)]
                known.append(dominated(form, beside, always_given(self._given([form, *beside])), self.inquiry))
        if set(known) == {"yes"}:
            return "yes"
        return "not decided" if "not decided" in known else "no"

    def _is_shown_by(self, pair: Pair, form: RuleForm) -> bool:
        """Tries cases that the rule stops, both versions of it if possible: with all facts, then with some unknown."""
        stopped: Sought = ((form.applies, "true"), (form.demands, "false"))
        other = pair.old if form is pair.new else pair.new
        both: Sought = ((other.applies, "true"), (other.demands, "false")) if other is not None else ()
        given: Sought = tuple((term, "true") for term in self._given([f for f in (form, other) if f is not None]))
        complied: Sought = ((form.either, "true"),)
        for sought in ((*stopped, *both, *given), (*stopped, *given), (*complied, *given)):
            case = self.inquiry.case(sought)
            if isinstance(case, Case) and self._is_shown_forgetting(pair, form, case, sought):
                return True
        return False

    def _is_shown_forgetting(self, pair: Pair, form: RuleForm, case: Case, sought: Sought) -> bool:
        outside = [v for v in case.values if may_be_unknown(v)]
        subsets = [set(), set(outside), *({v} for v in outside), *(set(outside) - {v} for v in outside)]
        for unknown in subsets:
            both = self.versions.of_case(f"{pair.id}: judged differently", form, case, sought, frozenset(unknown))
            if both is not None and both.differ:
                self.found.changes.append(change_of(both, (pair.id,), sentence_of(pair)))
                return True
        return False


def _trust(before: str, after: str) -> str:
    """What it means that facts come from elsewhere."""
    forged = {"request": "the client can forge them", "reply": "the model can say what it likes"}
    return f"{forged[after]} now" if after in forged else forged.get(before, "others say them") + " no longer"


def _printed(form: RuleForm) -> tuple[str, str]:
    return printed(form.applies), printed(form.demands)


def _beside(other: RuleForm, form: RuleForm) -> bool:
    return other.subject in (None, form.subject)


def _says_the_same(old: RuleForm, new: RuleForm) -> bool:
    """Word for word, after names and units are resolved; the words of a notice do not count."""
    same_terms = (old.applies, old.demands, old.subject) == (new.applies, new.demands, new.subject)
    return same_terms and old.rule.if_unknown == new.rule.if_unknown and effect(old.rule) == effect(new.rule)


def _acts_the_same(old: RuleForm, new: RuleForm) -> bool:
    """Whether the two do the same with an answer, provided that they have the same status."""
    if old.subject != new.subject or old.rule.if_unknown != new.rule.if_unknown:
        return False
    return effect(old.rule) == effect(new.rule) and (not changes_answer(old.rule) or looked_for(old) == looked_for(new))


def _judged_claims(form: RuleForm) -> RuleForm:
    """A rule about claims is judged only where one of those that it reads is made."""
    if form.subject is None or form.subject.kind != "claims":
        return form
    own = [v for v in form.reads if isinstance(v.origin, FieldOf) and v.origin.kind == "claims"]
    return replace(form, applies=all_of(any_of(*map(is_present, own)), form.applies)) if own else form
