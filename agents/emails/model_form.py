"""The forms in which a model writes a brief and an email, and how code turns them into values.

Servers that enforce a JSON schema know few of its features: every object closed, every key
required, no lengths. So the forms are plain (null for what is not used), and code checks the rest.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from agents.exchange import BadForm
from tools.email.model import Schedule

from .port import Brief, Link, Occasion, Purpose, Tone

__all__ = ["BRIEF", "EMAIL", "brief_of", "email_of"]

MOST_BLOCKS = 20


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_TEXT = {"type": "string"}
_MAYBE = _or_null(_TEXT)
_NUMBER = _or_null({"type": "integer"})
_TEXTS = {"type": "array", "items": _TEXT}
BRIEF: dict[str, Any] = {
    "title": "brief",
    **_closed({
        "type": {"type": "string", "enum": ["proposal", "question", "answer", "refusal"]},
        "audience": _MAYBE,
        "reach": _MAYBE,
        "purpose": _or_null({"type": "string", "enum": list(get_args(Purpose))}),
        "about": _MAYBE,
        "date": _MAYBE, "until": _MAYBE, "start": _MAYBE, "end": _MAYBE, "timezone": _MAYBE,
        "place": _MAYBE,
        "links": {"type": "array", "items": _closed({"url": _TEXT, "label": _MAYBE})},
        "reply_instead": {"type": "boolean"},
        "sender": _MAYBE, "sender_address": _MAYBE, "reply_to": _MAYBE,
        "tone": _or_null({"type": "string", "enum": list(get_args(Tone))}),
        "words": _NUMBER,
        "language": _MAYBE,
        "subject": _MAYBE, "preheader": _MAYBE, "name": _MAYBE,
        "variants": _NUMBER,
        "send_at": _MAYBE, "send_timezone": _MAYBE, "per_minute": _NUMBER,
        "must_say": _TEXTS, "must_not": _TEXTS,
        "text": _MAYBE, "options": _TEXTS,
    }),
}  # fmt: skip
_BLOCK = _closed({
    "type": {"type": "string", "enum": [
        "heading", "text", "bullets", "button", "quote", "divider"]},
    "text": _MAYBE, "items": _TEXTS, "label": _MAYBE, "url": _MAYBE, "by": _MAYBE,
})  # fmt: skip
EMAIL: dict[str, Any] = {
    "title": "email",
    **_closed({
        "subject": _TEXT, "preheader": _TEXT, "blocks": {"type": "array", "items": _BLOCK},
        "variants": _TEXTS,
    }),
}  # fmt: skip


def brief_of(data: dict[str, Any], *, said: str, zone: str) -> Brief:
    """Return the brief in a model's form.

    Raises:
        BadForm: a value is none of its kind, or a link or address stands nowhere in `said`.
    """
    links = tuple(_link(one, said) for one in data.get("links") or ())
    try:
        return Brief(
            audience=_str(data, "audience"), purpose=data.get("purpose") or "note",
            about=_str(data, "about"), occasion=_occasion(data), links=links,
            reply_instead=bool(data.get("reply_instead")), sender=_str(data, "sender"),
            sender_address=_quoted(data, "sender_address", said),
            reply_to=_quoted(data, "reply_to", said), tone=data.get("tone"),
            words=data.get("words"), language=_language(data), subject=_str(data, "subject"),
            preheader=_str(data, "preheader"), name=_str(data, "name"),
            variants=max(0, min(5, data.get("variants") or 0)), schedule=_schedule(data, zone),
            must_say=_lines(data, "must_say"), must_not=_lines(data, "must_not"), said=said,
        )  # fmt: skip
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BadForm(f"`{'.'.join(map(str, first['loc']))}`: {first['msg']}.") from None


def _str(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return " ".join(value.split())[:600] if isinstance(value, str) else ""


def _lines(data: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(
        " ".join(str(one).split())[:600] for one in data.get(name) or () if str(one).strip()
    )


def _link(one: Any, said: str) -> Link:
    url = str(one.get("url") or "") if isinstance(one, dict) else ""
    bare = re.sub(r"^https?://", "", url).rstrip("/")
    if not bare or bare not in said:
        raise BadForm(f"The link {url!r} was not given by the person; use only links they wrote.")
    full = url if "://" in url else f"https://{url}"
    return Link(url=full, label=" ".join(str(one.get("label") or "").split())[:60])


def _quoted(data: dict[str, Any], name: str, said: str) -> str:
    value = _str(data, name)
    if value and value.lower() not in said.lower():
        raise BadForm(f"`{name}` {value!r} was not given by the person; leave it null.")
    return value


def _language(data: dict[str, Any]) -> str:
    value = _str(data, "language")
    if value and not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        raise BadForm(f"`language` {value!r} is no BCP 47 code such as de.")
    return value


def _occasion(data: dict[str, Any]) -> Occasion:
    try:
        return Occasion(
            on=_day(data, "date"), until=_day(data, "until"), at=_clock(data, "start"),
            end=_clock(data, "end"), timezone=_zone(data, "timezone"), place=_str(data, "place"),
        )  # fmt: skip
    except ValueError:
        raise BadForm("Write dates as YYYY-MM-DD and times as HH:MM.") from None


def _day(data: dict[str, Any], name: str) -> date | None:
    value = _str(data, name)
    return date.fromisoformat(value) if value else None


def _clock(data: dict[str, Any], name: str) -> time | None:
    value = _str(data, name)
    return time.fromisoformat(value).replace(tzinfo=None) if value else None


def _zone(data: dict[str, Any], name: str) -> str:
    value = _str(data, name)
    if not value:
        return ""
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadForm(f"`{name}` {value!r} is no IANA zone such as Europe/Berlin.") from None


def _schedule(data: dict[str, Any], zone: str) -> Schedule:
    values: dict[str, Any] = {"per_minute": data.get("per_minute")}
    if said := _str(data, "send_at"):
        try:
            moment = datetime.fromisoformat(said)
        except ValueError:
            raise BadForm("Write `send_at` as YYYY-MM-DDTHH:MM.") from None
        there = ZoneInfo(_zone(data, "send_timezone") or zone)
        values["send_at"] = moment if moment.tzinfo else moment.replace(tzinfo=there)
    return Schedule(**values)


def email_of(data: dict[str, Any]) -> dict[str, Any]:
    """Return subject, preheader, body and variants of an email in a model's form.

    Raises:
        BadForm: a block lacks what its type needs.
    """
    blocks = [_block(one) for one in (data.get("blocks") or ())[:MOST_BLOCKS]]
    if not blocks:
        raise BadForm("`blocks` is empty; write the email.")
    subject = _str(data, "subject")
    if not subject:
        raise BadForm("`subject` is missing.")
    return {
        "subject": subject, "preheader": _str(data, "preheader"), "body": blocks,
        "variants": [_line for one in data.get("variants") or () if (_line := str(one).strip())],
    }  # fmt: skip


def _block(one: Any) -> dict[str, Any]:
    kind = one.get("type") if isinstance(one, dict) else None
    text = str(one.get("text") or "").strip() if isinstance(one, dict) else ""
    match kind:
        case "heading" if text:
            return {"type": "heading", "text": text, "level": 1}
        case "text" if text:
            return {"type": "text", "text": text}
        case "bullets" if items := [str(item).strip() for item in one.get("items") or ()]:
            return {"type": "bullets", "items": [item for item in items if item]}
        case "button" if one.get("url") and (one.get("label") or text):
            return {"type": "button", "label": one.get("label") or text, "url": one["url"]}
        case "quote" if text and one.get("by"):
            return {"type": "quote", "text": text, "by": one["by"]}
        case "divider":
            return {"type": "divider"}
        case _:
            raise BadForm(
                f"A block of type {kind!r} lacks what it needs (text, items, label, url)."
            )
