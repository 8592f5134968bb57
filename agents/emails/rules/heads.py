"""The sentence that says what is wanted: who it is for, what it is about, to what end.

"Invite German CFOs who attended the March webinar to the follow-up": where the audience ends and
the matter begins is decided by the segment reader. Of all places where "to" could divide them, the
longest left side that it can read as people is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches

from agents.emails.port import Purpose

from .words import states

__all__ = ["Head", "people_first", "purpose_of", "read_head"]

Reads = Callable[[str], bool]
"""Whether some words can be read as an audience."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """What the main sentence says."""

    audience: str = ""
    about: str = ""
    purpose: Purpose = "note"
    clause: bool = False
    """Whether `about` is a whole statement ("that our office is closed")."""


def _rx(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_MANNERS = _rx(
    r"^(?:\W|\b(?:(?:we|i|it)(?: would|'d) (?:be (?:grateful|great|good|nice|happy|glad)|"
    r"appreciate(?: it)?) if (?:you|we) could|kindly|can we|could we|may i|shall we|i have to|"
    r"we(?:'re| are) supposed to|"
    r"we(?:'d| would) love(?: you)? to|we want you to|would it be possible to|hi|hello|hey|hallo"
    r"|please|bitte|placet|@placet|can you|could you|would you"
    r"|kannst "
    r"du|könntest du|können sie|i(?:'d| would) like(?: you)? to|i want(?: you)? to|i need(?: you)? "
    r"to|we(?:'d| would) like to|we (?:want|need|have|should) to|let's|let us|lets|ich möchte|"
    r"wir möchten|wir wollen|help me(?: to)?|now|so|ok|okay|and|thanks|go ahead and|just)\b)+\W*"
)
_KINDS: dict[str, Purpose] = {
    "newsletter": "newsletter", "news letter": "newsletter", "invitation": "invite",
    "invite": "invite", "einladung": "invite", "reminder": "remind", "erinnerung": "remind",
    "announcement": "announce", "ankündigung": "announce", "update": "announce",
    "product update": "announce", "follow-up": "follow_up", "follow up": "follow_up",
    "survey": "survey", "umfrage": "survey", "thank-you note": "thanks", "thank you note": "thanks",
    "thank-you": "thanks", "thank you": "thanks", "dankeschön": "thanks", "offer": "offer",
    "angebot": "offer", "promotion": "offer", "note": "note", "message": "note",
    "nachricht": "note", "campaign": "note", "kampagne": "note", "mailing": "note",
    "ankuendigung": "announce", "mitteilung": "announce", "hinweis": "note", "info": "note",
    "something": "note", "some words": "note", "a few words": "note", "a few lines": "note",
    "einladungsmail": "invite", "wartungsankündigung": "announce", "heads-up": "announce",
    "heads up": "announce", "notice": "announce",
    "e-mail": "note", "email": "note", "mail": "note", "rundmail": "note",
}  # fmt: skip
_KIND = "|".join(sorted(map(re.escape, _KINDS), key=len, reverse=True))
_KIND_PHRASE = (
    rf"(?:(?:an?|the|our|one|some|another|this month's|next|eine?n?|die|unseren?|den)\s+)?"
    rf"(?:(?!to\b|for\b|about\b)[\w-]+\s+){{0,3}}?(?P<kind>{_KIND})s?(?:\s+(?P<kind2>e-?mail|mail|"
    rf"campaign|message|note|invitation|invite|reminder|announcement|newsletter))?\b"
)
_MAKE = (
    r"(?:send(?: out)?|write|draft|prepare|create|compose|make|do|need|want|set up|schedule|build|"
    r"put together|get out|design|schreibe?|sende|schicke?|verschicke|erstelle|entwirf|verfasse|"
    r"mach(?:e)?|brauche)"
)
_MADE = _rx(rf"^(?:{_MAKE}\s+(?:me\s+|us\s+|mir\s+|uns\s+)?)?{_KIND_PHRASE}\s*")
_GIVEN = _rx(rf"^{_MAKE}\s+(?P<aud>.{{2,300}}?)\s+(?:an?|the|our|eine?n?|unseren?)\s+"
             rf"(?:(?!to\b|for\b|about\b)[\w-]+\s+){{0,3}}?(?P<kind>{_KIND})\b\s*")  # fmt: skip
_VERBS: tuple[tuple[re.Pattern[str], Purpose, str], ...] = (
    (_rx(r"^invite\s+"), "invite", r"to|for"),
    (_rx(r"^(?:get|pass|send|share|forward)\s+(?:this|it|the following|that)\s+(?:out |on |along )?"
         r"(?:to|with)\s+"), "note", r"about"),
    (_rx(r"^say (?:thank[- ]?you|thanks) to\s+"), "thanks", r"for"),
    (_rx(r"^give\s+"), "offer", r"(?=\d|an?\b|the\b|our\b|free\b)"),
    (_rx(r"^(?:re-?invite|ask)\s+"), "invite", r"to (?:join|attend|come to)"),
    (_rx(r"^remind\s+"), "remind", r"of|about|that|to"),
    (_rx(r"^thank\s+"), "thanks", r"for"),
    (_rx(r"^ask\s+"), "survey", r"for|to|about|whether|how"),
    (_rx(rf"^survey\s+(?!for\b|to\b|(?:{_KIND})\b)"), "survey", r"about|on"),
    (_rx(r"^follow(?:ing)?[- ]up (?:with|on)\s+"), "follow_up", r"about|on|after|regarding|with"),
    (_rx(r"^let\s+"), "announce", r"know that|know about|know"),
    (_rx(r"^(?:tell|inform|notify|update|alert|warn)\s+"), "announce", r"about|of|that|on"),
    (_rx(r"^offer\s+"), "offer", r"(?=\d|an?\b|the\b|our\b|free\b)"),
    (_rx(r"^(?:congratulate|wish|welcome)\s+"), "note", r"on|for|to|with|(?=an?\b)"),
    (_rx(r"^apologi[sz]e to\s+"), "note", r"for|that"),
    (_rx(r"^(?:e-?mail|mail|write to|write|send to|reach out to|contact|message)\s+"), "note",
     r"about|regarding|on|with|announcing|saying|that|to|for|(?=an? )|(?=\d+ ?%)"),
    (_rx(r"^(?:bitte )?lade[nt]?(?: sie)?(?: bitte)?\s+"), "invite", r"zum|zur|zu|für"),
    (_rx(r"^biete[nt]?(?: sie)?(?: bitte)?\s+"), "offer",
     r"(?=\d|eine?n?\b|den\b|die\b|das\b|unseren?\b|kostenlose)"),
    (_rx(r"^(?:teile?|sage?)(?: bitte)?\s+"), "announce", r"mit, dass|bescheid, dass|dass"),
    (_rx(r"^erinnere?(?: bitte)?\s+"), "remind", r"an|daran, dass|dass"),
    (_rx(r"^(?:informiere?|benachrichtige|unterrichte)(?: bitte)?\s+"), "announce",
     r"über|darüber, dass|dass"),
    (_rx(r"^(?:bedanke? dich bei|danke)(?: bitte)?\s+"), "thanks", r"für"),
    (_rx(r"^(?:schreibe?|maile?)(?: bitte)?(?: an)?\s+"), "note", r"über|wegen|zu|zum|dass"),
)  # fmt: skip
_MATTER_FIRST = _rx(
    r"^(?P<verb>announce|promote|advertise|launch|share|present|publicise|kündige|bewirb)\s+"
)
_ABOUT = (
    r"(?:for|to|in order to) (?:inform|tell|telling|informing)(?: them)?(?: that| about| of)?|"
    r"about|on|regarding|announcing|with|covering|for|inviting (?:them|people) to|asking (?:them )?"
    r"(?:for|to|about)|telling (?:them )?(?:that|about)|saying that|saying|that|reminding (?:them "
    r")?"
    r"(?:of|about|that|to)|thanking (?:them )?for|offering|promoting|introducing|to(?= (?:our|the|"
    r"a|an|join|attend|announce|promote|tell|say)\b)|to (?:announce|promote|tell them (?:about"
    r"|that)|"
    r"say that)|after|über|zum thema|zum|zur|zu|mit|wegen|für"
)
_THEN: tuple[tuple[str, Purpose], ...] = (
    ("inviting", "invite"), ("asking", "survey"), ("reminding", "remind"),
    ("thanking", "thanks"), ("offering", "offer"), ("announc", "announce"),
    ("introducing", "announce"), ("promot", "announce"), ("telling", "announce"),
)  # fmt: skip
_TO_PEOPLE = r"to|for|an|für|all|with"
_JOIN = _rx(r"^(?:join|attend|come to)\s+(?:us\s+)?(?:for|at|in|on)?\s*")


def read_head(text: str, reads: Reads) -> Head | None:
    """Return what the main sentence says, or None where this is none."""
    text = _WE_WANT.sub(lambda m: f"{_DO[m['verb'].lower()]}".format(m["rest"]), text)
    body = _MANNERS.sub("", text).strip(" ,.;:!?")
    if not body:
        return None
    body = _spelt(body)
    for reader in (_by_colon, _by_verb, _given, _matter_first, _made, _led_in):
        if (head := reader(body, reads)) is not None:
            return _sharpened(head)
    return None


_DO = {
    "einladen": "lade {} ein", "informieren": "informiere {}", "erinnern": "erinnere {}",
    "benachrichtigen": "benachrichtige {}", "anbieten": "biete {} an",
}  # fmt: skip
_WE_WANT = _rx(
    r"^(?:bitte |hallo,? )*(?:wir|ich) (?:möchten?|wollen|will|würden? gern(?:e)?)\s+"
    r"(?P<rest>[^{}]+?)\s+"
    r"(?P<verb>einladen|informieren|erinnern|benachrichtigen|anbieten)$"
)
"""A wish with its verb last: "wir möchten unsere Kunden zum Fest einladen"."""
_FIRST_WORDS = (
    "invite", "remind", "announce", "thank", "inform", "notify", "email", "write", "draft", "send",
    "survey", "offer", "erinnere", "informiere", "schreibe",
)  # fmt: skip


def _spelt(body: str) -> str:
    """Return the sentence with its first word spelt right: "invte" is invite."""
    first, _, rest = body.partition(" ")
    if not rest or not first.isalpha() or len(first) < 4:
        return body
    near = get_close_matches(first.lower(), _FIRST_WORDS, n=1, cutoff=0.83)
    known = near and near[0] != first.lower() and not _rx(f"^(?:{_KIND})s?$").match(first)
    exact = any(verb.match(body) for verb, _, _ in _VERBS)
    return f"{near[0]} {rest}" if known and not exact else body


def _led_in(body: str, reads: Reads) -> Head | None:
    """Read "planned maintenance: please tell customers that ...": a heading, then the sentence."""
    for mark in _COLON.finditer(body):
        if len(body[: mark.start()].split()) > 5:
            continue
        right = _MANNERS.sub("", body[mark.end() :])
        head = _by_verb(right, reads)
        if head is not None and head.audience and reads(head.audience):
            return head
    return None


_PEOPLE_END = re.compile(
    r"\s*[:;,|]\s+|\s+(?:-|–)\s+|\s+(?:should|must|need to) (?:know|be told)\b[\s:,]*(?:that\s+)?"
    r"|\s+sollen? wissen\b[\s:,]*(?:dass\s+)?|$",
    re.IGNORECASE,
)
_EVENTFUL = _rx(r"^(?:(?:our|the|an?)\s+)?(?:[\w-]+\s+){0,2}?(?:webinar|dinner|breakfast|lunch|"
                r"workshop|meet-?up|seminar|roundtable|reception|training|"
                r"conference)\b")  # fmt: skip


def people_first(text: str, reads: Reads) -> Head | None:
    """Read a statement that begins with the people: "VPs in the US: webinar on ..."."""
    body = _rx(r"^(?:to|for|an|für)\s+").sub("", _MANNERS.sub("", text).strip(" ,.;:!?"))
    for mark in reversed(list(_PEOPLE_END.finditer(body))):
        who, what = body[: mark.start()].strip(" ,"), body[mark.end() :].strip(" ,")
        comma = mark[0].strip() in {",", ""} and _ONWARD.match(what)
        if not who or comma or not reads(who):
            continue
        if (made := _made(what, reads)) is not None and not made.audience:
            return _sharpened(replace(made, audience=who))
        if _EVENTFUL.match(what) and not states(what):
            return Head(audience=who, about=what, purpose="invite")
        return _sharpened(Head(audience=who, about=what, clause=bool(what)))
    return None


def _splits(text: str, joiner: str) -> Iterator[tuple[str, str, str]]:
    for match in re.finditer(
        rf"(?:^|\s+)(?P<by>{joiner})(?:\s+|(?=$)|(?<=\s))", text, re.IGNORECASE
    ):
        yield (
            text[: match.start()].strip(" ,"),
            match["by"].lower(),
            text[match.end() :].strip(" ,"),
        )


_DANGLING = _rx(r"\b(?:those|not|but|who|that|which|an?|the|our|to|for|with|and|or|of|in|on|"
                r"about|at|eine?n?|der|die|das|und)$")  # fmt: skip
"""An audience does not end like this: the reader of segments passes over such words."""


def _divide(text: str, joiner: str, reads: Reads) -> tuple[str, str, str] | None:
    """Return audience, joiner and matter: the longest audience that can be read."""
    if reads(text):
        return None
    every = [one for one in _splits(text, joiner) if one[0]]
    for one in reversed(every):
        if not _DANGLING.search(one[0]) and reads(one[0]):
            return one
    return every[0] if every else None


def _by_verb(body: str, reads: Reads) -> Head | None:
    for verb, purpose, joiner in _VERBS:
        match = verb.match(body)
        if match is None:
            continue
        rest = _SEPARATED.sub("", body[match.end() :]) if _SPLIT_VERB.match(body) else (
            body[match.end() :])  # fmt: skip
        if purpose in {"note", "survey"} and re.match(rf"(?:an?|the|our"
            rf"|eine?n?)\s.*?\b(?:{_KIND})\b|(?:something|some words|a few)\b",
                                                      rest, re.IGNORECASE):  # fmt: skip
            continue
        then = _AND_THEN.search(rest)
        if then is not None and reads(rest[: then.start()]):
            return _and_then(rest[: then.start()], then, purpose)
        divided = _divide(rest, joiner, reads)
        if divided is None and joiner.startswith("to (?:join"):
            continue
        if divided is None:
            swapped = re.match(r"^(?:to|zum|zur)\s+(?P<about>.+)$", rest, re.IGNORECASE)
            if swapped:
                return Head(about=swapped["about"], purpose=purpose)
            who, about = _by_comma(rest.strip(" ,"), reads)
            return Head(audience=who, about=about, purpose=purpose, clause=bool(about))
        audience, by, about = divided
        if not reads(audience) and (turned := _object_first(rest, reads)) is not None:
            return Head(audience=turned[0], about=turned[1], purpose=purpose)
        if not reads(audience):
            who, more = _by_comma(rest.strip(" ,"), reads)
            if more:
                return Head(audience=who, about=more, purpose=purpose, clause=True)
        if purpose == "invite":
            about = _JOIN.sub("", about)
        if purpose == "survey" and by == "to" and not _VIEW.match(about):
            purpose = "note"
        if (wish := _WISHES.get(match[0].split()[0].lower())) is not None:
            return Head(audience=audience, about=f"{wish} {about}", purpose=purpose, clause=True)
        if by in {"zum", "zur", "zu", "an", "über"} or (by == "to" and purpose != "invite"):
            about = f"{by} {about}"
        clause = by.endswith(("that", "dass")) or by == "saying" or (by == "know" and states(about))
        about = f"dass {about}" if by.endswith("dass") else about
        return Head(audience=audience, about=about, purpose=purpose, clause=clause)
    return None


_VIEW = _rx(
    r"^(?:tell|rate|answer|share|fill|take|vote|give|let|say|review|complete (?:the|our) "
    r"s)\b"
)
"""What a survey asks for; anything else that people are asked to do is a request."""
_WISHES = {
    "congratulate": "congratulations on", "wish": "we wish you", "welcome": "welcome to",
    "apologise": "we apologise for", "apologize": "we apologize for",
}  # fmt: skip
_SPLIT_VERB = _rx(r"^(?:bitte )?(?:lade|biete)")
_SEPARATED = _rx(r"\s+(?:ein|an)$")
"""The second half of a German verb: "lade ... ein", "biete ... an"."""


def _and_then(audience: str, then: re.Match[str], purpose: Purpose) -> Head:
    verb, matter = then["verb"].lower(), then["matter"].strip(" ,:")
    if verb in {"point", "direct", "send", "lead", "give"}:
        many = " and " in matter or matter.split()[-1].endswith("s")
        said = f"here {'are' if many else 'is'} {matter}"
        return Head(audience=audience, about=said, purpose=purpose, clause=True)
    if then["to"] and verb in {"ask", "tell", "invite", "remind"} and purpose == "thanks":
        return Head(audience=audience, about=f"please {matter}", purpose=purpose, clause=True)
    return Head(audience=audience, about=matter, purpose=purpose)


_LIMIT = re.compile(
    r"\s+[-–]\s+|\s+(?=(?:until|till|from|by|with|before|starting|valid|as of|on)\b)|,\s+|$"
)


def _object_first(rest: str, reads: Reads) -> tuple[str, str] | None:
    """Read "3 months for the price of 2 to leads in Poland until May": who, and what."""
    for mark in re.finditer(r"\s+to\s+", rest):
        right = rest[mark.end() :]
        for limit in reversed(list(_LIMIT.finditer(right))):
            who, more = right[: limit.start()].strip(" ,"), right[limit.end() :].strip(" ,")
            if more and who and reads(who):
                return who, f"{rest[: mark.start()].strip(' ,')} {more}"
    return None


_COLON = re.compile(r"\s*:\s+|\s+(?:-|–)\s+")
_AND_THEN = _rx(
    r"\s*,?\s+and (?P<verb>point|direct|send|lead|invite|ask|tell|remind|offer|give) them "
    r"(?:(?P<to>to)\s+|(?:for|that|about|of)\s+)?(?P<matter>.+)$"
)
_ONWARD = _rx(
    r"^(?:who|whose|in|with|and|or|from|at|except|not|without|that|but|on|of|excluding)\b"
)


def _by_colon(body: str, reads: Reads) -> Head | None:
    """Read "people who ...: the recording is here": left of the colon who, right of it what."""
    for mark in _COLON.finditer(body):
        left, right = body[: mark.start()], body[mark.end() :].strip(" ,")
        who = next((made for made in _openings(left) if made[0] and reads(made[0])), None)
        if who is None or not right or "://" in right.split()[0]:
            continue
        inner = _by_verb(right, lambda words: words.lower() in _THEM) if _THEM_SAID.search(
            right) else None  # fmt: skip
        if inner is not None and inner.about:
            return Head(audience=who[0], about=inner.about, purpose=inner.purpose,
                        clause=inner.clause)  # fmt: skip
        ask = _IMPERATIVE.match(right) is not None
        return Head(audience=who[0], about=right, purpose=who[1], clause=not ask)
    return None


_THEM = frozenset({"them", "these people", "those people", "everyone", "everybody"})
_THEM_SAID = _rx(r"^\w+ (?:them|everyone|everybody)\b")
_IMPERATIVE = _rx(
    r"^(?:please )?(?:try|book|download|join|read|watch|register|sign up|see|check|visit|use"
    r"|renew|fill|"
    r"complete|answer|share|take|test|update|confirm|discover|vote|meet|come|apply|get|learn)\b"
)


def _openings(left: str) -> Iterator[tuple[str, Purpose]]:
    """Yield who the words before a colon may name, and to what end."""
    for verb, purpose, _ in _VERBS:
        if match := verb.match(left):
            yield left[match.end() :].strip(" ,"), purpose
    if match := _MADE.match(left):
        rest = re.sub(r"^(?:to|for|an|für)\s+", "", left[match.end() :], flags=re.IGNORECASE)
        yield rest.strip(" ,"), _purpose_before(match[0], _KINDS[match["kind"].lower()])


def _by_comma(text: str, reads: Reads) -> tuple[str, str]:
    """Return the audience before a comma and what stands after it, where that is no condition."""
    if reads(text):
        return text, ""
    for mark in reversed(list(re.finditer(r"\s*,\s+", text))):
        left, right = text[: mark.start()], text[mark.end() :].strip(" ,")
        if right and not _ONWARD.match(right) and reads(left):
            return left, right
    return text, ""


def _given(body: str, reads: Reads) -> Head | None:
    """Read "send German customers a newsletter about ..."."""
    match = _GIVEN.match(body)
    if match is None or re.match(r"(?:an?|out|to|for)\b", match["aud"], re.IGNORECASE):
        return None
    if not reads(match["aud"]):
        return None
    rest = body[match.end() :]
    about, clause, purpose = _matter(rest, _KINDS[match["kind"].lower()])
    return Head(audience=match["aud"].strip(" ,"), about=about, purpose=purpose, clause=clause)


def _matter_first(body: str, reads: Reads) -> Head | None:
    match = _MATTER_FIRST.match(body)
    if match is None:
        return None
    rest = body[match.end() :]
    told = re.match(r"to\s+(?P<who>.+?)\s+that\s+(?P<what>.+)$", rest, re.IGNORECASE)
    if told is not None and reads(told["who"]):
        return Head(audience=told["who"], about=told["what"], purpose="announce", clause=True)
    if (turned := _object_first(rest, reads)) is not None:
        return Head(audience=turned[0], about=turned[1], purpose="announce")
    last = [one for one in _splits(rest, _TO_PEOPLE) if one[0] and one[2]]
    for about, _, audience in reversed(last):
        if reads(audience):
            return Head(audience=audience, about=about, purpose="announce")
    return Head(about=rest.strip(" ,"), purpose="announce")


def _made(body: str, reads: Reads) -> Head | None:
    """Read "an email to customers about ...", "newsletter about ... for customers"."""
    match = _MADE.match(body)
    if match is None:
        return None
    kind = _KINDS[match["kind"].lower()]
    if kind == "note" and match["kind2"] and match["kind2"].lower() in _KINDS:
        kind = _KINDS[match["kind2"].lower()]
    kind = _purpose_before(match[0], kind)
    rest = body[match.end() :].strip(" ,")
    to = re.match(r"^(?:to|for|an|für)\s+(?:all\s+)?", rest, re.IGNORECASE)
    if to:
        rest = re.sub(r"^(?:to|for|an|für)\s+", "", rest, flags=re.IGNORECASE)
        divided = _divide(rest, _ABOUT, reads)
        if divided is None or not reads(divided[0]):
            who, more = _by_comma(rest, reads)
            if more:
                return Head(audience=who, about=more, purpose=kind, clause=True)
        if divided is None:
            return Head(audience=rest, purpose=kind)
        if not reads(divided[0]) and (whole := _people_last(rest, kind, reads)) is not None:
            return whole
        audience, by, about = divided
        about, clause, purpose = _matter(f"{by} {about}", kind)
        return Head(audience=audience, about=about, purpose=purpose, clause=clause)
    return _people_last(rest, kind, reads)


def _people_last(rest: str, kind: Purpose, reads: Reads) -> Head | None:
    """Read "about X to customers": the matter stands first, or stands alone."""
    about, clause, purpose = _matter(rest, kind)
    for matter, _, audience in reversed([one for one in _splits(about, _TO_PEOPLE) if one[0]]):
        if audience and reads(audience):
            return Head(audience=audience, about=matter, purpose=purpose, clause=clause)
    return Head(about=about, purpose=purpose, clause=clause)


def _purpose_before(said: str, kind: Purpose) -> Purpose:
    if kind != "note":
        return kind
    before = said.lower()
    for word, purpose in _KINDS.items():
        if purpose != "note" and re.search(rf"\b{re.escape(word)}\b", before):
            return purpose
    return kind


def _purpose_by(joiner: str, kind: Purpose) -> Purpose:
    for word, purpose in _THEN:
        if kind == "note" and word in joiner:
            return purpose
    return kind


def _matter(rest: str, kind: Purpose) -> tuple[str, bool, Purpose]:
    match = re.match(rf"^(?P<by>{_ABOUT})\s+", rest, re.IGNORECASE)
    if match is None:
        return rest.strip(" ,"), False, kind
    by, about = match["by"].lower(), rest[match.end() :].strip(" ,")
    purpose = _purpose_by(by, kind)
    if purpose == "invite":
        about = _JOIN.sub("", about)
    clause = by.endswith("that") or by == "saying"
    if re.match(r"(?:for|to|in order to) ", by) and not clause:
        clause = states(about)
    if by in {"zum", "zur", "über"} and by != "zum thema":
        about = f"{by} {about}"
    return about, clause, purpose


_HINTS: tuple[tuple[re.Pattern[str], Purpose], ...] = (
    (_rx(r"\b(?:survey|questionnaire|feedback|umfrage|rückmeldung)\b"), "survey"),
    (_rx(r"\b(?:\d+ ?(?:%|percent|prozent)|discount|special offer|free trial|voucher|coupon|rabatt|"
         r"angebot|half price|promo code)\b|\d ?%"), "offer"),
    (_rx(r"\b(?:join us|register|sign up|save the date|anmeld\w+)\b"), "invite"),
)  # fmt: skip


_DEARER = _rx(r"\b(?:increas\w*|rais\w*|rises?|higher|price change|prices? (?:go|goes) up|"
              r"preiserhöhung|erhöh\w*|steigen|teurer)\b")  # fmt: skip


def purpose_of(text: str, given: Purpose) -> Purpose:
    """Return the purpose, sharpened by the words of the matter where the verb left it open."""
    if given not in {"note", "announce"} or _DEARER.search(text):
        return given
    for pattern, purpose in _HINTS:
        if pattern.search(text):
            return purpose
    return given


def _sharpened(head: Head) -> Head:
    return Head(
        audience=head.audience, about=head.about, clause=head.clause,
        purpose=purpose_of(head.about, head.purpose),
    )  # fmt: skip
