"""Links: they parse, are https, lead where the brand may send people, and say where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qs

from .case import Case
from .copytext import links_in
from .facts import TOKEN
from .port import EmailCheck, Hit
from .urls import (
    SHORTENERS,
    host_of,
    is_local,
    looks_like,
    numeric,
    registrable,
    shown_host,
    split,
)

__all__ = ["CHECKS", "every_link"]

_MANY = 30
_VAGUE = re.compile(
    r"^(?:click here|here|click|link|read more|more|learn more here|this link|hier(?: klicken)?|"
    r"klick(?:en sie)? hier|mehr|weiterlesen|cliquez ici|aquí|haga clic aquí)[.!>» ]*$",
    re.IGNORECASE,
)
_OTHER = frozenset({"mailto", "tel", "sms"})
_LIQUID = re.compile(r"\{\{.*?\}\}")


def every_link(case: Case) -> Iterator[tuple[str, str, str]]:
    """Give each link once: where, label, address; as written first, then as rendered.

    Our own pages are not among them: they are what `unsubscribe` looks at.
    """
    seen: set[str] = set()
    for where, label, href in links_in(case.email):
        address = _LIQUID.sub("x", href)
        seen.add(_key(address))
        yield where, label, address.strip()
    for sample in case.samples:
        for link in sample.page.links:
            if _key(link.href) not in seen and not sample.ours(link.href):
                seen.add(_key(link.href))
                yield f"as {sample.who} gets it", link.label, link.href
        for image in sample.page.images:
            if image.link and _key(image.link) not in seen and not sample.ours(image.link):
                seen.add(_key(image.link))
                yield f"as {sample.who} gets it", image.alt or "", image.link


def _key(href: str) -> str:
    """Return an address without the tags that the build puts on it: those make no other link."""
    return re.sub(r"(?<=[?&])utm_\w+=[^&#]*&?", "", href.strip()).rstrip("?&")


def _web(case: Case) -> Iterator[tuple[str, str, str, SplitResult]]:
    for where, label, href in every_link(case):
        parts = split(href)
        if parts and parts.scheme.casefold() in {"http", "https"} and parts.hostname:
            yield where, label, href, parts


def _broken(case: Case) -> Iterator[Hit]:
    for where, label, href in every_link(case):
        parts = split(href)
        scheme = parts.scheme.casefold() if parts else ""
        if not href or href == "#" or href.startswith("#"):
            yield Hit(message=f"A link leads nowhere ({where}).", evidence=f"{label!r} -> {href!r}")
        elif parts is None or (not scheme and not href.startswith("//")):
            yield Hit(message=f"A link is no address ({where}).", evidence=href)
        elif scheme in {"http", "https"} and (not parts.hostname or re.search(r"\s|\\", href)):
            yield Hit(message=f"A link cannot be followed ({where}).", evidence=href)
        elif (
            scheme in {"http", "https"}
            and "." not in (parts.hostname or "")
            and numeric(parts.hostname or "") is None
            and parts.hostname != "localhost"
        ):
            yield Hit(message=f"A link names no domain ({where}).", evidence=href)


def _scheme(case: Case) -> Iterator[Hit]:
    for where, _, href in every_link(case):
        calm = re.sub(r"[\x00-\x20]", "", href).casefold()
        scheme = re.match(r"[a-z][a-z0-9+.-]*(?=:)", calm)
        if scheme and scheme.group() not in {"http", "https", *_OTHER}:
            yield Hit(
                message=f"A {scheme.group()}: link is dangerous or dead in mail ({where}).",
                evidence=href,
            )


def _https(case: Case) -> Iterator[Hit]:
    for where, _, href, parts in _web(case):
        if parts.scheme.casefold() == "http":
            yield Hit(message=f"A link is not https ({where}).", evidence=href)


def _host(case: Case) -> Iterator[Hit]:
    for where, _, href, parts in _web(case):
        host = parts.hostname or ""
        if is_local(host):
            yield Hit(
                message=f"A link leads to a machine that recipients cannot reach ({where}).",
                evidence=href,
            )
        elif numeric(host) is not None:
            yield Hit(message=f"A link names a bare IP address ({where}).", evidence=href)
        if parts.username or "@" in parts.netloc:
            yield Hit(message=f"A link carries a user name or password ({where}).", evidence=href)


def _domain(case: Case) -> Iterator[Hit]:
    for where, _, href, parts in _web(case):
        host = (parts.hostname or "").rstrip(".")
        if not case.brand.may_link(host) and not is_local(host) and host not in SHORTENERS:
            yield Hit(
                message=f"{host} is none of the brand's link domains ({where}).", evidence=href
            )


def _alike(case: Case) -> Iterator[Hit]:
    brand = case.brand
    domains = tuple(
        dict.fromkeys((*brand.link_domains, *brand.from_domains, *brand.other_link_domains))
    )
    for where, _, href, parts in _web(case):
        host = (parts.hostname or "").rstrip(".")
        if true := looks_like(host, domains):
            yield Hit(message=f"{host} only looks like {true} ({where}).", evidence=href)


def _shortened(case: Case) -> Iterator[Hit]:
    for where, _, href, parts in _web(case):
        if (parts.hostname or "").removeprefix("www.") in SHORTENERS:
            yield Hit(message=f"A shortened link hides where it leads ({where}).", evidence=href)


def _label(case: Case) -> Iterator[Hit]:
    for where, label, href in every_link(case):
        shown, real = shown_host(label), host_of(href)
        if shown and real and registrable(shown) != registrable(real):
            yield Hit(
                message=f"A link says {shown} and leads to {real} ({where}).",
                evidence=f"{label} -> {href}",
            )


def _vague(case: Case) -> Iterator[Hit]:
    for where, label, href in every_link(case):
        calm = label.replace(TOKEN, "").strip()
        if _VAGUE.match(calm) or (not calm and href):
            what = f"only {calm!r}" if calm else "nothing"
            yield Hit(message=f"A link's label says {what} ({where}).", evidence=href)


def _utm(case: Case) -> Iterator[Hit]:
    for sample in case.samples[:1]:
        for link in sample.page.links:
            if sample.ours(link.href) or not case.brand.owns(host_of(link.href)):
                continue
            tags = parse_qs((split(link.href) or SplitResult("", "", "", "", "")).query)
            lacking = [
                name for name in ("utm_source", "utm_medium", "utm_campaign") if not tags.get(name)
            ]
            if lacking and link.hidden != "in a conditional comment":
                yield Hit(
                    message=f"A link to the brand's own site lacks {', '.join(lacking)}.",
                    evidence=link.href,
                )


def _tracking(case: Case) -> Iterator[Hit]:
    if not case.email.utm.campaign.strip():
        yield Hit(
            message="The email has no campaign name for its links, so no visit can be told to "
            "come from it."
        )


def _conflict(case: Case) -> Iterator[Hit]:
    for where, _, href, parts in _web(case):
        tags = parse_qs(parts.query)
        for name, values in tags.items():
            if name.startswith("utm_") and len(values) > 1:
                yield Hit(message=f"A link carries {name} twice ({where}).", evidence=href)
        given, own = tags.get("utm_campaign"), case.email.utm.campaign
        if given and own and given[0] != own:
            yield Hit(
                message=f"A link is tagged for the campaign {given[0]!r}, not {own!r} ({where}).",
                evidence=href,
            )


def _count(case: Case) -> Iterator[Hit]:
    front_door = host_of(case.brand.website)
    if not any(
        host_of(href) != front_door or parts.path.strip("/") for _, _, href, parts in _web(case)
    ):
        yield Hit(message="The email has no link: nothing for its readers to do.")
    elif (count := len(list(_web(case)))) > _MANY:
        yield Hit(message=f"The email has {count} links; filters and readers both lose patience.")


def _hidden(case: Case) -> Iterator[Hit]:
    for sample in case.samples:
        for link in sample.page.links:
            if link.hidden and not sample.ours(link.href):
                yield Hit(
                    message=f"A link is there and cannot be seen ({link.hidden}).",
                    evidence=link.href,
                )
        return


CHECKS = (
    EmailCheck(
        name="links.broken",
        severity="error",
        look=_broken,
        about="addresses that parse and lead somewhere",
        fix="Write the whole address, https://... included.",
    ),
    EmailCheck(
        name="links.scheme",
        severity="error",
        look=_scheme,
        about="javascript:, data:, file: and the like",
        fix="Link to a page by https.",
    ),
    EmailCheck(
        name="links.not_https",
        severity="error",
        look=_https,
        about="http links",
        fix="Use the https address.",
    ),
    EmailCheck(
        name="links.host",
        severity="error",
        look=_host,
        about="IP addresses, machines nobody can reach, user names and passwords",
        fix="Link to a public host name, without credentials.",
    ),
    EmailCheck(
        name="links.domain",
        severity="error",
        look=_domain,
        about="hosts that the brand file allows",
        fix="Link to one of the brand's domains, or have this one added to the brand file.",
    ),
    EmailCheck(
        name="links.lookalike",
        severity="error",
        look=_alike,
        about="hosts that pretend to be the brand's: look-alike letters, one letter off",
        fix="Copy the address from the browser again.",
    ),
    EmailCheck(
        name="links.shortened",
        severity="error",
        look=_shortened,
        about="link shorteners, which filters distrust",
        fix="Use the address that it stands for.",
    ),
    EmailCheck(
        name="links.label_lies",
        severity="error",
        look=_label,
        about="labels that spell out another site than the one behind them",
        fix="Say in words what the link does, or spell out its own address.",
    ),
    EmailCheck(
        name="links.vague_label",
        severity="warn",
        look=_vague,
        about="labels such as `click here`, or none",
        fix="Say what happens: `Register for the webinar`.",
    ),
    EmailCheck(
        name="links.utm_missing",
        severity="error",
        look=_utm,
        about="campaign tags on every link to the brand's own domains",
        fix="Give the email a UTM campaign; the build tags the links.",
    ),
    EmailCheck(
        name="links.no_tracking",
        severity="warn",
        look=_tracking,
        about="whether visits can be told to come from this email",
        fix="Set the email's `utm.campaign`.",
    ),
    EmailCheck(
        name="links.utm_conflict",
        severity="warn",
        look=_conflict,
        about="links already tagged for something else",
        fix="Leave the tags to the build.",
    ),
    EmailCheck(
        name="links.count",
        severity="warn",
        look=_count,
        about="no link at all, or very many",
        fix="Lead to one thing, with one link that stands out.",
    ),
    EmailCheck(
        name="links.hidden",
        severity="error",
        look=_hidden,
        about="links that nobody sees",
        fix="Show the link or remove it.",
    ),
)
