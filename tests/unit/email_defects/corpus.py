"""The corpus: good emails, and one defect at a time put into them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from placet.errors import BadInput
from tools.email.brand import Brand, read_brand
from tools.email.checks import Inspector, Report, SentBefore, content_of, sketch_of
from tools.email.links import Links
from tools.email.model import Email, Schedule
from tools.email.port import Recipient, Rendered
from tools.email.render import open_renderer

HERE = Path(__file__).parent
AS_OF = datetime(2026, 11, 24, 9, tzinfo=UTC)
LINKS = Links("https://mail.norda.example", b"a key of thirty-two bytes, tests!")
MEMBERS = (
    ("Ana", "Schmidt", "Germany"), ("Jürgen", "Müller-Lüdenscheidt", "Germany"),
    ("", "Okafor", "Germany"), ("Маша", "Иванова", "Germany"), ("健", "佐藤", "Germany"),
    ("João", "", "Germany"), ("", "", "Germany"), ("Seán", "O'Brien & Sons", "Germany"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """One email with all it is checked with."""

    name: str
    brief: str
    email: Mapping[str, Any]
    schedule: Mapping[str, Any]
    fields: Mapping[str, Any]
    members: int = 0
    recent: tuple[Mapping[str, Any], ...] = ()
    brand: Mapping[str, Any] | None = None
    tamper: tuple[Mapping[str, str], ...] = ()
    expect: str = ""
    severity: str = ""
    why: str = ""


@cache
def brand() -> Brand:
    return read_brand((HERE / "brand.yaml").read_text("utf-8"))


@cache
def _read(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text("utf-8"))


def good() -> list[Specimen]:
    return [_specimen(name, one) for name, one in _read("good.yaml").items()]


def defects() -> list[Specimen]:
    found = []
    for one in _read("defects.yaml"):
        base = copy.deepcopy(_read("good.yaml")[one["base"]])
        for path, value in (one.get("set") or {}).items():
            _set(base["email"], path, value)
        for path, pair in (one.get("replace") or {}).items():
            _set(base["email"], path, _swapped(_get(base["email"], path), pair, one["name"]))
        base |= {
            key: one[key]
            for key in ("brief", "schedule", "fields", "members", "recent")
            if key in one
        }
        found.append(
            _specimen(
                one["name"],
                base,
                expect=one["expect"],
                severity=one.get("severity", ""),
                tamper=tuple(one.get("tamper") or ()),
                brand=one.get("brand"),
                why=one.get("why", ""),
            )
        )
    return found


def _specimen(name: str, base: Mapping[str, Any], **more: Any) -> Specimen:
    email = {"name": name, **base["email"]}
    return Specimen(
        name=name, brief=base["brief"], email=email, schedule=base.get("schedule") or {},
        fields=base.get("fields") or {}, members=base.get("members") or 0,
        recent=tuple(base.get("recent") or ()), **more,
    )  # fmt: skip


def _get(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def _set(value: Any, path: str, new: Any) -> None:
    *way, last = path.split(".")
    for part in way:
        value = value[int(part)] if isinstance(value, list) else value[part]
    if last == "+":
        value.append(new)
    elif isinstance(value, list):
        value[int(last)] = new
    else:
        value[last] = new


def _swapped(text: str, pair: list[str], name: str) -> str:
    if pair[0] not in text:
        raise ValueError(f"{name}: {pair[0]!r} is not in the base")
    return text.replace(pair[0], pair[1])


def recipients(specimen: Specimen) -> Iterator[Recipient]:
    language = str(specimen.email.get("language", "en"))[:2]
    given = specimen.fields
    for number in range(specimen.members or len(MEMBERS)):
        first, last, country = MEMBERS[number % len(MEMBERS)]
        fields = {
            "contact.first_name": first, "contact.last_name": last, "contact.country": country,
            "contact.language": language, "company.name": "" if number % 3 == 1 else "Lindt & Co",
        } | {key: value for key, value in given.items() if key != "email"}  # fmt: skip
        email = str(given.get("email", "person{n}@firma{n}.example")).replace("{n}", str(number))
        clean = {
            key: str(value).replace("{n}", str(number)) for key, value in fields.items() if value
        }
        yield Recipient(contact_id=f"ct_{number:04}", email=email, fields=clean)


def _tampered(rendered: Rendered, swaps: tuple[Mapping[str, str], ...]) -> Rendered:
    """Change what was built: defects that the build itself would never make."""
    html, text, message = rendered.html, rendered.text, rendered.message
    for swap in swaps:
        old, new = swap["old"], swap["new"]
        match swap["in"]:
            case "html":
                if old not in html:
                    raise ValueError(f"{old!r} is not in the HTML")
                html = html.replace(old, new)
            case "text":
                if old not in text:
                    raise ValueError(f"{old!r} is not in the text part")
                text = text.replace(old, new)
            case "header":
                name = old.encode()
                if name not in message:
                    raise ValueError(f"{old!r} is not in the headers")
                message = message.replace(name, new.encode(), 1)
            case "body":
                html += new * int(old)
    return rendered.model_copy(update={"html": html, "text": text, "message": message})


def _sent(one: Mapping[str, Any], email: Email, specimen: Specimen) -> SentBefore:
    """Read a campaign that was sent before; SELF is this very email, or these very members."""
    own = dict(one)
    if own.get("content") == "SELF":
        own["content"] = content_of(email)
    if own.get("sketch") == "SELF":
        own["sketch"] = sketch_of(who.contact_id for who in recipients(specimen))
    return SentBefore.model_validate(own)


def inspect(specimen: Specimen, **more: Any) -> Report:
    """Build it, show every message to the inspector, and return what the checks say."""
    email = Email.model_validate(specimen.email)
    its = brand() if specimen.brand is None else brand().model_copy(update=dict(specimen.brand))
    inspector = Inspector(
        email, its, brief=specimen.brief, schedule=Schedule.model_validate(specimen.schedule),
        as_of=AS_OF, recent=[_sent(one, email, specimen) for one in specimen.recent], **more,
    )  # fmt: skip
    try:
        renderer = open_renderer(email, its, campaign="cp_test", links=LINKS, missing="show")
        for one in recipients(specimen):
            inspector.see(_tampered(renderer.render(one), specimen.tamper), one)
    except BadInput as error:
        inspector.refused(str(error))
    return inspector.report()
