"""Lists in expressions: what a path goes through, counts and totals."""

from dataclasses import replace

from guardproxy.ir import build
from guardproxy.ir.terms import CallsInAnswer, Element, Term, TotalPerKey, Variable
from guardproxy.ir.types import ListOf, Number
from guardproxy.language import presence, types
from guardproxy.language.arithmetic import ArithmeticLowering
from guardproxy.language.names import suggestion
from guardproxy.language.paths import Reading
from guardproxy.language.phrases import Count, Name, Path, Total, TotalPer
from guardproxy.language.place import Place
from guardproxy.language.types import described
from guardproxy.language.values import WHOLE, Typed


class ListLowering(ArithmeticLowering):
    def list(self, path: Path, place: Place) -> tuple[Variable, ListOf, Reading] | None:
        """The list that a path reads, or goes through."""
        reading = self.read(path, place)
        if reading is None:
            return None
        type_ = reading.variable.type
        if not isinstance(type_, ListOf):
            help_ = "name a field that is declared as `list of ...`"
            self.mistakes.error("E012", f"`{path.text}` is {described(type_)} and no list", path.span, help_)
            return None
        return reading.variable, type_, reading

    def bound(self, binder: Name, type_: ListOf, place: Place) -> Place | None:
        if binder.text in place.binders or self.is_name(binder.text, place):
            help_ = "give the inner one another name"
            self.mistakes.error("E018", f"`{binder.text}` names something else here already", binder.span, help_)
            return None
        return place.with_binder(binder.text, type_.item)

    def count(self, phrase: Count, place: Place) -> Typed | None:
        if phrase.list.text == "calls" and not self.is_name("calls", place):
            return Typed(Variable("count of calls", WHOLE, CallsInAnswer()), WHOLE)
        found = self.list(phrase.list, place)
        if found is None:
            return None
        variable, type_, _ = found
        result = Number("whole", 0, type_.high, 1)
        if phrase.binder is None or phrase.where is None:
            return Typed(build.count_of(variable), result)
        inner = self.bound(phrase.binder, type_, place)
        where = self.condition(phrase.where, inner) if inner is not None else None
        return Typed(build.count_of(variable, phrase.binder.text, where), result) if where is not None else None

    def total(self, phrase: Total, place: Place) -> Typed | None:
        found = self.list(phrase.list, place)
        if found is None:
            return None
        variable, type_, reading = found
        if phrase.binder is None or phrase.item is None:
            return self._total_of_field(phrase, variable, reading)
        inner = self.bound(phrase.binder, type_, place)
        where = self.condition(phrase.where, inner) if phrase.where is not None and inner is not None else build.TRUE
        if inner is not None and phrase.where is not None:
            inner = inner.knowing(presence.guards(phrase.where, True, self.names.definitions))
        item = self.number(phrase.item, inner) if inner is not None else None
        if item is None or where is None:
            return None
        total = build.total_of(variable, phrase.binder.text, item[0], where)
        return self._summed(phrase.item, item[1], total)

    def _total_of_field(self, phrase: Total, variable: Variable, reading: Reading) -> Typed | None:
        if not isinstance(reading.type, Number):
            shown = described(reading.type)
            self.mistakes.error(
                "E012", f"`{phrase.list.text}` is {shown}, which has no total", phrase.span, "name a number"
            )
            return None
        binder = "one"
        item = Variable(".".join((binder, *reading.inner)), reading.type, Element(binder, reading.inner))
        return self._summed(phrase.list, reading.type, build.total_of(variable, binder, item))

    def _summed(self, path: Path, type_: Number, total: Term) -> Typed | None:
        if type_.kind in types.POINTS:
            self.mistakes.error("E012", f"{described(type_)} has no total", path.span, "name a number")
            return None
        return Typed(total, types.unlimited(type_))

    def total_per(self, phrase: TotalPer) -> Typed | None:
        tool, *names = phrase.field.names
        schema = self.names.for_tool(tool.text) or self.names.schema(tool.text)
        if schema is None or not schema.tool or len(names) != 1:
            help_ = "write `total of TOOL.field per KEY`, with the tool's fields declared"
            self.mistakes.error("E027", f"`{phrase.field.text}` is no field of a tool", phrase.field.span, help_)
            return None
        fields = {f.name: f for f in schema.fields}
        for name in (names[0], phrase.key):
            if name.text not in fields and name.text not in self.names.broken:
                help_ = suggestion(name.text, fields, "declare it as a `-` line")
                self.mistakes.error("E011", f"`{schema.name}` has no field `{name.text}`", name.span, help_)
        if names[0].text not in fields or phrase.key.text not in fields:
            return None
        type_ = fields[names[0].text].type
        if not isinstance(type_, Number) or type_.kind in types.POINTS:
            message = f"`{phrase.field.text}` is {described(type_)}, which has no total"
            self.mistakes.error("E012", message, phrase.field.span, "name a number")
            return None
        total = replace(types.unlimited(type_), grid=type_.grid)
        origin = TotalPerKey(schema.tool, names[0].text, phrase.key.text)
        return Typed(Variable(f"total of {schema.tool}.{names[0].text} per {phrase.key.text}", total, origin), total)


def unused(word: str, place: Place) -> str:
    """A name for an element that nothing around it binds."""
    while word in place.binders:
        word += "_"
    return word
