"""Headers: which column of a HubSpot or Salesforce export is which field of ours.

Compared without case, spaces and punctuation. A header is used, known but not kept ("ignored"), or
unknown; the report names the last two, so that nothing is dropped in silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.crm.values import squash

from .report import Kind

__all__ = ["Columns", "recognise"]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Where each field stands: positions in order of preference, and what is left over."""

    header: tuple[str, ...]
    positions: Mapping[str, tuple[int, ...]]
    """Field to the columns that may hold it; the first that is not blank counts."""
    ignored: tuple[str, ...]
    unknown: tuple[str, ...]

    def named(self, field: str) -> str:
        """Return the header under which a field is found, for messages."""
        found = self.positions.get(field)
        return self.header[found[0]] if found else field


_PERSON = {
    "phone": "phone|phone number|phonenumber|mobile phone|mobile phone number|mobilephone|"
             "telephone",
    "country": "country|country region|mailing country|person mailing country|ip country|"
               "country code|mailing country code|countryregioncode|mailing country text only|"
               "billing country|billing country code",
    "state": "state|state region|mailing state|mailing state province|state province|state code|"
             "mailing state code|state region code|province|billing state|billing state province|"
             "region",
    "city": "city|mailing city|billing city|town",
    "owner": "owner|contact owner|company owner|deal owner|lead owner|account owner|"
             "opportunity owner|hubspot owner|owner name|owner full name|owner id|"
             "hubspot owner id",
    "created_at": "created at|create date|created date|createdate|date created|createdon|"
                  "created on",
    "updated_at": "updated at|last modified date|lastmodifieddate|last modified|modified date|"
                  "updated date|hs last modified date|system modstamp",
}  # fmt: skip
_CONTACTS = _PERSON | {
    "email": "email|email address|e mail|work email|person email|business email|contact email",
    "first_name": "first name|firstname|given name|vorname",
    "last_name": "last name|lastname|surname|family name|nachname",
    "full_name": "name|full name|contact name",
    "job_title": "job title|title|jobtitle|position",
    "seniority": "seniority|employment seniority|job seniority|seniority level",
    "job_function": "job function|employment role|function|department|job role",
    "language": "language|preferred language|hs language|locale",
    "lifecycle_stage": "lifecycle stage|lifecyclestage",
    "lead_status": "lead status|hs lead status|status|leadstatus",
    "lead_source": "lead source|original source|original traffic source|hs analytics source|"
                   "source|record source|original source type",
    "lead_score": "lead score|hubspot score|hubspotscore|score|leadscore|contact score",
    "company_name": "company name|company|account name|account|associated company|organization|"
                    "associated company name|primary company",
    "company_domain": "company domain name|company domain|website|website url|domain|domain name|"
                      "account website",
    "company_industry": "industry|company industry",
    "company_employees": "number of employees|numberofemployees|employees|employee count|"
                         "no of employees",
    "company_revenue": "annual revenue|annualrevenue",
    "consent": "consent|marketing consent|email consent|gdpr consent|opt in|"
               "legal basis for processing contact s data",
    "opted_out": "unsubscribed from all email|has opted out of email|email opt out|"
                 "opted out of email|hs email optout|unsubscribed|opt out",
    "bounced": "is email bounced|email hard bounce reason|hard bounce reason|email bounced reason",
}  # fmt: skip
_COMPANIES = _PERSON | {
    "name": "name|company name|account name|company|account",
    "domain": "domain|company domain name|company domain|website|website url|domain name|web site",
    "industry": "industry",
    "employees": "employees|number of employees|numberofemployees|employee count|company size|"
                 "number of staff",
    "annual_revenue": "annual revenue|annualrevenue|revenue",
    "company_type": "company type|type|account type",
}  # fmt: skip
_EVENTS = {
    "email": "email|email address|contact email|recipient|recipient email|e mail|person email",
    "event": "event|event type|type|activity type|activity|action",
    "occurred_at": "occurred at|occurred|timestamp|date|event date|activity date|time|created|"
                   "created at|event time|datetime|date time|occurred on",
    "asset": "asset|asset name|email name|campaign|campaign name|page|url|page url|form|"
             "form name|webinar|webinar name|content|subject|primary attribute value",
}  # fmt: skip
_DEALS = {
    "deal_key": "record id|id|deal id|opportunity id|hs object id",
    "name": "name|deal name|dealname|opportunity name",
    "email": "email|contact email|associated contact|associated contact email|primary contact|"
             "associated email|primary contact email|contact|associated contact emails",
    "company_name": "company name|account name|associated company|company|account|primary company",
    "company_domain": "company domain name|company domain|website|domain",
    "stage": "stage|deal stage|stage name|dealstage|stagename",
    "amount": "amount|deal amount|value|amount in company currency",
    "close_date": "close date|closedate|closed date|expected close date",
    "created_at": "created at|create date|created date|createdate|date created",
}  # fmt: skip
_FIELDS: dict[Kind, dict[str, str]] = {
    "contacts": _CONTACTS, "companies": _COMPANIES, "events": _EVENTS, "deals": _DEALS,
}  # fmt: skip

_IGNORED = (
    "id|record id|contact id|company id|account id|lead id|person id|hs object id|event id|"
    "activity id|marketing contact status|marketing contact|street address|street address 2|"
    "mailing street|address|billing street|postal code|zip|zip code|mailing zip|"
    "mailing zip postal code|mailing postal code|billing zip|billing postal code|fax|fax number|"
    "fax phone|salutation|middle name|suffix|description|last activity date|last activity|"
    "last contacted|last engagement date|number of associated contacts|number of associated deals|"
    "associated company ids|associated contact ids|associated deal ids|"
    "primary associated company id|became a customer date|became a lead date|"
    "became a marketing qualified lead date|became an opportunity date|pipeline|probability|"
    "forecast category|forecast amount|next step|is won|is closed|is deleted|birthdate|"
    "linkedin url|twitter username|time zone|timezone|last modified by id|created by id|"
    "last modified by|created by|photo url|account number|record type id|reports to id|"
    "do not call|has opted out of fax|currency|deal type|deal probability|lead source detail|"
    "original source drill down 1|original source drill down 2|hubspot team|deal description|"
    "fiscal period|age|opportunity type|parent account|account source|ownership|ticker symbol|"
    "sic code|year founded|time first seen|number of pageviews|number of sessions|"
    "last modified date|updated at|owner|deal owner|opportunity owner|owner id|country|"
    "campaign id|browser|device type|location|user agent|ip address|recipient id|"
    "hs lastmodifieddate"
)  # fmt: skip


def _index(kind: Kind) -> dict[str, tuple[str, int]]:
    return {
        squash(alias): (field, rank)
        for field, aliases in _FIELDS[kind].items()
        for rank, alias in enumerate([field, *aliases.split("|")])
    }


def recognise(kind: Kind, header: Sequence[str]) -> Columns:
    """Return which column of the header holds which field of this kind of row.

    Where several columns hold one field ("Phone Number" and "Mobile Phone Number"), the one listed
    first in the table above is preferred and the others stand in for its blanks.
    """
    index, ignorable = _index(kind), {squash(one) for one in _IGNORED.split("|")}
    found: dict[str, list[tuple[int, int]]] = {}
    ignored, unknown = [], []
    for position, title in enumerate(header):
        key = squash(title)
        if key in index:
            field, rank = index[key]
            found.setdefault(field, []).append((rank, position))
        elif key in ignorable:
            ignored.append(title)
        elif key:
            unknown.append(title)
    positions = {field: tuple(p for _, p in sorted(ranked)) for field, ranked in found.items()}
    return Columns(
        header=tuple(header), positions=positions, ignored=tuple(ignored), unknown=tuple(unknown)
    )
