"""What Placet does not do, and questions about Placet itself: read before any parsing.

The patterns look at what is asked to be *done*, never at what a condition is about: "deals that are
closed" passes, "close these deals" does not.
"""

from __future__ import annotations

import re

from .text import clean, fold

__all__ = ["is_help", "may_be_help", "refusal"]

_CAN = (
    "I draft segments and count people; a person approves each draft, and only then is a list made."
)
_WHO = r"\s+(?:[\w',.-]+\s+){0,5}?"
_SOME = r"(?:[\w',.-]+\s+){0,5}?"
_PEOPLE = (
    r"(?:contacts?|records?|people|customers?|leads?|companies|company|accounts?|"
    r"subscribers?|mqls?|sqls?|deals?|lists?|everyone|everybody|them|data|database|crm|"
    r"duplicates|events|history|unsubscribed|bounced|phone|numbers?|titles?|fields?|"
    r"stages?|owners?|status|country)"
)

_REFUSALS: tuple[tuple[str, str], ...] = (
    (
        r"\b(?:ignore|disregard|forget|override|bypass|overrule)\b" + _WHO
        + r"\b(?:instructions?|rules?|prompts?|polic(?:y|ies)|guidelines|safeguards?|"
          r"restrictions?|guardrails?)\b",
        "I follow Placet's rules and nothing in a request can change them, so I stopped "
        "here. " + _CAN,
    ),
    (
        r"\b(?:skip|skipping|without|bypass|bypassing|ignore|ignoring|no need for|avoid|"
        r"avoiding|disable|circumvent|around|don'?t (?:need|wait for|ask for)|do not (?:need|"
        r"wait for|ask for)|no)\b\s+(?:\w+\s+){0,4}?(?:approvals?|approver|reviews?|"
        r"sign-?off|gate|permission step|asking (?:anyone|anybody|ben|cleo|ana|for "
        r"(?:approval|permission)))\b",
        "Nothing runs without a person's approval; I cannot skip it. I can draft the "
        "segment, and an approver decides. " + _CAN,
    ),
    (
        r"\b(?:approve|sign off|rubber.?stamp|auto.?approve|pre.?approve|"
        r"self.?approve)\b(?!\s+by)(?:.{0,40})\b(?:it|this|that|draft|drafts|list|yourself|"
        r"everything|request|requests|segment|segments|mine|all|pending|for me|on behalf)\b|"
        r"\bact as (?:the )?approver\b|\b(?:and|then) approve\b|\bpretend (?:to be|you are|"
        r"that)\b|\byou are now\b|\b(?:approve|decide) (?:as|in the name of|on behalf of|"
        r"for) \w+",
        "Only a person who may approve can do that; I cannot approve anything in somebody's "
        "place. " + _CAN,
    ),
    (
        r"\b(?:delete|erase|purge|wipe|destroy|truncate|drop table|get rid "
        r"of)\b(?!\s+(?:the\s+)?(?:condition|filter|clause|date|window))|\bremove\b" + _WHO +
            r"from (?:the |our )?(?:crm|database|system)\b|\bdrop\s+(?:table|"
            r"database)\b",
        "I do not delete anything in the CRM. I can draft a list of those records, so that a "
        "person can look at them first. " + _CAN,
    ),
    (
        r"\b(?:password|passwords|passcodes?|credentials?|api.?keys?|secrets?|access tokens?|"
        r"tokens?|private keys?|credit.?cards?|card numbers?|cvv|iban|bank (?:account|"
        r"details)|social security|ssn|passport numbers?|environment variables?|system "
        r"prompt)\b",
        "I do not hand out secrets, payment data or identity numbers; they have no place in "
        "a segment. " + _CAN,
    ),
    (
        r"\b(?:scrape|scraping|scraped|harvest|harvesting|buy|purchase|purchased|rent|crawl)\b"
        + _WHO
        + r"\b(?:lists?|emails?|e-mails?|addresses|contacts?|leads?|data|profiles|linkedin|"
          r"websites?|names)\b|\b(?:from|on|off|out of) (?:linkedin|zoominfo|apollo)\b|"
          r"\b(?:lists?|contacts|leads|emails) from (?:the web|the internet|outside)\b|"
          r"\b(?:enrich|look ?up)\b.{0,40}\b(?:linkedin|web|internet|online)\b",
        "I work only with the people in this CRM; I do not scrape, buy or fetch people from "
        "outside. " + _CAN,
    ),
    (
        r"\b(?:religio(?:n|us)|faith|muslims?|christians?|jewish|jews?|catholics?|"
        r"protestants?|hindus?|buddhists?|atheists?|ethnic(?:ity)?|racial|race|black people|"
        r"white people|skin colou?r|sexual(?:ity)?|sexual orientation|gay|lesbian|lgbt\w*|"
        r"transgender|gender identity|pregnan(?:t|cy)|disab(?:led|ility|ilities)|"
        r"illness(?:es)?|disease|diabet(?:es|ic)|cancer|depress(?:ed|ion)|medical condition|"
        r"medical history|health (?:condition|status|data|problems?|issues?|records?)|sick|"
        r"hiv|political (?:views?|opinions?|party|affiliations?|beliefs?)|politics|"
        r"(?:votes?|voted|voting) (?:for |against |the |in the )*(?:\w+ )?(?:elections?|"
        r"conservatives?|labou?r|republican|democrat|social|"
        r"liberals?|greens?|left|right)|(?:votes?|voted|voting) (?:for|against)|"
        r"voters?|(?:left|right)[- ](?:wing|leaning)\w*|tor(?:y|ies)|socialists?|"
        r"communists?|church.?goers?|(?:go|goes|went) to (?:church|mosque|synagogue)|"
        r"handicap(?:ped|s)?|wheelchair\w*|chronic(?:ally)? ill\w*|refugees?|asylum.?seekers?|"
        r"republicans?|democrats?|trade union|union members?|criminal record|immigration "
        r"status|genetic|biometric)\b",
        "I do not select people by sensitive traits such as health, religion, ethnicity or "
        "politics; the CRM has no such field and the law protects them. " + _CAN,
    ),
    (
        r"\b(?:send|blast|email|e-mail|mail|fire off|shoot|launch|text|sms|call|"
        r"message)\b\s+(?:\w+\s+){0,8}?(?:right now|now|immediately|straight away|right away|"
        r"at once|directly|asap|today without|this minute|instantly)\b",
        "I do not send anything, and nothing goes out without an approval. I can draft the "
        "segment for the mailing. " + _CAN,
    ),
    (
        r"^(?:please |can you |could you |pls |just |now |go ahead and |i want you to |i "
        r"need you to )*(?:send|blast|email|e-mail|mail|sms|text)\b(?! (?:opens?|clicks?|"
        r"openers?|clickers?|subscribers?|recipients?|list|address|addresses|segment|"
        r"audience|ends?|contains?|starts?|begins?|is|me|us|domains?|equals?|not|with|like|"
        r"has|includes?|ending|containing|starting|source|field|status))\s+\w+",
        "I do not send anything in this version. I can draft the segment the mailing would "
        "go to. " + _CAN,
    ),
    (
        r"(?:^|[.,;!]\s*|\b(?:and|then|please|also|now|to|can you|could you|"
        r"just)\s+)(?:update|change|set|modify|edit|overwrite|correct|fix|merge|move|assign|"
        r"reassign|convert|promote|mark|unsubscribe|resubscribe|re-subscribe|opt (?:in|out)|"
        r"tag|import|upload|create (?:a )?(?:new )?(?:contact|company|deal)s?|add (?:a )?new "
        r"(?:contact|company|deal)s?|bump|increase|raise|lower|reset|clear|replace|enrich|"
        r"dedupe|deduplicate|switch)\b\s+(?:all\s+|every\s+|the\s+|each\s+|these\s+|those\s+|"
        r"their\s+|our\s+|my\s+)*" + _SOME + r"\b" + _PEOPLE + r"\b(?!.{0,30}\binstead\b)",
        "I do not change data in the CRM in this version. I can draft a list of exactly "
        "those records for whoever changes them. " + _CAN,
    ),
    (
        r"\b(?:export|download|dump|leak|forward|send me|post)\b.{0,60}\b(?:personal data|"
        r"whole (?:crm|database)|entire (?:crm|database)|to (?:my|a) (?:private|personal|"
        r"gmail)|gmail account|dropbox|usb|competitor|outside the company|publicly)\b",
        "I do not take data out of the CRM. I can draft a list inside it. " + _CAN,
    ),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), text) for pattern, text in _REFUSALS)
_HELP = re.compile(
    r"^(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|hallo|bonjour|moin|yo)\b[\s,"
    r"!.]*(?:there|placet|team|all)?[\s,!.]*)?"
    r"(?:(?:what|how) (?:can|could|do|does|are|would|is) (?:you|i|placet|this|it|we)\b.{0,60}"
    r"|(?:please )?help(?: me)?(?: please)?(?: out)?|who are you.{0,20}|what(?:'s| is) "
    r"(?:placet|this|possible).{0,20}"
    r"|(?:what|which) (?:fields|values|conditions|filters|data|things|segments|kinds?|"
    r"questions|requests).{0,60}\b(?:you|i|there|available|use|know|exist|ask|we)\b.{0,40}"
    r"|(?:show|give|tell) me (?:some |a few |an )?(?:examples?|what you can do|how this "
    r"works|your capabilities).{0,40}"
    r"|(?:thanks|thank you|cheers|great|ok|okay|cool)(?: a lot| so much| very much)?"
    r"|(?:can|could) you help(?: me)?(?: with \w+)?|commands|examples?(?: please)?|explain "
    r"(?:yourself|what you do|how this works|how you work).{0,20}|how (?:this|you) works?|)"
    r"[\s?!.]*$"
)
_PLAIN_WORDS = (
    "what how which who where when why is are am do does did can could would will may should you "
    "your you're yourself yours i me my i'm we us our it it's its this that these those the a an "
    "of for to with in on by from about and or so but please hi hello hey there thanks kind kinds "
    "sort sorts type types thing things stuff something anything everything else more most request "
    "requests question questions query queries example examples help helping use using used work "
    "works working start started get getting ask asking tell say show explain walk guide through "
    "understand know support supported supports capable capability capabilities able possible "
    "available offer build create make draft write handle answer answers give list lists segment "
    "segments audience audiences filter filters field fields condition conditions criteria data "
    "information option options documentation docs manual instructions tutorial purpose limit "
    "limits limitations bot assistant tool placet new here need want learn talk phrase format "
    "syntax way what's who's how's some few any all one bit quick first be been have has got if"
)
_HELP_WORDS = frozenset(_PLAIN_WORDS.split())
"""Words of questions about Placet; a text with any other word is about people."""
_CORE_WORDS = (
    "you your you're yourself request requests help examples example works capabilities possible "
    "documentation docs manual instructions tutorial placet supported available started"
)
_HELP_CORE = frozenset(_CORE_WORDS.split())
_LIMIT = 4_000
"""Patterns look at this many characters at a time, overlapping, so that time stays linear."""


def _windows(text: str) -> list[str]:
    step = _LIMIT - 400
    return [text[at : at + _LIMIT] for at in range(0, max(len(text), 1), step)]


def refusal(text: str) -> str | None:
    """Return why Placet does not do what is asked, or None."""
    folded = fold(clean(text))
    for window in _windows(folded):
        for pattern, reason in _COMPILED:
            if pattern.search(window):
                return reason
    return None


def is_help(text: str) -> bool:
    """Say whether this is a greeting or asks what Placet can do."""
    folded = fold(clean(text))
    return len(folded) < 200 and _HELP.match(folded) is not None


def may_be_help(text: str) -> bool:
    """Say whether a text asks about Placet itself: no word of it could be part of a condition."""
    words = re.findall(r"[\w']+", fold(clean(text)))
    return 0 < len(words) < 30 and _HELP_WORDS.issuperset(words) and bool(_HELP_CORE & set(words))
