"""Mail domains that are a slip of the finger away from another: proposed, never automatic."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA

from tools.hygiene.columns import Columns
from tools.hygiene.data.mail import NEIGHBOURS, PROVIDERS, TLD_SLIPS
from tools.hygiene.rule import Judge, Rule, Target, Verdict

from .emails import domain_of, suffix_of

__all__ = ["EMAIL_TYPO"]

_COMMON = 8
"""From how many contacts on a company's domain can be what another was meant to be."""
_RARE = 0.02
"""A slip is rarer than this share of what was meant."""
_SHORTEST = 6
"""Shorter names have too many neighbours: ge.com, me.com, aol.com, gmx.de, web.de."""


class _Slip(NamedTuple):
    meant: str
    provider: bool


def _one_off(text: str) -> Iterator[str]:
    """Yield the text and every text with one character less."""
    yield text
    for at in range(len(text)):
        yield text[:at] + text[at + 1 :]


class _Domains:
    """The domains in use, how many contacts have each, and what each may be a slip of."""

    def __init__(self, table: Columns) -> None:
        self.many = Counter(map(domain_of, table.column("contact", "email")))
        self._companies = {d.lower() for d in table.column("company", "domain").values if d}
        self._targets: defaultdict[str, set[str]] = defaultdict(set)
        common = {d for d, many in self.many.items() if many >= _COMMON and suffix_of(d)}
        for domain in PROVIDERS | common:
            if len(domain.partition(".")[0]) >= _SHORTEST - 1:
                for shorter in _one_off(domain):
                    self._targets[shorter].add(domain)
        self._known: dict[str, _Slip | None] = {}

    def slip(self, domain: str) -> _Slip | None:
        """Return what a domain was meant to be, or None where it may well be right."""
        if domain not in self._known:
            self._known[domain] = self._look(domain)
        return self._known[domain]

    def _look(self, domain: str) -> _Slip | None:
        if domain in PROVIDERS or domain in NEIGHBOURS or domain in self._companies or not domain:
            return None
        if ending := self._ending(domain):
            return ending
        near = {one for shorter in _one_off(domain) for one in self._targets.get(shorter, ())}
        near = {one for one in near if one != domain and OSA.distance(one, domain) == 1}
        if len(near) != 1:
            return None
        (meant,) = near
        same_name = meant.partition(".")[0] == domain.partition(".")[0]
        if same_name and suffix_of(domain):  # acme.de beside acme.dk: two real endings
            return None
        rare = self.many[domain] <= max(1, _RARE * self.many[meant])
        return _Slip(meant, meant in PROVIDERS) if rare else None

    def _ending(self, domain: str) -> _Slip | None:
        """Return gmail.com for gmail.con: the name is known, the ending exists nowhere."""
        name, _, ending = domain.rpartition(".")
        if ending not in TLD_SLIPS or suffix_of(domain):
            return None
        known = [
            meant
            for end in ("com", "net", "org")
            if OSA.distance(end, ending) <= 1
            and ((meant := f"{name}.{end}") in PROVIDERS or meant in self._companies
                 or self.many[meant] >= 3)
        ]  # fmt: skip
        return _Slip(known[0], known[0] in PROVIDERS) if len(known) == 1 else None


def _open(table: Columns, _target: Target) -> Judge:
    domains = _Domains(table)
    taken: set[str] = set()

    def judge(email: Any, company: Any) -> Sequence[Verdict]:
        domain = domain_of(email)
        found = domains.slip(domain)
        if found is None:
            return ()
        meant, provider = found
        after = email[: -len(domain)] + meant
        if not taken:
            taken.update(one for one in table.column("contact", "email").values if one)
        agrees = isinstance(company, str) and company.lower() == meant
        if not provider and not agrees and not domain.endswith(tuple(TLD_SLIPS)):
            return ()
        message = f"{domain} looks like a slip of the finger for {meant}."
        evidence = (
            f"{domains.many[meant]:,} contacts have {meant}, {domains.many[domain]:,} {domain}; "
            f"no company here has {domain}."
            + (" The contact's company has the other." if agrees else "")
        )
        if after in taken:
            return (Verdict(f"{message} Another contact has {after}.", evidence, 0.9),)
        return (Verdict(message, evidence, 0.95 if agrees or provider else 0.85, after),)

    return judge


EMAIL_TYPO = Rule(
    name="email_domain_typo",
    title="Mail domains that look mistyped",
    dimension="validity",
    severity="error",
    finds="Rare domains one edit away from a provider's or from the domain of the contact's own "
    "company (gmial.com), and endings that do not exist (gmail.con).",
    never="Known neighbours of providers (ymail.com, me.com, ge.com, gmx.at ...), domains of "
    "companies, short names, another existing ending; never repaired without a look.",
    source="How many contacts of this CRM have either domain; the providers' own domains.",
    targets=(
        Target(
            "contact", "email", ("company.domain",), (("company", "domain"), ("contact", "email"))
        ),
    ),
    open=_open,
    repairs=True,
)
