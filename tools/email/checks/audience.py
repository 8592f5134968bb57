"""The members: language, addresses, numbers, and the hour at which it reaches them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import pycountry

from .case import Case
from .port import EmailCheck, Hit
from .providers import is_disposable, is_free, meant_by

__all__ = ["CHECKS"]

_HUGE = 50_000
_MOST = 0.6
_EARLY, _LATE = 7, 21


def _empty(case: Case) -> Iterator[Hit]:
    if not case.tally.members and not case.refused:
        yield Hit(message="Nobody would get this email.")


def _one(case: Case) -> Iterator[Hit]:
    if case.tally.members == 1:
        yield Hit(message="One person would get this email; a campaign is meant for more.")


def _huge(case: Case) -> Iterator[Hit]:
    members, everybody = case.tally.members, case.expected
    if everybody and members > 100 and members > everybody * _MOST:
        yield Hit(
            message=f"It goes to {members} of the {everybody} people in the CRM "
            f"({members / everybody:.0%}): is there a filter?"
        )
    elif members > _HUGE:
        yield Hit(message=f"It goes to {members:,} people.")


def _language(case: Case) -> Iterator[Hit]:
    known = Counter(case.tally.languages)
    told = sum(known.values())
    other = told - known[case.language]
    if told and other / told > 0.2:
        first = ", ".join(f"{name} {count}" for name, count in known.most_common(3))
        yield Hit(
            message=f"{other} of {told} members whose language is known read another than "
            f"{case.language!r}.",
            evidence=first,
            # English is read by many whose own language it is not: a warning, no bar.
            severity="error"
            if other / told > 0.8 and told >= 5 and not case.language.startswith("en")
            else None,
        )


def _repeated(case: Case) -> Iterator[Hit]:
    if (again := case.tally.repeated).count:
        yield Hit(
            message=f"{again.count} members share an address with another: it would get the "
            "email twice.",
            evidence=f"contact {again.example}",
        )


def _malformed(case: Case) -> Iterator[Hit]:
    if (bad := case.tally.malformed).count:
        yield Hit(
            message=f"{bad.count} members have no address that can be written to.",
            evidence=f"contact {bad.example}",
        )


def _roles(case: Case) -> Iterator[Hit]:
    if (roles := case.tally.roles).count:
        yield Hit(
            message=f"{roles.count} of {case.tally.members} addresses are of a role, not of a "
            "person.",
            evidence=roles.example.partition("@")[0] + "@…",
            severity="warn" if roles.count > case.tally.members * 0.05 else "info",
        )


def _free(case: Case) -> Iterator[Hit]:
    free = sum(count for domain, count in case.tally.domains.items() if is_free(domain))
    if free:
        share = free / case.tally.members
        yield Hit(
            message=f"{free} of {case.tally.members} addresses ({share:.0%}) are at free mail "
            "providers.",
            severity="warn" if share > 0.5 and case.tally.members >= 10 else "info",
        )


def _disposable(case: Case) -> Iterator[Hit]:
    domains = case.tally.domains
    thrown = {one: domains[one] for one in domains if is_disposable(one) and not meant_by(one)}
    if thrown:
        yield Hit(
            message=f"{sum(thrown.values())} addresses are made to be thrown away.",
            evidence=", ".join(sorted(thrown)[:4]),
        )


def _misspelt(case: Case) -> Iterator[Hit]:
    meant = {one: true for one in case.tally.domains if (true := meant_by(one))}
    if meant:
        count = sum(case.tally.domains[one] for one in meant)
        said = ", ".join(f"{one} for {true}" for one, true in sorted(meant.items())[:4])
        yield Hit(
            message=f"{count} addresses are at a misspelt provider and will bounce.", evidence=said
        )


def _one_domain(case: Case) -> Iterator[Hit]:
    if case.tally.members < 50:
        return
    domain, count = case.tally.domains.most_common(1)[0]
    if count > case.tally.members / 2 and not is_free(domain):
        yield Hit(
            message=f"{count} of {case.tally.members} addresses are at {domain}: its servers "
            "may take it for an attack."
        )


def _own(case: Case) -> Iterator[Hit]:
    own = sum(case.tally.domains[domain] for domain in case.brand.from_domains)
    if own:
        yield Hit(
            message=f"{own} members are colleagues: their addresses are at the brand's own domains."
        )


def _hour(case: Case) -> Iterator[Hit]:
    at, countries = case.leaves_at, case.tally.countries
    if case.schedule.send_at is None or not countries:
        return
    night: Counter[str] = Counter()
    for country, count in countries.items():
        if (zone := _zone(country)) and not _EARLY <= at.astimezone(zone).hour < _LATE:
            night[country] += count
    told = sum(countries.values())
    if night and sum(night.values()) / told > 0.05:
        country = night.most_common(1)[0][0]
        local = _local(at, country)
        yield Hit(
            message=f"It reaches {sum(night.values())} of {told} members at night; in "
            f"{country} it is then {local}.",
            evidence=", ".join(f"{name} {count}" for name, count in night.most_common(4)),
        )


def _weekend(case: Case) -> Iterator[Hit]:
    if case.schedule.send_at and case.today.weekday() >= 5:
        yield Hit(message=f"It leaves on a {case.today:%A}.")


def _local(at: datetime, country: str) -> str:
    zone = _zone(country)
    return f"{at.astimezone(zone):%H:%M}" if zone else ""


@cache
def _zone(country: str) -> ZoneInfo | None:
    """Return the clock of a country, that of its largest city where there are several."""
    try:
        found = pycountry.countries.lookup(country)
    except LookupError:
        return None
    name = _CAPITALS.get(found.alpha_2)
    return ZoneInfo(name) if name else None


_CAPITALS = {
    "DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich", "FR": "Europe/Paris",
    "GB": "Europe/London", "IE": "Europe/Dublin", "NL": "Europe/Amsterdam", "BE": "Europe/Brussels",
    "LU": "Europe/Luxembourg", "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "IT": "Europe/Rome",
    "PL": "Europe/Warsaw", "CZ": "Europe/Prague", "SK": "Europe/Bratislava",
    "HU": "Europe/Budapest", "RO": "Europe/Bucharest", "BG": "Europe/Sofia", "GR": "Europe/Athens",
    "SE": "Europe/Stockholm", "NO": "Europe/Oslo", "DK": "Europe/Copenhagen",
    "FI": "Europe/Helsinki", "EE": "Europe/Tallinn", "LV": "Europe/Riga", "LT": "Europe/Vilnius",
    "UA": "Europe/Kyiv", "TR": "Europe/Istanbul", "RU": "Europe/Moscow", "US": "America/New_York",
    "CA": "America/Toronto", "MX": "America/Mexico_City", "BR": "America/Sao_Paulo",
    "AR": "America/Argentina/Buenos_Aires", "CL": "America/Santiago", "IL": "Asia/Jerusalem",
    "AE": "Asia/Dubai", "SA": "Asia/Riyadh", "IN": "Asia/Kolkata", "SG": "Asia/Singapore",
    "CN": "Asia/Shanghai", "HK": "Asia/Hong_Kong", "JP": "Asia/Tokyo", "KR": "Asia/Seoul",
    "AU": "Australia/Sydney", "NZ": "Pacific/Auckland", "ZA": "Africa/Johannesburg",
    "NG": "Africa/Lagos", "EG": "Africa/Cairo", "KE": "Africa/Nairobi",
}  # fmt: skip


def _shapes(case: Case) -> Iterator[Hit]:
    if case.tally.shapes_left:
        yield Hit(
            message=f"{case.tally.shapes_left} members get combinations of branches and "
            "fallbacks that no check looked at closely."
        )


CHECKS = (
    EmailCheck(
        name="audience.empty",
        severity="error",
        look=_empty,
        about="somebody to write to",
        fix="Widen the segment, or see why everybody is left out.",
    ),
    EmailCheck(
        name="audience.one",
        severity="warn",
        look=_one,
        about="a campaign to one person",
        fix="Write to them yourself, or widen the segment.",
    ),
    EmailCheck(
        name="audience.huge",
        severity="warn",
        look=_huge,
        about="most of the CRM, or more than 50,000",
        fix="Make sure that the segment means everybody in it.",
    ),
    EmailCheck(
        name="audience.language",
        severity="warn",
        look=_language,
        about="the email's language against the members' own; an error above 80 %",
        fix="Narrow the segment by language, or write in theirs.",
    ),
    EmailCheck(
        name="audience.same_address",
        severity="error",
        look=_repeated,
        about="one address behind several members",
        fix="Merge the records first.",
    ),
    EmailCheck(
        name="audience.bad_address",
        severity="error",
        look=_malformed,
        about="addresses that cannot be written to",
        fix="Correct them in the CRM, or leave them out.",
    ),
    EmailCheck(
        name="audience.role_address",
        severity="info",
        look=_roles,
        about="info@, sales@ and the like; a warning above 5 %",
        fix="Leave them out: nobody there asked for it.",
    ),
    EmailCheck(
        name="audience.free_mail",
        severity="info",
        look=_free,
        about="free mail providers; a warning above half",
        fix="For an offer to companies, narrow the segment.",
    ),
    EmailCheck(
        name="audience.disposable",
        severity="warn",
        look=_disposable,
        about="throw-away addresses",
        fix="Leave them out.",
    ),
    EmailCheck(
        name="audience.misspelt_domain",
        severity="warn",
        look=_misspelt,
        about="providers one letter off: gmial.com",
        fix="Have the records fixed (`placet audit crm`), or leave them out.",
    ),
    EmailCheck(
        name="audience.one_domain",
        severity="warn",
        look=_one_domain,
        about="half of the members at one company",
        fix="Set a low rate per domain.",
    ),
    EmailCheck(
        name="audience.colleagues",
        severity="info",
        look=_own,
        about="the brand's own people among the members",
        fix="Leave them out, unless they should see it.",
    ),
    EmailCheck(
        name="audience.night",
        severity="warn",
        look=_hour,
        about="the members' local hour at the time of sending",
        fix="Move the send time, or set quiet hours.",
    ),
    EmailCheck(
        name="audience.weekend",
        severity="info",
        look=_weekend,
        about="a send time on a weekend",
        fix="Choose a working day for readers at work.",
    ),
    EmailCheck(
        name="audience.unseen_shapes",
        severity="warn",
        look=_shapes,
        about="whether every shape of the message was looked at",
        fix="Use fewer branches.",
    ),
)
