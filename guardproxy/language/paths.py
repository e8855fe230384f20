"""Paths to variables: `order.status` is a field of a call, of a looked-up result, of facts, or of a list's element."""

from dataclasses import dataclass, replace

from guardproxy.diagnostics import closest
from guardproxy.ir.terms import Element, FieldOf, Origin, ResultField, Variable
from guardproxy.ir.types import Field, ListOf, Record, Schema, Type
from guardproxy.language.collector import Mistakes
from guardproxy.language.names import Names, suggestion, unknown_name
from guardproxy.language.phrases import Name, Path
from guardproxy.language.place import LookedUp, Picked, Place
from guardproxy.language.types import described

_WORDS_FOR_THE_TEXT = ("text", "response", "answer", "output", "message")
_YES_NO = {"true": "yes", "false": "no"}


@dataclass(frozen=True, slots=True)
class Reading:
    """The variable that a path reads. Where it goes through a list, `variable` is the list and `inner` leads on.

    `can_be_missing` are the beginnings of the path (as written) that a rule has to guard.
    """

    variable: Variable
    type: Type
    inner: tuple[str, ...] = ()
    can_be_missing: tuple[str, ...] = ()
    may_be_unknown: bool = False

    @property
    def through_list(self) -> bool:
        return bool(self.inner)


@dataclass(frozen=True, slots=True)
class _Steps:
    """A path followed through declared fields, up to a list or to its end."""

    type: Type
    taken: tuple[str, ...]
    inner: tuple[str, ...]
    final: Type
    missing: tuple[str, ...]


class PathReader:
    def __init__(self, names: Names, mistakes: Mistakes) -> None:
        self.names = names
        self.mistakes = mistakes

    def read(self, path: Path, place: Place) -> Reading | None:
        """None when the path leads nowhere; that was reported then."""
        head = path.names[0]
        if head.text in place.binders:
            return self._element(path, place.binders[head.text])
        if head.text in place.lets:
            match place.lets[head.text]:
                case LookedUp() as looked_up:
                    return self._result(path, looked_up)
                case Picked() as picked:
                    return self._of_picked(path, picked)
            return None
        schema = self.names.schema(head.text)
        if schema is not None:
            return self._field(path, schema)
        self._unknown(path, place)
        return None

    def _unknown(self, path: Path, place: Place) -> None:
        head = path.names[0]
        if head.text in self.names.broken:
            return
        if head.text in self.names.definitions or head.text in self.names.tables:
            message = f"`{head.text}` has no fields"
            self.mistakes.error("E011", message, path.span, "read it by its name alone")
            return
        schema = self.names.for_tool(head.text)
        if schema is not None:
            help_ = f"write `{'.'.join((schema.name, *(n.text for n in path.names[1:])))}`"
            self.mistakes.error("E010", f"calls to `{head.text}` are declared as `{schema.name}`", head.span, help_)
            return
        known = [*self.names.readable(), *place.lets, *place.binders]
        message, help_ = f"`{head.text}` is not declared", self._meant(head.text, place) if len(path.names) == 1 else ""
        if help_:
            self.mistakes.error("E010", message, head.span, help_)
        else:
            unknown_name(head, known, self.mistakes)

    def _meant(self, word: str, place: Place) -> str:
        """What a single word that is not declared most likely means; empty when nobody can tell."""
        if word.casefold() in _YES_NO:
            return f"a yes or no is written `yes` or `no`: write `{_YES_NO[word.casefold()]}`"
        elements = [b for b, t in place.binders.items() if isinstance(t, Record) and _has(t, word)]
        if elements:
            return f"did you mean `{elements[-1]}.{word}`?"
        if word in _WORDS_FOR_THE_TEXT and not closest(word, self.names.readable()):
            return "did you mean `reply text`?"
        owners = [s.name for s in self.names.schemas.values() if s.kind != "result" and s.field(word) is not None]
        return f"did you mean {' or '.join(f'`{owner}.{word}`' for owner in owners)}?" if owners else ""

    def _element(self, path: Path, type_: Type) -> Reading | None:
        binder = path.names[0].text
        steps = self._follow(path, type_, "the element")
        if steps is None:
            return None
        return self._reading(path, Element(binder, steps.taken), steps)

    def _result(self, path: Path, looked_up: LookedUp) -> Reading | None:
        fields = Record(looked_up.result.name, looked_up.result.fields)
        steps = self._follow(path, fields, f"the result of `{looked_up.result.tool}`")
        if steps is None:
            return None
        return self._reading(path, ResultField(looked_up.look_up, steps.taken), steps)

    def _of_picked(self, path: Path, picked: Picked) -> Reading | None:
        steps = self._follow(path, picked.type, f"`{path.names[0].text}`")
        if steps is None:
            return None
        origin = replace(picked.origin, path=(*picked.origin.path, *steps.taken))
        own = (path.names[0].text,) if picked.can_be_empty else ()
        steps = replace(steps, missing=(*picked.can_be_missing, *own, *steps.missing))
        return self._reading(path, origin, steps, picked.may_be_unknown)

    def _field(self, path: Path, schema: Schema) -> Reading | None:
        self.names.used.add(schema.name)
        what = f"`{schema.name}`"
        steps = self._follow(path, Record(schema.name, schema.fields), what)
        if steps is None or schema.kind == "result":
            return None
        unknown = schema.kind == "facts" and any(f.may_be_unknown for f in schema.fields if f.name == steps.taken[0])
        origin = FieldOf(schema.name, schema.kind, steps.taken, at_end=schema.provenance == "classifier")
        return self._reading(path, origin, steps, unknown)

    def _reading(self, path: Path, origin: Origin, steps: _Steps, unknown: bool = False) -> Reading:
        length = 1 + len(steps.taken)
        name = ".".join(n.text for n in path.names[:length])
        variable = Variable(name, steps.type, origin)
        return Reading(variable, steps.final, steps.inner, steps.missing, unknown)

    def _follow(self, path: Path, type_: Type, what: str) -> _Steps | None:
        taken: list[str] = []
        missing: list[str] = []
        list_type: Type | None = None
        at_list = 0
        for number, name in enumerate(path.names[1:], start=1):
            if isinstance(type_, ListOf) and list_type is None:
                list_type, at_list = type_, len(taken)
                type_ = type_.item
            field = self._step(name, type_, what)
            if field is None:
                return None
            taken.append(name.text)
            if field.optional:
                missing.append(".".join(n.text for n in path.names[: number + 1]))
            type_, what = field.type, f"`{name.text}`"
        if isinstance(type_, Record) and not taken and len(path.names) == 1:
            if _is_record(self.names, type_):
                return _Steps(type_, (), (), type_, ())
            self._report_whole_declaration(path, type_)
            return None
        if list_type is None:
            return _Steps(type_, tuple(taken), (), type_, tuple(missing))
        return _Steps(list_type, tuple(taken[:at_list]), tuple(taken[at_list:]), type_, tuple(missing))

    def _step(self, name: Name, type_: Type, what: str) -> Field | None:
        if not isinstance(type_, Record):
            message = f"{what} is {described(type_)} and has no fields"
            self.mistakes.error("E011", message, name.span, "take this part of the path away")
            return None
        field = next((f for f in type_.fields if f.name == name.text), None)
        if field is None and name.text not in self.names.broken:
            known = [f.name for f in type_.fields]
            help_ = suggestion(name.text, known, f"it has {_listed(known)}" if known else "declare it as a `-` line")
            self.mistakes.error("E011", f"{what} has no field `{name.text}`", name.span, help_)
        return field

    def _report_whole_declaration(self, path: Path, type_: Record) -> None:
        known = [f.name for f in type_.fields]
        help_ = f"name one of its fields, such as `{path.text}.{known[0]}`" if known else "declare its fields first"
        self.mistakes.error("E012", f"`{path.text}` is a whole declaration and no value", path.span, help_)


def _has(record: Record, field: str) -> bool:
    return any(f.name == field for f in record.fields)


def _is_record(names: Names, type_: Record) -> bool:
    return names.record_types.get(type_.name) is type_


def _listed(known: list[str]) -> str:
    shown = ", ".join(f"`{k}`" for k in known[:6])
    return shown + (", ..." if len(known) > 6 else "")
