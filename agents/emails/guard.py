"""The fact guard of drafting: what an email states must stand in the brief, the CRM or the brand.

It uses the same reading of facts as the checks on the card, so that what would block approval is
mended before anybody sees it: sent back to the model once, then taken out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from placet.errors import BadInput
from tools.email.brand import Brand
from tools.email.checks.facts import Facts, Unsupported, facts_of, unsupported
from tools.email.model import Email

from .port import Brief, Setting
from .rules.when import long_date, long_time
from .rules.words import count_words

__all__ = ["brief_text", "copy_of", "length_of", "mend", "problems_of"]

_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
ROOM = 0.35
"""By what share an email may be longer or shorter than asked before it is sent back."""


def brief_text(setting: Setting) -> str:
    """Return what facts are held against: the person's words, and how their dates were read."""
    brief, lines = setting.brief, [setting.brief.said.strip()]
    one = brief.occasion
    if one.on is not None:
        zone = one.timezone or _zone(setting.timezone)
        for language in dict.fromkeys(("en", setting.language)):
            said = long_date(one.on, language)
            if one.until:
                said += f" to {long_date(one.until, language)}"
            if one.at:
                said += ", " + long_time(one.at, one.end, zone, language, one.on)
            lines.append(f"Date: {said}")
    if brief.about:
        lines.append(f"Matter: {brief.about}")
    if setting.attended:
        lines.append(f"Every recipient attended: {setting.attended}")
    lines.append(f"Audience: {setting.audience}")
    return "\n".join(line for line in lines if line)


def _zone(name: str) -> str:
    """Return the operator's zone where it was set: UTC is what stands there when nobody did."""
    return "" if name == "UTC" else name


def copy_of(email: Email) -> str:
    """Return what a recipient reads, tokens left out."""
    parts = [email.subject, email.preheader, *(one.subject for one in email.variants)]
    for block in email.body:
        values = block.model_dump()
        parts += [values.get("text") or "", values.get("label") or "", values.get("alt") or ""]
        parts += list(values.get("items") or ())
    return _LIQUID.sub("", "\n".join(part for part in parts if part))


def _known(setting: Setting, brand: Brand, today: date) -> Facts:
    texts = [
        brief_text(setting), brand.name, brand.legal_name, brand.website, *brand.facts,
        *(notice for notice in brand.required_for("", setting.language)),
        *(one.name for one in brand.senders), setting.brief.sender, setting.brief.subject,
    ]  # fmt: skip
    known = facts_of("\n".join(texts), today=today)
    for link in setting.brief.links:
        known = known | facts_of(link.url)
    return known


def problems_of(
    data: dict[str, Any], setting: Setting, brand: Brand, build: Callable[[Email], None]
) -> list[str]:
    """Return what is wrong with a written email, a line each for a model; empty is good."""
    try:
        email = Email.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return [f"{'.'.join(map(str, first['loc']))}: {first['msg']}"]
    try:
        build(email)
    except BadInput as error:
        return [str(error)]
    found = [_said(one) for one in _unsupported(email, setting, brand)]
    return [*found, *_left_out(email, setting.brief, setting), *_length(email, setting.brief)]


def _unsupported(email: Email, setting: Setting, brand: Brand) -> Sequence[Unsupported]:
    today = setting.as_of.astimezone(ZoneInfo(setting.timezone)).date()
    copy = facts_of(_LINK.sub(r"\1 \2", copy_of(email)), email.language, today=today)
    for block in email.body:
        if url := block.model_dump().get("url"):
            copy = copy | facts_of(url)
    return unsupported(copy, _known(setting, brand, today), today=today)


def _said(one: Unsupported) -> str:
    kind = one.kind.removeprefix("claim:")
    return f"“{one.text}” ({kind}) is not in the request, the CRM or the brand file; leave it out."


def _left_out(email: Email, brief: Brief, setting: Setting) -> list[str]:
    """Return which of the brief's links and dates the email does not have."""
    text = copy_of(email)
    urls = {block.model_dump().get("url") for block in email.body}
    urls |= {match[2] for match in _LINK.finditer(text)}
    found = [
        f"The link {link.url} is missing; put it in."
        for link in brief.links
        if link.url not in urls and link.url not in text
    ]
    on = brief.occasion.on
    days = facts_of(text, email.language).days
    if on is not None and not any((one.month, one.day) == (on.month, on.day) for one in days):
        found.append(f"The date is missing: {long_date(on, setting.language)}.")
    return found


def _length(email: Email, brief: Brief) -> list[str]:
    if brief.words is None:
        return []
    count = length_of(email)
    if abs(count - brief.words) <= max(15, ROOM * brief.words):
        return []
    return [f"The body has {count} words; {brief.words} were asked for."]


def length_of(email: Email) -> int:
    """Return how many words the body has."""
    return count_words(copy_of(email.model_copy(update={"subject": "", "preheader": "",
                                                        "variants": ()})))  # fmt: skip


def mend(data: dict[str, Any], setting: Setting, brand: Brand) -> tuple[dict[str, Any], list[str]]:
    """Take out each sentence that states what stands nowhere; return what was taken out."""
    email = Email.model_validate(data)
    bad = [one.text for one in _unsupported(email, setting, brand) if one.kind != "link"]
    links = {one.text for one in _unsupported(email, setting, brand) if one.kind == "link"}
    dropped: list[str] = []

    def kept(text: str) -> str:
        paragraphs = []
        for paragraph in text.split("\n\n"):
            sentences = re.split(r"(?<=[.!?])\s+(?=[^\d\W])", paragraph)
            good = [one for one in sentences if not _states(one, bad, links)]
            dropped.extend(one for one in sentences if one not in good)
            paragraphs.append(" ".join(good))
        return "\n\n".join(one for one in paragraphs if one.strip())

    body = []
    for block in email.model_dump()["body"]:
        if block.get("url") and any(link in block["url"] for link in links):
            dropped.append(block.get("label") or block["url"])
            continue
        if "text" in block:
            block["text"] = kept(block["text"])
        if "items" in block:
            good = [one for one in block["items"] if not _states(one, bad, links)]
            dropped += [one for one in block["items"] if one not in good]
            block["items"] = good
        if block.get("text", "x") and block.get("items", ["x"]):
            body.append(block)
    mended = {**email.model_dump(), "body": body}
    if _states(email.preheader, bad, links):
        mended["preheader"] = ""
        dropped.append(email.preheader)
    mended["variants"] = [
        one for one in mended["variants"] if not _states(one["subject"], bad, links)
    ]
    return mended, dropped


def _states(text: str, bad: Sequence[str], links: set[str]) -> bool:
    lowered = text.casefold()
    return any(one.casefold() in lowered for one in bad) or any(one in lowered for one in links)
