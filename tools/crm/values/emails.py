"""Email addresses: lower-cased and trimmed, or refused."""

import re

__all__ = ["FREE_MAIL", "business_domain", "domain", "email"]

# What mail servers accept in practice: no quoted local parts, no address literals, no bare hosts.
_ADDRESS = re.compile(
    r"[^\s@<>(),:;\"\\\[\]\x00-\x20\x7f]{1,64}@([^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]"
)
_HOST = re.compile(r"([^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
FREE_MAIL = frozenset({
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.es",
    "yahoo.it", "ymail.com", "hotmail.com", "hotmail.co.uk", "hotmail.de", "hotmail.fr",
    "hotmail.it", "outlook.com", "outlook.de", "live.com", "msn.com", "icloud.com", "me.com",
    "mac.com", "aol.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de",
    "freenet.de", "mail.de", "posteo.de", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net",
    "sfr.fr", "libero.it", "virgilio.it", "tiscali.it", "alice.it", "terra.es", "ziggo.nl",
    "kpnmail.nl", "wp.pl", "onet.pl", "o2.pl", "interia.pl", "seznam.cz", "bluewin.ch",
    "proton.me", "protonmail.com", "pm.me", "fastmail.com", "zoho.com", "mail.com", "mail.ru",
    "yandex.ru", "yandex.com", "qq.com", "163.com", "126.com", "naver.com", "yahoo.co.jp",
    "rediffmail.com", "uol.com.br", "bol.com.br", "comcast.net", "verizon.net", "att.net",
    "btinternet.com", "sky.com", "gmial.com", "gmai.com", "hotmial.com",
})  # fmt: skip
"""Domains that say nothing about a company, two common misspellings of them included."""


def email(text: str) -> str | None:
    """Return the address, trimmed and lower-cased, or None where it is none."""
    found = text.strip().lower()
    if len(found) > 254 or ".." in found or found.startswith(".") or ".@" in found:
        return None
    return found if _ADDRESS.fullmatch(found) else None


def domain(text: str) -> str | None:
    """Return the bare host of a website or domain: "https://www.Acme.com/de" is "acme.com"."""
    host = text.strip().lower()
    host = host.partition("://")[2] or host
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    host = host.removeprefix("www.").rstrip(".")
    return host if len(host) <= 253 and _HOST.fullmatch(host) else None


def business_domain(address: str) -> str | None:
    """Return the domain of a (good) address, or None where it is a free-mail provider's."""
    host = address.rpartition("@")[2]
    return None if host in FREE_MAIL else host
