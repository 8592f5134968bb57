"""A filter in plain words, exact about boundaries and about what a missing value counts as."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import assert_never

from placet.errors import BadInput
from tools.crm.port import Catalogue, FieldSpec
from tools.sql import fold

from .dates import span_of
from .inert import show
from .tree import (
    Absolute,
    After,
    Ago,
    All,
    AnyOf,
    Before,
    Between,
    Bucket,
    Company,
    CompanyContacts,
    Contains,
    DateTest,
    Deals,
    During,
    Equals,
    Event,
    Filter,
    Greater,
    In,
    InList,
    InSegment,
    IsSet,
    LastEvent,
    Less,
    Moment,
    Not,
    Period,
    Property,
    Scalar,
    StartsWith,
    Subject,
    Within,
)

__all__ = ["Words"]

_SHOWN = 12
"""So many values are named; the others are counted."""
_EVENTS = {
    "email_sent": ("was sent an email", "emails sent"),
    "email_open": ("opened an email", "emails opened"),
    "email_click": ("clicked in an email", "email clicks"),
    "page_view": ("viewed a page", "page views"),
    "form_submit": ("submitted a form", "forms submitted"),
    "webinar_registered": ("registered for a webinar", "webinar registrations"),
    "webinar_attended": ("attended a webinar", "webinars attended"),
    "unsubscribed": ("unsubscribed", "times unsubscribed"),
    "bounced": ("had an email bounce", "bounces"),
    "complaint": ("complained about an email", "complaints"),
}


class Words:
    """Describes filters with the labels of one catalogue.

    With a moment and a zone, relative dates also say the instant they mean.
    """

    def __init__(
        self, catalogue: Catalogue, *, as_of: datetime | None = None, zone: tzinfo = UTC
    ) -> None:
        self._catalogue, self._as_of, self._zone = catalogue, as_of, zone

    def describe(self, tree: Filter, subject: Subject = "contact") -> str:
        """Return the filter in one line of plain words."""
        match tree:
            case All():
                return self._joined(tree.of, "and", subject) or "everybody"
            case AnyOf():
                return self._joined(tree.of, "or", subject)
            case Not():
                return self._not(tree.of, subject)
            case Property():
                return self._property(tree, subject)
            case Event():
                return self._event(tree)
            case LastEvent():
                what = " or ".join(_EVENTS[one][0] for one in tree.types)
                return f"last {what} {self._date(tree.is_)}{_unknown(tree, 'without any')}"
            case InList():
                return f"is on the list {show(tree.list)}"
            case InSegment():
                return f"matches the segment {show(tree.segment)} as defined there"
            case Company():
                inner = self.describe(tree.where, "company")
                return f"company: {_wrap(inner)}{_unknown(tree, 'without a company')}"
            case CompanyContacts() | Deals():
                return self._counted(tree)
            case Bucket():
                numbers = ", ".join(str(one) for one in sorted(set(tree.take)))
                salt = f" ({show(tree.salt)})" if tree.salt else ""
                return f"falls into bucket {numbers} of {tree.of}{salt}"
            case _:
                assert_never(tree)

    # --- logic -------------------------------------------------------------------------------

    def _joined(self, parts: Sequence[Filter], word: str, subject: Subject) -> str:
        texts = []
        for part in parts:
            text = self.describe(part, subject)
            nested = isinstance(part, All | AnyOf) and len(part.of) > 1
            texts.append(f"({text})" if nested and len(parts) > 1 else text)
        return f" {word} ".join(texts)

    def _not(self, inner: Filter, subject: Subject) -> str:
        text = _wrap(self.describe(_quiet(inner), subject))
        let_in = (
            isinstance(inner, Property | LastEvent | Company)
            and not (isinstance(inner, Property) and isinstance(inner.is_, IsSet))
        )  # fmt: skip
        if not let_in:
            return f"not: {text}"
        assert isinstance(inner, Property | LastEvent | Company)  # noqa: S101 - narrows the type
        fate = "included" if inner.unknown == "exclude" else "left out"
        who = {"property": "without one", "last_event": "without any"}.get(
            inner.op, "without a company"
        )
        return f"not: {text} ({_those(subject)} {who} are {fate})"

    # --- leaves ------------------------------------------------------------------------------

    def _property(self, leaf: Property, subject: Subject) -> str:
        spec = self._catalogue.field(subject, leaf.field)
        label = spec.label.lower() if spec else leaf.field
        test = leaf.is_
        if isinstance(test, IsSet):
            return f"{label} is set"
        text = f"{label} {self._test(test, spec)}"
        if leaf.unknown == "include":
            return f"{text} ({_those(subject)} without one are included)"
        return text

    def _test(
        self,
        test: Equals | In | Contains | StartsWith | Greater | Less | Between | DateTest,
        spec: FieldSpec | None,
    ) -> str:
        match test:
            case Equals():
                return f"is {_named(test.value, spec)}"
            case In():
                return f"is {_either([_named(one, spec) for one in test.values])}"
            case Contains():
                return f"contains {show(test.text)}"
            case StartsWith():
                return f"starts with {show(test.text)}"
            case Greater():
                return f"is {'at least' if test.or_equal else 'more than'} {_number(test.value)}"
            case Less():
                return f"is {'at most' if test.or_equal else 'less than'} {_number(test.value)}"
            case Between():
                return f"is from {_number(test.low)} to {_number(test.high)}, both included"
            case Before() | After() | During() | Within() | Period():
                return f"is {self._date(test)}"
            case _:
                assert_never(test)

    def _event(self, leaf: Event) -> str:
        asset = f" {_asset(leaf.asset)}" if leaf.asset else ""
        when = f" {self._date(leaf.window)}" if leaf.window else " at any time"
        what = " or ".join(_EVENTS[one][0] for one in leaf.types)
        if leaf.at_least == 1 and leaf.at_most is None:
            return f"{what}{asset}{when}"
        if leaf.at_most == 0:
            return f"never {what}{asset}{when}"
        kinds = " or ".join(_EVENTS[one][1] for one in leaf.types)
        return f"{_range(leaf.at_least, leaf.at_most)} {kinds}{asset}{when}"

    def _counted(self, node: CompanyContacts | Deals) -> str:
        subject: Subject = "contact" if isinstance(node, CompanyContacts) else "deal"
        one, many = ("contact", "contacts") if subject == "contact" else ("deal", "deals")
        noun = one if (node.at_least, node.at_most) in {(1, None), (1, 1), (0, 1)} else many
        who = "" if node.where is None else f" where {_wrap(self.describe(node.where, subject))}"
        return f"has {_range(node.at_least, node.at_most)} {noun}{who}"

    # --- dates -------------------------------------------------------------------------------

    def _date(self, test: DateTest) -> str:
        match test:
            case Before():
                return f"before {self._moment(test.moment)}"
            case After():
                return f"since {self._moment(test.moment)}"
            case During():
                start, end = self._moment(test.start), self._moment(test.end)
                return f"from {start} to {end}, both included"
            case Within():
                unit = test.unit if test.amount == 1 else f"{test.amount:,} {test.unit}s"
                return f"in the last {unit}{self._since(test)}"
            case Period():
                return f"{_PERIODS.get(test.name, test.name.replace('_', ' '))}{self._days(test)}"
            case _:
                assert_never(test)

    def _moment(self, moment: Moment) -> str:
        match moment:
            case Absolute(at=datetime() as at):
                return _instant(at, self._zone)
            case Absolute(at=day):
                return f"{day.day} {day:%b} {day.year:04d}"
            case Ago():
                size = abs(moment.amount)
                unit = moment.unit if size == 1 else f"{moment.unit}s"
                side = "ago" if moment.amount >= 0 else "ahead"
                return f"{size:,} {unit} {side}{self._exact(moment)}"
            case _:
                assert_never(moment)

    def _since(self, test: Within) -> str:
        if self._as_of is None:
            return ""
        try:
            start = span_of(test, as_of=self._as_of, zone=self._zone).start
        except BadInput:
            return ""
        return f" (since {_instant(start, self._zone)})" if start else ""

    def _exact(self, moment: Ago) -> str:
        if self._as_of is None:
            return ""
        try:
            at = span_of(After(moment=moment), as_of=self._as_of, zone=self._zone).start
        except BadInput:
            return ""
        return f" ({_instant(at, self._zone)})" if at else ""

    def _days(self, test: Period) -> str:
        if self._as_of is None:
            return ""
        try:
            span = span_of(test, as_of=self._as_of, zone=self._zone)
        except BadInput:
            return ""
        if span.start is None or span.end is None:
            return ""
        first = span.start.astimezone(self._zone)
        last = (span.end - timedelta(microseconds=1)).astimezone(self._zone)
        days = [f"{day.day} {day:%b} {day.year}" for day in (first, last)]
        return f" ({days[0]})" if days[0] == days[1] else f" ({days[0]} to {days[1]})"


_PERIODS = {"today": "today", "yesterday": "yesterday"}


def _instant(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    name = local.tzname() or "UTC"
    seconds = f"{local:%H:%M:%S}" if local.second or local.microsecond else f"{local:%H:%M}"
    return f"{local.day} {local:%b} {local.year} {seconds} {name}"


def _quiet(node: Filter) -> Filter:
    """Return the leaf without its own note on missing values: `Not` says what becomes of them."""
    if isinstance(node, Property | LastEvent | Company):
        return node.model_copy(update={"unknown": "exclude"})
    return node


def _unknown(node: LastEvent | Company, who: str) -> str:
    return f" (those {who} are included)" if node.unknown == "include" else ""


def _those(subject: Subject) -> str:
    return {"contact": "people", "company": "companies", "deal": "deals"}[subject]


def _wrap(text: str) -> str:
    return f"({text})" if " and " in text or " or " in text else text


def _named(value: Scalar, spec: FieldSpec | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if spec is not None and spec.type == "picklist":
        for stored, label in zip(spec.values, spec.value_labels or spec.values, strict=False):
            if fold(stored) == fold(value):
                return label
    return show(value)


def _number(value: float) -> str:
    return f"{value:,}"


def _either(words: Sequence[str]) -> str:
    shown = list(dict.fromkeys(words))
    if len(shown) > _SHOWN:
        return f"one of {', '.join(shown[:_SHOWN])} and {len(shown) - _SHOWN:,} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _asset(test: Equals | In | Contains | StartsWith) -> str:
    match test:
        case Equals():
            return f"named {show(str(test.value))}"
        case In():
            return f"named {_either([show(str(one)) for one in test.values])}"
        case Contains():
            return f"whose name contains {show(test.text)}"
        case StartsWith():
            return f"whose name starts with {show(test.text)}"
        case _:
            assert_never(test)


def _range(at_least: int, at_most: int | None) -> str:
    if at_most is None:
        return f"at least {at_least:,}"
    if at_least == at_most:
        return "no" if at_most == 0 else f"exactly {at_least:,}"
    return f"at most {at_most:,}" if at_least == 0 else f"{at_least:,} to {at_most:,}"
