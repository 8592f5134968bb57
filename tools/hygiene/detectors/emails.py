"""Email addresses: what cannot be delivered, what a function or nobody reads."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import disposable_email_domains
from email_validator import EmailNotValidError, validate_email

from tools.hygiene.columns import Columns
from tools.hygiene.data.mail import PROVIDERS, RESERVED, ROLES
from tools.hygiene.rule import Judge, Rule, Sieve, Target, Verdict

from .mail_domains import MailDomains, company_domains, domain_of, has_ending, is_sample, suffix_of

__all__ = ["DISPOSABLE", "EMAIL_SYNTAX", "FREE_MAIL", "ROLE"]

_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9_+\-]|\.(?!\.))*(?<!\.)@([a-z0-9.\-]+)")
_WRAPPED = re.compile(
    r"^[\s<\"'(\[]*(?:e-?mail:|mailto:)?[\s<\"'(\[]*|[\s>\"')\].,;:]*$", re.IGNORECASE
)


_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9]|-(?!-)){0,61}[a-z0-9]\.|[a-z0-9]\.)+[a-z]{2,63}")


@lru_cache(maxsize=200_000)
def _bad_domain(domain: str) -> str | None:
    """Return why no mail can be delivered to a domain, or None."""
    ending = domain.rpartition(".")[2]
    if ending in RESERVED:
        return None  # the judge decides: in a made-up CRM it says nothing
    if not (_HOST.fullmatch(domain) and len(domain) < 190):  # the plainest need no library
        try:
            validate_email(f"someone@{domain}", check_deliverability=False)
        except EmailNotValidError as error:
            return str(error)
    known = has_ending(domain) or suffix_of(domain)
    return None if known else f"“.{ending}” is no top-level domain."


def _why_bad(email: str) -> str | None:
    plain = _PLAIN.fullmatch(email)
    if plain and email.index("@") <= 64:
        return _bad_domain(plain[1])
    domain = domain_of(email)
    if domain.rpartition(".")[2] in RESERVED and " " not in email and email.count("@") == 1:
        return None
    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError as error:
        return str(error)
    return _bad_domain(domain)


def _bare(email: str) -> str:
    """Return the address without what surrounds it: blanks, brackets, "mailto:", a full stop."""
    return _WRAPPED.sub("", _WRAPPED.sub("", email)).lower()


def _slips(email: str) -> str:
    """Return the address with the commonest slips of the hand undone."""
    local, _, domain = re.sub(r"\s+", "", _bare(email)).replace("@@", "@").rpartition("@")
    domain = re.sub(r"\.{2,}", ".", domain.replace(",", ".").replace(";", "."))
    return f"{re.sub(r'[.]{2,}', '.', local).strip('.')}@{domain}"


def _open_syntax(table: Columns, _target: Target) -> Judge:
    taken: set[str] = set()
    sample = table.once(is_sample)

    def free(email: str) -> bool:
        if not taken:
            taken.update(one for one in table.column("contact", "email").values if one)
        return email not in taken

    def judge(email: Any) -> Sequence[Verdict]:
        if not isinstance(email, str):
            return ()
        ending = domain_of(email).rpartition(".")[2]
        if ending in RESERVED and not sample:
            message = f"“.{ending}” is reserved: no mail is ever delivered there."
            return (Verdict(message, "RFC 2606, RFC 6761.", 0.99),)
        why = _why_bad(email)
        if why is None and (email.isascii() and email == email.lower()):
            return ()
        bare = _bare(email)
        if why is None and bare == email:
            return ()
        why = why or "Addresses are stored in small letters."
        if bare != email and _why_bad(bare) is None:
            if not free(bare):
                return (Verdict(f"{why} Another contact has {bare}.", f"“{email}”", 0.99),)
            evidence = f"Without blanks, signs around it and capitals it is {bare}."
            return (Verdict(why, evidence, 0.995, bare),)
        mended = _slips(email)
        if mended != email and _why_bad(mended) is None and free(mended):
            evidence = f"With one @ and single full stops it would be {mended}."
            return (Verdict(why, evidence, 0.9, mended),)
        return (
            Verdict(why, f"“{email}” by the rules of RFC 5321 and the public suffix list.", 0.99),
        )

    return judge


EMAIL_SYNTAX = Rule(
    name="email_syntax",
    title="Email addresses that cannot be delivered",
    dimension="validity",
    severity="error",
    finds="Addresses that break the rules of syntax, have an ending that is no top-level domain or "
    "a reserved one, or carry blanks, brackets, “mailto:” or capitals.",
    never="The letters of an address beyond their case; an address that another contact has.",
    source="email-validator (RFC 5321, 6531), the public suffix list bundled with tldextract, "
    "RFC 2606 and 6761.",
    targets=(Target("contact", "email"),),
    open=_open_syntax,
    repairs=True,
)


def _open_disposable(table: Columns, _target: Target) -> Sieve:
    companies = table.once(company_domains)
    listed = disposable_email_domains.blocklist
    domains = table.once(MailDomains)

    def only(domain: Any) -> bool:
        # Five hundred domains stand on lists of both kinds; a provider's, and a company's, is none.
        if domain not in listed or domain in PROVIDERS or domain in companies:
            return False
        return domains.slip(domain) is None  # gmial.com is listed, people mean gmail.com

    def judge(domain: Any, _email: Any) -> Sequence[Verdict]:
        message = "The address was made to be thrown away."
        evidence = f"{domain} is on the list of disposable domains; no company here has it."
        return (Verdict(message, evidence, 0.95, field="email"),)

    return Sieve(judge, only)


DISPOSABLE = Rule(
    name="email_disposable",
    title="Disposable addresses",
    dimension="marketability",
    severity="warn",
    finds="Addresses of services that hand them out for minutes.",
    never="Free-mail providers that are on such lists as well, domains of companies in this CRM.",
    source="The package disposable-email-domains, as installed.",
    targets=(
        Target(
            "contact",
            "email.domain",
            ("email",),
            (("company", "domain"), ("contact", "company_id")),
        ),
    ),
    open=_open_disposable,
)


def _open_role(_table: Columns, _target: Target) -> Judge:
    def judge(email: Any) -> Sequence[Verdict]:
        if not isinstance(email, str):
            return ()
        local = email.partition("@")[0].partition("+")[0]
        if local not in ROLES:
            return ()
        return (Verdict("A function reads this address, not a person.", f"“{local}@”", 0.97),)

    return judge


ROLE = Rule(
    name="email_role",
    title="Role addresses",
    dimension="marketability",
    severity="info",
    finds="Addresses of a function: info@, sales@, postmaster@.",
    never="Addresses where the word is a part only (salesman@, anna.sales@).",
    source="RFC 2142 and what companies use beside it (tools/hygiene/data/mail.py).",
    targets=(Target("contact", "email"),),
    open=_open_role,
)


def _open_free(_table: Columns, _target: Target) -> Sieve:
    def judge(domain: Any, _email: Any, name: Any, company: Any) -> Sequence[Verdict]:
        if not (name or company):
            return ()
        message = "A private address stands on a business record."
        evidence = f"{domain} hands addresses to anybody; the record names a company."
        return (Verdict(message, evidence, 0.95, field="email"),)

    return Sieve(judge, PROVIDERS.__contains__)


FREE_MAIL = Rule(
    name="email_free_mail",
    title="Free-mail addresses on business records",
    dimension="marketability",
    severity="info",
    finds="Contacts of a company with an address of a free-mail provider.",
    never="Contacts without a company.",
    source="The providers' own domains (tools/hygiene/data/mail.py).",
    targets=(Target("contact", "email.domain", ("email", "company_name", "company_id")),),
    open=_open_free,
)
