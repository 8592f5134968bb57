"""Words around a request, and whose records it speaks of."""

from __future__ import annotations

import re

from agents.segments.rules.text import clean
from tools.crm.port import RecordSubject

__all__ = [
    "MANNERS", "SCOPE", "bare", "everybody", "people_text", "rx", "subjects_in", "trimmed",
]  # fmt: skip


def rx(pattern: str) -> re.Pattern[str]:
    """Return the pattern, letter case ignored."""
    return re.compile(pattern, re.IGNORECASE)


MANNERS = (
    r"^(?:\W|\b(?:hi|hello|hey|hallo|moin|team|placet|please|bitte|kindly|can|could|would|will|"
    r"you|we|i|i'd|we'd|want|need|like|should|must|have|to|let's|let us|go ahead and|kannst|"
    r"könntest|du|ich|wir|möchte|möchten|wollen|now|also|just|then|and|so|ok|okay|mal|jetzt|us|"
    r"me|help)\b)*"
)
SCOPE = r"(?:of|for|on|in|at|from|among|amongst|across|within|with|where|whose|who|that|by|bei|"
SCOPE += r"für|von|unter|aller|der|des|having|between)"
_TAIL = rx(
    r"(?:\s*[,;]?\s*(?:\b(?:to|into|in|as) (?:the |an? )?(?:e\.?164|iso(?:[ -]?\d{3,4}(?:-\d)?)?|"
    r"international|standard|proper|common|same|one)(?: (?:names?|codes?|formats?|form|values?|"
    r"case))*|\b(?:in|across|throughout|within|of|from) (?:the |our |my |this |whole |"
    r"entire |placet )*(?:crm|database|db|system|hubspot|salesforce|data|records)|please|thanks|"
    r"thank you|bitte|danke|for (?:me|us)|asap|today|now|quickly|again|if (?:possible|you can)|"
    r"cheers)\b|[\s.!?;,:])+$"
)
_AND_FIX = rx(
    r"\s*,?\s+and (?:then )?(?:fix|correct|repair|clean up|mend) (?:what|whatever|those|them|it|"
    r"anything|everything|all|the (?:bad|wrong|broken) ones)\b.{0,40}$"
)
_WHO_FIRST = rx(
    r"^(?P<who>(?:all |our |the )?(?:contacts?|people|customers?|leads?|companies|everyone|"
    r"subscribers?|mqls?|sqls?)\b[^:.!?]{0,80}):\s*(?P<rest>(?:please )?(?:fix|clean|correct|"
    r"repair|"
    r"normali[sz]e|standardi[sz]e|remove|tidy)\b.+)$"
)
"""Whose records said first: "Contacts in Rome: fix the country names"."""
_FIELD_FIRST = rx(
    r"^in (?P<field>the [\w ]{3,30}?(?: field)?),\s*(?P<verb>replace .+? (?:with|by) .+?)"
    r"(?P<rest> (?:for|of) .+)?$"
)
"""The field said first: "In the owner field, replace A with B"."""
_GENERIC = (
    r"(?:contacts?|people|persons?|records?|everyone|everybody|anyone|them|all|entries|kontakte|"
    r"datensätze|companies|company|accounts?|firms?|organi[sz]ations|firmen|unternehmen|crm|"
    r"database|data|data ?base|system|hubspot|salesforce|contact records|company records|them all|"
    r"everything|whole crm|our crm|entire crm|crm records|crm data|crm contacts|ones?)"
)
_ARTICLES = r"(?:(?:all|every|each|any|our|the|my|of|these|those|alle[nrs]?|unsere[rn]?|die|der|"
_ARTICLES += r"den|both|for|in|across|on|whole|entire|von|im|in der|existing|among)\s+)*"
_EVERYBODY = rx(rf"^{_ARTICLES}{_GENERIC}(?:\s+(?:and|or|und)\s+{_GENERIC})?$")
_COMPANY = rx(
    r"\b(?:companies|company(?!\s+(?:name|size|is|called|equals))|accounts?|firms?|"
    r"organi[sz]ations?|businesses|employers|firmen|unternehmen)\b"
)
_AT_COMPANY = rx(
    r"\b(?:at|from|of|in|with|by|whose|working (?:at|for)) (?:the |a |an |our )*(?:\w+ )?"
    r"(?:companies|company|accounts?|firms?|organi[sz]ations?|businesses)\b"
)
_PEOPLE = rx(
    r"\b(?:contacts?|people|persons?|customers?|leads?|subscribers?|mqls?|sqls?|everyone|"
    r"everybody|anyone|attendees|registrants|prospects?|evangelists|opportunit(?:y|ies)|users?|"
    r"cfos?|ceos?|ctos?|cmos?|vps?|directors?|managers?|heads?|kontakte|kunden|personen|"
    r"leute|those|anybody)\b"
)
_OPENER = rx(
    r"^(?:in|at|from|with|without|whose|who|that|where|having|named|called|by|based|working|"
    r"owned|created|living|on|bei|aus|mit|ohne)\b"
)


def trimmed(text: str) -> str:
    """Return the cleaned request without thanks and "in the CRM" at its end."""
    text = _AND_FIX.sub("", clean(text)[:4_000])
    text = re.sub(r"\bback to\b", "to", text)
    text = _TAIL.sub("", text).strip() or text.strip()
    if (turned := _FIELD_FIRST.match(text)) is not None:
        return f"{turned['verb']} in {turned['field']}{turned['rest'] or ''}"
    if (turned := _WHO_FIRST.match(text)) is not None:
        return f"{turned['rest']} of {turned['who']}"
    return text


def bare(words: str) -> str:
    """Return words without articles, quotes and marks around them."""
    words = words.strip(" \t,;:.!?\"'`()“”„")
    return re.sub(
        r"^(?:the|a|an|our|all|das|die|der|den)\s+", "", words, flags=re.IGNORECASE
    ).strip()


def everybody(who: str) -> bool:
    """Return whether words name all records rather than some."""
    who = who.strip(" ,.;:!?'\"")
    return not who or _EVERYBODY.match(who) is not None


def subjects_in(who: str, default: tuple[RecordSubject, ...]) -> tuple[RecordSubject, ...]:
    """Return whether words speak of people, of companies, or do not say."""
    people, firms = _PEOPLE.search(who), _COMPANY.search(_AT_COMPANY.sub(" ", who))
    if people and not (firms and firms.start() < people.start()):
        return ("contact", "company") if firms and " and " in who else ("contact",)
    if firms:
        return ("company",)
    return ("contact",) if _AT_COMPANY.search(who) else default


_SOURCES = r"(?:organic search|paid search|social|referral|event|webinar|direct|partner|email)"
_SOURCE_LEADS = rx(rf"\b({_SOURCES}) (leads|contacts|prospects)\b")
_RECORDS = rx(r"\b(?:contact |lead |customer |company )?(?:records|entries|datensätze)\b")
_ONE_COMPANY = re.compile(
    r"^(?:the |our )?(?:[Cc]ompan(?:y|ies)|[Aa]ccounts?|[Ff]irms?)(?: (?:called|named)| "
    r"(?=[A-Z\"'“]))\s*"
)


def people_text(who: str, subject: RecordSubject = "contact") -> str:
    """Return the words for the segment drafter, which reads people: "in Germany" gets a noun."""
    who = re.sub(r"^(?:(?:all of|all the|of|for|among|amongst|across|within|von)\s+)+", "",
                 who.strip(" ,.;:!?"), flags=re.IGNORECASE)  # fmt: skip
    who = re.sub(r"(?<=s)'(?=\s|$)|'s$", "", who).strip()
    who = re.sub(r"^records\s+(?:of|for)\s+", "", who, flags=re.IGNORECASE)
    who = _SOURCE_LEADS.sub(r"\2 with lead source \1", who)
    who = _RECORDS.sub(lambda m: "companies" if "company" in m[0].lower() else "contacts", who)
    who = re.sub(r"\b(?:accounts|firms|organi[sz]ations)\b", "companies", who, flags=re.IGNORECASE)
    who = _ONE_COMPANY.sub("contacts at ", who)
    if _OPENER.match(who):
        who = f"{'companies' if subject == 'company' else 'contacts'} {who}"
    return who
