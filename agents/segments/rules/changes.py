"""Changes to a segment that was drafted: "only Germany", "also Austria", "last 60 days instead"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from agents.port import WordUse
from tools.segments.tree import (
    All,
    AnyOf,
    Company,
    CompanyContacts,
    Deals,
    Equals,
    Event,
    Filter,
    In,
    LastEvent,
    Not,
    Property,
    Segment,
)

from .cursor import Unclear
from .dates import read_date
from .frame import read_frame
from .logic import all_of, any_of, fields_of, is_in, prop_of
from .text import clean, fold, tokenise

__all__ = ["Reader", "change"]


@dataclass(frozen=True, slots=True)
class Reader:
    """How the wording of a change is read."""

    read: Callable[[str], tuple[Filter, tuple[WordUse, ...]]]
    describe: Callable[[Filter], str]
    today: date


_REMOVE = re.compile(
    r"^(?:please |can you |could you )*(?:drop|remove|delete|take out|take away|lose|leave "
    r"out|forget|get rid of|without)\s+(?:the\s+|any\s+)?(.*?)(?:\s+(?:condition|filter|"
    r"clause|restriction|part|requirement|criterion|limit|bit)s?)?(?:\s+please)?$"
)
_ONLY = re.compile(
    r"^(?:please |make it |make that |keep |limit (?:it |this )?to |restrict (?:it |this "
    r")?to |narrow (?:it |this )?(?:down )?to |change (?:it |that |this )?to |switch (?:it "
    r")?to )*(?:(?:only|just)\s+)?(.*?)(?:\s+(?:only|instead|please))*$"
)
_SWAP = re.compile(
    r"^(?:please )?(?:replace|swap|change)\s+(.+?)\s+(?:with|by|for|to|into)\s+(.+?)(?:\s+please)?$"
)
_INSTEAD_OF = re.compile(
    r"^(?:please )?(?:use |take |make it )?(.+?)\s+(?:instead of|rather than|"
    r"not)\s+(.+?)(?:\s+please)?$"
)
_ALSO = re.compile(
    r"^(?:please |can you |could you )*(?:(?:and\s+)?also(?:\s+(?:add|include))?|add|include|"
    r"plus|and)\s+(.*?)(?:\s+(?:too|as well|also|please))*$"
)
_EXCEPT = re.compile(
    r"^(?:please |but |and )*(?:exclude|excluding|except(?: for)?|but not|not|no|leave out|"
    r"filter out|minus|without)\s+(.*?)(?:\s+please)?$"
)


def _parts(tree: Filter) -> list[Filter]:
    return list(tree.of) if isinstance(tree, All) else [tree]


def change(reader: Reader, previous: Segment, text: str) -> Segment:
    """Return the previous segment with the change; raise `Unclear` where it is not clear."""
    frame = read_frame(clean(text))
    body = clean(frame.body).strip(" .,!?;")
    updated: dict[str, Any] = {}
    if frame.name:
        updated["name"] = frame.name
    if frame.use == "internal" and not frame.counting:
        updated["use"] = "internal"
    if frame.anyway:
        updated["include_anyway"] = tuple(dict.fromkeys((*previous.include_anyway, *frame.anyway)))
    renamed = re.match(r"^(?:please )?rename (?:it |the list |this )?to (.+)$", body, re.IGNORECASE)
    if renamed:
        return previous.model_copy(update={**updated, "name": renamed[1].strip('"')[:120]})
    if fold(body) in {"", "please", "and", "but", "include", "also"}:
        if not updated:
            raise _ask(text)
        return previous.model_copy(update=updated)
    tree = _edit(reader, previous.filter, body)
    return previous.model_copy(update={**updated, "filter": tree})


def _ask(text: str) -> Unclear:
    return Unclear(
        "change",
        "What should change? You can say, for example:",
        ("only Germany", "also Austria", "drop the country condition", "last 60 days instead"),
        about=text[:120],
    )


def _edit(reader: Reader, tree: Filter, body: str) -> Filter:
    said = fold(body)
    original = body
    parts = _parts(tree)
    if (window := _window(reader, said)) is not None:
        return _rewindow(parts, window, original)
    if match := _SWAP.match(body.lower()) or _INSTEAD_OF.match(body.lower()):
        first, second = (match[1], match[2])
        old, new = (first, second) if _SWAP.match(body.lower()) else (second, first)
        return _swap(reader, parts, old, new, original)
    leaving = body.lower().startswith(("without", "leave out", "please leave out"))
    if (match := re.match(_REMOVE, body.lower())) and (not leaving or _named(parts, match[1])):
        return _remove(reader, parts, match[1], original)
    if match := re.match(_EXCEPT, body.lower()):
        rest = body[match.start(1) : match.end(1)]
        found = _condition(reader, rest)
        return _exclude(parts, found)
    if match := re.match(_ALSO, body.lower()):
        rest = body[match.start(1) : match.end(1)]
        return _add(reader, parts, rest, original)
    match = re.match(_ONLY, body.lower())
    rest = body[match.start(1) : match.end(1)] if match else body
    explicit = bool(
        re.search(r"\b(?:only|just|instead|limit|restrict|narrow|change|switch|make it)\b", said)
    )
    found = _condition(reader, rest)
    return _replace(parts, found, original, explicit=explicit)


def _condition(reader: Reader, text: str) -> Filter:
    return reader.read(text)[0]


def _kinds(tree: Filter) -> frozenset[str]:
    return fields_of(tree)


def _same(parts: Sequence[Filter], found: Filter) -> list[int]:
    kinds = _kinds(found)
    loose = {kind.removeprefix("company.") for kind in kinds} | {
        k.split(":")[0] for k in kinds if ":" in k
    }
    hits = [n for n, part in enumerate(parts) if _kinds(part) & kinds]
    if hits:
        return hits
    return [
        n
        for n, part in enumerate(parts)
        if {k.removeprefix("company.") for k in _kinds(part)} & loose
    ]


def _replace(parts: list[Filter], found: Filter, said: str, *, explicit: bool) -> Filter:
    for new in _parts(found):
        hits = _same(parts, new)
        if len(hits) > 1:
            positive = [n for n in hits if isinstance(parts[n], Not) == isinstance(new, Not)]
            if len(positive) != 1:
                raise _ask(said)
            hits = positive
        if hits:
            parts[hits[0]] = new
        elif explicit or any(":" in kind for kind in _kinds(new)) or isinstance(new, Not):
            parts.append(new)
        else:
            raise Unclear(
                f"change:{fold(said)}",
                f'Should "{said}" narrow the segment down, or add people to it?',
                ("narrow it down", "add those people"),
                about=said,
                rewrites=(f"only {said}", f"also all {said}"),
            )
    return all_of(parts)


def _values(test: object) -> tuple[Any, ...] | None:
    if isinstance(test, Equals):
        return (test.value,)
    return test.values if isinstance(test, In) else None


def _add(reader: Reader, parts: list[Filter], rest: str, said: str) -> Filter:
    narrowing = re.match(
        r"^(?:a |the )?(?:condition|filter|require|must|they must|only those|who|with|"
        r"without|that|a filter)\b",
        rest.lower(),
    )
    found = _condition(
        reader, re.sub(r"^(?:a |the )?(?:condition|filter)(?: that| for| on)?\s+", "", rest)
    )
    hits = [n for n in _same(parts, found) if not isinstance(parts[n], Not)]
    excluded = [n for n in _same(parts, found) if isinstance(parts[n], Not)]
    if len(hits) == 1 and not narrowing:
        joined = any_of([parts[hits[0]], found])
        parts[hits[0]] = joined
        return all_of(parts)
    if narrowing or isinstance(found, Not):
        return all_of([*parts, found])
    if len(excluded) == 1:
        return _unexclude(parts, excluded[0], found, said)
    raise Unclear(
        f"change:{fold(said)}",
        f'Should "{rest}" be one more condition, or add people to the segment?',
        ("one more condition", "add those people"),
        about=said,
        rewrites=(f"only {rest}", ""),
    )


def _unexclude(parts: list[Filter], at: int, found: Filter, said: str) -> Filter:
    part = parts[at]
    assert isinstance(part, Not)  # noqa: S101 - the caller has looked
    rest = _less(part.of, found)
    if isinstance(rest, bool):
        raise _ask(said)
    if rest is None:
        del parts[at]
    else:
        parts[at] = Not(of=rest)
    return all_of(parts) if parts else All(of=())


def _less(tree: Filter, gone: Filter) -> Filter | bool | None:
    """Return the tree without the values in `gone`: None if nothing is left, False if unlike."""
    if tree == gone:
        return None
    if isinstance(tree, Company) and isinstance(gone, Company):
        inner = _less(tree.where, gone.where)
        return Company(where=inner) if not isinstance(inner, bool) and inner is not None else inner
    if not (isinstance(tree, Property) and isinstance(gone, Property)) or tree.field != gone.field:
        return False
    old, new = _values(tree.is_), _values(gone.is_)
    if old is None or new is None or not set(old) & set(new):
        return False
    left = tuple(value for value in old if value not in new)
    return prop_of(tree.field, is_in(left)) if left else None


def _exclude(parts: list[Filter], found: Filter) -> Filter:
    for n, part in enumerate(parts):
        rest = _less(part, found)
        if rest is not None and not isinstance(rest, bool):
            parts[n] = rest
            return all_of(parts)
    return all_of([*parts, Not(of=found)])


_WORDS = {
    "country": "country", "countries": "country", "location": "country", "region": "country",
    "place": "country", "geography": "country", "seniority": "seniority", "level": "seniority",
    "function": "job_function", "department": "job_function", "job function": "job_function",
    "lifecycle": "lifecycle_stage", "stage": "lifecycle_stage",
    "lifecycle stage": "lifecycle_stage",
    "industry": "company.industry", "size": "company.employees", "employees": "company.employees",
    "employee": "company.employees", "company size": "company.employees",
    "headcount": "company.employees", "revenue": "company.annual_revenue", "score": "lead_score",
    "lead score": "lead_score", "date": "created_at", "created": "created_at",
    "source": "lead_source",
    "phone": "phone", "city": "city", "deal": "deals:", "deals": "deals:",
    "open": "event:email_open", "opens": "event:email_open", "email open": "event:email_open",
    "click": "event:email_click", "clicks": "event:email_click", "email": "event:email",
    "event": "event:", "webinar": "event:webinar", "list": "in_list:", "company": "company.",
}  # fmt: skip


def _named(parts: Sequence[Filter], words: str) -> list[int]:
    key = _WORDS.get(fold(words).strip())
    if key is None:
        return []
    return [
        n
        for n, part in enumerate(parts)
        if any(
            kind == key or ((key.endswith((":", ".")) or ":" in key) and kind.startswith(key))
            for kind in _kinds(part)
        )
    ]


def _remove(reader: Reader, parts: list[Filter], words: str, said: str) -> Filter:
    hits = _named(parts, words)
    if not hits:
        window = _window(reader, fold(words))
        if window is not None or fold(words) in {"window", "time", "time window", "date", "dates"}:
            return _rewindow(parts, None, said)
        found = _condition(reader, words)
        for n, part in enumerate(parts):
            rest = _less(part, found)
            if rest is None:
                hits = [n]
                break
            if not isinstance(rest, bool):
                parts[n] = rest
                return all_of(parts)
        if not hits:
            inner = [
                n
                for n, part in enumerate(parts)
                if isinstance(part, Not) and (part.of == found or _less(part.of, found) is None)
            ]
            hits = inner or _same(parts, found)
    if len(hits) != 1:
        options = tuple(f"drop: {reader.describe(part)}" for part in parts)
        raise Unclear(
            f"change:{fold(said)}",
            f'Which condition should go? I could not tell from "{words}".',
            options[:6],
            about=said,
        )
    del parts[hits[0]]
    return all_of(parts) if parts else All(of=())


def _swap(reader: Reader, parts: list[Filter], old: str, new: str, said: str) -> Filter:
    one, two = _window(reader, fold(old)), _window(reader, fold(new))
    if two is not None:
        _ = one
        return _rewindow(parts, two, said)
    gone, found = _condition(reader, old), _condition(reader, new)
    for n, part in enumerate(parts):
        rest = _less(part, gone)
        if rest is None:
            parts[n] = found
            return all_of(parts)
        if not isinstance(rest, bool):
            parts[n] = any_of([rest, found])
            return all_of(parts)
    raise _ask(said)


def _window(reader: Reader, said: str) -> Any | None:
    """Return the date test where the change is only about a window."""
    words = re.sub(
        r"^(?:please |make it |make that |change (?:it |that |the window )?to |use |only |"
        r"just |in |within |over )+",
        "",
        said,
    )
    words = re.sub(r"(?: instead| please| only)+$", "", words).strip()
    for attempt in (words, f"in {words}", f"in the last {words}"):
        tokens = tokenise(clean(attempt))
        hit = read_date(tokens, 0, reader.today) if tokens else None
        if hit is not None and hit.end == len(tokens) and hit.test is not None:
            return hit.test
    return None


def _rewindow(parts: list[Filter], window: Any | None, said: str) -> Filter:
    spots: list[int] = [n for n, part in enumerate(parts) if _windows(part)]
    if len(spots) != 1 or _windows(parts[spots[0]]) != 1:
        raise Unclear(
            f"change:{fold(said)}",
            "Which condition should get that date? Please say it in full.",
            about=said,
        )
    parts[spots[0]] = _with_window(parts[spots[0]], window)
    return all_of(parts)


def _is_date(test: object) -> bool:
    return getattr(test, "test", "") in {"before", "after", "during", "within", "period"}


def _windows(tree: Filter) -> int:
    match tree:
        case Event(window=window):
            return window is not None
        case LastEvent():
            return 1
        case Property(is_=test):
            return _is_date(test)
        case All(of=parts) | AnyOf(of=parts):
            return sum(_windows(part) for part in parts)
        case Not(of=part):
            return _windows(part)
        case Company(where=where):
            return _windows(where)
        case CompanyContacts(where=where) | Deals(where=where):
            return _windows(where) if where is not None else 0
        case _:
            return 0


def _with_window(tree: Filter, window: Any | None) -> Filter:
    match tree:
        case Event():
            return tree.model_copy(update={"window": window}) if tree.window is not None else tree
        case LastEvent():
            return tree.model_copy(update={"is_": window}) if window is not None else tree
        case Property(is_=test) if _is_date(test) and window is not None:
            return prop_of(tree.field, window)
        case All(of=parts):
            return All(of=tuple(_with_window(part, window) for part in parts))
        case AnyOf(of=parts):
            return AnyOf(of=tuple(_with_window(part, window) for part in parts))
        case Not(of=part):
            return Not(of=_with_window(part, window))
        case Company(where=where):
            return Company(where=_with_window(where, window))
        case CompanyContacts(where=where) | Deals(where=where) if where is not None:
            return tree.model_copy(update={"where": _with_window(where, window)})
        case _:
            return tree
