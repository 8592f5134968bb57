"""Mailboxes: which addresses reach the same one, and what an address tells of its owner."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from disposable_email_domains import blocklist

from tools.crm.values import fold
from tools.crm.values.emails import FREE_MAIL
from tools.hygiene.data.mail import PROVIDERS, ROLES
from tools.hygiene.detectors.mail_domains import suffix_of

from .spelling import plain

__all__ = ["Mailbox", "label_of", "mailbox_of", "private_host", "registered"]

_PRIVATE = FREE_MAIL | PROVIDERS | frozenset(blocklist)
_TAGGED = frozenset({
    "gmail.com", "outlook.com", "hotmail.com", "live.com", "icloud.com", "fastmail.com",
    "proton.me", "hey.com",
})  # fmt: skip
"""Providers that document that what follows a plus sign reaches the same mailbox."""
_ALIASES = {
    "googlemail.com": "gmail.com", "me.com": "icloud.com", "mac.com": "icloud.com",
    "pm.me": "proton.me", "protonmail.com": "proton.me",
}  # fmt: skip
_DISTINCT = 5
"""From this length on, a local part that is not the person's name tells people apart."""


class Mailbox(NamedTuple):
    """One address, taken apart. Empty strings for what it does not have."""

    address: str
    """Where mail to it arrives: "J.Doe+news@googlemail.com" is "jdoe@gmail.com"."""
    local: str
    """What stands before the @, without tag and signs."""
    local_words: str
    """The same with its signs: "j.doe"."""
    host: str
    handle: str
    """The local part where it is somebody's own and not made of the name: "kiwi77"."""
    domain: str
    """The registered domain where it is a company's: "acme.co.uk"; empty for a provider's."""
    role: bool
    """Whether a function answers it, not a person: info@, sales@."""


NO_MAILBOX = Mailbox("", "", "", "", "", "", role=False)


@lru_cache(maxsize=100_000)
def registered(host: str) -> str:
    """Return the domain that somebody registered: "acme.co.uk" of "mail.acme.co.uk"."""
    ending = suffix_of(host)
    name = host.removesuffix("." + ending).rpartition(".")[2]
    return f"{name}.{ending}" if ending and name else host


def label_of(domain: str) -> str:
    """Return the name in a registered domain: "acme" of "acme.co.uk"."""
    return domain.partition(".")[0].replace("-", "")


def mailbox_of(email: str | None, given: str, family: str) -> Mailbox:
    """Take an address apart; the (plain) names tell whether its local part says more than they."""
    if not email or "@" not in email:
        return NO_MAILBOX
    local, _, host = email.strip().lower().rpartition("@")
    kept = local.partition("+")[0] or local
    private = host in _PRIVATE
    mail_host = _ALIASES.get(host, host)
    tagged = kept if mail_host in _TAGGED or not private else local
    if mail_host == "gmail.com":
        tagged = tagged.replace(".", "")
    signs = fold(kept).replace(" ", "")
    role = signs in ROLES
    return Mailbox(
        address=f"{tagged}@{mail_host}", local=signs, local_words=kept, host=host,
        handle="" if role or _is_name(plain(kept), given, family) else signs,
        domain="" if private else registered(host), role=role,
    )  # fmt: skip


def _is_name(local: str, given: str, family: str) -> bool:
    """Tell whether a local part is short or is made of the name alone, digits left out of it."""
    words = local.replace(" ", "")
    if len(words) < _DISTINCT:
        return True
    first, last = given.replace(" ", ""), family.replace(" ", "")
    return words in {
        first, last, first + last, last + first, first[:1] + last, last + first[:1],
        first + last[:1], first[:1] + last[:1],
    }  # fmt: skip


def private_host(host: str) -> bool:
    """Tell whether anybody can have an address at a host: it says nothing about a company."""
    return host in _PRIVATE
