"""English: sentences for each purpose and tone. None states a fact that the brief does not hold."""

from __future__ import annotations

import re

from agents.emails.port import Brief, Tone

from .lines import Known, Lines
from .when import long_date, long_time, short_date
from .words import dated, headline, states, title, to_reader

__all__ = ["english"]

LONGEST_HEADING = 90
"""Characters of a heading; two lines of the usual width."""

_GREETING = {
    "friendly": 'Hi {{ contact.first_name | default: "there" }},',
    "informal": 'Hi {{ contact.first_name | default: "there" }},',
    "plain": 'Hello {{ contact.first_name | default: "there" }},',
    "formal": 'Dear {{ contact.first_name | default: "reader" }},',
}
_REGARDS = {
    "friendly": "Best wishes", "informal": "Cheers", "plain": "Kind regards",
    "formal": "Yours sincerely",
}  # fmt: skip
_INVITE = {
    "friendly": "We would love to have you with us at {about}{when}.",
    "informal": "We'd love to see you at {about}{when}.",
    "plain": "We would like to invite you to {about}{when}.",
    "formal": "We would be pleased to welcome you to {about}{when}.",
}
_TELL = {
    "friendly": "We have news for you about {about}.",
    "informal": "Here's some news about {about}.",
    "plain": "We would like to tell you about {about}.",
    "formal": "We would like to inform you about {about}.",
}
_STATE = {"formal": "We would like to inform you of the following:"}
"""What leads in a plain statement; other tones say the statement itself first."""
_SHARE = "We would like to share this with you:"
_NAMED = {"newsletter": "Here is our news:", "offer": "We have an offer for you:"}
"""What leads in a matter that is only named, no statement: "free guide ..."."""
_BUTTONS = {
    "invite": "Save your place", "remind": "See the details", "announce": "Read more",
    "offer": "See the offer", "follow_up": "Take a look", "newsletter": "Read more",
    "survey": "Share your view", "thanks": "Take a look", "note": "Read more",
}  # fmt: skip
_VERB_FORM = re.compile(
    r"^(?:to\s+)?(?P<verb>try|book|download|join|read|watch|register|sign up|see|check|visit|use"
    r"|renew|"
    r"fill|complete|answer|share|tell|take|test|update|confirm|discover|vote|meet|come|apply|give|"
    r"request|get|learn)\b",
    re.IGNORECASE,
)


def english(known: Known) -> Lines:
    """Return the email's parts in English."""
    brief = known.brief
    tone: Tone = brief.tone or "plain"
    about = _about(known)
    return Lines(
        heading=headline(_heading(brief, about, known), LONGEST_HEADING),
        greeting=_GREETING[tone],
        opening=_opening(known, tone, about),
        details=_details(known),
        button=_button(brief, about),
        more=_more(brief, tone),
        closing=_closing(brief, tone),
        regards=f"{_REGARDS[tone]},\n{known.sender}",
        subjects=_subjects(brief, about, known),
        preheader=_preheader(known, about),
    )


def _button(brief: Brief, about: str) -> str:
    """Return what the button says: what the reader is asked to do, where that is said."""
    verb = _VERB_FORM.match(about)
    if verb is None or brief.purpose in {"thanks", "newsletter", "survey"}:
        return _BUTTONS[brief.purpose]
    ask = re.sub(r"^to\s+", "", about, flags=re.IGNORECASE).strip(" .")
    said = ask if len(ask) <= 28 else f"{verb['verb']} now"
    return said[:1].upper() + said[1:]


def _about(known: Known) -> str:
    about = to_reader(known.brief.about).strip(" ,.")
    about = re.sub(r"^(?:(?:their|your) )?(?:feedback|opinions?|views?) (?:on|about)\s+", "", about)
    about = re.sub(r"^whether\s+", "whether ", about)
    if re.fullmatch(r"(?:the |our |a )?follow-?up", about, re.IGNORECASE) and known.attended:
        about = f"the follow-up to our {known.attended}"
    if not re.match(r"\d+\s?% (?:\w+ )?(?:discount|reduction|rebate|rise|increase|bonus)", about):
        pass
    elif re.match(r"(?:8|11|18)\d?\s?%", about):
        about = f"an {about}"
    elif re.match(r"\d+\s?%", about):
        about = f"a {about}"
    if known.brief.purpose in {"invite", "remind"} and _BARE_EVENT.match(about):
        about = f"our {about}"
    if known.brief.occasion.on is None:
        about = dated(about, today=known.today, zone=known.zone, language="en")
    return about


_REQUEST = re.compile(r"(?:update|renew|fill|complete|confirm|check|answer)\b", re.IGNORECASE)
_BARE_EVENT = re.compile(
    r"(?!(?:our|the|an?|this|your|my|one|every)\b)(?:[a-z-]+ )?(?:webinar|workshop|dinner"
    r"|breakfast|lunch|roundtable|seminar|conference|reception|"
    r"training|meet-?up|panel|session|demo day)\b", re.IGNORECASE,
)  # fmt: skip
"""An event without an article: "webinar on data protection"."""


def _when(known: Known) -> str:
    one = known.brief.occasion
    said = ""
    if one.on and one.until:
        said = f" from {long_date(one.on, 'en')} to {long_date(one.until, 'en')}"
    elif one.on:
        said = f" on {long_date(one.on, 'en')}"
    if one.at and one.on:
        led = " from " if one.end else " at "
        said += led + long_time(one.at, one.end, known.zone, "en", one.on)
    return said + _where(one.place)


def _where(place: str) -> str:
    if not place:
        return ""
    if place.lower() == "online":
        return ", online"
    if place.lower() in {"zoom", "teams", "webex", "google meet"}:
        return f", on {place}"
    lead = "at" if re.match(
        r"(?:the|our)\b|(?:\w+ )?(?:hotel|office|restaurant|café|cafe|museum|hall|room|stand"
        r"|building|campus|"
        r"(?:\w+ )?(?:house|centre|center|opera house|tower|palace|park|gallery)|"
        r"bar|club|arena|stadium|theatre|theater)\b", place, re.IGNORECASE) else "in"  # fmt: skip
    return f" {lead} {place}"


def _opening(known: Known, tone: Tone, about: str) -> tuple[str, ...]:
    brief = known.brief
    said: list[str] = []
    if known.attended and brief.purpose in {"invite", "follow_up", "thanks", "survey"}:
        said.append(f"Thank you for attending our {known.attended}.")
    if not about and brief.purpose == "thanks":
        return tuple(said) or ("We would like to say thank you.",)
    if brief.purpose == "thanks" and _is_fact(known, about) and not said:
        return ("We would like to say thank you.",)
    said += [one for one in (_core(known, tone, about),) if one]
    return tuple(said)


def _core(known: Known, tone: Tone, about: str) -> str:
    brief = known.brief
    verb = _VERB_FORM.match(about)
    if verb and brief.purpose not in {"thanks", "newsletter"}:
        ask = re.sub(r"^to\s+", "", about, flags=re.IGNORECASE)
        lead = "ask you to" if _REQUEST.match(ask) else "invite you to"
        return f"We would like to {lead} {ask}{_when(known)}."
    if not about and brief.purpose == "survey":
        return "We would like to ask for your view."
    if brief.purpose == "newsletter" and (not about or _is_fact(known, about)):
        return "Here is our news:"
    if about and _is_fact(known, about) and not states(about) and brief.purpose != "remind":
        return _NAMED.get(brief.purpose, _SHARE)
    if not about or _is_fact(known, about):
        if brief.purpose == "remind":
            return "This is a short reminder:" if known.facts else ""
        return _STATE.get(tone, "") if known.facts else ""
    match brief.purpose:
        case "invite":
            return _INVITE[tone].format(about=about, when=_when(known))
        case "remind":
            return f"This is a short reminder of {about}{_when(known)}."
        case "offer":
            return f"We would like to offer you {about}."
        case "follow_up":
            return f"We are writing to follow up on {about}{_when(known)}."
        case "newsletter":
            return f"Here is our news about {about}."
        case "survey":
            if about.startswith("to "):
                return f"We would like to ask you {about}."
            return f"We would like to hear what you think about {about}."
        case "thanks":
            return f"Thank you for {about}."
        case _:
            return _TELL[tone].format(about=about + _when(known))


def _is_fact(known: Known, about: str) -> bool:
    """Whether the matter is itself one of the statements that follow."""
    return any(about.lower() in one.lower() for one in known.facts)


def _details(known: Known) -> tuple[str, ...]:
    one = known.brief.occasion
    if one.on is None:
        return ()
    day = long_date(one.on, "en") + (f" to {long_date(one.until, 'en')}" if one.until else "")
    hour = f", {long_time(one.at, one.end, known.zone, 'en', one.on)}" if one.at else ""
    place = (f"**Where:** {one.place[:1].upper()}{one.place[1:]}",) if one.place else ()
    return (f"**When:** {day}{hour}", *place)


def _more(brief: Brief, tone: Tone) -> tuple[str, ...]:
    """Return what may be said further: a reader can act on each of these sentences."""
    event = brief.purpose in {"invite", "remind"} and brief.occasion.on is not None
    link, said = bool(brief.links), list[str]()
    if brief.reply_instead:
        said.append("To answer, simply reply to this email.")
    else:
        said.append("If you have a question, simply reply to this email.")
    if not brief.words:
        return tuple(said)
    if event:
        said.append("Please put the date into your calendar.")
    if brief.purpose == "invite" and event:
        said.append("If you cannot make it, a short reply helps us to plan.")
    if tone in {"friendly", "informal"} and brief.purpose == "invite":
        said.append("It would be a pleasure to have you with us.")
    if brief.purpose == "invite" and link:
        said.append("Please use the button to save your place.")
    elif brief.purpose == "survey" and link:
        said.append("Please use the button to answer.")
    elif link:
        said.append("The button takes you to the details.")
    said.append("If somebody in your team should know about it, please pass this email on.")
    return tuple(said)


def _closing(brief: Brief, tone: Tone) -> tuple[str, ...]:
    if brief.purpose in {"invite", "remind"} and brief.occasion.on:
        if brief.occasion.place.lower() in {"online", "zoom", "teams", "webex", "google meet"}:
            return ("We look forward to having you with us.",)
        return ("We look forward to seeing you.",)
    if brief.purpose == "survey":
        return ("Thank you for your help.",)
    if not brief.words:
        return ()
    return ("Thank you for reading.",) if tone != "formal" else ("Thank you for your attention.",)


def _matter(known: Known, about: str) -> str:
    """Return what it is about in a few words, for headings and subjects."""
    if about:
        return title(re.sub(r"^to\s+", "", about, flags=re.IGNORECASE))
    return title(known.facts[0].rstrip(".")) if known.facts else ""


def _heading(brief: Brief, about: str, known: Known) -> str:
    if brief.purpose == "newsletter" and (not about or _is_fact(known, about)):
        return f"News from {known.brand}"
    matter = _matter(known, about)
    if brief.purpose == "invite" and not _VERB_FORM.match(about):
        return f"You are invited: {title(re.sub(r'^our ', '', about))}"
    if brief.purpose == "remind":
        return f"Reminder: {matter}" if matter else "A short reminder"
    if brief.purpose == "thanks":
        return "Thank you"
    if brief.purpose == "survey":
        return "What do you think?"
    if not about and known.facts:
        return dated(title(to_reader(brief.must_say[0])), today=known.today, zone=known.zone,
                     language="en").rstrip(".")  # fmt: skip
    return matter or f"News from {known.brand}"


def _subjects(brief: Brief, about: str, known: Known) -> tuple[str, ...]:
    matter = _matter(known, about) or f"News from {known.brand}"
    day = short_date(brief.occasion.on, "en") if brief.occasion.on else ""
    on = f" on {day}" if day else ""
    low = about or matter
    thing = low if states(low) else re.sub(r"^(?:the|our|an?)\s+", "", low, flags=re.IGNORECASE)
    if _VERB_FORM.match(about):
        return (matter, f"Your invitation: {thing}", f"From {known.brand}: {thing}",
                f"For you: {thing}", f"Would you like to {thing}?")  # fmt: skip
    match brief.purpose:
        case "invite":
            comma = f", {day}" if day else ""
            return (f"Invitation: {thing}{comma}", f"Join us for {low}{on}",
                    f"You are invited to {low}", f"Your invitation: {thing}",
                    f"{day}: {thing}" if day else f"Will you join us for {low}?")  # fmt: skip
        case "remind":
            return (f"Reminder: {thing}{on}", f"A short reminder: {thing}", f"Coming up: {thing}",
                    f"Do not forget: {thing}", f"{matter}{on}")  # fmt: skip
        case "survey":
            if not about:
                return ("What do you think?", f"{known.brand} asks for your view",
                        "A few questions for you", "Your view counts for us",
                        f"A question from {known.brand}")  # fmt: skip
            return (f"Your view on {low}", "What do you think?", f"A question about {low}",
                    f"{known.brand} asks for your view", f"Tell us about {low}")  # fmt: skip
        case "thanks":
            said = f"our {known.attended}" if known.attended and not about else thing
            return (f"Thank you from {known.brand}", f"Thank you: {said}", "A short thank-you",
                    f"Thanks for {said}" if known.attended else "Thanks from all of us",
                    f"{known.brand} says thank you")  # fmt: skip
        case "offer":
            return (f"For you: {thing}", f"{matter} from {known.brand}", f"Our offer: {thing}",
                    f"An offer from {known.brand}", f"{known.brand} offers you {low}")  # fmt: skip
        case "newsletter" if not about or _is_fact(known, about):
            first = known.facts[0].rstrip(".") if known.facts else ""
            first = first[:1].lower() + first[1:] if first[1:2].islower() else first
            return (f"News from {known.brand}" + (f": {first}" if first else ""),
                    f"News from {known.brand}", f"The newsletter from {known.brand}",
                    f"What is new at {known.brand}", f"{known.brand} news")  # fmt: skip
        case _ if _is_fact(known, about):
            return (matter, f"{known.brand}: {matter}", f"A message from {known.brand}",
                    f"News from {known.brand}", f"To let you know: {matter}")  # fmt: skip
        case _:
            return (matter, f"News from {known.brand}: {thing}", f"In short: {thing}",
                    f"About {thing}", f"{known.brand}: {thing}")  # fmt: skip


def _preheader(known: Known, about: str) -> str:
    """Return what stands beside the subject in an inbox: when and where, else the next fact."""
    brief = known.brief
    details = [one.replace("**", "") for one in _details(known)]
    if details:
        said = ". ".join(re.sub(r"^(?:When|Where): ", "", one) for one in details)
        tail = f"{_BUTTONS[brief.purpose]}." if brief.links else ""
        return f"{said}. {tail}".strip()
    shown = _matter(known, about).lower()
    others = [one for one in known.facts if one.rstrip(".").lower() != shown]
    if others:
        return others[0]
    if known.attended:
        return f"For everyone who attended our {known.attended}."
    if about and not _is_fact(known, about) and not states(about) and not _VERB_FORM.match(about):
        return f"A short message from {known.brand} about {about}."
    return f"A short message from {known.brand}."
