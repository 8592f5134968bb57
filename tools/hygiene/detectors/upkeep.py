"""What nobody keeps up: missing fields, stale records, owners who left, test records."""

import re
from collections.abc import Sequence
from typing import Any

from tools.hygiene.column import Value
from tools.hygiene.columns import Columns
from tools.hygiene.data.mail import RESERVED_DOMAINS
from tools.hygiene.rule import Judge, Rule, Target, Verdict

from .mail_domains import domain_of, is_sample

__all__ = ["MISSING", "OWNER_LEFT", "REQUIRED", "STALE", "TEST_RECORD"]

REQUIRED: dict[tuple[str, str], str] = {
    ("contact", "first_name"): "greeting",
    ("contact", "last_name"): "greeting and finding duplicates",
    ("contact", "country"): "routing and consent rules",
    ("contact", "job_title"): "scoring",
    ("contact", "lifecycle_stage"): "routing",
    ("contact", "owner"): "routing",
    ("contact", "lead_source"): "attribution",
    ("contact", "consent"): "permission to mail",
    ("company", "domain"): "finding duplicates and enrichment",
    ("company", "industry"): "scoring",
    ("company", "country"): "routing",
    ("company", "employees"): "scoring",
}
"""What scoring and routing need, and for what."""

_DAY = 86_400_000_000
_STALE_DAYS = 730


def _open_missing(_table: Columns, target: Target) -> Judge:
    purpose = REQUIRED[target.subject, target.field]

    def judge(value: Value) -> Sequence[Verdict]:
        if value is not None and (not isinstance(value, str) or value.strip()):
            return ()
        return (Verdict("It is missing.", f"It is needed for {purpose}.", 1.0),)

    return judge


MISSING = Rule(
    name="missing_field",
    title="Fields that scoring and routing need are empty",
    dimension="completeness",
    severity="info",
    finds="Empty fields of contacts and companies that scoring, routing or mailing rely on.",
    never="It fills nothing in: enrichment and people do.",
    source="The fields and their purposes in `REQUIRED`.",
    targets=tuple(
        Target("contact" if subject == "contact" else "company", field)
        for subject, field in REQUIRED
    ),
    open=_open_missing,
)


def _open_stale(table: Columns, _target: Target) -> Judge:
    limit = table.now - _STALE_DAYS * _DAY

    def judge(updated: Any, created: Any, engaged: Any = None) -> Sequence[Verdict]:
        moments = [one for one in (updated, created, engaged) if isinstance(one, int)]
        if not moments or max(moments) >= limit:
            return ()
        months = (table.now - max(moments)) // _DAY // 30
        evidence = f"Its last change, and sign of life, is {months} months ago."
        return (Verdict("Nobody has touched it for two years.", evidence, 0.9),)

    return judge


STALE = Rule(
    name="stale_record",
    title="Stale records",
    dimension="freshness",
    severity="info",
    finds="Records without a change, and contacts without an open, click, visit, form or webinar, "
    "for 730 days.",
    never="It changes nothing and archives nothing.",
    source="The record's dates and the contact's events.",
    targets=(
        Target("contact", "updated_at", ("created_at", "engaged_at")),
        Target("company", "updated_at", ("created_at",)),
    ),
    open=_open_stale,
)

_GONE = re.compile(
    r"\b(?:deactivated|inactive|former|ex-|disabled|deleted user|terminated|ausgeschieden)\b",
    re.IGNORECASE,
)


def _open_owner(table: Columns, target: Target) -> Judge:
    active = table.active_owners
    known = None if active is None else {one.strip().casefold() for one in active}

    def judge(owner: Any) -> Sequence[Verdict]:
        if not isinstance(owner, str) or not owner.strip():
            return ()
        message = "Its owner is not here any more."
        if _GONE.search(owner):
            return (Verdict(message, f"“{owner}” says so.", 0.97),)
        if known is not None and owner.strip().casefold() not in known:
            evidence = f"{owner} is not among the {len(known)} people who own records today."
            return (Verdict(message, evidence, 0.97),)
        return ()

    return judge


OWNER_LEFT = Rule(
    name="owner_left",
    title="Owners who left",
    dimension="consistency",
    severity="warn",
    finds="Owners that are marked as inactive, or are not among today's people where that list is "
    "known.",
    never="It assigns nobody: routing rules and people do.",
    source="The list of people, where it is given; the marks HubSpot and Salesforce put.",
    targets=(Target("contact", "owner"), Target("company", "owner")),
    open=_open_owner,
)

_TEST_LOCAL = re.compile(
    r"(?:test|tester|testing|test[._-]?(?:user|account|email|mail|contact|lead)?\d*|asdf+\w*|"
    r"qwert[yz]\w*|foo|bar|foobar|fake|nobody|noone|none|na|xxx+|aaa+|abc123?|dummy|lorem)"
)
_TEST_NAME = re.compile(
    r"test(?:er|ing|y)?|test (?:user|account|contact|lead|test)|asdf\w*|qwert[yz]\w*|foo|foobar|"
    r"dummy|fake|delete me|do not use|xxx+|aaa+|lorem|mickey mouse|donald duck|john doe|jane doe|"
    r"max mustermann|erika mustermann"
)


def _open_test(table: Columns, _target: Target) -> Judge:
    sample = table.once(is_sample)

    def judge(email: Any, first: Any, last: Any) -> Sequence[Verdict]:
        signs = []
        local, domain = str(email or "").partition("@")[0], domain_of(email)
        reserved = domain in RESERVED_DOMAINS or domain.rpartition(".")[2] in ("test", "example")
        if reserved and not sample:
            signs.append(f"{domain} is reserved for examples")
        if _TEST_LOCAL.fullmatch(local):
            signs.append(f"“{local}@” is what people type to test")
        names = [one.strip().casefold() for one in (first, last) if isinstance(one, str)]
        whole = " ".join(names)
        if whole and (_TEST_NAME.fullmatch(whole) or all(map(_TEST_NAME.fullmatch, names))):
            signs.append(f"“{' '.join(str(n) for n in (first, last) if n)}” is a test name")
        if not signs:
            return ()
        confidence = 0.97 if len(signs) > 1 or "reserved" in signs[0] else 0.85
        return (Verdict("It looks like a test record.", "; ".join(signs) + ".", confidence),)

    return judge


TEST_RECORD = Rule(
    name="test_record",
    title="Test and junk records",
    dimension="validity",
    severity="warn",
    finds="Addresses at example domains, keyboard runs, and names that people type to test.",
    never="It deletes nothing. A name alone that people have (Foo, Fake) is a weak sign.",
    source="RFC 2606; what testers type; the stock persons of English and German forms.",
    targets=(Target("contact", "email", ("first_name", "last_name")),),
    open=_open_test,
)
