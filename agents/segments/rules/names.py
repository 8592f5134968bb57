"""A list's default name, from its conditions: the same conditions always give the same name."""

from __future__ import annotations

from datetime import date, datetime

from tools.segments.tree import (
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
    Not,
    Period,
    Property,
    StartsWith,
    Within,
)

__all__ = ["LONGEST", "list_name"]

LONGEST = 80
_SHORT = {
    "marketing_qualified_lead": "MQL",
    "sales_qualified_lead": "SQL",
    "c_level": "C-level",
    "vp": "VP",
    "it": "IT",
    "hr": "HR",
}
_VERBS = {
    "email_open": "opened",
    "email_click": "clicked",
    "email_sent": "received",
    "page_view": "viewed",
    "form_submit": "submitted",
    "webinar_registered": "registered",
    "webinar_attended": "attended",
}


def list_name(tree: Filter) -> str:
    """Return a name of at most 80 characters."""
    parts = tree.of if isinstance(tree, All) else (tree,)
    words = [_words(part) for part in parts] or ["everyone"]
    name = ", ".join(words)
    if len(name) > LONGEST:
        cut = name[: LONGEST - 1].rsplit(",", 1)[0].rsplit(" ", 1)
        name = (cut[0] if len(cut[0]) > 20 else name[: LONGEST - 1]).rstrip(" ,") + "…"
    return name[0].upper() + name[1:]


def _value(value: object) -> str:
    text = str(value)
    return _SHORT.get(text, text.replace("_", " "))


def _moment(moment: Absolute | Ago) -> str:
    if isinstance(moment, Ago):
        return f"{moment.amount} {moment.unit}s ago"
    at: date | datetime = moment.at
    return f"{at.day} {at:%b %Y}"


def _test(test: object) -> str:
    match test:
        case Equals(value=value):
            return _value(value)
        case In(values=values):
            shown = [_value(value) for value in values[:4]]
            return "/".join(shown) + (f" +{len(values) - 4}" if len(values) > 4 else "")
        case Contains(text=text) | StartsWith(text=text):
            return f"“{text}”"
        case IsSet():
            return "known"
        case Greater(value=value, or_equal=equal):
            return f"{'≥' if equal else '>'} {value}"
        case Less(value=value, or_equal=equal):
            return f"{'≤' if equal else '<'} {value}"
        case Between(low=low, high=high):
            return f"{low}-{high}"
        case Within(amount=amount, unit=unit):
            return f"last {amount} {unit}s" if amount != 1 else f"last {unit}"
        case Period(name=name):
            return name.replace("_", " ")
        case Before(moment=moment):
            return f"before {_moment(moment)}"
        case After(moment=moment):
            return f"since {_moment(moment)}"
        case During(start=start, end=end):
            return f"{_moment(start)} to {_moment(end)}"
        case _:
            return ""


def _times(low: int, high: int | None) -> str:
    if high is None:
        return "" if low == 1 else f" ≥{low}x"
    return f" {low}x" if low == high else f" {low}-{high}x"


def _words(tree: Filter) -> str:
    match tree:
        case All(of=parts):
            return " ".join(_words(part) for part in parts) or "everyone"
        case AnyOf(of=parts):
            return " or ".join(_words(part) for part in parts)
        case Not(of=part):
            return (
                f"not {_words(part)}"
                if not isinstance(part, All | AnyOf)
                else f"not ({_words(part)})"
            )
        case Property(field=field, is_=test):
            plain = field in {"country", "seniority", "job_function", "lifecycle_stage", "industry"}
            text = _test(test)
            return (
                text
                if plain and isinstance(test, Equals | In)
                else f"{field.replace('_', ' ')} {text}"
            )
        case Event() as event:
            verbs = "/".join(_VERBS.get(kind, kind) for kind in event.types)
            asset = f" {_test(event.asset)}" if event.asset else ""
            window = f" {_test(event.window)}" if event.window else ""
            return verbs + asset + _times(event.at_least, event.at_most) + window
        case LastEvent(types=types, is_=test):
            return f"last {'/'.join(_VERBS.get(kind, kind) for kind in types)} {_test(test)}"
        case InList(list=name):
            return f"on {name}"
        case InSegment(segment=name):
            return f"in {name}"
        case Company(where=where):
            return f"company {_words(where)}"
        case CompanyContacts(at_least=low, at_most=high, where=where):
            inner = f" {_words(where)}" if where is not None else ""
            return f"contacts{_times(low, high) or ' ≥1x'}{inner}"
        case Deals(at_least=low, at_most=high, where=where):
            inner = f" {_words(where)}" if where is not None else ""
            return f"deals{_times(low, high)}{inner}"
        case Bucket(of=of, take=take):
            return f"random {round(100 * len(take) / of)}%"
