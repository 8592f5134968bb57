"""The filter tree: the one typed form in which an audience is written down.

A tree is a value: frozen, portable JSON, unknown keys refused. Every leaf is TRUE or FALSE for
every contact, never NULL: a leaf about a value says in `unknown` what a missing value counts as, so
that `Not` is plain negation and "not a customer" has one meaning on every database.

`Subject`: a tree filters contacts, companies or deals. The top is a contact tree; `Company`,
`CompanyContacts` and `Deals` change the subject for what stands inside them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "Absolute",
    "After",
    "Ago",
    "All",
    "AnyOf",
    "Before",
    "Between",
    "Bucket",
    "Company",
    "CompanyContacts",
    "Contains",
    "DateTest",
    "Deals",
    "During",
    "Equals",
    "Event",
    "EventType",
    "Filter",
    "Greater",
    "In",
    "InList",
    "InSegment",
    "IsSet",
    "LastEvent",
    "Less",
    "Moment",
    "Node",
    "Not",
    "Period",
    "Property",
    "Segment",
    "StartsWith",
    "Subject",
    "Unknown",
    "Use",
    "UseExclusion",
    "ValueTest",
    "Within",
]

Subject = Literal["contact", "company", "deal"]
Unknown = Literal["include", "exclude"]
"""What a missing value counts as: `exclude` makes the leaf FALSE, `include` makes it TRUE."""
Scalar = bool | int | float | str
Unit = Literal["day", "week", "month", "year", "hour"]
EventType = Literal[
    "email_sent", "email_open", "email_click", "page_view", "form_submit",
    "webinar_registered", "webinar_attended", "unsubscribed", "bounced", "complaint",
]  # fmt: skip
Use = Literal["marketing", "internal"]
"""What the segment is for: `marketing` obeys the use policy, `internal` (analysis, routing) does
not mail."""
UseExclusion = Literal[
    "no_consent", "unsubscribed", "bounced", "complained", "suppressed", "frequency_cap"
]


class Node(BaseModel):
    """A frozen value of the tree; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)


# --- moments and dates -------------------------------------------------------------------------


class Absolute(Node):
    """A fixed day or instant. A day means the whole day in the segment's time zone."""

    kind: Literal["absolute"] = "absolute"
    at: AwareDatetime | date = Field(union_mode="left_to_right")


class Ago(Node):
    """So many units before `as_of`: `Ago(amount=90, unit="day")`. A negative amount lies ahead."""

    kind: Literal["ago"] = "ago"
    amount: int
    unit: Unit = "day"


Moment = Annotated[Absolute | Ago, Field(discriminator="kind")]

PeriodName = Literal[
    "today", "yesterday", "this_week", "last_week", "this_month", "last_month", "this_quarter",
    "last_quarter", "this_year", "last_year", "next_week", "next_month", "next_quarter",
    "next_year",
]  # fmt: skip


class Before(Node):
    """Strictly before the moment (before the first instant of a day)."""

    test: Literal["before"] = "before"
    moment: Moment


class After(Node):
    """At or after the moment: "since" (from the first instant of a day)."""

    test: Literal["after"] = "after"
    moment: Moment


class During(Node):
    """From the first instant of `start` to the last instant of `end`; a day counts whole."""

    test: Literal["during"] = "during"
    start: Moment
    end: Moment


class Within(Node):
    """In the last `amount` units up to `as_of`: "in the last 30 days"."""

    test: Literal["within"] = "within"
    amount: int = Field(gt=0, le=100_000)
    unit: Unit = "day"


class Period(Node):
    """A calendar period in the segment's time zone; weeks start on Monday."""

    test: Literal["period"] = "period"
    name: PeriodName


DateTest = Annotated[Before | After | During | Within | Period, Field(discriminator="test")]


# --- tests on a value --------------------------------------------------------------------------


class Equals(Node):
    """Equal; text is compared without regard to case."""

    test: Literal["equals"] = "equals"
    value: Scalar


class In(Node):
    """Equal to one of the values; text without regard to case."""

    test: Literal["in"] = "in"
    values: tuple[Scalar, ...] = Field(min_length=1, max_length=10_000)


class Contains(Node):
    """The text contains this, without regard to case; `%` and `_` are ordinary characters."""

    test: Literal["contains"] = "contains"
    text: str = Field(min_length=1, max_length=1_000)


class StartsWith(Node):
    """The text starts with this, without regard to case."""

    test: Literal["starts_with"] = "starts_with"
    text: str = Field(min_length=1, max_length=1_000)


class IsSet(Node):
    """There is a value: not missing and not blank. Never unknown itself."""

    test: Literal["is_set"] = "is_set"


class Greater(Node):
    """Greater than the value, or equal to it when `or_equal`."""

    test: Literal["greater"] = "greater"
    value: int | float
    or_equal: bool = False


class Less(Node):
    """Less than the value, or equal to it when `or_equal`."""

    test: Literal["less"] = "less"
    value: int | float
    or_equal: bool = False


class Between(Node):
    """From `low` to `high`, both included."""

    test: Literal["between"] = "between"
    low: int | float
    high: int | float

    @model_validator(mode="after")
    def _ordered(self) -> Between:
        if self.low > self.high:
            raise ValueError(f"between {self.low} and {self.high} holds nothing: low is above high")
        return self


ValueTest = Annotated[
    Equals | In | Contains | StartsWith | IsSet | Greater | Less | Between
    | Before | After | During | Within | Period,
    Field(discriminator="test"),
]  # fmt: skip


# --- leaves ------------------------------------------------------------------------------------


class Property(Node):
    """A test on one field of the subject, named as in the catalogue: `country`, `employees`."""

    op: Literal["property"] = "property"
    field: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)
    is_: ValueTest = Field(alias="is")
    unknown: Unknown = "exclude"

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True,
        serialize_by_alias=True )  # fmt: skip


class Event(Node):
    """How often events of one kind happened to the contact, in a window, on an asset.

    "Opened" is `at_least=1` (the default); "has not opened" is `at_least=0, at_most=0` or
    `Not(Event)`. Never unknown: no event is zero events. Events after `as_of` do not count.
    """

    op: Literal["event"] = "event"
    types: tuple[EventType, ...] = Field(min_length=1)
    asset: Annotated[Equals | In | Contains | StartsWith, Field(discriminator="test")] | None = None
    window: DateTest | None = None
    at_least: int = Field(default=1, ge=0)
    at_most: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _possible(self) -> Event:
        if self.at_most is not None and self.at_most < self.at_least:
            raise ValueError("at_most is below at_least: nobody could match")
        if self.at_least == 0 and self.at_most is None:
            raise ValueError("at least 0 without at_most matches everybody: say how often")
        return self


class LastEvent(Node):
    """When the latest event of these kinds happened. `unknown` is for contacts without any."""

    op: Literal["last_event"] = "last_event"
    types: tuple[EventType, ...] = Field(min_length=1)
    is_: DateTest = Field(alias="is")
    unknown: Unknown = "exclude"

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True,
        serialize_by_alias=True )  # fmt: skip


class InList(Node):
    """The contact is on the static list with this id or name."""

    op: Literal["in_list"] = "in_list"
    list: str = Field(min_length=1, max_length=200)


class InSegment(Node):
    """The contact matches the definition stored with the named list, evaluated anew."""

    op: Literal["in_segment"] = "in_segment"
    segment: str = Field(min_length=1, max_length=200)


class Company(Node):
    """The contact's company matches. `unknown` is for contacts without a company."""

    op: Literal["company"] = "company"
    where: Filter
    unknown: Unknown = "exclude"


class CompanyContacts(Node):
    """(company) At least, and at most, so many of the company's contacts match."""

    op: Literal["company_contacts"] = "company_contacts"
    at_least: int = Field(default=1, ge=0)
    at_most: int | None = Field(default=None, ge=0)
    where: Filter | None = None


class Deals(Node):
    """(contact or company) So many of the subject's own deals match."""

    op: Literal["deals"] = "deals"
    at_least: int = Field(default=1, ge=0)
    at_most: int | None = Field(default=None, ge=0)
    where: Filter | None = None


class Bucket(Node):
    """A stable, even share of the contacts by hash: bucket numbers `take` out of `of`."""

    op: Literal["bucket"] = "bucket"
    salt: str = Field(default="", max_length=100)
    of: int = Field(ge=2, le=10_000)
    take: tuple[int, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _inside(self) -> Bucket:
        if any(not 0 <= number < self.of for number in self.take):
            raise ValueError(f"bucket numbers go from 0 to {self.of - 1}")
        return self


# --- logic -------------------------------------------------------------------------------------


class All(Node):
    """Every one of these; an empty one is everybody."""

    op: Literal["and"] = "and"
    of: tuple[Filter, ...]


class AnyOf(Node):
    """At least one of these; never empty."""

    op: Literal["or"] = "or"
    of: tuple[Filter, ...] = Field(min_length=1)


class Not(Node):
    """Plain negation: a leaf is never unknown, so this has one meaning."""

    op: Literal["not"] = "not"
    of: Filter


Filter = Annotated[
    All | AnyOf | Not | Property | Event | LastEvent | InList | InSegment
    | Company | CompanyContacts | Deals | Bucket,
    Field(discriminator="op"),
]  # fmt: skip


class Segment(Node):
    """A filter made exact: one moment, one time zone, one use. What `BuildSegment` carries out."""

    name: str = Field(min_length=1, max_length=120)
    """The name the list will have in the CRM."""
    filter: Filter
    as_of: AwareDatetime
    """The moment every relative date is counted from; frozen when the draft is made."""
    timezone: str = "UTC"
    """The IANA zone whose midnights calendar days, weeks, months and quarters use."""
    use: Use = "marketing"
    include_anyway: tuple[UseExclusion, ...] = ()
    """Exclusions of the use policy to lift on request: flagged, asks a second person."""


for _model in (Company, CompanyContacts, Deals, All, AnyOf, Not, Segment):
    _model.model_rebuild()
