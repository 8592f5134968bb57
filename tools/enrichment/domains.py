"""Which domains are one company's own, and which country a domain's ending belongs to."""

from __future__ import annotations

from functools import cache, lru_cache

import disposable_email_domains
import tldextract

from tools.crm.values import country, domain
from tools.crm.values.emails import FREE_MAIL
from tools.hygiene.data.mail import PROVIDERS

__all__ = ["country_of_ending", "domain_of", "own_domain"]

_GENERIC = frozenset({"io", "ai", "co", "me", "tv", "cc", "ws", "fm", "la", "gg", "to", "eu", "so"})
"""Countries' endings that everybody uses, and the Union's: they say nothing about a country."""


@cache
def _suffixes() -> tldextract.TLDExtract:
    # The bundled snapshot alone: no download, no cache on disk. With the private suffixes, so that
    # two tenants of one host (a.github.io, b.github.io) are two companies.
    return tldextract.TLDExtract(
        suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True,
        include_psl_private_domains=True,
    )  # fmt: skip


def domain_of(email: str | None) -> str:
    """Return what stands after the @, lower-cased; empty where nothing does."""
    return email.rpartition("@")[2].lower() if email and "@" in email else ""


@lru_cache(maxsize=200_000)
def own_domain(text: str | None) -> str | None:
    """Return the bare domain where it can be one company's own; None for everybody's.

    A provider's, a disposable one's and a public suffix's addresses belong to strangers.
    """
    bare = domain(text) if text else None
    if bare is None or bare in FREE_MAIL or bare in PROVIDERS:
        return None
    if bare in disposable_email_domains.blocklist:
        return None
    parts = _suffixes()(bare)
    return bare if parts.domain or not parts.suffix else None


@lru_cache(maxsize=10_000)
def country_of_ending(bare: str) -> str | None:
    """Return the country whose ending a domain has: evidence for a country, never the value."""
    ending = bare.rpartition(".")[2]
    if len(ending) != 2 or ending in _GENERIC:
        return None
    return country("gb" if ending == "uk" else ending)
