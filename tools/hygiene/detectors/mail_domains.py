"""Domains that mail goes to: what they end in, how many contacts have each, which are slips."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

import disposable_email_domains
import tldextract
from rapidfuzz.distance import OSA

from tools.crm.values import domain as bare_domain
from tools.hygiene.columns import Columns
from tools.hygiene.data.mail import NEIGHBOURS, PROVIDERS, RESERVED, TLD_SLIPS

__all__ = [
    "MailDomains",
    "Slip",
    "company_domains",
    "domain_of",
    "has_ending",
    "is_sample",
    "suffix_of",
    "without_domain",
]

_RARE = 0.15
"""A slip is rarer than this share of what was meant."""
_SHORTEST = 6
"""Shorter names have too many neighbours: ge.com, me.com, aol.com, gmx.de, web.de."""


def domain_of(email: Any) -> str:
    """Return what stands after the last @, lower-cased; empty where nothing does."""
    return email.rpartition("@")[2].lower() if isinstance(email, str) and "@" in email else ""


@cache
def _suffixes() -> tldextract.TLDExtract:
    # The bundled snapshot alone: no download, no cache on disk.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True)


@cache
def _endings() -> frozenset[str]:
    return frozenset(one for one in _suffixes().tlds if "." not in one)


def has_ending(domain: str) -> bool:
    """Tell whether a domain ends in a top-level domain that exists, and is more than that."""
    name, _, ending = domain.rpartition(".")
    return bool(name) and ending in _endings()


@lru_cache(maxsize=200_000)
def suffix_of(domain: str) -> str:
    """Return the public suffix of a domain ("co.uk"), empty where it has none that exists."""
    return _suffixes()(domain).suffix


def is_sample(table: Columns) -> bool:
    """Tell whether this CRM is made up: a fifth of its addresses are at reserved names.

    There a reserved ending says nothing about one record.
    """
    column = table.column("contact", "email.domain")
    reserved = sum(
        many
        for domain, many in zip(column.values, column.counts(), strict=True)
        if domain.rpartition(".")[2] in RESERVED
    )
    return reserved > len(column) / 5 and reserved > 20


def company_domains(table: Columns) -> frozenset[str]:
    """Return the domains of this CRM's companies, read out of websites where need be."""
    column = table.column("company", "domain")
    return frozenset(host for one in column.values if one and (host := bare_domain(one)))


def without_domain(table: Columns) -> frozenset[str]:
    """Return the ids of the companies that have no domain stored."""
    column = table.column("company", "domain")
    return frozenset(one for one, d in zip(table.ids("company"), column, strict=True) if not d)


# Signs and blanks are no slips of letters: another detector sees to them.
_WHOLE = re.compile(r"[^\W_](?:[\w-]|\.(?!\.))*\w")


class Slip(NamedTuple):
    """What a domain was meant to be."""

    meant: str
    provider: bool
    """Whether that is a mail provider's."""


def _one_off(text: str) -> Iterator[str]:
    """Yield the text and every text with one character less."""
    yield text
    for at in range(len(text)):
        yield text[:at] + text[at + 1 :]


class MailDomains:
    """The domains in use, how many contacts have each, and what each may be a slip of."""

    def __init__(self, table: Columns) -> None:
        domains, firms = (
            table.column("contact", "email.domain"),
            table.column("contact", "company_id"),
        )
        self.many: Counter[str] = Counter()
        for domain, many in zip(domains.values, domains.counts(), strict=True):
            self.many[domain] += many
        self._companies = table.once(company_domains)
        nameless = without_domain(table)
        self._firms: defaultdict[str, set[str | None]] = defaultdict(set)
        self._mail: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for domain, firm in zip(domains, firms, strict=True):
            if domain in self._companies or domain in PROVIDERS:
                continue
            if len(known := self._firms[domain]) < 3:
                known.add(firm)
            if firm in nameless:
                self._mail[firm][domain] += 1
        self._targets: defaultdict[str, set[str]] = defaultdict(set)
        for domain in PROVIDERS:
            if len(domain.partition(".")[0]) >= _SHORTEST - 1:
                for shorter in _one_off(domain):
                    self._targets[shorter].add(domain)
        self._known: dict[str, Slip | None] = {}

    def may_be_slip(self, domain: str) -> bool:
        """Tell whether a domain is neither a company's nor known for what it is."""
        known = domain in self._companies or domain in PROVIDERS or domain in NEIGHBOURS
        return not known and _WHOLE.fullmatch(domain) is not None

    def of_company(self, domain: str, firm: Any, stored: Any) -> Slip | None:
        """Return the domain of the contact's own company where this one is a slip for it.

        Without a stored domain it is the one that most of the company's contacts write from.
        """
        if self.many[domain] != 1 or not self.may_be_slip(domain):
            return None
        meant = bare_domain(stored) if isinstance(stored, str) else self._most_used(firm)
        if meant is None or OSA.distance(domain, meant, score_cutoff=1) != 1:
            return None
        name, meant_name = domain.partition(".")[0], meant.partition(".")[0]
        if len(meant_name) < _SHORTEST - 1 or (name == meant_name and has_ending(domain)):
            return None
        return Slip(meant, False)

    def _most_used(self, firm: Any) -> str | None:
        used = self._mail.get(firm)
        if not used:
            return None
        ((best, many),) = used.most_common(1)
        return best if many >= 2 and many >= 0.6 * used.total() else None

    def slip(self, domain: str) -> Slip | None:
        """Return what a domain was meant to be, or None where it may well be right."""
        if domain not in self._known:
            self._known[domain] = self._look(domain)
        return self._known[domain]

    def _look(self, domain: str) -> Slip | None:
        if not self.may_be_slip(domain):
            return None
        if self.many[domain] > 1 and len(firms := self._firms[domain]) == 1 and None not in firms:
            return None  # all who write from there are of one company: it is that company's
        if ending := self._ending(domain):
            return ending
        if (read := domain.replace("rn", "m")) != domain and read in PROVIDERS:
            return Slip(read, True)  # what scanners make of an m
        near = {one for shorter in _one_off(domain) for one in self._targets.get(shorter, ())}
        near = {one for one in near if one != domain and OSA.distance(one, domain) == 1}
        if len(near) != 1:
            return None
        (meant,) = near
        same_name = meant.partition(".")[0] == domain.partition(".")[0]
        if same_name and has_ending(domain):  # acme.de beside acme.dk: two real endings
            return None
        # Squatters keep the commonest slips, and lists of disposable domains know them: any number.
        squatted = domain in disposable_email_domains.blocklist
        rare = self.many[domain] <= max(3, _RARE * self.many[meant])
        return Slip(meant, True) if rare or squatted else None

    def _ending(self, domain: str) -> Slip | None:
        """Return gmail.com for gmail.con: the name is known, the ending exists nowhere."""
        name, _, ending = domain.rpartition(".")
        if ending not in TLD_SLIPS or has_ending(domain):
            return None
        known = [
            meant
            for end in ("com", "net", "org")
            if OSA.distance(end, ending) <= 1
            and ((meant := f"{name}.{end}") in PROVIDERS or meant in self._companies
                 or self.many[meant] >= 3)
        ]  # fmt: skip
        return Slip(known[0], known[0] in PROVIDERS) if len(known) == 1 else None
