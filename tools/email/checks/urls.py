"""What can be wrong with one address: scheme, host, look-alikes, shorteners, labels that lie."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import cache
from urllib.parse import SplitResult, urlsplit

from .facts import TOKEN
from .wordlists import words_of

__all__ = [
    "SHORTENERS",
    "host_of",
    "looks_like",
    "mixed_scripts",
    "registrable",
    "shown_host",
    "split",
]

SHORTENERS = frozenset(
    words_of(
        "bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly shorturl.at "
        "rb.gy t.ly "
        "lnkd.in tiny.cc bl.ink short.io s.id v.gd adf.ly dlvr.it trib.al snip.ly qr.ae hubs.ly "
        "hubs.la soo.gd kurzelinks.de kutt.it urlz.fr dub.sh"
    )
)
_HOST_IN_WORDS = re.compile(
    r"(?:https?://)?((?:[\w-]+\.)+(?:[a-z]{2,12}|xn--[\w-]+))(?=[/:?#\s]|$|[.,;!)])", re.IGNORECASE
)
_CONFUSABLE = str.maketrans("аеорсухіјѕԁһӏгվոսοαρυνικτεηγ０１ⅼ", "aeopcyxijsdhlrunuoapuviktehy01l")


def split(url: str) -> SplitResult | None:
    """Return the parts of an address, or None where it cannot be read."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        return None
    return parts


def host_of(url: str) -> str:
    """Return the host in lower case, or nothing."""
    parts = split(url)
    return (parts.hostname or "").rstrip(".") if parts else ""


def is_local(host: str) -> bool:
    """Return whether a host is this machine or a private network: recipients cannot reach it."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan", ".test")):
        return True
    address = numeric(host)
    return address is not None and (address.is_private or address.is_loopback)


def numeric(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that a host is, also written as one number or in hexadecimal."""
    try:
        if re.fullmatch(r"\d{8,10}|0x[0-9a-f]{8}", host):
            return ipaddress.IPv4Address(int(host, 0))
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def skeleton(host: str) -> str:
    """Return a host as it looks: Punycode decoded, look-alike letters as the Latin ones."""
    shown = ".".join(map(_decoded, host.casefold().split(".")))
    folded = unicodedata.normalize("NFKD", shown.translate(_CONFUSABLE))
    return "".join(c for c in folded if not unicodedata.combining(c)).replace("rn", "m").replace(
        "0", "o").replace("1", "l").replace("vv", "w")  # fmt: skip


def _decoded(label: str) -> str:
    try:
        return label.encode().decode("idna") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def looks_like(host: str, domains: tuple[str, ...]) -> str | None:
    """Return the domain that a host only pretends to be, or None.

    Look-alike letters (`аcme.example` with a Cyrillic a), one letter off, or the true name in
    front of another domain (`acme.example.login.top`).
    """
    if any(host == domain or host.endswith("." + domain) for domain in domains):
        return None
    seen = skeleton(host)
    for domain in domains:
        true = skeleton(domain)
        if seen == true or seen.endswith("." + true) or seen.startswith(true + "."):
            return domain
        if f"{true.partition('.')[0]}-" in seen or true.replace(".", "-") in seen:
            return domain
        if len(true) > 7 and _one_off(seen, true):
            return domain
    return None


def _one_off(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    from rapidfuzz.distance import OSA

    return int(OSA.distance(one, other, score_cutoff=1)) <= 1


def mixed_scripts(text: str) -> str | None:
    """Return the first word that mixes Latin with Cyrillic or Greek letters, or None."""
    for word in re.findall(r"[^\W\d_]{2,}", text):
        if not word.isascii() and len({s for s in map(_script, word) if s}) > 1:
            return str(word)
    return None


@cache
def _script(char: str) -> str:
    name = unicodedata.name(char, "")
    return next(
        (one for one in ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN") if name.startswith(one)), ""
    )


def shown_host(label: str) -> str:
    """Return the host that a link's label spells out, or nothing."""
    found = _HOST_IN_WORDS.search(label.replace(TOKEN, ""))
    if not found or "@" in label:
        return ""
    host = found[1].casefold()
    known = re.search(
        r"\.(?:com|org|net|de|io|eu|co|at|ch|uk|fr|it|es|nl|pl|info|app|dev|ai|example|biz|us|"
        r"shop)$",
        host,
    )
    return host if known or "://" in label else ""


@cache
def registrable(host: str) -> str:
    """Return the part of a host that somebody registered: `acme.co.uk`."""
    from tldextract import TLDExtract

    parts = TLDExtract(suffix_list_urls=(), cache_dir=None)(host)
    return f"{parts.domain}.{parts.suffix}" if parts.suffix else ".".join(host.split(".")[-2:])
