"""A CRM without a flaw that anybody put in: realistic, diverse, the same for the same seed.

What is missing, private or a function's address is so on purpose, and `Clean.natural` keeps which
records a detector is right to point at. Imports nothing of Placet.
"""

# ruff: noqa: E501 - tables of what values there are

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import phonenumbers

from .lands import LANDS, Land
from .people import person

__all__ = ["AS_OF", "OWNERS", "TITLES", "Clean", "Record", "make"]

AS_OF = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Record = dict[str, Any]
_DAY = 86_400_000_000
OWNERS = tuple(f"{name}@placet.dev" for name in "ana ben cleo dora emil fadi gita hugo".split())  # noqa: SIM905 - a list of names

TITLES: tuple[tuple[str, str, str], ...] = (
    ("VP Marketing", "vp", "marketing"), ("Chief Executive Officer", "c_level", "executive"),
    ("Marketing Manager", "manager", "marketing"), ("Head of Sales", "director", "sales"),
    ("Sales Director", "director", "sales"), ("CFO", "c_level", "finance"),
    ("Software Engineer", "individual", "engineering"), ("Senior Data Analyst", "senior", "data"),
    ("HR Manager", "manager", "hr"), ("Legal Counsel", "individual", "legal"),
    ("IT Administrator", "individual", "it"), ("Product Manager", "manager", "product"),
    ("Head of Customer Success", "director", "customer_success"), ("Buyer", "individual", "procurement"),
    ("Leiter Marketing", "director", "marketing"), ("Vertriebsleiter", "director", "sales"),
    ("Einkäufer", "individual", "procurement"), ("Directeur commercial", "director", "sales"),
    ("Responsable marketing", "manager", "marketing"), ("Director financiero", "director", "finance"),
    ("Marketing Intern", "intern", "marketing"), ("Senior Software Engineer", "senior", "engineering"),
    ("VP of Engineering", "vp", "engineering"), ("Chief Marketing Officer", "c_level", "marketing"),
    ("Account Executive", "individual", "sales"), ("Operations Manager", "manager", "operations"),
    ("Entwicklungsingenieur", "individual", "engineering"), ("Buchhalter", "individual", "finance"),
)  # fmt: skip
_STAGES = ("subscriber", "lead", "marketing_qualified_lead", "sales_qualified_lead")
_STATUS = ("new", "open", "in_progress", "attempted_to_contact", "connected", "bad_timing", "unqualified")  # fmt: skip
_SOURCES = ("organic_search", "paid_search", "social", "email", "referral", "event", "webinar", "direct", "partner")  # fmt: skip
_INDUSTRIES = ("software", "it_services", "telecommunications", "media", "financial_services", "insurance", "healthcare", "education", "manufacturing", "automotive", "retail", "logistics", "consulting")  # fmt: skip
_CORES = ["Nord", "Alpha", "Blue", "Summit", "River", "Stone", "Green", "Atlas", "Orion", "Delta", "Vertex", "Lumen", "Cobalt", "Harbor", "Maple", "Quantum", "Iron", "Silver", "Pioneer", "Beacon", "Falcon", "Meridian", "Aurora", "Cedar", "Granite", "Helix", "Zenith", "Apex"]  # fmt: skip
_TAILS = ["works", "tech", "labs", "systems", "soft", "data", "media", "energy", "trade", "foods", "pharma", "motors", "logistics", "capital", "partners", "networks", "design", "solar", "textil", "bau"]  # fmt: skip
_FORMS = {"DE": "GmbH", "AT": "GmbH", "CH": "AG", "US": "Inc.", "GB": "Ltd", "FR": "SAS", "ES": "S.L.", "IT": "S.r.l.", "NL": "B.V.", "SE": "AB", "DK": "ApS", "PL": "Sp. z o.o."}  # fmt: skip
_FREE = ["gmail.com", "gmail.com", "gmail.com", "gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com", "ymail.com", "me.com", "mac.com", "gmx.de", "gmx.net", "gmx.at", "web.de", "t-online.de", "mail.com", "aol.com", "live.com", "orange.fr", "free.fr", "libero.it", "wp.pl", "o2.pl", "proton.me", "msn.com", "yahoo.co.uk", "mail.ru"]  # fmt: skip
# Real firms whose domains lie a slip away from a provider's or from each other's.
_NEAR = (("GE", "ge.com"), ("Aon", "aon.com"), ("Outlock", "outlock.com"), ("Hotmall", "hotmall.com"), ("Gmaill Tools", "gmaill.com"), ("Line", "line.com"), ("Bluewerk", "bluewerk.de"), ("Blauwerk", "blauwerk.de"))  # fmt: skip
_CITIES = "Springfield Riverton Neustadt Villanueva Saint-Pierre São_Bento Nowe_Miasto 東京 Санкт-Петербург Malmö Åre 's-Hertogenbosch".split()  # noqa: SIM905 - a list of names # fmt: skip


@dataclass
class Clean:
    """The right CRM, and what is naturally so in it."""

    contacts: list[Record]
    companies: list[Record]
    deals: list[Record]
    events: list[Record]
    suppressions: list[Record]
    phones: list[str] = field(default_factory=list)
    """Every right number, for errors that put one person's number on another's record."""
    writers: Counter[str] = field(default_factory=Counter)
    """How many contacts of each company write from its domain."""
    natural: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    """Detector name to the (record, field) it is right about before any damage."""


def make(size: int, seed: int = 7) -> Clean:
    """Return a clean CRM of `size` contacts and a sixth as many companies."""
    return _Maker(size, seed).run()


class _Maker:
    def __init__(self, size: int, seed: int) -> None:
        self.size, self.dice = size, random.Random(seed)
        self.clean = Clean([], [], [], [], [])
        self.mails: set[str] = set()
        self.domains: set[str] = set()
        self.patterns: list[int] = []
        """How each company builds its addresses; one contact in ten is an exception."""
        self.now = int(AS_OF.timestamp()) * 1_000_000

    def run(self) -> Clean:
        lands, weights = list(LANDS), [land.weight for land in LANDS.values()]
        for number in range(max(len(_NEAR) + 2, self.size // 6)):
            (country,) = self.dice.choices(lands, weights)
            self._company(number, country)
        for number in range(self.size):
            (country,) = self.dice.choices(lands, weights)
            self._contact(number, country)
        used = {one["company_id"] for one in self.clean.contacts}
        for firm in self.clean.companies:
            if firm["id"] not in used:
                self.clean.natural["company_without_contacts"].add((firm["id"], "name"))
        return self.clean

    def _moment(self, oldest: int, newest: int) -> int:
        return self.now - self.dice.randrange(newest * 86_400, oldest * 86_400) * 1_000_000

    def _company(self, number: int, country: str) -> None:
        dice, land = self.dice, LANDS[country]
        if number < len(_NEAR):
            name, domain = _NEAR[number]
        else:
            core = f"{dice.choice(_CORES)}{dice.choice(_TAILS)}"
            name = f"{core} {_FORMS.get(land.region, '')}".strip()
            domain = f"{slug(core)}{number if dice.random() < 0.8 else ''}.{dice.choice(land.tlds)}"
            if domain in self.domains:
                domain = f"{slug(core)}-{number}.{land.tlds[0]}"
        self.domains.add(domain)
        created = self._moment(3_000, 100)
        self.clean.companies.append({
            "id": f"co{number:06}", "name": name, "domain": domain,
            "industry": dice.choice(_INDUSTRIES), "employees": int(10 ** dice.uniform(0.7, 4.5)),
            "annual_revenue": round(10 ** dice.uniform(5, 9.5)), "company_type": "prospect",
            "country": country, "state": self._state(land), "city": self._city(),
            "phone": None, "owner": dice.choice(OWNERS), "created_at": created,
            "updated_at": min(self.now, created + dice.randrange(1, 400) * _DAY),
            "land": country,
        })  # fmt: skip
        firm = self.clean.companies[-1]
        self.patterns.append(dice.choices(range(5), (45, 20, 15, 8, 12))[0])
        if firm["updated_at"] < self.now - 730 * _DAY:
            self.clean.natural["stale_record"].add((firm["id"], "updated_at"))

    def _state(self, land: Land) -> str | None:
        return (
            self.dice.choice(land.states)[0] if land.states and self.dice.random() < 0.6 else None
        )

    def _city(self) -> str:
        return self.dice.choice(_CITIES).replace("_", " ")

    def _contact(self, number: int, country: str) -> None:
        dice, record = self.dice, f"ct{number:07}"
        firm = dice.choice(self.clean.companies) if dice.random() < 0.92 else None
        if firm is not None and dice.random() < 0.8:
            country = firm["land"]
        land = LANDS[country]
        first, last = person(dice)
        title, seniority, function = dice.choice(TITLES)
        known = dice.random() < 0.93
        created = self._moment(2_500, 30)
        contact: Record = {
            "id": record, "email": self._email(first, last, firm, number), "first_name": first,
            "last_name": last, "job_title": title if known else None,
            "seniority": seniority if known else None, "job_function": function if known else None,
            "phone": self._phone(land) if dice.random() < 0.8 else None,
            "country": country if dice.random() < 0.92 else None, "city": self._city(),
            "state": None, "language": land.language, "lifecycle_stage": dice.choice(_STAGES),
            "lead_status": dice.choice(_STATUS), "lead_source": dice.choice(_SOURCES),
            "lead_score": dice.randrange(0, 101), "owner": dice.choice(OWNERS),
            "company_name": firm["name"] if firm else None, "company_id": firm["id"] if firm else None,
            "consent": "granted" if dice.random() < 0.85 else None, "created_at": created,
            "updated_at": min(self.now, created + dice.randrange(1, 900) * _DAY),
        }  # fmt: skip
        if contact["country"]:
            contact["state"] = self._state(land)
        self.clean.contacts.append(contact)
        self._history(contact)
        self._note(contact)

    def _history(self, contact: Record) -> None:
        dice, clean = self.dice, self.clean
        if dice.random() < 0.4:
            self._event(contact, "email_open", self._moment(700, 1))
        if dice.random() < 0.06:
            contact["lifecycle_stage"] = "customer"
            clean.deals.append({"contact_id": contact["id"], "stage": "closed_won"})
        elif dice.random() < 0.05:
            contact["lifecycle_stage"] = "opportunity"
            clean.deals.append({"contact_id": contact["id"], "stage": "contract_sent"})
        if dice.random() < 0.02:
            self._event(contact, "bounced", self.now - _DAY)
            clean.suppressions.append({"email": contact["email"], "reason": "bounced"})

    def _event(self, contact: Record, kind: str, at: int) -> None:
        self.clean.events.append({"contact_id": contact["id"], "type": kind, "occurred_at": at})

    def _email(self, first: str, last: str, firm: Record | None, number: int) -> str:
        dice = self.dice
        private = firm is None or dice.random() < 0.1
        domain = dice.choice(_FREE) if private else firm["domain"]
        given, family = slug(first) or "p", slug(last) or "q"
        if not private and dice.random() < 0.03:
            local = dice.choice(("info", "sales", "office", "kontakt"))
        else:
            ways = (f"{given}.{family}", f"{given[0]}{family}", f"{given[0]}.{family}",
                    f"{family}.{given}", f"{given}")  # fmt: skip
            own = None if private or dice.random() < 0.1 else self.patterns[int(firm["id"][2:])]
            local = ways[own if own is not None else dice.choices(range(5), (50, 15, 10, 5, 20))[0]]
        email = f"{local}@{domain}"
        while email in self.mails:
            email = f"{local.rstrip('0123456789')}{number}@{domain}"
            number += self.size
        self.mails.add(email)
        return email

    def _phone(self, land: Land) -> str:
        """Return a valid number: an example of the plan with other last digits."""
        kind = self.dice.choice((0, 1, 1))
        example = phonenumbers.example_number_for_type(land.region, kind)
        national = phonenumbers.national_significant_number(example)
        calling = phonenumbers.country_code_for_region(land.region)
        for _ in range(20):
            keep = len(national) - self.dice.choice((4, 5, 6))
            text = f"+{calling}{national[:keep]}" + "".join(
                self.dice.choice("0123456789") for _ in national[keep:]
            )
            if phonenumbers.is_valid_number(phonenumbers.parse(text)):
                return text
        return f"+{calling}{national}"

    def _note(self, contact: Record) -> None:
        """Keep what detectors are right to say of this contact as it is."""
        natural, record = self.clean.natural, contact["id"]
        if contact["company_id"] and contact["email"].partition("@")[2] not in _FREE:
            self.clean.writers[contact["company_id"]] += 1
        if contact["phone"]:
            self.clean.phones.append(contact["phone"])
        for name in ("first_name", "last_name", "country", "job_title", "lifecycle_stage", "owner",
                     "lead_source", "consent"):  # fmt: skip
            if contact[name] is None:
                natural["missing_field"].add((record, name))
        domain = contact["email"].partition("@")[2]
        if domain in _FREE and contact["company_id"]:
            natural["email_free_mail"].add((record, "email"))
        if contact["email"].partition("@")[0].rstrip("0123456789") in ("info", "sales", "office", "kontakt"):  # fmt: skip
            natural["email_role"].add((record, "email"))
        if contact["company_id"] is None:
            natural["contact_without_company"].add((record, "company_name"))
        last = [e["occurred_at"] for e in self.clean.events[-3:]
                if e["contact_id"] == record and e["type"] == "email_open"]  # fmt: skip
        if max([contact["updated_at"], contact["created_at"], *last]) < self.now - 730 * _DAY:
            natural["stale_record"].add((record, "updated_at"))


def slug(text: str) -> str:
    """Return how a name stands in an address."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss").replace("ø", "o").replace("ł", "l").replace("đ", "d").replace("ı", "i"))  # fmt: skip
    return re.sub(r"[^a-z0-9]", "", plain)


def ago(days: int) -> int:
    """Return a moment in epoch microseconds, so many days before the audit."""
    return int((AS_OF - timedelta(days=days)).timestamp()) * 1_000_000
