"""Contacts and companies that belong together and do not know it; domains of companies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from tools.crm.values import domain as bare_domain
from tools.hygiene.columns import Columns
from tools.hygiene.data.mail import PROVIDERS
from tools.hygiene.rule import Judge, Rule, Sieve, Target, Verdict

from .company_names import named_after
from .mail_domains import company_domains, domain_of, is_sample, suffix_of, without_domain

__all__ = ["COMPANY_DOMAIN", "COMPANY_EMPTY", "CONTACT_ALONE", "DOMAIN_FORMAT"]


def _open_format(table: Columns, _target: Target) -> Judge:
    sample = table.once(is_sample)

    def judge(value: Any) -> Sequence[Verdict]:
        if not isinstance(value, str) or not value.strip():
            return ()
        after = bare_domain(value.rpartition("@")[2] if "@" in value else value)
        if after == value and (sample or suffix_of(after)):
            return ()
        message = f"“{value}” is no bare domain."
        if after is None or not (sample or suffix_of(after)):
            return (Verdict(message, "No host with an existing ending can be read in it.", 0.95),)
        if after in PROVIDERS:
            return (Verdict(message, f"{after} is a mail provider's, not a company's.", 0.95),)
        return (Verdict(message, f"The host in it is {after}.", 0.99, after),)

    return judge


DOMAIN_FORMAT = Rule(
    name="company_domain_format",
    title="Company domains that are websites or addresses",
    dimension="validity",
    severity="warn",
    finds="“https://www.acme.com/de”, “ACME.com”, “info@acme.com” in place of acme.com.",
    never="Sub-domains other than www; hosts without an existing ending; mail providers.",
    source="The value itself; the public suffix list bundled with tldextract.",
    targets=(Target("company", "domain", context=(("contact", "email"),)),),
    open=_open_format,
    repairs=True,
)


class _Mail:
    """Which domains the contacts of companies without one write from, and who else does."""

    def __init__(self, table: Columns) -> None:
        self.by_company: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.companies: defaultdict[str, set[str]] = defaultdict(set)
        self.owned = table.once(company_domains)
        asked = without_domain(table)
        domains, firms = (table.column("contact", one) for one in ("email.domain", "company_id"))
        for domain, company in zip(domains, firms, strict=True):
            if company in asked and domain and domain not in PROVIDERS:
                self.by_company[company][domain] += 1
        wanted = {domain for used in self.by_company.values() for domain in used}
        for domain, company in zip(domains, firms, strict=True):
            if domain in wanted and company:
                self.companies[domain].add(company)


def _open_domain(table: Columns, _target: Target) -> Sieve:
    mail, sample = table.once(_Mail), table.once(is_sample)

    def judge(_domain: Any, name: Any, company: Any) -> Sequence[Verdict]:
        if company not in mail.by_company:
            return ()
        counts = mail.by_company[company]
        ((best, many),) = counts.most_common(1)
        named = isinstance(name, str) and named_after(best, name)
        real, share = sample or suffix_of(best), many / counts.total()
        if share < (0.5 if named else 0.8) or not real:
            return ()
        if best in mail.owned or len(mail.companies[best]) > 1:
            return ()
        if many < 2 and (share < 1 or not named):
            return ()
        evidence = (
            f"{many} of its {counts.total()} contacts with a business address write from {best}; "
            f"no other company does." + (" It is named so." if named else "")
        )
        confidence = 0.99 if named and many >= 2 else 0.85
        return (
            Verdict("Its domain is missing; its contacts tell it.", evidence, confidence, best),
        )

    return Sieve(judge, lambda domain: domain is None)


COMPANY_DOMAIN = Rule(
    name="company_domain_missing",
    title="Company domains that the contacts tell",
    dimension="completeness",
    severity="info",
    finds="Companies without a domain whose contacts nearly all write from one business domain.",
    never="Domains of mail providers, domains that another company has or writes from; certain "
    "only where two contacts use it and the company is named so.",
    source="The addresses of the company's own contacts; cleanco for the legal form.",
    targets=(
        Target(
            "company", "domain", ("name", "id"), (("contact", "email"), ("contact", "company_id"))
        ),
    ),
    open=_open_domain,
    repairs=True,
)


def _open_alone(table: Columns, _target: Target) -> Sieve:
    names: defaultdict[str, set[str]] = defaultdict(set)
    pairs = zip(table.column("company", "domain"), table.column("company", "name"), strict=True)
    for domain, name in pairs:
        if isinstance(domain, str) and isinstance(name, str):
            names[domain.lower()].add(name)

    field = "company_name"

    def judge(_link: Any, name: Any, email: Any) -> Sequence[Verdict]:
        message = "The contact belongs to no company."
        found = names.get(domain_of(email), set())
        if len(found) != 1 or domain_of(email) in PROVIDERS:
            evidence = "No company here has the domain of its address."
            return (Verdict(message, evidence, 0.9, field=field),) if name is None else ()
        (company,) = found
        evidence = f"{company} is the one company here with {domain_of(email)}."
        if name is None:
            return (Verdict(message, evidence, 0.9, company, field),)
        return (Verdict(message, evidence, 0.9, field=field),)

    return Sieve(judge, lambda link: link is None)


CONTACT_ALONE = Rule(
    name="contact_without_company",
    title="Contacts without a company",
    dimension="completeness",
    severity="info",
    finds="Contacts that are linked to no company; names the one whose domain they write from.",
    never="A company name somebody entered; mail providers; domains of several companies.",
    source="The domains of this CRM's companies.",
    targets=(
        Target(
            "contact", "company_id", ("company_name", "email"),
            (("company", "domain"), ("company", "name")),
        ),
    ),
    open=_open_alone,
    repairs=True,
)  # fmt: skip


def _open_empty(_table: Columns, _target: Target) -> Judge:
    def judge(_name: Any, contacts: Any) -> Sequence[Verdict]:
        if contacts != 0:
            return ()
        return (Verdict("No contact belongs to this company.", "It has none here.", 0.95),)

    return judge


COMPANY_EMPTY = Rule(
    name="company_without_contacts",
    title="Companies without contacts",
    dimension="completeness",
    severity="info",
    finds="Companies that no contact is linked to.",
    never="It deletes nothing.",
    source="The links of this CRM's contacts.",
    targets=(Target("company", "name", ("contacts",)),),
    open=_open_empty,
)
