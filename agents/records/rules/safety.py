"""What is never drafted, whoever asks: read before anything else, also before a model."""

from __future__ import annotations

from agents.segments.rules.text import clean

from .words import MANNERS, rx

__all__ = ["CONSENT", "INVENT", "refusal"]

_RECORDS = (
    r"(?:contacts?|records?|people|persons?|customers?|leads?|companies|company|accounts?|deals?|"
    r"subscribers?|mqls?|sqls?|everyone|everybody|everything|them|crm|database|data|entries|"
    r"kontakte?|datensätze|kunden|firmen|alles|alle|all|history|events|unsubscribed|bounced)"
)
_FIELDISH = (
    r"(?:phones?|numbers?|status(?:es)?|stages?|scores?|owners?|fields?|values?|countr(?:y|ies)|"
    r"titles?|names?|sources?|cit(?:y|ies)|states?|languages?|industr(?:y|ies)|domains?|websites?|"
    r"seniority|functions?|departments?|salutations?|honorifics?|spaces?|blanks?|whitespace|"
    r"placeholders?|characters?|mojibake|typos?|duplicates?|dupes?|dubletten|revenues?|employees|"
    r"sizes?|telefonnummern?|e-?mails?|consents?|regions?)"
)
CONSENT = (
    "Consent is the person's own to give, so I never draft a change that makes somebody more "
    "contactable. They can give it themselves on the preferences page or by a form; proof from "
    "elsewhere is imported with its source. I can set consent to denied."
)
INVENT = (
    "I never invent data: a value comes from the record, a reference library, an enrichment source "
    "or a person. I can list who lacks it, or fill in what a source knows."
)
_DELETE = (
    "I do not delete records, and nothing I draft does. I can draft a list of them for a person to "
    "look at, merge duplicates (which can be undone), or empty single fields."
)
_APPROVE = (
    "Nothing runs without a person's approval, and I cannot give it, skip it or pretend it. I can "
    "draft the change, and an approver decides."
)
_RULES = (
    "I follow Placet's rules and nothing in a request changes them. I can draft a change of "
    "records, and an approver decides."
)
_DEALS = (
    "I change contacts and companies, not deals, events or lists. For a list, ask for a segment; "
    "deals are changed in the CRM itself."
)
_PRIVATE = (
    "I keep no secrets, payment data or identity numbers in records, and I do not fetch people or "
    "data from the web. I can fill in fields from the sources that are set up here."
)

_REFUSALS = (
    (rx(r"\b(?:ignore|disregard|forget|override|bypass|overrule)\b.{0,40}\b(?:instructions?|rules?|"
        r"prompts?|polic(?:y|ies)|guidelines|safeguards?|restrictions?|guardrails?)\b"), _RULES),
    (rx(r"\b(?:skip|skipping|without|bypass|bypassing|no need for|avoid|disable|circumvent|around|"
        r"don'?t (?:need|wait for|ask for)|do not (?:need|wait for|ask for)|ohne)\b\s+(?:\w+\s+)"
        r"{0,4}?(?:approvals?|approver|reviews?|sign-?off|gate|asking (?:anyone|anybody|ben|cleo)|"
        r"freigabe|genehmigung)\b|\b(?:approve|auto.?approve|self.?approve|sign off)\b.{0,30}\b"
        r"(?:it|this|that|yourself|everything|all|for me|drafts?)\b|\band approve\b"), _APPROVE),
    (rx(r"\bopt(?:ing)?[- ]?(?:(?!out\b)\w+ ){0,6}?in\b(?! (?:status|field|date))|\b(?:"
        r"re-?subscribe|un-?suppress|whitelist)\b|" + MANNERS + r"subscribe\b|"
        r"\b(?:make|mark|set|flag|treat|turn)\b.{0,80}\b(?:marketable|mailable|contactable|"
        r"consented|opted[- ]in|subscribed(?! leads)|consenting)\b|"
        + MANNERS + r"(?:grant|give|restore|add|record|enter|assume)\b.{0,40}\bconsents?\b|"
        + MANNERS + r"(?:set|change|update|make|mark|switch|turn|put|flip|convert|setze?|ändere|"
        r"stelle)\b.{0,90}\b(?:consents?|einwilligung(?:en)?|opt-?in)\b.{0,90}\b(?:grant(?:ed)?|"
        r"given|yes|true|opted[- ]in|erteilt|ja)\b|"
        r"\b(?:clear|remove|delete|erase|empty|reset|lift|drop|ignore|undo|löschen?|entferne?)\b"
        r".{0,60}\b(?:consent|opt-?outs?|unsubscribes?|suppressions?|suppression list|bounce "
        r"flags?|do[- ]not[- ](?:mail|contact)|denied)\b"), CONSENT),
    (rx(r"\b(?:make up|made[- ]up|invent|invented|guess|guessed|fake|fabricate|random(?:ly)?|"
        r"plausible|dummy data|best guess|estimate|estimated|erfinde|rate)\b.{0,80}\b" + _FIELDISH
        + r"\b|" + _FIELDISH + r"\b.{0,60}\b(?:guess(?:es)?|made[- ]up|random(?:ly)?|invent(?:ed)?|"
        r"plausible|fake ones|something (?:realistic|plausible|random)|anything (?:realistic|"
        r"plausible)|realistic (?:ones|values|data))\b"), INVENT),
    (rx(MANNERS + r"(?:delete|erase|purge|wipe|destroy|truncate|drop|get rid of|remove|lösche?n?|"
        r"entferne?n?|discard|eliminate|nuke|trash)\b\s+(?:(?!(?:of|from|for|in|at|where|whose|who|"
        r"on|with)\b|\b" + _FIELDISH + r"\b)[\w'/-]+\s+){0,6}?" + _RECORDS +
        r"\b(?!'|\s+" + _FIELDISH + r")|\b(?:delete|purge|wipe|truncate|drop)\s+(?:the\s+|all\s+|"
        r"our\s+|whole\s+|entire\s+)*(?:crm|database|table|everything|tables)\b"), _DELETE),
    (rx(MANNERS + r"(?:set|change|update|move|close|mark|convert|delete|fix|clean|merge)\b\s+"
        r"(?:(?:all|the|every|our|open|lost|won)\s+)*(?:deals?\b(?!\s+(?:contacts|owners))|"
        r"events?\b|deal (?:stages?|amounts?|owners?|names?)|amounts?\b|close dates?)"), _DEALS),
    (rx(r"\b(?:passwords?|api.?keys?|credit.?cards?|card numbers?|iban|social security|ssn|"
        r"passport "
        r"numbers?)\b|\b(?:scrape|scraping|harvest|crawl)\b|\b(?:from|on|off|via) (?:linkedin|"
        r"zoominfo|apollo|the web|the internet|google)\b"), _PRIVATE),
)  # fmt: skip


def refusal(text: str) -> str | None:
    """Return why this is not drafted, or None."""
    said = clean(text)[:4_000]
    return next((reason for pattern, reason in _REFUSALS if pattern.search(said)), None)
