"""Values around the edge of one test: some that pass, some that just do not, and none at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import islice

from tools.segments.dates import span_of
from tools.segments.tree import (
    After,
    Before,
    Between,
    Contains,
    DateTest,
    During,
    Equals,
    Event,
    EventType,
    Greater,
    In,
    IsSet,
    LastEvent,
    Less,
    Period,
    StartsWith,
    ValueTest,
    Within,
)

from .rows import Happening, Value

__all__ = ["Frame", "bundles", "values"]

_TICK = timedelta(microseconds=1)
_NUMBERS = frozenset({"lead_score", "employees", "annual_revenue", "amount"})
_SIBLINGS: Mapping[EventType, EventType] = {
    "email_open": "email_click", "email_click": "email_open", "email_sent": "email_open",
    "webinar_registered": "webinar_attended", "webinar_attended": "webinar_registered",
    "page_view": "form_submit", "form_submit": "page_view",
}  # fmt: skip
"""The kind of event that is most easily taken for another."""

Frame = tuple[datetime, tzinfo, Mapping[str, Sequence[str]]]
"""The moment and zone a tree is read in, and the values that exist in the world, by field."""


def values(name: str, test: ValueTest, frame: Frame) -> tuple[Value, ...]:
    """Return candidates for the field `name` around `test`; the last one is a missing value."""
    if name == "email":  # never missing, and always an address
        return tuple(_addresses(test))
    return (*dict.fromkeys(_values(name, test, frame)), None)


def _values(name: str, test: ValueTest, frame: Frame) -> Iterator[Value]:
    as_of, zone, known = frame
    match test:
        case Equals():
            yield from _same(test.value)
        case In():
            for value in test.values:
                yield from _same(value)
        case Contains() | StartsWith():
            yield from _texts(test, known.get(name, ()))
        case IsSet():
            yield _something(name, as_of)
        case Greater() | Less():
            yield from (test.value, test.value + 1, test.value - 1, test.value * 10)
        case Between():
            yield from (test.low, test.high, test.low - 1, test.high + 1,
                        (test.low + test.high) / 2)  # fmt: skip
        case Before() | After() | During() | Within() | Period():
            inside, outside = moments(test, as_of, zone)
            yield from (*inside, *outside)


def _same(value: bool | float | str) -> Iterator[Value]:
    if isinstance(value, str):
        yield from (value, value.upper(), "Zzz other")
    else:
        yield from (value, value + 1, value - 1)


def _texts(test: Contains | StartsWith, known: Sequence[str]) -> Iterator[Value]:
    """Yield texts that exist in the world, where some fit; otherwise made-up ones."""
    needle, fold = test.text, test.text.casefold()
    real = [one for one in known if fold in one.casefold()]
    if real:
        yield from real
        yield from islice((one for one in known if fold not in one.casefold()), 5)
    else:
        yield from (needle, needle.upper(), f"{needle} and more", f"x {needle} y")
        yield from (f"{needle[:-1]}~", "Zzz other")


def _addresses(test: ValueTest) -> Iterator[Value]:
    match test:
        case Contains():
            local, at, domain = test.text.rpartition("@")
            yield f"{local or 'ana'}@{domain}" if at else f"ana@{domain}"
        case StartsWith():
            yield f"{test.text}@example.com" if "@" not in test.text else f"{test.text}example.com"
        case Equals():
            yield str(test.value)
        case In():
            yield from map(str, test.values)
        case _:
            pass
    yield "zzz@example.org"


def _something(name: str, as_of: datetime) -> Value:
    if name.endswith(("_at", "_date")):
        return as_of
    return 7 if name in _NUMBERS else "Something"


def moments(
    test: DateTest, as_of: datetime, zone: tzinfo
) -> tuple[tuple[datetime, ...], tuple[datetime, ...]]:
    """Return instants inside and outside the test, the edges first."""
    span = span_of(test, as_of=as_of, zone=zone)
    start, end = span.start, span.end
    inside = [start or (end or as_of) - timedelta(days=400),
              (end - _TICK) if end else max(as_of, start or as_of)]  # fmt: skip
    inside.append(inside[0] + (inside[1] - inside[0]) / 2)
    outside = [start - _TICK, start - timedelta(days=40)] if start else []
    outside += [end, end + timedelta(days=40)] if end else []
    return tuple(dict.fromkeys(inside)), tuple(outside)


def bundles(leaf: Event | LastEvent, frame: Frame) -> tuple[tuple[Happening, ...], ...]:
    """Return histories around an event leaf: none, just enough, one short, the wrong kind, ..."""
    as_of, zone, known = frame
    window = leaf.is_ if isinstance(leaf, LastEvent) else leaf.window
    asset = leaf.asset if isinstance(leaf, Event) else None
    inside, outside = moments(window, as_of, zone) if window else (
        (as_of, as_of - timedelta(days=500)), ())  # fmt: skip
    past = [at for at in inside if at <= as_of] or list(inside)
    good, bad = _assets(asset, known.get("asset", ()))
    kinds, counts = leaf.types, _counts(leaf)
    usual = Happening(type=kinds[0], at=past[-1], asset=good[0])
    enough = max(counts, default=1) if isinstance(leaf, LastEvent) else max(1, leaf.at_least)

    def times(one: Happening, total: int = enough) -> tuple[Happening, ...]:
        return (one, *(usual,) * (total - 1))

    odd = [Happening(type=kind, at=usual.at, asset=usual.asset) for kind in _others(kinds)]
    odd += [Happening(type=usual.type, at=at, asset=usual.asset) for at in (*past, *outside)]
    odd += [Happening(type=usual.type, at=as_of + _TICK, asset=usual.asset)]  # has not happened yet
    odd += [Happening(type=usual.type, at=usual.at, asset=name) for name in (*good, *bad)]
    several = [times(usual, count) for count in counts if count > 0]
    return tuple(dict.fromkeys([times(usual), (), *several, *map(times, odd)]))


def _counts(leaf: Event | LastEvent) -> tuple[int, ...]:
    if isinstance(leaf, LastEvent):
        return (1,)
    most = () if leaf.at_most is None else (leaf.at_most, leaf.at_most + 1)
    return (leaf.at_least, leaf.at_least - 1, *most)


def _others(kinds: Sequence[EventType]) -> list[EventType]:
    """Return the kinds, each one's sibling, and the one that everybody has."""
    found: list[EventType] = [*kinds, *(_SIBLINGS[kind] for kind in kinds if kind in _SIBLINGS)]
    found.append("email_sent")
    return list(dict.fromkeys(found))


def _assets(
    asset: Equals | In | Contains | StartsWith | None, known: Sequence[str]
) -> tuple[tuple[str | None, ...], tuple[str | None, ...]]:
    """Return assets that fit and assets that do not."""
    match asset:
        case None:
            return (None,), ("zzz other",)
        case Equals() | In():
            named = [asset.value] if isinstance(asset, Equals) else asset.values
            fits = tuple(map(str, named))
            made_up = () if known else (f"{fits[0]} 2", "zzz other")
            return fits, (*(one for one in known if one not in fits), *made_up, None)
        case Contains() | StartsWith():
            texts = [str(one) for one in _texts(asset, known)]
            fits = tuple(one for one in texts if _fits(asset, one))
            return fits or (asset.text,), (*(one for one in texts if not _fits(asset, one)), None)


def _fits(asset: Contains | StartsWith, text: str) -> bool:
    have, want = text.casefold(), asset.text.casefold()
    return want in have if isinstance(asset, Contains) else have.startswith(want)
