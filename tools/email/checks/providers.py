"""Whose mail programs read a domain's mail, as far as the domain alone tells."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from rapidfuzz.distance import OSA

from .wordlists import words_of

__all__ = ["CLIENTS", "is_disposable", "is_free", "meant_by", "mix_of"]

Mix = Mapping[str, float]

CLIENTS: Mapping[str, Mix] = {
    "gmail": {"gmail-web": 0.4, "gmail-app": 0.35, "apple-ios": 0.25},
    "microsoft": {"outlook-web": 0.6, "outlook-app": 0.4},
    "yahoo": {"yahoo": 0.65, "apple-ios": 0.35},
    "apple": {"apple-ios": 0.65, "apple-mac": 0.35},
    "aol": {"aol": 1.0},
    "gmx": {"gmx": 0.7, "apple-ios": 0.3},
    "web-de": {"web-de": 0.7, "apple-ios": 0.3},
    "t-online": {"t-online": 0.7, "apple-ios": 0.3},
    "mail-ru": {"mail-ru": 1.0},
    "proton": {"proton": 1.0},
    "orange": {"orange": 0.7, "apple-ios": 0.3},
    "business": {
        "outlook-windows": 0.35, "outlook-web": 0.1, "outlook-app": 0.1, "gmail-web": 0.2,
        "apple-ios": 0.2, "thunderbird": 0.05,
    },
}  # fmt: skip
"""Assumed shares of programs per kind of provider: what a company's own domain hides, a mail
server's name would tell, and asking for it is no check's business. One place to put better ones."""

_DOMAINS = {
    "gmail": "gmail.com googlemail.com",
    "microsoft": "outlook.com hotmail.com hotmail.de hotmail.fr hotmail.co.uk live.com "
    "live.de msn.com "
    "outlook.de outlook.fr",
    "yahoo": "yahoo.com yahoo.de yahoo.fr yahoo.co.uk yahoo.it yahoo.es ymail.com rocketmail.com "
    "yahoo.co.jp yahoo.in",
    "apple": "icloud.com me.com mac.com",
    "aol": "aol.com aol.de aim.com",
    "gmx": "gmx.de gmx.net gmx.at gmx.ch gmx.com",
    "web-de": "web.de",
    "t-online": "t-online.de magenta.de",
    "mail-ru": "mail.ru bk.ru inbox.ru list.ru yandex.ru yandex.com",
    "proton": "proton.me protonmail.com protonmail.ch pm.me",
    "orange": "orange.fr wanadoo.fr",
}
_KIND = {domain: kind for kind, domains in _DOMAINS.items() for domain in domains.split()}
_TYPED = ("gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "googlemail.com")
"""Names long enough that one letter off is a slip and not another provider."""
_FREE = frozenset(
    words_of(
        "freenet.de arcor.de posteo.de mailbox.org tutanota.com tuta.io zoho.com fastmail.com "
        "hey.com "
        "qq.com 163.com 126.com naver.com libero.it laposte.net free.fr sfr.fr o2.pl wp.pl onet.pl "
        "seznam.cz bluewin.ch hispeed.ch aon.at chello.at comcast.net verizon.net att.net"
    )
)


def mix_of(domain: str) -> Mix:
    """Return which programs read a domain's mail, and in which shares."""
    return CLIENTS[_KIND.get(domain, "business")]


def is_free(domain: str) -> bool:
    """Return whether anybody can have an address there."""
    return domain in _KIND or domain in _FREE


def meant_by(domain: str) -> str | None:
    """Return the large provider that a domain only misspells, or None."""
    if domain in _KIND or domain in _FREE:
        return None
    near = (one for one in _TYPED if abs(len(one) - len(domain)) < 2)
    return next((one for one in near if OSA.distance(one, domain, score_cutoff=1) == 1), None)


def is_disposable(domain: str) -> bool:
    """Return whether addresses there are made to be thrown away."""
    return domain in _disposable()


@cache
def _disposable() -> frozenset[str]:
    from disposable_email_domains import blocklist

    return frozenset(blocklist)
