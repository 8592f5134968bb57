"""Deutsch: sentences for each purpose and tone, with the polite form unless "du" was asked for."""

from __future__ import annotations

import re

from agents.emails.port import Brief, Tone

from .lines import Known, Lines
from .when import long_date, long_time, short_date
from .words import dated, headline

__all__ = ["german", "translatable"]

_GREETING = {
    "friendly": 'Hallo {{ contact.first_name | default: "liebe Leserin, lieber Leser" }},',
    "informal": 'Hallo {{ contact.first_name | default: "und willkommen" }},',
    "plain": 'Guten Tag {{ contact.first_name | default: "und willkommen" }},',
    "formal": "Sehr geehrte Damen und Herren,",
}
_REGARDS = {
    "friendly": "Herzliche Grüße", "informal": "Viele Grüße", "plain": "Freundliche Grüße",
    "formal": "Mit freundlichen Grüßen",
}  # fmt: skip
_BUTTONS = {
    "invite": "Platz sichern", "remind": "Einzelheiten ansehen", "announce": "Mehr erfahren",
    "offer": "Angebot ansehen", "follow_up": "Ansehen", "newsletter": "Weiterlesen",
    "survey": "Meinung sagen", "thanks": "Ansehen", "note": "Mehr erfahren",
}  # fmt: skip
_NOUNS = {
    "follow-up": ("Folgetermin", "m"), "followup": ("Folgetermin", "m"),
    "webinar": ("Webinar", "n"),
    "workshop": ("Workshop", "m"), "conference": ("Konferenz", "f"), "dinner": ("Abendessen", "n"),
    "breakfast": ("Frühstück", "n"), "lunch": ("Mittagessen", "n"), "event": ("Termin", "m"),
    "training": ("Schulung", "f"), "meetup": ("Treffen", "n"),
    "roundtable": ("Gesprächskreis", "m"),
    "seminar": ("Seminar", "n"), "demo": ("Vorführung", "f"), "summit": ("Gipfeltreffen", "n"),
    "reception": ("Empfang", "m"), "survey": ("Umfrage", "f"), "konferenz": ("Konferenz", "f"),
    "abendessen": ("Abendessen", "n"), "frühstück": ("Frühstück", "n"),
    "veranstaltung": ("Veranstaltung", "f"), "schulung": ("Schulung", "f"),
    "treffen": ("Treffen", "n"), "anwendertreffen": ("Anwendertreffen", "n"),
    "folgetermin": ("Folgetermin", "m"), "messe": ("Messe", "f"), "umfrage": ("Umfrage", "f"),
    "vorführung": ("Vorführung", "f"), "feier": ("Feier", "f"), "empfang": ("Empfang", "m"),
    "newsletter": ("Newsletter", "m"), "kurs": ("Kurs", "m"), "gespräch": ("Gespräch", "n"),
}  # fmt: skip
_LEAD = re.compile(r"^(?:(?:the|our|an?|your|das|der|die|den|dem|unser(?:e[nmrs]?)?"
    r"|eine?[nmr]?)\s+)+",
                   re.IGNORECASE)  # fmt: skip


def translatable(about: str) -> bool:
    """Return whether an English matter can be said in German: a known noun, or a name in quotes."""
    noun, name, rest = _parts(about)
    return bool(noun or name) and not rest


def _parts(about: str) -> tuple[tuple[str, str] | None, str, str]:
    """Return the noun with its gender, the quoted or capitalised name, and what is left."""
    quoted = re.search(r'["„“]([^"„“”]{2,80})["“”]', about)
    name = quoted[1] if quoted else ""
    rest = about.replace(quoted[0], " ") if quoted else about
    rest = _LEAD.sub("", rest.strip())
    words = rest.split()
    noun = None
    if words and words[0].lower().strip(",") in _NOUNS:
        noun = _NOUNS[words.pop(0).lower().strip(",")]
    elif words and words[-1].lower() in _NOUNS:
        noun = _NOUNS[words.pop().lower()]
    if not name and words and all(word[:1].isupper() or word[:1].isdigit() for word in words):
        name, words = " ".join(words), []
    return noun, name, " ".join(words)


def german(known: Known) -> Lines:
    """Return the email's parts in German."""
    brief = known.brief
    tone: Tone = brief.tone or "plain"
    return Lines(
        heading=_heading(known),
        greeting=_GREETING[tone],
        opening=_opening(known, tone),
        details=_details(known),
        button=_BUTTONS[brief.purpose],
        more=_more(brief, tone),
        closing=_closing(brief, tone),
        regards=f"{_REGARDS[tone]}\n{known.sender}",
        subjects=_subjects(known),
        preheader=_preheader(known),
    )


def _to(known: Known) -> str:
    """Return the matter after an invitation: "zum Webinar", "zur Veranstaltung „X“"."""
    about = known.brief.about.strip(" ,.")
    if re.match(r"(?:zum|zur|zu)\s", about):
        return _quoted(about)
    noun, name, rest = _parts(about)
    word, gender = noun or ("Veranstaltung", "f")
    name = name or rest
    follows = f" zu unserem {known.attended}" if known.attended and word == "Folgetermin" else ""
    return f"{'zur' if gender == 'f' else 'zum'} {word}" + (f" „{name}“" if name else follows)


def _over(known: Known) -> str:
    """Return the matter after "über", in the accusative as it was said."""
    about = known.brief.about.strip(" ,.")
    if about.startswith("über "):
        about = about.removeprefix("über ")
    elif translatable(about) and not _is_german_phrase(about):
        noun, name, _ = _parts(about)
        if noun:
            article = {"m": "den", "f": "die", "n": "das"}[noun[1]]
            about = f"{article} {noun[0]}" + (f" „{name}“" if name else "")
        else:
            about = f"„{name}“"
    return dated(about, today=known.today, zone=known.zone, language="de")


def _is_german_phrase(about: str) -> bool:
    return bool(re.match(r"(?:das|der|die|den|dem|unser\w*|ein\w*)\s", about, re.IGNORECASE))


def _name(known: Known) -> str:
    """Return the matter alone, as a title."""
    about = re.sub(r"^(?:zum|zur|zu|über|an)\s+", "", known.brief.about.strip(" ,."))
    noun, name, rest = _parts(about)
    said = " ".join(filter(None, (noun[0] if noun else "", f"„{name or rest}“" if noun and (
        name or rest) else name or rest)))  # fmt: skip
    return said[:1].upper() + said[1:]


def _when(known: Known) -> str:
    one = known.brief.occasion
    if one.on is None:
        return f" ({one.place})" if one.place else ""
    if one.until:
        said = f" von {long_date(one.on, 'de')}, bis {long_date(one.until, 'de')}"
    else:
        said = f" am {long_date(one.on, 'de')}"
    if one.at:
        led = ", von " if one.end else ", um "
        said += led + long_time(one.at, one.end, known.zone, "de", one.on)
    if one.place:
        said += ", online" if one.place.lower() == "online" else f", Ort: {one.place}"
    return said + ","


def _opening(known: Known, tone: Tone) -> tuple[str, ...]:
    brief, you = known.brief, "dich" if tone == "informal" else "Sie"
    your = "deine" if tone == "informal" else "Ihre"
    said: list[str] = []
    if known.attended and brief.purpose in {"invite", "follow_up", "thanks", "survey"}:
        said.append(f"vielen Dank für {your} Teilnahme an unserem {known.attended}.")
    about = brief.about.strip(" ,.")
    hearty = "herzlich " if tone in {"friendly", "informal"} else ""
    match brief.purpose:
        case "invite":
            when = re.sub(r", Ort: (.+)$", r" (\1)", _when(known).strip(" ,"))
            said.append(f"wir laden {you} {hearty}{_to(known)} {when}".rstrip() + " ein.")
        case "remind" if about and not _is_fact(known):
            said.append(f"wir erinnern {you} {_an(known)}{_when(known).rstrip(',')}.")
        case "remind":
            said.append("hier eine kurze Erinnerung:")
        case "thanks":
            if about:
                said.append(f"vielen Dank für {_over(known)}.")
        case "survey" if about:
            said.append(f"wir möchten gern {your} Meinung {_on_it(known)}hören.")
        case "survey":
            said.append(f"wir möchten gern {your} Meinung hören.")
        case "offer" if about:
            said.append(f"wir haben ein Angebot für {you}: {_dated_name(known)}.")
        case _ if about and not _is_fact(known) and not about.startswith("dass "):
            over = _over(known) + _when(known).rstrip(",")
            said.append(f"wir möchten {you} über {over} informieren.")
        case "newsletter" if not about:
            said.append("hier sind unsere Neuigkeiten:")
        case _ if about.startswith("dass "):
            said.append(f"wir möchten {you} darüber informieren, {_dated(about, known)}.")
        case _ if known.facts:
            said.append(f"wir möchten {you} über Folgendes informieren:")
    return tuple(one[:1].upper() + one[1:] if n else one for n, one in enumerate(said))


def _dated(text: str, known: Known) -> str:
    return dated(text, today=known.today, zone=known.zone, language="de")


def _on_it(known: Known) -> str:
    """Return the matter after "Meinung": "zur neuen Oberfläche "."""
    about = _quoted(known.brief.about.strip(" ,."))
    return f"{about} " if re.match(r"(?:zum|zur|zu|über)\s", about) else f"zu „{_name(known)}“ "


def _quoted(text: str) -> str:
    """Return the text with German quotation marks."""
    return re.sub(r'"([^"„“”]{1,80})"', r"„\1“", text)


def _an(known: Known) -> str:
    about = known.brief.about.strip(" ,.")
    return about if about.startswith("an ") else f"an diesen Termin: {_name(known)}"


def _dated_name(known: Known) -> str:
    return dated(_name(known), today=known.today, zone=known.zone, language="de")


def _is_fact(known: Known) -> bool:
    about = known.brief.about.strip(" ,.").lower()
    return any(about in one.lower() for one in known.brief.must_say)


def _details(known: Known) -> tuple[str, ...]:
    one = known.brief.occasion
    if one.on is None:
        return ()
    day = long_date(one.on, "de") + (f" bis {long_date(one.until, 'de')}" if one.until else "")
    hour = f", {long_time(one.at, one.end, known.zone, 'de', one.on)}" if one.at else ""
    place = (f"**Wo:** {one.place[:1].upper()}{one.place[1:]}",) if one.place else ()
    return (f"**Wann:** {day}{hour}", *place)


def _more(brief: Brief, tone: Tone) -> tuple[str, ...]:
    """Return what may be said further: a reader can act on each of these sentences."""
    du = tone == "informal"
    event = brief.purpose in {"invite", "remind"} and brief.occasion.on is not None
    said: list[str] = []
    if brief.reply_instead:
        said.append("Antworte einfach auf diese E-Mail." if du else
                    "Bitte antworten Sie einfach auf diese E-Mail.")  # fmt: skip
    else:
        said.append("Wenn du Fragen hast, antworte einfach auf diese E-Mail." if du else
                    "Wenn Sie Fragen haben, antworten Sie einfach auf diese E-Mail.")  # fmt: skip
    if not brief.words:
        return tuple(said)
    if event:
        said.append("Bitte trag dir den Termin in den Kalender ein." if du else
                    "Bitte tragen Sie sich den Termin in den Kalender ein.")  # fmt: skip
    if brief.purpose == "invite" and event:
        said.append("Wenn du nicht dabei sein kannst, hilft uns eine kurze Antwort bei der Planung."
                    if du else "Falls Sie nicht dabei sein können, hilft uns eine kurze Antwort "
                    "bei der Planung.")  # fmt: skip
    if brief.links and brief.purpose == "invite":
        said.append("Über die Schaltfläche kannst du deinen Platz sichern." if du else
                    "Über die Schaltfläche können Sie Ihren Platz sichern.")  # fmt: skip
    elif brief.links:
        said.append("Über die Schaltfläche geht es zu den Einzelheiten.")
    said.append("Wenn jemand in deinem Team davon wissen sollte, leite diese E-Mail gern weiter."
                if du else "Wenn jemand in Ihrem Team davon wissen sollte, leiten Sie diese "
                "E-Mail gern weiter.")  # fmt: skip
    return tuple(said)


def _closing(brief: Brief, tone: Tone) -> tuple[str, ...]:
    you = "dich" if tone == "informal" else "Sie"
    if brief.purpose in {"invite", "remind"} and brief.occasion.on:
        return (f"Wir freuen uns auf {you}.",)
    if brief.purpose == "survey":
        return ("Vielen Dank für die Unterstützung.",)
    return ("Vielen Dank für die Aufmerksamkeit.",) if brief.words else ()


def _fact_title(known: Known) -> str:
    return known.facts[0].rstrip(".") if known.facts else f"Nachricht von {known.brand}"


def _heading(known: Known) -> str:
    brief = known.brief
    if brief.purpose == "invite":
        return f"Einladung {_to(known)}"
    if brief.purpose == "newsletter" and not brief.about:
        return f"Neues von {known.brand}"
    if brief.purpose == "thanks":
        return "Vielen Dank"
    if brief.purpose == "remind":
        return f"Erinnerung: {_name(known)}" if brief.about else "Eine kurze Erinnerung"
    if brief.purpose == "survey":
        return "Was meinst du?" if brief.tone == "informal" else "Was meinen Sie?"
    if not brief.about or _is_fact(known):
        return headline(_fact_title(known), 90)
    if brief.about.startswith("dass "):
        return f"Nachricht von {known.brand}"
    return _dated_name(known)


def _subjects(known: Known) -> tuple[str, ...]:
    brief, name = known.brief, _name(known) or _fact_title(known)
    if brief.about.startswith("dass "):
        name = f"Nachricht von {known.brand}"
    elif _is_fact(known):
        name = _fact_title(known)
    day = short_date(brief.occasion.on, "de") if brief.occasion.on else ""
    comma = f", {day}" if day else ""
    match brief.purpose:
        case "invite":
            return (f"Einladung {_to(known)}{comma}", f"Einladung: {name}{comma}",
                    f"{name}: unsere Einladung", f"{name}{comma}",
                    f"{day}: {name}" if day else f"{known.brand} lädt ein: {name}")  # fmt: skip
        case "remind":
            return (f"Erinnerung: {name}{comma}", f"Zur Erinnerung: {name}", f"{name}{comma}",
                    f"Nicht vergessen: {name}", f"{known.brand} erinnert: {name}")  # fmt: skip
        case "newsletter" if not brief.about:
            return (f"Neues von {known.brand}: {name}", f"Neues von {known.brand}",
                    f"Der Newsletter von {known.brand}", f"Neuigkeiten von {known.brand}",
                    f"Was es bei {known.brand} Neues gibt")  # fmt: skip
        case "survey":
            your = "Deine" if brief.tone == "informal" else "Ihre"
            said = f"{your} Meinung {_on_it(known)}".strip() if brief.about else f"{your} Meinung"
            return (said, "Was meinst du?" if your == "Deine" else "Was meinen Sie?",
                    f"{known.brand} fragt nach", "Einige Fragen an " + (
                        "dich" if your == "Deine" else "Sie"), f"{said}, bitte")  # fmt: skip
        case "thanks":
            return (f"Vielen Dank von {known.brand}", "Vielen Dank", "Ein kurzes Dankeschön",
                    f"{known.brand} sagt danke", "Danke von uns allen")  # fmt: skip
        case "offer":
            return (f"Unser Angebot: {name}", name, f"{known.brand}: {name}",
                    f"Ein Angebot von {known.brand}", f"Jetzt: {name}")  # fmt: skip
        case _:
            return (name, f"Neues von {known.brand}: {name}", f"Kurz informiert: {name}",
                    f"{known.brand}: {name}", f"Zur Information: {name}")  # fmt: skip


def _preheader(known: Known) -> str:
    details = [re.sub(r"^\*\*(?:Wann|Wo):\*\* ", "", one) for one in _details(known)]
    if details:
        return ", ".join(details) + "."
    shown = _fact_title(known) if not known.brief.about or _is_fact(known) else ""
    others = [one for one in known.facts if one.rstrip(".") != shown]
    if others:
        return others[0]
    return f"Eine kurze Nachricht von {known.brand}."
