"""What the email agent does not do, and questions about it: read before any parsing."""

from __future__ import annotations

import re

from agents.segments.rules.text import clean, fold

__all__ = ["HELP", "is_help", "refusal"]

_CAN = (
    "I draft emails to people in this CRM; a person approves each one, and only then does it leave."
)
HELP = (
    "I write emails to people in your CRM: invitations, reminders, announcements, offers, "
    "follow-ups, "
    "newsletters, surveys and thank-yous. Say who it is for, what it is about, the facts and the "
    "link; "
    "and, if you like, tone, length, language, subject lines to test and when it should leave. "
    "I check it as it would reach every single recipient, show it, and nothing leaves before "
    "somebody "
    "approves it. Try:\n"
    '- "Invite German CFOs who attended the March webinar to the follow-up on 12 December, link '
    'https://..., friendly, 120 words"\n'
    '- "Tell customers in Spain that the help centre has moved to https://..., two subject lines"\n'
    'Then: "shorter", "more formal", "subject: ...", "send it on Friday at 10 Berlin time", "only '
    'Germany".'
)
_REFUSALS: tuple[tuple[str, str], ...] = (
    (r"\b(?:ignore|disregard|forget|override|bypass"
        r"|overrule)\b(?:\s+[\w',.-]+){0,5}?\s+(?:instructions?|"
     r"rules?|prompts?|polic(?:y|ies)|guidelines|safeguards?|guardrails?)\b",
     "I follow Placet's rules and nothing in a request can change them, so I stopped here. "),
    (r"\b(?:skip|skipping|without|bypass|bypassing|no need for|don'?t (?:need|wait for|ask for)|no|"
     r"ohne)\b\s+(?:\w+\s+){0,3}?(?:approvals?|approver|sign-?off|freigabe|asking (?:anyone"
     r"|anybody|for "
     r"(?:approval|permission)))\b|\b(?:auto.?approve|self.?approve|approve (?:it|this|that) "
     r"(?:yourself|for me|right away|too))\b|\b(?:and|then) approve it\b",
     "Nothing leaves without a person's approval; I cannot skip it. "),
    (r"\b(?:lass|lasse|ohne|entferne|verstecke|kein(?:en)?)\b(?:\s+\w+){0,3}?\s+"
     r"(?:abmelde|austrage|unsubscribe)\w*",
     "Every marketing email has a working unsubscribe link; the law asks for it, and so do mail "
     "providers. "),
    (r"\b(?:hide|conceal|disguise|mask)\b\s+(?:\w+\s+){0,2}?(?:who (?:it|this) is from|the sender|"
     r"sender|our name|who we are|that (?:it|this) is from us)\b|\b(?:fake|false|made.up"
     r"|invented)\b"
     r"\s+(?:sender|from|name|identity|company)\b|\babsender\s+(?:verschleiern|verbergen"
     r"|verstecken)",
     "Every email says truly who it is from. "),
    (r"\b(?:even though|although|though) (?:it|that|this|they|there|we)(?:'s| is| "
     r"are)?\s*(?:do(?:es)?"
     r"(?:n't| not)|is(?:n't| not)|are(?:n't| not)|not true|no such|won't|will "
     r"not)\b.{0,60}\b(?:buy|order|"
     r"sign|act|hurry|upgrade|book)|\b(?:fake|false|invent\w*|made.up"
     r"|pretend\w*)\b\s+(?:\w+\s+){0,3}?"
     r"(?:urgency|deadline|scarcity|shortage|discount|price|testimonials?|reviews?|quotes?)\b"
     r"|\b(?:say|"
     r"claim|tell them|write)\b[^.]{0,40}\b(?:even though|although) (?:it|that|there|we"
     r"|they)\b[^.]{0,10}"
     r"(?:n't|\bnot\b)",
     "I write only what is true: no invented deadlines, prices or quotes. "),
    (r"\b(?:looks?|looking|appears?|seems?|sounds?)\b\s+(?:like|as if|as though|to be|to come)\b"
     r"(?:\s+\w+){0,4}?\s+(?:from|by)\b|\b(?:confirm|verify|enter|update"
     r"|send(?: us)?)\b\s+(?:\w+\s+)"
     r"{0,3}?(?:passwords?|pins?|credit cards?|bank details|login|credentials)\b",
     "I do not write emails that pretend to come from somebody else or that ask for passwords or "
     "payment data. "),
    (r"\b(?:bought|purchased|rented|scraped|harvested|gekauft\w*"
     r"|gemietet\w*)\b\s+(?:[\w,.]+\s+){0,4}?"
     r"(?:list|liste|addresses|adressen|contacts|kontakte|leads|emails|database)\b|\b(?:data|list"
     r"|address) "
     r"brokers?\b",
     "I write only to people in this CRM who may be written to, not to bought or scraped "
     "addresses. "),
    (r"\b(?:hide|remove|drop|leave out|without|no|omit|disable|delete|shrink)\b\s+(?:\w+\s+){0,3}?"
     r"(?:unsubscribe|opt-?out|abmelde?)\w*(?:[ -]?link)?\b(?!d)|\bso (?:that )?(?:nobody|no one"
     r"|they "
     r"can(?:'t|not)) (?:can )?(?:opts? out|unsubscribes?)\b",
     "Every marketing email has a working unsubscribe link; the law asks for it, and so do mail "
     "providers. "),
    (r"\b(?:list|addresses|contacts|leads|emails) (?:that |which )?(?:i|we)(?:'ve| have)? (?:just "
        r")?"
     r"(?:bought|purchased|rented|scraped|harvested|found online)\b|\b(?:bought|purchased|rented"
     r"|scraped|"
     r"harvested)\b\s+(?:\w+\s+){0,3}?(?:list|addresses|contacts|leads|emails|database)\b"
     r"|\b(?:buy|rent|"
     r"scrape|harvest)\b\s+(?:\w+\s+){0,4}?(?:lists?|addresses|contacts|leads|emails)\b",
     "I write only to people in this CRM who may be written to, not to bought or scraped "
     "addresses. "),
    (r"\b(?:pretend|pretending|impersonate|pose|posing)\b.{0,30}\b(?:to be|as|from)\b|\bphish\w*"
        r"|\b(?:ask|"
     r"asks|asking|get|collect)\b\s+(?:\w+\s+){0,4}?(?:for |their |your )+(?:passwords?|pins?"
     r"|credit "
     r"card\w*|card numbers?|bank details|login details|credentials)\b",
     "I do not write emails that pretend to come from somebody else or that ask for passwords or "
     "payment data. "),
    (r"\b(?:sms|text message|whatsapp|push notification|linkedin|facebook|instagram|twitter"
        r"|tweet)\b"
     r"(?:\s+(?:message|post|ad|campaign))s?\b",
     "I send emails only; other channels are not connected. "),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), text) for pattern, text in _REFUSALS)
_HELP = re.compile(
    r"^(?:(?:hi|hello|hey|hallo|moin)\b[\s,!.]*)?(?:(?:please )?help(?: me)?(?: with (?:an? )?"
    r"(?:e-?mails?|newsletters?))?|(?:what|which) (?:kinds? of |sorts? of |types? of "
    r")?(?:e-?mails?|"
    r"newsletters?|mails?).{0,40}\b(?:can|could|do|are|write|send)\b.{0,30}|how (?:do|can|does) "
    r"(?:i|you|"
    r"this|placet)\b.{0,30}\b(?:e-?mails?|newsletters?|write|send)\b.{0,30}|can you (?:write|send"
    r"|draft|"
    r"do) (?:e-?mails?|newsletters?)|what can (?:you|placet) (?:do|help (?:me )?with|write"
    r"|draft).{0,30}|was kannst du.{0,30}|thanks?(?: "
    r"you)?.{0,20}|"
    r"danke.{0,20})[\s?!.]*$"
)


_LEFT = re.compile(
    r"\b(?:also|even|including|include)\s+(?:(?!not\b|never\b|no\b|without\b|exclud"
    r"|except\b)\w+\s+){0,4}?"
    r"(?:unsubscribed|opted out)\b"
)
_NOTICE = re.compile(
    r"\b(?:(?<!not )notice|notification|contract\w*|legal\w*|terms|security|recall|invoice\w*"
    r"|billing|account|"
    r"data protection|privacy|outage|breach|transactional|service)\b"
)


_SUPPRESSED = re.compile(
    r"\b(?:suppress\w*|do.not.(?:contact|mail|email)|blocked|block list of|sperr)[ -]?"
    r"(?:list|liste|contacts|people|addresses)\b"
)
_KEPT_OUT = re.compile(
    r"\b(?:not|never|exclud\w*|except|without|minus|leave out|drop|skip|remove|ohne|außer|about)\b"
    r"[^.;:]{0,45}$"
)


def refusal(text: str) -> str | None:
    """Return why Placet does not do what is asked, or None."""
    folded = fold(clean(text[:12_000]))
    found = _SUPPRESSED.search(folded)
    if found is not None and not _KEPT_OUT.search(folded[: found.start()]):
        return (
            "I do not write to people who are suppressed: they asked not to be written to, or "
            "their addresses do not work. " + _CAN
        )
    if _LEFT.search(folded) and not _NOTICE.search(folded):
        return (
            "People who unsubscribed get no marketing; only a notice that they must have, such as "
            "one about their contract, may reach them. If it is one, say so. " + _CAN
        )
    for pattern, reason in _COMPILED:
        if pattern.search(folded):
            return reason + _CAN
    return None


def is_help(text: str) -> bool:
    """Return whether this is small talk or asks what the email agent can do."""
    folded = fold(clean(text[:400]))
    return len(folded) < 160 and _HELP.match(folded) is not None
