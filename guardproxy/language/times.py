"""Dates and instants: the time between two of them, moving one, and whether one lies near another.

Months and years are calendar periods. A period of months ends on the day of the same number, or on the last day of a
month that is too short for it, that day included: from January 31 one month reaches to February 28 (29 in a leap year).
So most civil codes count. The months *between* two dates are those that are complete (`ir.calendar`).
"""

from fractions import Fraction

from guardproxy.ir import build
from guardproxy.ir.measures import DURATION
from guardproxy.ir.terms import Constant, Term
from guardproxy.ir.types import Number
from guardproxy.language import types
from guardproxy.language.lists import ListLowering
from guardproxy.language.phrases import Arithmetic, Between, IsWithin
from guardproxy.language.place import Place
from guardproxy.language.types import described
from guardproxy.language.values import WHOLE, NumberTerm, Typed, number_of
from guardproxy.source import Span

_SECONDS_PER = {"days": 86400, "hours": 3600, "minutes": 60}


class TimeLowering(ListLowering):
    def between(self, phrase: Between, place: Place) -> Typed | None:
        start, end = self.number(phrase.start, place), self.number(phrase.end, place)
        if start is None or end is None:
            return None
        exact = phrase.unit in ("hours", "minutes")
        allowed = ("instant",) if exact else ("date", "instant")
        other = next((side[1] for side in (start, end) if side[1].kind not in allowed), None)
        if other is not None:
            wanted = "instant" if exact else "date"
            help_ = f"`{phrase.unit} from A to B` stands between two {wanted}s"
            self.mistakes.error("E012", f"{described(other)} is no {wanted}", phrase.span, help_)
            return None
        if exact:
            distance = build.subtract(end[0], start[0])
            per_unit = Fraction(1, _SECONDS_PER[phrase.unit] * 10**6)
            return Typed(build.scaled(per_unit, distance), Number("decimal"))
        return self._dates_apart(phrase, self._date(start, phrase.span), self._date(end, phrase.span))

    def _dates_apart(self, phrase: Between, start: Term, end: Term) -> Typed:
        if phrase.unit == "days":
            return Typed(build.subtract(end, start), WHOLE)
        return Typed(build.months_between(start, end, 12 if phrase.unit == "years" else 1), WHOLE)

    def _date(self, point: NumberTerm, span: Span) -> Term:
        """A date, or the date that it is in the policy's zone at an instant."""
        return point[0] if point[1].kind == "date" else build.date_of(point[0], self.names.zone_at(span))

    def shifted(self, phrase: Arithmetic, left: NumberTerm, right: NumberTerm) -> Typed | None:
        """A date or an instant moved by a duration that stands in the policy."""
        length, kind = right[0], left[1].kind
        is_duration = right[1].kind == "quantity" and right[1].dimension == DURATION
        if kind not in ("date", "instant") or not is_duration or not isinstance(length, Constant):
            return None
        seconds = Fraction(number_of(length)) * (1 if phrase.operation == "+" else -1)
        units = seconds / 86400 if kind == "date" else seconds * 10**6
        if units.denominator != 1:
            return None
        moved = build.add(left[0], Constant(units.numerator, WHOLE))
        return Typed(moved, types.unlimited(left[1]))

    # --- is within ... of ---------------------------------------------------------------------------------------------

    def is_within(self, phrase: IsWithin, place: Place) -> Term | None:
        left, anchor = self.number(phrase.left, place), self.number(phrase.anchor, place)
        length = self.number(phrase.length, place)
        if left is None or anchor is None or length is None:
            return None
        if length[1].kind == "calendar" and isinstance(length[0], Constant):
            return self._within_months(phrase, left, anchor, Fraction(number_of(length[0])))
        distance = self._exact_distance(phrase, left[1], anchor[1], length)
        if distance is None:
            return None
        moved = Constant(distance, WHOLE)
        later, earlier = build.add(anchor[0], moved), build.subtract(anchor[0], moved)
        first = anchor[0] if phrase.nearness == "after" else earlier
        last = anchor[0] if phrase.nearness == "before" else later
        return build.all_of(build.compare("at least", left[0], first), build.compare("at most", left[0], last))

    def _exact_distance(self, phrase: IsWithin, left: Number, anchor: Number, length: NumberTerm) -> int | None:
        """The length in days between dates, in microseconds between instants."""
        clash = types.clash(left, anchor)
        if clash is not None or left.kind not in ("date", "instant"):
            message = clash.message if clash is not None else f"{described(left)} is no date or instant"
            self.mistakes.error("E012", message, phrase.span, "both sides are dates, or both are instants")
            return None
        if length[1].dimension != DURATION or not isinstance(length[0], Constant):
            help_ = "such as `24 hours` or `3 months`"
            self.mistakes.error("E015", f"`{phrase.length.span.text}` is no duration", phrase.length.span, help_)
            return None
        units = Fraction(number_of(length[0])) * (Fraction(1, 86400) if left.kind == "date" else 10**6)
        if units.denominator == 1:
            return units.numerator
        help_ = "write whole days, or use instants"
        self.mistakes.error("E012", "dates lie whole days apart", phrase.length.span, help_)
        return None

    def _within_months(self, phrase: IsWithin, left: NumberTerm, anchor: NumberTerm, months: Fraction) -> Term | None:
        for side in (left[1], anchor[1]):
            if side.kind not in ("date", "instant"):
                help_ = "both sides are dates or instants"
                self.mistakes.error("E012", f"{described(side)} is no date or instant", phrase.span, help_)
                return None
        if months.denominator != 1 or months < 1:
            span = phrase.length.span
            self.mistakes.error("E012", f"`{span.text}` is no number of whole months", span, "write `1 month` or more")
            return None
        after = self._months_after(left, anchor, int(months), phrase.span)
        before = self._months_after(anchor, left, int(months), phrase.span)
        return {"after": after, "before": before, "of": build.any_of(after, before)}[phrase.nearness]

    def _months_after(self, later: NumberTerm, earlier: NumberTerm, months: int, span: Span) -> Term:
        """Whether `later` is not before `earlier`, and not after the last day of a period of months that begins there.

        `months_between` counts complete months, and the last of them is complete on the day after the period's last
        one only where the short months' ends do not matter. Moving the end back by a day is one too many where the
        last month is too short (from January 31, March 1 would count); moving the start on by a day is too many where
        it is the last of its month (from February 28, March 31 would). Where both agree, it is exactly the period.
        """
        order = build.compare("at least", later[0], earlier[0])
        start, end = self._date(earlier, span), self._date(later, span)
        if later[1].kind != earlier[1].kind:
            order = build.compare("at least", end, start)
        one = Constant(1, WHOLE)
        limit = Constant(months - 1, WHOLE)
        end_back = build.months_between(start, build.subtract(end, one))
        start_on = build.months_between(build.add(start, one), end)
        return build.all_of(order, build.compare("at most", end_back, limit), build.compare("at most", start_on, limit))
