"""Kinds of error that CRM data picks up, by published models, and the key to what was damaged.

Typing, OCR and phonetic errors follow Christen and Pudjijono's generator of FEBRL (PAKDD 2009) and
Tran, Vatsalan and Christen's GeCo (CIKM 2013): one edit, its kind and place by their shares, a
neighbour on the keyboard for a letter, shapes that scanners confuse. Swapped and merged fields,
missing values: Rahm and Do, "Data Cleaning: Problems and Current Approaches" (2000), table 2;
Kim et al., "A Taxonomy of Dirty Data" (2003). Encodings: W3C, "Character encodings: essential
concepts". Written without a look at the detectors and without their tables; imports nothing of
Placet. Every alias, salutation and placeholder here was typed in from the list of such values in
HubSpot's and Salesforce's import guides and from everyday use.
"""

# ruff: noqa: E501 - tables: one kind of error, one line

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers

from .clean import AS_OF, Clean, Record
from .lands import LANDS
from .people import FIRST_NAMES, LAST_NAMES

__all__ = ["KINDS", "Damage", "Kind", "corrupt"]

Changes = Mapping[str, Any]
_DAY = 86_400_000_000
_NOW = int(AS_OF.timestamp()) * 1_000_000

# US keyboard: each key and its neighbours.
_KEYS = {
    "q": "wa", "w": "qeas", "e": "wrsd", "r": "etdf", "t": "ryfg", "y": "tugh", "u": "yihj",
    "i": "uojk", "o": "ipkl", "p": "ol", "a": "qwsz", "s": "awedxz", "d": "serfcx", "f": "drtgvc",
    "g": "ftyhbv", "h": "gyujnb", "j": "huiknm", "k": "jiolm", "l": "kop", "z": "asx", "x": "zsdc",
    "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
_OCR = (("m", "rn"), ("l", "1"), ("o", "0"), ("cl", "d"), ("i", "l"), ("s", "5"), ("g", "q"), ("e", "c"))  # fmt: skip
_SOUND = (("ph", "f"), ("ck", "k"), ("sch", "sh"), ("z", "s"), ("ie", "y"), ("th", "t"), ("ei", "ai"))  # fmt: skip


def typo(text: str, dice: random.Random) -> str:
    """Return `text` with one typing error, as GeCo's edit model makes them."""
    at = dice.randrange(len(text))
    kind = dice.choices(("insert", "delete", "substitute", "transpose"), (20, 25, 35, 20))[0]
    key = dice.choice(_KEYS.get(text[at].lower(), text[at]))
    key = key.upper() if text[at].isupper() else key  # shift is held all the same
    match kind:
        case "insert":
            return text[:at] + key + text[at:]
        case "delete":
            return text[:at] + text[at + 1 :]
        case "substitute":
            return text[:at] + key + text[at + 1 :]
        case _:
            at = min(at, len(text) - 2)
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _replaced(table: tuple[tuple[str, str], ...], text: str, dice: random.Random) -> str | None:
    fits = [(old, new) for old, new in table if old in text]
    return text.replace(*dice.choice(fits), 1) if fits else None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of error."""

    name: str
    weight: float
    make: Callable[[Record, random.Random, Clean], Changes | None]
    found_by: tuple[str, ...]
    """Detectors of which one should find it; empty where nobody can know the right value."""
    repairable: bool = False
    """Whether the right value can be known from the record, the CRM or a reference."""
    subject: str = "contact"


@dataclass(frozen=True, kw_only=True)
class Damage:
    """One damaged field: the line of the key."""

    kind: Kind
    record: str
    field: str
    right: Any
    wrong: Any


def _case(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    change = dice.choice((str.upper, str.lower))
    both = dice.random() < 0.6
    found = {
        name: change(row[name])
        for name in (
            ("first_name", "last_name") if both else (dice.choice(("first_name", "last_name")),)
        )
        if row[name] and change(row[name]) != row[name] and sum(c.isalpha() for c in row[name]) >= 2
    }
    return found or None


def _spaces(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    name = dice.choice(("first_name", "last_name", "job_title", "city", "company_name", "owner"))
    text = row[name]
    if not text:
        return None
    blank = dice.choice((" ", " ", "  ", "\t", "\u00a0", "\u200b", "\ufeff", "\n", "\u2003"))
    if " " in text and dice.random() < 0.3:
        return {name: text.replace(" ", "  ", 1)}
    return {name: text + blank if dice.random() < 0.6 else blank + text}


def _both_ways(row: Record) -> bool:
    return row["first_name"] in LAST_NAMES or row["last_name"] in FIRST_NAMES


def _swap(row: Record, _dice: random.Random, _clean: Clean) -> Changes | None:
    if _both_ways(row):
        return None
    return {"first_name": row["last_name"], "last_name": row["first_name"]}


def _swap_both(row: Record, _dice: random.Random, _clean: Clean) -> Changes | None:
    first, last = row["first_name"], row["last_name"]
    return {"first_name": last, "last_name": first} if _both_ways(row) and first != last else None


def _merge(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    first, last = row["first_name"], row["last_name"]
    if dice.random() < 0.6:
        return {"first_name": f"{first} {last}", "last_name": None}
    return {"first_name": None, "last_name": f"{last}, {first}"}


def _salute(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    words = (
        "Mr.",
        "Mrs.",
        "Ms.",
        "Mr",
        "Herr",
        "Frau",
        "Mme",
        "Monsieur",
        "Señor",
        "Signora",
        "Dr.",
    )
    name = dice.choice(("first_name", "first_name", "last_name"))
    return {name: f"{dice.choice(words)} {row[name]}"}


def _mojibake(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    name = dice.choice(("first_name", "last_name", "city", "company_name"))
    text = row[name]
    if not text or text.isascii():
        return None
    for _ in range(2 if dice.random() < 0.15 else 1):
        try:
            text = text.encode("utf-8").decode(dice.choice(("latin-1", "cp1252")))
        except UnicodeDecodeError:
            return None
    return {name: text}


def _lost(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    name = dice.choice(("first_name", "last_name"))
    text = row[name].encode("ascii", "replace").decode().replace("?", "\ufffd")
    return {name: text} if text != row[name] else None


def _phone(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    phone, country = row["phone"], row["country"]
    if not phone:
        return None
    calling = _calling(phone)
    rest = phone[1 + len(calling) :]
    cut = [rest[at : at + 3] for at in range(0, len(rest), 3)]
    land = LANDS[country] if country else None
    home = land is not None and _home(phone, land.region)
    styles = ["+{c} {g}", "00{c} {g}", "+{c}-{d}", "+{c} ({a}) {b}", "tel:+{c}{r}", "Tel. +{c} {g}",
              "+{c}.{r}", "+{c} / {g}"]  # fmt: skip
    if land is not None and home and country not in ("Mexico", "Brazil", "Hungary"):
        styles += ["{t}{r}", "{t}{g}", "{t}{d}", "({t}{a}) {b}"] * 2
        if land.trunk == "0":
            styles += ["+{c} (0){g}", "{r}"]
    style = dice.choice(styles)
    made = style.format(
        c=calling, g=" ".join(cut), d="-".join(cut), a=cut[0], b="-".join(cut[1:]), r=rest,
        t=land.trunk if land else "",
    )  # fmt: skip
    return {"phone": made} if made != phone else None


def _calling(phone: str) -> str:
    return str(phonenumbers.parse(phone).country_code)


def _home(phone: str, region: str) -> bool:
    return phonenumbers.country_code_for_region(region) == phonenumbers.parse(phone).country_code


def _phone_short(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    phone = row["phone"]
    return {"phone": phone[: dice.randrange(5, 8)]} if phone else None


def _phone_moved(row: Record, dice: random.Random, clean: Clean) -> Changes | None:
    phone, country = row["phone"], row["country"]
    if not (phone and country and _home(phone, LANDS[country].region)):
        return None
    other = dice.choice(clean.phones)
    return {"phone": other} if _calling(other) != _calling(phone) else None


def _country(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    if not row["country"]:
        return None
    names = (*LANDS[row["country"]].variants, row["country"].upper(), row["country"].lower())
    return {"country": dice.choice(names)}


def _country_typo(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    return _typed("country", row, dice)


def _typed(name: str, row: Record, dice: random.Random) -> Changes | None:
    text = row[name]
    if not text or len(text) < 3:
        return None
    made = typo(text, dice)
    return {name: made} if made != text else None


def _state(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    if not row["state"]:
        return None
    land = LANDS[row["country"]]
    code = dict(land.states)[row["state"]]
    long = f"{land.region}-{code}"
    forms = (code, long, row["state"].upper(), row["state"].lower()) if code.isalpha() else (long, row["state"].upper())  # fmt: skip
    return {"state": dice.choice(forms)}


def _state_moved(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    if not row["country"]:
        return None
    others = [name for name, land in LANDS.items() if land.states and name != row["country"]]
    return {"state": dice.choice(LANDS[dice.choice(others)].states)[0]}


_SPOKEN = {
    "en": ("English", "Englisch", "anglais", "eng", "en-GB", "en_US", "EN"),
    "de": ("German", "Deutsch", "allemand", "deu", "ger", "de-DE", "DE"),
    "fr": ("French", "Français", "Französisch", "fra", "fre", "fr-FR", "FR"),
    "es": ("Spanish", "Español", "spa", "es-ES", "es-MX"),
    "it": ("Italian", "Italiano", "ita", "it-IT"), "nl": ("Dutch", "Nederlands", "nld", "nl-BE"),
    "pt": ("Portuguese", "Português", "por", "pt-BR"), "pl": ("Polish", "Polski", "pol"),
    "sv": ("Swedish", "Svenska", "swe", "sv-SE"), "ja": ("Japanese", "日本語", "jpn"),
    "zh": ("Chinese", "中文", "zho", "zh-CN"), "ko": ("Korean", "한국어", "kor"),
}  # fmt: skip


def _language(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    names = _SPOKEN.get(row["language"])
    return {"language": dice.choice(names)} if names else None


_LABELS = {
    "marketing_qualified_lead": ("MQL", "Marketing Qualified Lead", "marketingqualifiedlead"),
    "sales_qualified_lead": ("SQL", "Sales Qualified Lead", "salesqualifiedlead"),
}


def _picklist(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    name = dice.choice(("lifecycle_stage", "lead_status", "lead_source", "seniority", "job_function"))  # fmt: skip
    value = row[name]
    if not value:
        return None
    forms = (value.replace("_", " ").title(), value.upper(), value.replace("_", "-"), value.title())
    made = dice.choice(_LABELS.get(value, ()) + forms)
    return {name: made} if made != value else None


def _picklist_typo(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    name = dice.choice(("lifecycle_stage", "lead_status", "lead_source", "job_function"))
    return _typed(name, row, dice) if row[name] and len(row[name]) >= 8 else None


def _picklist_junk(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    return {dice.choice(("lead_status", "lead_source")): dice.choice(("Tier 9", "see notes", "42"))}


def _wrap(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    email = row["email"]
    forms = (f" {email}", f"{email} ", f"<{email}>", f"mailto:{email}", f"{email}.", f"{email};",
             f"{email},", f"'{email}'", email.upper(), email.replace("@", " @"))  # fmt: skip
    return {"email": dice.choice(forms)}


def _broken(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    email = row["email"]
    local, _, domain = email.partition("@")
    forms = (f"{local}@@{domain}", f"{local}@{domain.replace('.', ',', 1)}", f"{local}{domain}",
             f"{local}@{domain.replace('.', '..', 1)}", f"{local}@", f"{local}.@{domain}",
             f"{local}@{domain.partition('.')[0]}")  # fmt: skip
    return {"email": dice.choice(forms)}


_BIG = frozenset({"gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com"})


def _domain_typo(row: Record, dice: random.Random, clean: Clean) -> Changes | None:
    local, _, domain = row["email"].partition("@")
    name, _, ending = domain.partition(".")
    if domain not in _BIG:
        return None
    if dice.random() < 0.2:
        ending = dice.choice(("con", "cmo", "ocm", "comm", "vom", "coom"))
        return {"email": f"{local}@{name}.{ending}"}
    made = _replaced(_OCR, name, dice) if dice.random() < 0.15 else typo(name, dice)
    return {"email": f"{local}@{made}.{ending}"} if made and made != name else None


def _firm_domain_typo(row: Record, dice: random.Random, clean: Clean) -> Changes | None:
    local, _, domain = row["email"].partition("@")
    firm = clean.companies[int(row["company_id"][2:])] if row["company_id"] else None
    if (
        firm is None
        or clean.writers[firm["id"]] < 2
        or not domain.startswith(tuple("abcdefghijklmnopqrstuvwxyz"))
    ):
        return None
    if firm["domain"] not in (domain, None) or domain.partition(".")[0] in ("ge", "aon", "line"):
        return None  # a slip in two letters: nobody can know
    name, _, ending = domain.partition(".")
    made = typo(name, dice)
    return {"email": f"{local}@{made}.{ending}"} if made != name else None


def _name_typo(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    name = dice.choice(("first_name", "last_name", "city"))
    roll, text = dice.random(), row[name]
    if not text or len(text) < 3:
        return None
    made = _replaced(_SOUND, text, dice) if roll < 0.2 else _replaced(_OCR, text, dice) if roll < 0.35 else typo(text, dice)  # fmt: skip
    return {name: made} if made and made != text and made.strip() == made and "  " not in made else None  # fmt: skip


def _placeholder(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    name = dice.choice(("job_title", "phone", "city", "company_name"))
    word = dice.choice(("n/a", "N/A", "-", "--", "#N/A", "[not provided]", "?", "(blank)"))
    return {name: word} if row[name] else None


def _blank(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    name = dice.choice(("country", "owner", "lifecycle_stage", "lead_source", "job_title"))
    return {name: None} if row[name] else None


def _untitled(name: str) -> Callable[[Record, random.Random, Clean], Changes | None]:
    return lambda row, _dice, _clean: {name: None} if row[name] else None


def _number(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    return {"lead_score": dice.choice((-1, -50, 99_999, 10**9))}


def _future(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    return {"created_at": _NOW + dice.randrange(3, 4_000) * _DAY}


def _epoch(row: Record, _dice: random.Random, _clean: Clean) -> Changes | None:
    return {"created_at": 0}


def _before(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    return {"updated_at": row["created_at"] - dice.randrange(3, 900) * _DAY}


def _left(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    gone = dice.choice(("paula@placet.dev", "quentin@placet.dev"))
    return {"owner": gone if dice.random() < 0.6 else f"{gone} (Deactivated User)"}


def _test(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    number = row["id"][-5:]
    return {
        "email": dice.choice(
            (f"test{number}@test.com", f"asdf{number}@example.com", f"a{number}@example.org")
        ),
        "first_name": dice.choice(("Test", "Asdf", "foo")),
        "last_name": dice.choice(("Test", "Tester", "bar")),
    }


def _throwaway(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    host = dice.choice(("mailinator.com", "guerrillamail.com", "yopmail.com", "10minutemail.com"))
    return {"email": f"u{row['id'][-6:]}@{host}"}


def _behind(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    before = ("subscriber", "lead", "sales_qualified_lead")
    return {"lifecycle_stage": dice.choice(before)} if row["lifecycle_stage"] in ("customer", "opportunity") else None  # fmt: skip


def _bounce(row: Record, _dice: random.Random, clean: Clean) -> Changes | None:
    if any(one["email"] == row["email"] for one in clean.suppressions[-50:]):
        return None
    return {"+bounced": _NOW - _DAY // 2}


def _leave(row: Record, _dice: random.Random, _clean: Clean) -> Changes | None:
    return {"+left": _NOW - _DAY} if row["consent"] == "granted" else None


def _opt_out(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    return {"consent": "denied", "+listed": True} if row["consent"] == "granted" else None


def _website(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    domain = row["domain"]
    forms = (f"https://www.{domain}/", f"http://{domain}", f"www.{domain}", domain.upper(),
             f"https://{domain}/en/home?x=1", f"info@{domain}", f"{domain} ")  # fmt: skip
    return {"domain": dice.choice(forms)}


def _no_domain(row: Record, _dice: random.Random, clean: Clean) -> Changes | None:
    return {"domain": None} if clean.writers[row["id"]] > 1 else None  # else nobody can know it


def _firm_number(row: Record, dice: random.Random, _clean: Clean) -> Changes | None:
    return {"employees": dice.choice((-5, 0, 9_999_999))}


KINDS: tuple[Kind, ...] = (
    Kind(name="name: case", weight=6, make=_case, found_by=("name_case",), repairable=True),
    Kind(name="blanks", weight=5, make=_spaces, found_by=("text_spacing",), repairable=True),
    Kind(name="name: swapped", weight=3, make=_swap, found_by=("name_swapped",), repairable=True),
    Kind(name="name: swapped, used both ways", weight=1, make=_swap_both, found_by=()),
    Kind(name="name: merged", weight=2.5, make=_merge, found_by=("name_merged",), repairable=True),
    Kind(name="name: salutation", weight=2.5, make=_salute, found_by=("name_salutation",), repairable=True),
    Kind(name="mojibake", weight=5, make=_mojibake, found_by=("mojibake",), repairable=True),
    Kind(name="lost character", weight=1, make=_lost, found_by=("mojibake",)),
    Kind(name="name: typing, OCR, sound", weight=4, make=_name_typo, found_by=()),
    Kind(name="phone: format", weight=10, make=_phone, found_by=("phone_format",), repairable=True),
    Kind(name="phone: cut short", weight=1.5, make=_phone_short, found_by=("phone_invalid",)),
    Kind(name="phone: another country's", weight=1.5, make=_phone_moved, found_by=("phone_country",)),
    Kind(name="country: variant", weight=6, make=_country, found_by=("country_name",), repairable=True),
    Kind(name="country: typing", weight=2, make=_country_typo, found_by=("country_name",), repairable=True),
    Kind(name="state: variant", weight=3, make=_state, found_by=("state_name",), repairable=True),
    Kind(name="state: another country's", weight=1, make=_state_moved, found_by=("state_country",)),
    Kind(name="language: variant", weight=3, make=_language, found_by=("language_code",), repairable=True),
    Kind(name="picklist: variant", weight=5, make=_picklist, found_by=("picklist_value",), repairable=True),
    Kind(name="picklist: typing", weight=2, make=_picklist_typo, found_by=("picklist_value",), repairable=True),
    Kind(name="picklist: junk", weight=1, make=_picklist_junk, found_by=("picklist_value",)),
    Kind(name="email: wrapped", weight=4, make=_wrap, found_by=("email_syntax",), repairable=True),
    Kind(name="email: broken", weight=1.5, make=_broken, found_by=("email_syntax",)),
    Kind(name="email: domain typing", weight=8, make=_domain_typo, found_by=("email_domain_typo",), repairable=True),
    Kind(name="email: company domain typing", weight=1.5, make=_firm_domain_typo, found_by=("email_domain_typo",), repairable=True),
    Kind(name="placeholder", weight=2, make=_placeholder, found_by=("placeholder",)),
    Kind(name="missing", weight=2, make=_blank, found_by=("missing_field",)),
    Kind(name="seniority missing", weight=2, make=_untitled("seniority"), found_by=("title_seniority",), repairable=True),
    Kind(name="function missing", weight=2, make=_untitled("job_function"), found_by=("title_function",), repairable=True),
    Kind(name="number out of range", weight=1, make=_number, found_by=("number_range",)),
    Kind(name="date in the future", weight=1, make=_future, found_by=("date_range",)),
    Kind(name="date at the epoch", weight=0.5, make=_epoch, found_by=("date_range",)),
    Kind(name="changed before created", weight=1, make=_before, found_by=("date_order",)),
    Kind(name="owner left", weight=1.5, make=_left, found_by=("owner_left",)),
    Kind(name="test record", weight=1, make=_test, found_by=("test_record",)),
    Kind(name="disposable address", weight=1, make=_throwaway, found_by=("email_disposable",)),
    Kind(name="lifecycle set back", weight=4, make=_behind, found_by=("lifecycle_backwards",), repairable=True),
    Kind(name="bounced", weight=1, make=_bounce, found_by=("bounced_marketable",)),
    Kind(name="unsubscribed, consent kept", weight=1, make=_leave, found_by=("consent_contradiction",)),
    Kind(name="opted out, listed", weight=1, make=_opt_out, found_by=("opted_out_listed",)),
    Kind(name="company: website as domain", weight=3, make=_website, found_by=("company_domain_format",), repairable=True, subject="company"),
    Kind(name="company: domain missing", weight=3, make=_no_domain, found_by=("company_domain_missing",), repairable=True, subject="company"),
    Kind(name="company: number out of range", weight=1, make=_firm_number, found_by=("number_range",), subject="company"),
)  # fmt: skip


def corrupt(clean: Clean, share: float = 0.3, seed: int = 11) -> list[Damage]:
    """Damage this share of the records in place, each by one kind or (one in five) two."""
    dice = random.Random(seed)
    key: list[Damage] = []
    taken = {row["email"] for row in clean.contacts}
    for subject, rows in (("contact", clean.contacts), ("company", clean.companies)):
        kinds = [kind for kind in KINDS if kind.subject == subject]
        weights = [kind.weight for kind in kinds]
        for row in rows:
            if dice.random() >= share:
                continue
            touched, origin = set[str](), dict(row)
            for _ in range(2 if dice.random() < 0.2 else 1):
                for _attempt in range(8):
                    (kind,) = dice.choices(kinds, weights)
                    changes = kind.make(origin, dice, clean)
                    fields = {name.removeprefix("+") for name in changes or ()}
                    if not changes or fields & touched:
                        continue
                    if "email" in changes and (
                        changes["email"] in taken or "@" not in row["email"]
                    ):
                        continue
                    touched |= fields | (
                        {"first_name", "last_name"}
                        if fields & {"first_name", "last_name"}
                        else set()
                    )
                    key += _apply(kind, row, changes, clean)
                    taken.add(row.get("email", ""))
                    break
    return key


def _apply(kind: Kind, row: Record, changes: Changes, clean: Clean) -> list[Damage]:
    made = []
    for name, value in changes.items():
        if name == "+bounced":
            clean.events.append({"contact_id": row["id"], "type": "bounced", "occurred_at": value})
            made.append(
                Damage(
                    kind=kind,
                    record=row["id"],
                    field="email",
                    right=row["email"],
                    wrong=row["email"],
                )
            )
        elif name == "+left":
            clean.events.append(
                {"contact_id": row["id"], "type": "unsubscribed", "occurred_at": value}
            )
            made.append(
                Damage(
                    kind=kind, record=row["id"], field="consent", right="denied", wrong="granted"
                )
            )
        elif name == "+listed":
            row["listed"] = True
        else:
            made.append(
                Damage(kind=kind, record=row["id"], field=name, right=row[name], wrong=value)
            )
            row[name] = value
    return made
