"""The parts of a request that say how the email should be: length, tone, links, when it leaves.

Each taker finds its words, writes down what they mean and takes them out of the text, so that what
is left says who it is for and what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from agents.emails.port import Link
from tools.email.model import QuietHours

from .when import Found, find_times, find_when, zone_said
from .words import states

__all__ = ["Pieces", "take_all"]

MOST_WORDS, LEAST_WORDS = 600, 15
"""Between these a length is taken at its word."""


@dataclass(slots=True)
class Pieces:
    """The text that is left, and what was taken out of it."""

    text: str
    today: date
    zone: str
    got: dict[str, Any] = field(default_factory=dict)
    """Fields of `Brief`, as far as they were said."""
    schedule: dict[str, Any] = field(default_factory=dict)
    doubts: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def take(self, pattern: re.Pattern[str], mark: str = ",") -> re.Match[str] | None:
        """Take out the first match; `mark` stays in its place."""
        match = pattern.search(self.text)
        if match is not None:
            self.cut(match.start(), match.end(), mark)
        return match

    def cut(self, start: int, end: int, mark: str = ",") -> None:
        """Take out a stretch."""
        self.text = f"{self.text[:start]}{mark} {self.text[end:]}"


def _rx(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_END = r"(?=\s*(?:[,;]\s|[.!?](?:\s|$)|$|;))"
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'`]+[^\s<>\"'`.,;:!?)\]}]", re.IGNORECASE)
_ADDRESS = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"

_SUBJECT = _rx(
    r"(?:\b(?:with |and )?(?:the )?(?:subject(?: line)?|betreff(?:zeile)?)\b\s*(?:is|should be|to|"
    r"soll|lautet|=|:)?\s*\"(?P<quoted>[^\"]{2,200})\")"
    r"|(?:\b(?:subject(?: line)?|betreff(?:zeile)?)\s*[:=]\s*(?P<plain>[^\"\n;]{2,200}?))"
    r"(?=\s*(?:;|\.\s|$|\n))"
)
_LETTERED = _rx(
    r"\b(?:and )?(?:subject(?: line)?|betreff(?:zeile)?|variant|variante)\s+(?-i:[A-E]"
    r"|[1-5])\s*[:=]\s*"
    r"(?:\"(?P<quoted>[^\"]{2,200})\"|(?P<plain>[^\"\n;]{2,200}?))(?=\s*(?:;|\.\s|\.?$|\n"
    r"|,\s*(?:and )?"
    r"(?:subject|betreff|variant)))[.,]?"
)
"""Subject lines given one by one: "subject line A: ..., subject line B: ..."."""
_PREHEADER = _rx(
    r"\b(?:preheader|preview text|vorschautext)\s*(?:is|:|=)?\s*(?:\"(?P<quoted>[^\"]{2,200})\"|"
    r"(?P<plain>[^\"\n;]{2,200}?))(?=\s*(?:;|\.\s|$|\n))"
)
_BUTTON = _rx(
    r"\b(?:button|call to action|cta|knopf)\s*(?:says?|label(?:led)?|text|reads?|:|mit)?\s*"
    r"\"([^\"]{2,60})\""
)
_LINK_LEAD = _rx(
    r"(?:\b(?:and |with |the |a |use |using |here is |please |mit |der |dem )*"
    r"(?:(?:registration|sign-?up|booking|landing|info|survey|download|rsvp|event|anmelde|"
    r"registrierungs)[ -]?)?"
    r"(?:link(?:s|ing)?|url|page|cta|button|anmeldung)?\b\s*(?:is|to|at|:|->|=|here|ist|unter|"
    r"über)*\s*"
    r"|(?<!to )(?<!\w)\b(?:register|sign up|rsvp|download|read more|more|details|anmelden"
    r"|anmeldung|mehr)\s*"
    r"(?:is |it )?(?:at|on|under|via|here|unter|:)*\s*)$"
)
_REPLY = _rx(
    r"\b(?:(?:they|people|recipients) (?:can|should|may) (?:just |simply )?reply|"
    r"(?:ask|tell) them to (?:just |simply )?(?:reply|answer)|(?:just|simply) reply|"
    r"(?:rsvp|register|answer|sign up|respond) by (?:reply(?:ing)?|e-?mail|answering)|"
    r"no need for (?:an? )?(?:link|registration|button)|(?:there is |we have )?no (?:link|landing "
    r"page|registration(?: link)?)(?: needed| yet)?|"
    r"(?:anmeldung|antwort|zusage)(?: bitte)? per (?:antwort|e-?mail|mail)|without (?:a )?link"
    r"|ohne link|kein(?:en)? link|(?:einfach )?(?:auf diese e-?mail )?antworten"
    r" reicht|per antwort)\b[^,;.!?]*"
)
_REPLY_TO = _rx(
    rf"\b(?:with )?(?:repl(?:y|ies)[- ]?(?:to|go to|should go to)?|antwort(?:en)? an)\s*:?\s*"
    rf"(?P<address>{_ADDRESS})"
)
_SENDER = _rx(
    rf"(?:(?:(?<=[.;,])\s*|^|\b(?:sent|send it|send|coming|mail|e-?mail|message) )(?:please )?"
    rf"(?:from|von)|\b(?:sender(?: is|:)?|absender(?: ist|:)?))\s+"
    rf"(?P<name>[^,;<\"]{{0,60}}?)\s*<?(?P<address>{_ADDRESS})>?"
)
_FROM = _rx(
    r"(?:(?<=[,;.])|^)\s*(?:please )?(?:send (?:it )?)?(?:from|von) (?:the |our |dem |der )?"
    r"(?-i:(?P<name>[A-Z][\w&' -]{1,40}?))(?: team)?(?: please| bitte)?" + _END
)
"""A whole statement that names the sender: "from Events please"."""
_SIGNED = _rx(
    r"(?:(?:(?<=[,;.])\s*|^|\band )(?:please )?sign(?: it)?(?: off)? (?:by|as|with|from)|"
    r"\bsigned(?: off)? (?:by|as|with|from)|\bin the name of|on behalf "
    r"of|im namen "
    r"von|"
    r"unterschrieben von|unterschrift:?)\s+(?P<name>[^,;.]{2,60}?)" + _END
)
_WORDS = _rx(
    r"\b(?:(?:in|with|of|about|around|roughly|circa|ca\.?|approximately|some|max(?:imum)?\.?|"
    r"at most|no more than|not more than|up to|under|fewer than|less than|etwa|ungefähr|"
    r"höchstens|maximal|make it|keep it(?: to)?|length:?|länge:?)\s+)*~?"
    r"(?P<n>\d{2,4})[ -]?(?:words?|wörtern?|worte?n?)(?:\s+(?:long|or so|max(?:imum)?|at most|"
    r"lang))?\b"
)
_LENGTHS = (
    (_rx(r"(?:(?<=[,;.])|^)\s*(?:please )?(?:keep it |make it |and )*(?:very short|really short|"
         r"sehr kurz)(?: please)?" + _END), 45),
    (_rx(r"(?:(?<=[,;.])|^)\s*(?:please )?(?:keep it |make it |halte es |and |but )*(?:short|brief|"
         r"concise|kurz|knapp)(?: and (?:sweet|simple|crisp))?(?: please)?" + _END), 70),
    (_rx(r"(?:(?<=[,;.])|^)\s*(?:please )?(?:make it |and )*(?:long|detailed|ausführlich)" + _END),
     180),
)  # fmt: skip
_TONES = {
    "friendly": "friendly|warm|cheerful|kind|casual|relaxed|freundlich|herzlich",
    "formal": "formal|professional|polite|serious|business-?like|official|respectful|förmlich|"
              "formell|seriös|höflich",
    "plain": "neutral|plain|factual|matter-of-fact|sober|simple|sachlich|nüchtern|schlicht|neutral",
    "informal": "informal|chatty|first-name|per du|duzen|locker|salopp",
}  # fmt: skip
_TONE_OF = {word: tone for tone, words in _TONES.items() for word in words.split("|")}
_TONE_WORD = "|".join(words for words in _TONES.values())
_TONE = _rx(
    rf"(?:(?<=[,;.])|^)\s*(?:(?:please|and|but|make it sound|it should sound|make it|keep it|keep "
    rf"the tone|the tone should be|"
    rf"tone:?|tonfall:?|ton:?|im ton|in a|in an|with a|in|it should be|bitte|sehr|very|more|rather|"
    rf"quite)\s+)*(?P<tone>{_TONE_WORD})(?:e[rnms]?)?(?:\s+(?:tone|style|voice|and short|please|"
    rf"ton|tonfall|stil|im ton))*(?:\s*(?:,|and|but|yet|und|aber)\s+"
    rf"(?:not|nicht|never|{_TONE_WORD})\b(?: (?:too|zu|very))?(?: [\w-]+)?(?= ?[,.;!]|$))*"
    rf"(?:\s+(?:and|und|but))?" + _END
)
_TONE_INSIDE = _rx(
    rf"\b(?:in|with) an? (?P<tone>{_TONE_WORD}) (?:tone|style|voice|way|manner)\b"
    rf"|(?<=\ba )(?P<tone3>{_TONE_WORD})(?= (?:(?:little|short|brief|quick) )?(?:e-?mail|mail|note"
    rf"|message|"
    rf"reminder|invitation)\b)"
    rf"|\bin (?P<tone2>{_TONE_WORD})(?:em|en) ton(?:fall)?\b"
)
_LANGUAGES = {
    "english": "en", "englisch": "en", "german": "de", "deutsch": "de", "french": "fr",
    "französisch": "fr", "spanish": "es", "spanisch": "es", "italian": "it", "italienisch": "it",
    "dutch": "nl", "niederländisch": "nl", "portuguese": "pt", "polish": "pl", "swedish": "sv",
    "danish": "da",
}  # fmt: skip
_LANGUAGE_NOUN = _rx(
    r"\b(?P<lang>" + "|".join(_LANGUAGES) + r")(?:e[nrs]?)?(?=\s+(?:language\s+)?(?:e-?mail|mail|"
    r"newsletter|invitation|einladung|reminder|message|announcement)\b)"
)
_LANGUAGE = _rx(
    r"\b(?:(?:write|written|draft|schreib(?:e)?)(?: it| sie)? )?(?:in|auf|language:?|sprache:?)\s+"
    r"(?:the )?(?P<lang>" + "|".join(_LANGUAGES) + r")(?: language)?\b(?! (?:and|or) )"
)
_COUNT = r"(?P<n>two|three|four|five|zwei|drei|vier|fünf|[2-5])"
_COUNTS = {
    "two": 2, "zwei": 2, "three": 3, "drei": 3, "four": 4, "vier": 4, "five": 5, "fünf": 5,
}  # fmt: skip
_VARIANTS = _rx(
    rf"\b(?:(?:with|and|give me|use|try|test|make|please|mit|also)\s+)*{_COUNT}\s+"
    r"(?:different |alternative |verschiedene )?(?:subject ?lines?|subjects|"
    r"betreffzeilen|betreffe|variants?(?: of the subject(?: line)?)?|varianten)"
    r"(?: to (?:test|a/b test|choose from)| for an? a/?b[- ]test| zum testen)?"
    r"(?:,? (?:and )?(?:split|shared|divided) (?:evenly|equally|50/50|half and half)|,? 50/50)?"
)
_AB = _rx(
    r"\b(?:(?:with|and|as|run|do|an?|please|mit|einem?)\s+)*(?:a/b\b[- ]?(?:test(?:ing|en)?\b|"
    r"split\b)?|ab[- ]test(?:ing|en)?\b)"
    r"(?: (?:on|of|for|the|two|subject|subjects|subject lines?|lines?|betreff|des|betreffs)\b)*"
)
_NAME = _rx(
    r"\b(?:(?:call|name) (?:it|the campaign|this)|campaign(?: name)?(?: is)?\s*[:=]"
    r"|kampagne\s*[:=]|"
    r"nenne (?:sie|es))\s+\"?(?P<name>[^\",;]{2,80}?)\"?" + _END
)
_MUST_NOT = _rx(
    r"\b(?:(?:but |and |please )*(?:do not|don't|never) (?:mention|say|talk about|include|use the "
    r"words?)|without (?:mentioning|saying|naming)|no mention of|avoid(?: the words?| saying)?|"
    r"nicht erwähnen:?|erwähne nicht)\s+(?:anything about |that )?(?P<what>[^;.!?]{2,120}?)" + _END
)
_MUST_SAY = _rx(
    r"(?:(?:(?<=[,;.])|^|\band|\bbut|\bplease|\bbitte|\balso)\s*(?:say|note|include|add|tell them|"
    r"let them know|sag|make (?:it )?clear)|\b(?:and |but |please |bitte |also )*(?:mention(?:s"
    r"|ing)?|"
    r"point(?:ing)? out|stress(?:ing)?|don't forget(?: to mention)?|erwähne?|weise darauf "
    r"hin))\b,?\s*(?:also\s+)?(?:that|dass|:|the fact "
    r"that)\s*,?\s*(?P<what>[^;!?\n]{3,300}?)(?=\s*(?:;|[!?](?:\s|$)|\.\s|\.?$))"
)
_MENTION = _rx(
    r"(?:(?<=[,;.])|^|(?<=\sand))\s*(?:and |but |please |also |bitte )*(?:mention|include|"
    r"point out|erwähne)\s+(?P<what>[^;!?\n]{3,200}?)(?=\s*(?:;|[!?](?:\s|$)|\.\s|\.?$))"
)
_PACE = _rx(
    r"\b(?:at |with )?(?:a rate of |at most |no more than |max(?:imum)? |höchstens )*(?P<n>\d{1,6})"
    r"\s*(?:e-?mails?|messages?|mails?|nachrichten)?\s*(?:per|a|an|each|pro|/)\s*"
    r"(?P<unit>minute|min|hour|stunde|h)\b"
)
_QUIET = _rx(
    r"\b(?:but |and )?(?:(?:not|nothing|no (?:mail|emails?|sending|messages?)) (?:at night|"
    r"overnight|during the night)|nicht nachts|quiet hours|not between|no (?:mail|emails?|"
    r"sending) between|ruhezeit)\b(?P<rest>[^,;.]{0,60})"
)
_SEND = _rx(
    r"(?P<lead>\b(?:(?:and |then |please |bitte |can you |you can )*"
    r"(?:(?:send|schedule|deliver|mail)(?: it| this| them| that| the (?:e-?mail|mail|campaign|"
    r"invitations?|newsletter))?(?: out)?|(?:it|this|they)? ?(?:should|shall|must|can|will) "
    r"(?:go|leave|be sent|be scheduled)(?: out)?|(?:i(?:'d| would) like|we(?:'d| would) like|"
    r"i want|we want|ideally) (?:it|this) (?:to )?(?:go|leave|be sent|be delivered)(?: out)?|"
    r"(?<=[.;] )(?:please )?not (?:before|earlier than)|(?<=[.;] )(?:earliest|frühestens|nicht "
    r"vor)|"
    r"to be sent|sent|sending|send time:?|goes out|"
    r"go out|versand:?|versende(?:n)?(?: (?:es|sie))?|(?:ver)?schicke? (?:es|sie)|sende (?:es|sie)|"
    r"raus(?:schicken)?|schedule:?))\b)(?P<rest>[^;.!?]*?(?:\d{1,2}\.\s?\w+[^;.!?]*?)?)"
    r"(?=\s*(?:;|[.!?](?:\s|$)|$|,(?!\s*(?:\d|at\b|um\b))))"
)
_AT_ONCE = _rx(r"\b(?:as soon as (?:it is |it's )?approved|right after (?:the )?approval|after "
               r"approval|sobald (?:sie |es )?freigegeben|immediately|now|sofort"
               r"|asap)\b")  # fmt: skip


_ANYWAY = _rx(
    r"(?:,\s*)?\b(?:and |please |also )*(?:include|including|also to|even)\s+(?:the |those "
    r"|people |"
    r"contacts |who |that |are |have )*(?P<why>unsubscribed|bounced|opted out|without consent)"
    r"(?: ones| people| contacts)?(?: too| as well| also)?"
)
_NUMBERED = re.compile(
    r"(?:\b(?:topics?|themen|items?|points?"
    r"|content)\s*:?\s*)?(?<!\d)(?P<n>\d)[.)]\s+(?P<what>[^:;]{3,90}?)"
    r"\s*[:,-]?\s*(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])",
    re.IGNORECASE,
)
_EMAIL_FOR = _rx(
    r"\b(?P<head>(?:schedule|send|plan)\s+(?:an?|the|our)\s+(?:[\w-]+\s+){0,2}?(?:e-?mail|mail|"
    r"newsletter|invitation|reminder|announcement))\s+(?:for|on|at)\s+(?=\d|mon|tue|wed|thu|fri"
    r"|sat|"
    r"sun|tomorrow|next)(?P<rest>.{4,60})"
)


def _enumerated(pieces: Pieces) -> None:
    """Read "1) new gallery https://... 2) story https://...": each link with its own words."""
    found = list(_NUMBERED.finditer(pieces.text))
    if len(found) < 2:
        return
    pieces.got["links"] = tuple(
        Link(url=m["url"], label=m["what"].strip()[:1].upper() + m["what"].strip()[1:40])
        for m in found
    )
    pieces.got["must_say"] = tuple(m["what"].strip() for m in found)
    pieces.cut(found[0].start(), found[-1].end(), ".")


def _anyway(pieces: Pieces) -> None:
    if match := pieces.take(_ANYWAY):
        pieces.got["_anyway"] = match["why"].lower()


def take_all(pieces: Pieces) -> None:
    """Take out everything these takers know, in an order in which none disturbs another."""
    takers: tuple[Callable[[Pieces], None], ...] = (
        _subject, _addresses, _button, _enumerated, _links, _anyway, _send,
        _pace, _variants, _name, _must,
        _reply, _length, _tone, _language,
    )  # fmt: skip
    for taker in takers:
        taker(pieces)


def _subject(pieces: Pieces) -> None:
    given = [m["quoted"] or m["plain"] for m in _LETTERED.finditer(pieces.text)]
    if len(given) > 1:
        pieces.got["subject"], *others = (one.strip(' ,"') for one in given)
        pieces.got["subjects"], pieces.got["variants"] = tuple(others), len(given)
        pieces.text = _LETTERED.sub(" , ", pieces.text)
    for key, pattern in (("preheader", _PREHEADER), ("subject", _SUBJECT)):
        if match := pieces.take(pattern):
            pieces.got[key] = (match["quoted"] or match["plain"]).strip()


def _addresses(pieces: Pieces) -> None:
    if match := pieces.take(_REPLY_TO):
        pieces.got["reply_to"] = match["address"]
    if match := pieces.take(_SENDER):
        pieces.got["sender_address"] = match["address"]
        if name := match["name"].strip(" ,"):
            pieces.got["sender"] = name
    if "sender_address" not in pieces.got and (match := pieces.take(_FROM)):
        pieces.got["sender"] = match["name"].strip()
    if match := pieces.take(_SIGNED):
        pieces.got["sender"] = match["name"].strip(" \"'")


def _button(pieces: Pieces) -> None:
    if match := pieces.take(_BUTTON):
        pieces.got["_label"] = match[1]


_IS_AT = _rx(
    r"\b(?P<is>is|are)\s+(?:now |available |online |to be found )*(?:at|on|here|under)?\s*:?\s*$|"
    r"\b(?P<ist>ist|sind|stehen|steht|liegen|liegt)\s+(?:jetzt |online )*(?:hier|unter"
    r"|auf)?\s*:?\s*$"
)


_CLAUSE = _rx(r"(?:^|(?<=[.;,!?])\s+|\s(?:-|–)\s+|:\s+)(?P<said>[^.;,!?]{1,60}?)\s*$")
"""What stands before a link since the last stop."""
_NAMED = re.compile(r"^(?:(?:the|our|die|der|das)\s+)?(?P<what>[\w'&-]+(?: [\w'&-]+){0,3})\s*:?$")
_PLAIN_NAMES = frozenset({
    "link", "links", "the link", "url", "page", "details", "more", "info", "more info", "mehr",
    "read more", "registration", "registration link", "anmeldung", "anmelden", "sign-up", "signup",
    "sign up", "register", "rsvp", "see", "via", "at", "here", "more at", "details at",
    "more under",
    "survey", "survey link", "umfrage", "link here", "landing page", "infos", "mehr unter", "book",
})  # fmt: skip
_DOING = _rx(
    r"^(?:please |and |then |so |or |but )*(?:(?:they|people|you|everyone|recipients) (?:can |may |"
    r"could |should |will |need to )?|to |please )?(?P<verb>sign up|register|book|download|join"
    r"|read|"
    r"see|watch|view|extend|renew|check|choose|pick|get|find out|learn more|learn|rsvp|answer|take "
    r"part)"
    r"(?P<what>(?: (?:it|here|them|online|now|more|there|in))*)(?: (?:at|on|under|via|here|from"
    r"|is))*"
    r"\s*:?$"
)
"""A bare request to follow the link: "they can sign up at", "read it at"."""


_THING = _rx(r"\b(?:the|our|an?|die|das|der|den|unsere?n?)\s+(?P<what>"
             r"(?:(?!and\b|und\b)[\w'&-]+ ){0,3}(?!and\b|und\b)[\w'&-]+)\s*\(?$(?<! at)(?<! at "
             r")(?<! see )(?<! on )(?<! to )(?<!is at )")  # fmt: skip
"""The thing right before a link: "the recording https://... and the slides https://..."."""


_MERE_DETAILS = _rx(r"(?:more|all|further|mehr|weitere|alle)? ?(?:info\w*|details|einzelheiten)$")


def _presented(before: str, there: re.Match[str]) -> str:
    """Return "the recording is at" as "here is the recording": the link itself is the button."""
    start = max((m.end() for m in _STARTS.finditer(before, 0, there.start())), default=0)
    thing = before[start : there.start()].strip()
    if _MERE_DETAILS.match(thing):
        return before[:start] + ";"
    if states(thing) or len(thing.split()) > 7:
        return before[: there.start()] + (
            f"{there['is']} available online" if there["is"] else f"{there['ist']} online zu finden"
        )
    verb = there["is"] or {"steht": "ist", "stehen": "sind", "liegt": "ist", "liegen": "sind"}.get(
        there["ist"].lower(), there["ist"])  # fmt: skip
    lead = "here" if there["is"] else "hier"
    small = thing[:1].lower() if there["is"] else _low(thing)
    return f"{before[:start]}{lead} {verb} {small}{thing[1:]}"


_STARTS = re.compile(r"[.;:!?,]\s+(?:and |und )?|\s(?:-|–)\s|\b(?:that|dass)\s", re.IGNORECASE)


def _low(thing: str) -> str:
    """Return the first letter, small where the word is an article."""
    article = re.match(r"(?:Der|Die|Das|Unser)", thing)
    return thing[:1].lower() if article else thing[:1]


def _asked(said: str) -> str | None:
    """Return the button's label where a clause only leads to a link; None where it says more."""
    said = re.split(r"\s(?:-|–)\s", said.strip())[-1]
    if _DOING.match(said):
        return ""
    bare = re.sub(r"(?:\s+(?:at|on|under|via|here|unter|hier|is|are|ist|sind))+\s*:?$", "", said)
    if bare != said and len(bare.split()) < 4 and not _DOES.match(bare):
        said = f"{bare}:"
    name = _NAMED.match(said)
    if name is None or _NO_LABEL.match(said):
        return None
    if re.search(r"\d", said) or _IS_AT.search(said) or states(said):
        return None
    if name["what"].lower() in _PLAIN_NAMES:
        return None
    plain = name["what"].split()[-1].lower() not in _NO_NAME and (
        said.endswith(":") or len(name["what"].split()) < 3)  # fmt: skip
    return f"{name['what'][:1].upper()}{name['what'][1:]}" if plain else None


_NO_LABEL = _rx(r"(?:no|without|free|only|all|kein\w*|about|regarding|for|to|on|with|über)\b")
_DOES = _rx(r"^(?:please|book|try|read|join|see|get|watch|sign|register|download|find|check|visit"
            r"|use|it|"
            r"they|you|we|this|that|here|no|without|free|only|all|kein\w*|send|"
            r"tell)\b")  # fmt: skip
_NO_NAME = frozenset({
    "at", "on", "to", "under", "via", "here", "see", "from", "is", "are", "unter", "is:", "for",
    "and", "with", "link", "mehr", "more",
})  # fmt: skip


def _links(pieces: Pieces) -> None:
    found: list[Link] = []
    several = len(_URL.findall(pieces.text)) > 1
    while (match := _URL.search(pieces.text)) is not None:
        url = match[0] if "://" in match[0] else f"https://{match[0]}"
        label = pieces.got.pop("_label", "") if not found else ""
        found.append(Link(url=url, label=label))
        before = pieces.text[: match.start()]
        if several and not label and (thing := _THING.search(before)):
            found[-1] = Link(url=url, label=thing["what"][:1].upper() + thing["what"][1:])
            if not before.endswith("("):
                pieces.text = f"{before.rstrip()} {pieces.text[match.end() :].lstrip()}"
                continue
        if (there := _IS_AT.search(before)) and len(before[: there.start()].split()) > 1:
            pieces.text = _presented(before, there) + pieces.text[match.end() :]
            continue
        end = match.end()
        if before.endswith("(") and pieces.text[end : end + 1] == ")":
            pieces.text = f"{before[:-1].rstrip()} {pieces.text[end + 1 :].lstrip()}"
            continue
        if (clause := _CLAUSE.search(before)) and (asked := _asked(clause["said"])) is not None:
            found[-1] = Link(url=url, label=label or asked)
            begin = clause.start("said")
            if (dash := before.rfind(" - ", begin)) > begin:
                begin = dash
            pieces.cut(begin, end, ";")
            continue
        lead = _LINK_LEAD.search(before)
        pieces.cut(lead.start() if lead else match.start(), end)
    pieces.got.pop("_label", None)
    if found:
        pieces.got["links"] = (*pieces.got.get("links", ()), *found)


def _send(pieces: Pieces) -> None:
    if match := _EMAIL_FOR.search(pieces.text):
        when = _moment(match["rest"], pieces)
        left = re.split(r"[.;!?]", match["rest"][when.stop :])[0].split() if when else []
        if when is not None and when.start < 4 and len(left) > 2:
            start = match.start("rest")
            _schedule(pieces, when, match["rest"][: when.stop + 14])
            pieces.text = (
                pieces.text[: match.end("head")] + " " + pieces.text[start + when.stop :].lstrip()
            )
            return
    for match in _SEND.finditer(pieces.text):
        rest = match["rest"]
        when = _moment(rest, pieces)
        if when is not None and when.start < 30:
            where = match.start("rest")
            part = _PART.match(rest, when.stop)
            pieces.cut(match.start(), where + (part.end() if part else when.stop))
            _schedule(pieces, when, rest)
            return
        if (now := _AT_ONCE.search(rest)) and now.start() < 8:
            pieces.cut(match.start(), match.start("rest") + now.end())
            pieces.schedule["send_at"] = None
            return


_PART = _rx(r"\s+(?:in the |am )?(?:early |frühen )?(?:morning|afternoon|evening|morgen|vormittag"
             r"|nachmittag|abend)s?\b")  # fmt: skip


def _moment(text: str, pieces: Pieces) -> Found | None:
    today = pieces.today
    found = find_when(text, today)
    if found:
        return found[0]
    timed = find_times(text)
    if timed is None or timed.start > 12:
        return None
    return Found(start=timed.start, stop=timed.stop, on=today, at=timed.at, timezone=timed.timezone)


def _schedule(pieces: Pieces, when: Found, rest: str) -> None:
    zone = when.timezone or zone_said(rest) or pieces.zone
    if when.doubt:
        pieces.doubts.append(when.doubt)
    at = when.at
    if at is None:
        at = next((hour for word, hour in _HOURS if word in rest.lower()), time(9))
        pieces.got["_assumed_time"] = True
    if when.on is not None:
        pieces.schedule["send_at"] = datetime.combine(when.on, at, ZoneInfo(zone))


_HOURS = (
    ("afternoon", time(14)), ("nachmittag", time(14)), ("evening", time(18)), ("abend", time(18)),
)  # fmt: skip


def _pace(pieces: Pieces) -> None:
    if match := pieces.take(_PACE):
        count = int(match["n"])
        hours = match["unit"].lower() in {"hour", "stunde", "h"}
        pieces.schedule["per_minute"] = max(1, count // 60 if hours else count)
    if match := pieces.take(_QUIET):
        timed = find_times("from " + match["rest"].replace(" and ", " to ").strip())
        start, end = (timed.at, timed.end) if timed and timed.end else (time(20), time(8))
        pieces.schedule["quiet_hours"] = QuietHours(
            start=start or time(20), end=end or time(8), timezone=pieces.zone
        )


def _variants(pieces: Pieces) -> None:
    if match := pieces.take(_VARIANTS):
        said = match["n"].lower()
        pieces.got["variants"] = _COUNTS.get(said) or int(said)
        pieces.take(_AB)
    elif pieces.take(_AB):
        pieces.got["variants"] = 2


def _name(pieces: Pieces) -> None:
    if match := pieces.take(_NAME):
        pieces.got["name"] = match["name"].strip()


def _must(pieces: Pieces) -> None:
    banned: list[str] = []
    while match := pieces.take(_MUST_NOT):
        banned += [one.strip(" \"'") for one in re.split(r",| or | oder ", match["what"])]
    said: list[str] = []
    for pattern in (_MUST_SAY, _MENTION):
        while match := pieces.take(pattern, "."):
            what = re.sub(r"\s+(?:too|also|as well|auch)$", "", match["what"].strip(" ,"))
            said.append(what if states(what) or pattern is _MUST_SAY else _shown(what))
    if banned:
        pieces.got["must_not"] = tuple(one for one in banned if one)
    if said:
        pieces.got["must_say"] = (*pieces.got.get("must_say", ()), *said)


def _shown(what: str) -> str:
    """Return a thing that is only named as something to look at."""
    named = re.match(r"(?:the|our|an?|their|der|die|das|den|unsere?n?)\s", what, re.IGNORECASE)
    if named is None or len(what.split()) > 9:
        return what
    german = re.match(r"(?:der|die|das|den|unser)", what, re.IGNORECASE)
    return f"Bitte beachten Sie auch {what}" if german else f"Please also have a look at {what}"


def _reply(pieces: Pieces) -> None:
    if pieces.take(_REPLY):
        pieces.got["reply_instead"] = True


def _length(pieces: Pieces) -> None:
    if match := pieces.take(_WORDS):
        pieces.got["words"] = min(MOST_WORDS, max(LEAST_WORDS, int(match["n"])))
        return
    for pattern, words in _LENGTHS:
        if pieces.take(pattern):
            pieces.got["words"] = words
            return


def _tone(pieces: Pieces) -> None:
    match = pieces.take(_TONE_INSIDE, " ") or pieces.take(_TONE)
    while match:
        said = (
            match["tone"] or match.groupdict().get("tone2") or match.groupdict().get("tone3") or ""
        ).lower()
        pieces.got["tone"] = _TONE_OF.get(said.replace(" ", "-"), _TONE_OF.get(said, "plain"))
        match = pieces.take(_TONE)


def _language(pieces: Pieces) -> None:
    if match := pieces.take(_LANGUAGE, " ") or pieces.take(_LANGUAGE_NOUN, " "):
        pieces.got["language"] = _LANGUAGES[match["lang"].lower()]
