"""Mail domains that are a slip of the finger away from another: proposed, never automatic."""

from collections.abc import Sequence
from typing import Any

from tools.hygiene.columns import Columns
from tools.hygiene.data.mail import TLD_SLIPS
from tools.hygiene.rule import Rule, Sieve, Target, Verdict

from .company_names import named_after
from .mail_domains import MailDomains

__all__ = ["EMAIL_TYPO"]


def _open(table: Columns, _target: Target) -> Sieve:
    domains = table.once(MailDomains)
    taken: set[str] = set()

    def judge(domain: Any, email: Any, company: Any, name: Any, firm: Any) -> Sequence[Verdict]:
        own = domains.of_company(domain, firm, company)
        found = own or domains.slip(domain)
        if found is None:
            return ()
        meant, provider = found
        if isinstance(name, str) and named_after(domain, name) and not named_after(meant, name):
            return ()
        after = email[: -len(domain)] + meant
        agrees = own is not None
        if not provider and not agrees and not domain.endswith(tuple(TLD_SLIPS)):
            return ()
        if not taken:
            taken.update(one for one in table.column("contact", "email").values if one)
        message = f"{domain} looks like a slip of the finger for {meant}."
        evidence = (
            f"{domains.many[meant]:,} contacts have {meant}, {domains.many[domain]:,} {domain}; "
            f"no company here has {domain}."
            + (" The contact's company writes from the other." if agrees else "")
        )
        if after in taken:
            message = f"{message} Another contact has {after}."
            return (Verdict(message, evidence, 0.9, field="email"),)
        confidence = 0.95 if provider else 0.9 if agrees else 0.85
        return (Verdict(message, evidence, confidence, after, "email"),)

    return Sieve(judge, domains.may_be_slip)


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
            "contact",
            "email.domain",
            ("email", "company.domain", "company_name", "company_id"),
            (("company", "domain"),),
        ),
    ),
    open=_open,
    repairs=True,
)
