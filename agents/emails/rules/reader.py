"""A request read into a brief: options taken out, the main sentence divided, the rest facts.

A sentence that nothing else takes is a fact the email must state: a person who writes "Lunch is
included." means it to be said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from agents.emails.port import Brief, Occasion, Point
from agents.segments.rules.text import clean
from tools.email.model import Schedule

from .audience import as_people
from .clauses import main_clause, spoken
from .forms import plain
from .heads import Head, Reads, people_first, read_head
from .pieces import Pieces, take_all
from .when import MONTH, Found, find_times, find_when, zone_said
from .words import states

__all__ = ["Read", "flat", "occasion_in", "read_brief"]

LONGEST = 3_000
"""Characters that are read; a brief is shorter."""
_EVENT = re.compile(
    r"\b(?:webinar|event|conference|dinner|breakfast|lunch|workshop|meetup|meet-up|training|"
    r"roundtable|round table|summit|demo|session|follow-?up|party|reception|seminar|q&a|talk|"
    r"open house|office hours|launch event|user group|masterclass|master class|course|panel|tour|"
    r"konferenz|veranstaltung|seminar|schulung|messe|treffen|fachtag|abendessen|frühstück|"
    r"folgetermin|vorführung|empfang|feier)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"[\s,]+(?:in|at|bei|im|on)\s+(?P<place>(?:the |our |der |dem )?(?:[A-ZÄÖÜ][\w.&'-]*|"
    r"[Hh]otel|[Oo]ffice|[Bb]üro)(?:[ ,]+(?:[A-ZÄÖÜ0-9][\w.&'-]*|am|an der|de|la|of|the|in))*)\s*$"
)
_ONLINE = re.compile(r"[\s,]+(?P<place>online|(?:via|on|per|über) (?:zoom|teams|webex|google meet))"
                     r"\b", re.IGNORECASE)  # fmt: skip
_SAYS = re.compile(
    r"^(?:(?:it|the (?:e-?mail|mail|message|text|copy)|we) (?:should|must|has to|needs to|shall) "
    r"(?:say|mention|explain|state|tell them)(?: that)?:?|(?:the )?(?:message|text|content|body"
    r"|facts|topics?|themen?|"
    r"nachricht|inhalt):|(?:please )?(?:tell|inform) them(?: that)?|they (?:should|must|need to) "
    r"know"
    r"(?: that)?|(?:also|note),)\s+",
    re.IGNORECASE,
)
"""How a person leads in what the email says."""
_NOT_NEEDED = re.compile(
    r"^(?:there(?:'s| is| are) )?(?:no|kein(?:e[nr]?)?) (?:need (?:for|of) )?(?:an? )?"
    r"(?:attachments?|images?|pictures?|button|links?|emojis?|landing page|bilder|anhang|anhänge)\b"
    r"(?: (?:needed|required|necessary|please|nötig))*$",
    re.IGNORECASE,
)
_HOSTING = re.compile(
    r"^(?:(?:we(?:'re| are)|we(?:'ll| will)(?: be)?) (?:also )?(?:host(?:ing)?|hold(?:ing)?|"
    r"hav(?:e|ing)|runn?(?:ing)?|organi[sz](?:e|ing)|plann?(?:ing)?|offer(?:ing)?|giv(?:e|ing)|"
    r"do(?:ing)?)|there (?:is|will be)|we (?:have|host|run|plan))\s+(?P<what>.+)$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:[\s,:]+(?:is at|are at|is here|at|see|via|here|under|unter|to|on|from|details|more|"
    r"link)\b)+[\s,:]*$|[\s,:]+$",
    re.IGNORECASE,
)
"""What is left of a sentence when its link was taken out: "the help centre has moved to"."""
_NOISE = re.compile(
    r"^(?:and|with|the|please|thanks?(?: you)?(?: a lot| very much)?|thx|bitte|danke|cheers|hi"
    r"|hello|"
    r"hey|placet|@placet|ok(?:ay)?|so|a|an|but|also|email|it|use|this|here|for|to|on|link|of|mit"
    r"|und|"
    r"the link|registration|tone|words?|long|should be|make it|keep it|\W)*$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Read:
    """What was understood: the brief, and what is not sure."""

    brief: Brief
    doubts: list[Point] = field(default_factory=list)
    assumed_time: bool = False
    """Whether 9:00 was taken because the day of sending was said without a time."""


def flat(text: str) -> str:
    """Return the request in one line, a line break being a break between statements."""
    lines = [clean(line) for line in text[:LONGEST].splitlines()]
    kept = [line if line.endswith((".", "!", "?", ",", ";", ":")) else line + " ;"
            for line in lines if line]  # fmt: skip
    return " ".join(kept).removesuffix(" ;")


def read_brief(text: str, *, as_of: datetime, zone: str, reads: Reads) -> Read:
    """Return what a request says."""
    today = as_of.astimezone(ZoneInfo(zone)).date()

    def readable(words: str) -> bool:
        return not _DASH.search(words) and reads(as_people(words, reads))

    told = flat(plain(text, readable))
    told = _SAME_MONTH.sub(r"\g<first>\g<month> \g<and>\g<last>\g<month>", told)
    pieces = Pieces(text=_CORRECTED.sub(r"\1 ", told), today=today, zone=zone)
    take_all(pieces)
    pieces.text = _tidied(pieces.text)
    head, rest = _head(pieces.text, readable)
    if head.clause and head.purpose in {"invite", "remind"} and not states(head.about):
        head = replace(head, clause=not _EVENT.search(head.about))
    got = dict(pieces.got)
    anyway = got.pop("_anyway", "")
    assumed = bool(got.pop("_assumed_time", False))
    doubts = [Point(key="weekday", text=said, options=options) for said, options in pieces.doubts]
    facts = list(got.pop("must_say", ()))
    about = head.about
    if about.startswith("dass "):
        about = main_clause(about.removeprefix("dass ")) or about
    if head.clause and about and not about.startswith("dass "):
        about = spoken(_SAYS.sub("", about))
        facts.insert(0, about)
    about = _SAYS.sub("", _TAIL.sub("", about))
    facts = [_TAIL.sub("", one) for one in facts]
    if head.clause and re.match(r"\d+ \w+(?:,|$)", about) and not states(about):
        facts, about = [*about.split(", "), *facts[1:]], ""
    about = "" if _MONTH_ALONE.match(about) else about.strip(" -–")
    about, more = _event_and_facts(about, clause=head.clause)
    rest = [spoken(_SAYS.sub("", one)) for one in rest]
    facts += more + [one for one in rest if not is_noise(one)]
    if not about and head.purpose in {"invite", "remind", "offer"}:
        about, facts = _hosted(facts)
    occasion, found = Occasion(), None
    if not head.clause and (head.purpose in {"invite", "remind"} or _EVENT.search(about)):
        occasion, about, found = occasion_in(about, today)
        if found is None:
            occasion, facts, found = _occasion_of_facts(facts, today, occasion)
    if occasion.on is not None:
        occasion, facts = _hour_of_facts(facts, occasion)
    if found is not None and found.doubt:
        doubts.append(Point(key="weekday", text=found.doubt[0], options=found.doubt[1]))
    values: dict[str, Any] = {
        "audience": as_people(_people(head.audience, anyway), reads),
        "purpose": head.purpose, "about": about,
        "occasion": occasion, "must_say": tuple(dict.fromkeys(facts)),
        "schedule": Schedule(**pieces.schedule), "said": text.strip(), **got,
    }  # fmt: skip
    if values["purpose"] in {"note", "announce"} and _is_event(about, occasion):
        values["purpose"] = "invite" if values["purpose"] == "note" else "announce"
    return Read(brief=Brief(**values), doubts=doubts, assumed_time=assumed)


def _tidied(text: str) -> str:
    """Return the text with the punctuation put right around what was taken out."""
    text = re.sub(r"\s*,(?:\s*,)+", ",", text)
    text = re.sub(r"\s*,?\s*([.;!?])(?:\s*[,;])*(?=\s|$)", r"\1", text)
    text = re.sub(r"([.;!?])(?:\s*\1)+", r"\1", text)
    return re.sub(r"\s+,", ",", text).strip(" ,;")


def _head(text: str, reads: Reads) -> tuple[Head, list[str]]:
    """Return the main sentence, and the other statements."""
    sentences = [one.strip(" ,;.!?") for one in re.split(
        r"(?<=[^\d\s][.!?])(?<!\b[DMS][rst]\.)(?<!\bMrs\.)(?<!\bProf\.)\s+|(?<=\d[!?])\s+"
        r"|(?<=\d{4}\.)\s+|\s*;\s*|(?<=\d\.)\s+(?=[A-Z]\w+ "
        r"(?:is|are|will|has)\b)|(?<=\d\d\.)\s+(?=[A-ZÄÖÜ])"
        r"(?!(?i:" + MONTH + r")\b)", text)]  # fmt: skip
    sentences = [re.sub(r"(?:\s*,\s*){2,}", ", ", one) for one in sentences if one.strip(" ,;.!?")]
    sentences = [one for one in sentences if not is_noise(one)] or sentences
    every = [(n, head) for n, one in enumerate(sentences) if (head := read_head(one, reads))]
    first = [(n, head) for n, one in enumerate(sentences) if (head := people_first(one, reads))]
    sure = [(n, head) for n, head in every if head.audience and reads(head.audience)]
    unnamed = every and (not every[0][1].audience or _NOBODY.match(every[0][1].audience.strip()))
    used = {n for n, _ in (sure[:1] or (first[:1] if not every else every[:1]))}
    head = (sure or every or first or [(0, Head())])[0][1]
    if not sure and unnamed and first:  # "customers in Austria. Invite them to ..."
        head = replace(head, audience=first[0][1].audience)
        used = {every[0][0], first[0][0]}
    others = [one.strip(" ,:") for n, one in enumerate(sentences) if n not in used]
    return head, others


def is_noise(sentence: str) -> bool:
    """Return whether a statement says nothing for the email: thanks, or what is not wanted."""
    return bool(_NOISE.match(sentence) or _NOT_NEEDED.match(sentence))


def _hosted(facts: list[str]) -> tuple[str, list[str]]:
    """Return what "we are hosting a dinner" invites to, and the other facts."""
    for number, fact in enumerate(facts):
        if (match := _HOSTING.match(fact)) is not None:
            return match["what"].strip(" ,"), facts[:number] + facts[number + 1 :]
    return "", facts


def _event_and_facts(about: str, *, clause: bool) -> tuple[str, list[str]]:
    """Divide "the dinner on 3 March, drinks are included" into the matter and its facts."""
    if clause:
        return about.strip(" ,"), []
    parts = [one.strip() for one in re.split(r",\s+|\s+(?:-|–)\s+", about) if one.strip(" ,")]
    kept = parts[:1]
    facts: list[str] = []
    if parts and re.match(r"\d+ \w+$", parts[0]):  # "5 questions" is no matter
        return "", [one for one in parts if not _NOISE.match(one)]
    for part in parts[1:]:
        if re.match(r"\d+ \w+$", part):
            facts.append(part)
            continue
        statement = states(part) and len(part.split()) > 2
        (facts if statement else kept).append(re.sub(r"^and\s+", "", part) if statement else part)
    kept = [one for one in kept if not _NOISE.match(one)]
    return ", ".join(kept), [one for one in facts if not _NOISE.match(one)]


def occasion_in(text: str, today: Any) -> tuple[Occasion, str, Found | None]:
    """Return when and where it takes place, the text without that, and the date as it was found."""
    when = next(iter(find_when(text, today)), None)
    if when is None:
        timed = find_times(text)
        if timed is None or _RECURRING.search(text):
            place, left = _place(text)
            return Occasion(place=place), left, None
        left = _without(text, timed)
        place, left = _place(left)
        return (
            Occasion(at=timed.at, end=timed.end, timezone=timed.timezone, place=place),
            left,
            None,
        )
    before, after = text[: when.start], text[when.stop :]
    if (owner := re.match(r"['’]s\s+", after)) is not None:  # "tomorrow's webinar"
        before, after = before + " the ", after[owner.end() :]
    place, tail = _place(" " + after.strip(" ,")) if after.strip(" ,") else ("", "")
    timed = None if when.at else find_times(after)
    if timed is not None:
        tail = _without(after, timed)
        place, tail = _place(tail)
    if (not place and after.lstrip().startswith(",")) or (timed and "," in after):
        named = _NAMED_PLACE.match((tail or "").strip(" ,"))
        place, tail = (named[0], "") if named and not place else (place, tail)
    left = " ".join(f"{before.rstrip(' ,')} {tail.strip(' ,')}".split())
    if not place:
        place, left = _place(left)
    at = timed or when
    occasion = Occasion(
        on=when.on, until=when.until, at=at.at, end=at.end,
        timezone=at.timezone or when.timezone or zone_said(after), place=place,
    )  # fmt: skip
    return occasion, re.sub(r"\s+(?:on|at|am|um|from|in)$", "", left).strip(" ,"), when


def _occasion_of_facts(
    facts: list[str], today: Any, known: Occasion
) -> tuple[Occasion, list[str], Found | None]:
    """Return the date where a statement of its own says it: "12 December, 15:00, online"."""
    if known.on is not None:
        return known, facts, None
    for number, fact in enumerate(facts):
        if len(fact.split()) > 14:
            continue
        occasion, left, when = occasion_in(fact, today)
        if when is not None and (topic := _ABOUT_TOO.search(left)) and _IT_IS.match(left):
            left = left[: topic.start()]
            more = topic["what"]
        else:
            more = ""
        bare = re.sub(r"^(?:it(?:'s| is| takes place| will be)?|the \w+ (?:is|takes place)|date:?"
            r"|when:"
                      r"?|es ist|termin:?)\s*", "", left, flags=re.IGNORECASE)  # fmt: skip
        if when is not None and _NOISE.match(bare):
            place = occasion.place or known.place
            others = facts[:number] + facts[number + 1 :]
            if more:
                others.insert(number, f"It is about {more}")
            return occasion.model_copy(update={"place": place}), others, when
    return known, facts, None


_SAME_MONTH = re.compile(
    rf"\b(?P<first>\d{{1,2}}\.?) ?(?P<and>(?:and|und|&) )(?P<last>\d{{1,2}}\.?)(?P<month> "
    rf"(?:{MONTH})\b"
    r"(?: \d{4})?)",
    re.IGNORECASE,
)
"""Two days of one month: "24 and 31 December" is said as two dates."""


def _hour_of_facts(facts: list[str], known: Occasion) -> tuple[Occasion, list[str]]:
    """Return the event with the hour and place of a statement of its own: "10 am, online"."""
    for number, fact in enumerate(facts):
        timed = find_times(fact) if len(fact.split()) < 9 and known.at is None else None
        if timed is None or find_when(fact, known.on or _ANY_DAY):
            continue
        place, left = _place(_without(fact, timed))
        if _NOISE.match(re.sub(r"^(?:it |we )?(?:is|starts?|begins?)\b", "", left.strip(" ,"))):
            more = {"at": timed.at, "end": timed.end, "timezone": timed.timezone}
            more |= {"place": place} if place and not known.place else {}
            return known.model_copy(update=more), facts[:number] + facts[number + 1 :]
    return known, facts


_NAMED_PLACE = re.compile(r"[A-ZÄÖÜ][\w.'&-]*(?:[ ,]+(?:of|the|am|an der|[A-ZÄÖÜ][\w.'&-]*))*$")
"""A place that stands alone after the hour: "6 pm, Oslo Opera House"."""
_DASH = re.compile(r"\s[-–]\s")
"""What stands behind a dash is no longer about who gets it."""
_MONTH_ALONE = re.compile(rf"(?:{MONTH})(?: \d{{4}})?$", re.IGNORECASE)
_ANY_DAY = date(2000, 1, 1)
_RECURRING = re.compile(r"\b(?:every|each|jede[nrs]?|weekly|monthly|wöchentlich)\b", re.IGNORECASE)
_IT_IS = re.compile(r"^(?:it|this|the \w+)(?:'s| is| takes place| will be| starts)\b",
                    re.IGNORECASE)  # fmt: skip
_ABOUT_TOO = re.compile(r"\s*,?\s*and (?:it )?(?:is |will be |covers |deals with )(?:about |on )?"
                        r"(?P<what>.+)$", re.IGNORECASE)  # fmt: skip


def _without(text: str, found: Found) -> str:
    return " ".join(f"{text[: found.start].rstrip(' ,')} {text[found.stop :]}".split())


def _place(text: str) -> tuple[str, str]:
    match = _ONLINE.search(" " + text) or _PLACE.search(" " + text)
    if match is None:
        return "", text
    left = (" " + text)[: match.start()] + " " + (" " + text)[match.end() :]
    place = re.sub(r"^(?:via|on|per|über)\s+", "", match["place"])
    return place.strip(" ,"), " ".join(left.split())


def _is_event(about: str, occasion: Occasion) -> bool:
    return occasion.on is not None and bool(_EVENT.search(about))


_ANYWAY = {
    "unsubscribed": "unsubscribed", "opted out": "unsubscribed", "bounced": "bounced",
    "without consent": "gave no consent",
}  # fmt: skip
_CORRECTED = re.compile(
    r"\b(to|for)\s+[^.:;]{2,60}?\s*(?:\.\.\.|…|-|,)\s*(?:no|sorry|i mean|rather|wait|correction)\b"
    r"(?:[\s,]+(?:wait|sorry|i mean|rather|no))*\s*[:,]?\s*(?:to|for)\s+",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:(?:the |those )?(?:people|ones|folks|guys|contacts) (?:we|i|you) (?:just )?(?:talked|"
    r"spoke|discussed|mentioned|met|had)\b.*|them|people|folks|everyone we know|someone|somebody"
    r"|you|me|us|it|out|the (?:audience"
    r"|list|"
    r"people|right people|usual people)|our (?:audience|list|people)|leute|alle leute|)$",
    re.IGNORECASE,
)


def _people(audience: str, anyway: str) -> str:
    said = audience.strip(" ,.;:")
    said = re.sub(r"\s*,\s*(?:and|und)?\s*$", "", said)
    if _NOBODY.match(said):
        return ""
    return f"{said}, including people who {_ANYWAY[anyway]}" if anyway else said
