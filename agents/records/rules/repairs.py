"""Repairs, duplicates, filling in and the audit: which work words ask for, and whose records."""

from __future__ import annotations

import re

from agents.port import Refusal
from agents.records.port import Wish
from tools.crm.port import RecordSubject
from tools.hygiene.catalogue import DETECTORS
from tools.records.order import OrderLevel

from .fields import field_named
from .safety import INVENT
from .topics import GENERAL, Topic, find_topics
from .words import MANNERS, everybody, rx, subjects_in

__all__ = ["FILLABLE", "level_in", "read_audit", "read_fill", "read_merge", "read_repair"]

_FIX = (
    r"(?:fix(?: up)?|clean(?: up|se)?|correct|repair|normali[sz]e|standardi[sz]e|tidy(?: "
    r"up)?|unify|"
    r"harmoni[sz]e|sort out|straighten out|format|reformat|convert|put|bring|turn|find|look for|"
    r"check(?: for)?|search for|detect|show|list|remove|strip|clear(?: out)?|get rid of|resolve|"
    r"validate|verify|split|swap back|bereinige[n]?|korrigiere[n]?|säubere[n]?|"
    r"vereinheitliche[n]?|repariere[n]?|normalisiere[n]?|finde|prüfe|rectify|link|"
    r"fill(?: in)?|derive|scrub|polish|improve|mend|make sure(?: that)?|ensure(?: that)?|swap|"
    r"how many|count|"
    r"(?:which|what) \w+ (?:have|has|are|with))"
)
_REPAIR = rx(rf"{MANNERS}(?P<verb>{_FIX})\b")
_BARE = rx(
    rf"{MANNERS}(?:fix(?: up)?|clean(?: up|se)?|correct|repair|tidy(?: up)?|scrub|sort out|"
    r"bereinige[n]?|säubere[n]?|repariere[n]?|normali[sz]e|standardi[sz]e)\b(?P<rest>.*)$"
)
_COUNTING = rx(r"how many|count|which|what")
_SWAP = rx(rf"{MANNERS}swap(?: back)?(?: the)? (?:first and last|last and first) names?\b")
_COMPLAINT = rx(
    r"\b(?:are|is|look|looks|sind|ist)\b.{0,30}\b(?:wrong|a mess|messy|inconsistent|broken|bad|"
    r"garbled|dirty|terrible|chaotic|falsch|kaputt|chaos|all over the place|not normali[sz]ed)\b"
)
_MERGE = rx(
    r"\b(?:duplicat\w+|dupes?|de-?dup\w*|dubletten?|doppelte\w*|doubles|double entries|merge|"
    r"doppelt|zusammenführen)\b"
)
_MERGE_WORDS = rx(
    r"\b(?:find|show|list|search for|look for|check for|identify|detect|merge|remove|"
    r"resolve|get rid "
    r"of|clean(?: up)?|fix|combine|suche?|finde?|count|how many|are there|do we have|have|"
    r"there are|"
    r"any|all|the|possible|potential|likely|duplicate[sd]?|duplicates|duplication|dupes?|"
    r"de-?dup(?:e|es|licate|licating|lication)?|dubletten?|doppelte\w*|doubles|double entries|"
    r"records?|entries|of|our|and|them|into one|together|which are|that are|who are|what|führe|"
    r"zusammen|zusammenführen|is|me)\b"
)
_AUDIT = rx(
    r"\bwhat(?:'s| is| are| all is)? (?:the )?(?:wrong|bad|broken|problems?|issues?|state)\b|"
    r"\b(?:audit|health[- ]?check|check-?up|data quality|hygiene (?:report|check|score))\b|"
    r"\bhow (?:clean|good|bad|dirty|healthy) (?:is|are)\b|"
    r"\b(?:state|health|quality) of (?:the |our |my )?(?:crm|data|database|records)\b|"
    r"\bwas (?:ist|stimmt)\b.{0,30}\b(?:falsch|nicht|los)\b|"
    + MANNERS + r"check (?:the |our |my )?(?:crm|data|database)\b\W*$"
)  # fmt: skip
_AUDIT_WHO = rx(
    r"(?:wrong|broken|problems?|issues?|audit|quality|clean|health\w*|state|check-?up|hygiene)"
    r"(?: report| check| score)?\s+(?:with|of|in|for|on|are|is|about|across|among)\s+(?P<who>.+)$|"
    + MANNERS + r"audit\s+(?P<audited>.+)$"
)  # fmt: skip
_FILL = rx(
    rf"{MANNERS}(?:enrich|back-?fill|fill(?: in| up| out)?|complete|add|look ?up|find|get|append|"
    r"populate|ergänze|fülle|anreichern|reichere)\b"
)
_MISSING = rx(
    r"\b(?:missing|empty|blank|absent|lacking|unknown|fehlende[nr]?|leere[nr]?|gaps?(?: in)?)\b"
)
_ENRICH = rx(rf"{MANNERS}(?:enrich|back-?fill|populate|reichere|anreichern|append|look ?up)\b")
FILLABLE = ("industry", "employees", "country", "company_name")
"""What enrichment may know of a company by its domain."""
_DERIVED = {"seniority": "title_seniority", "job_function": "title_function",
            "domain": "company_domain_missing"}  # fmt: skip
"""Fields that a detector derives from the record itself."""
_LEVELS: tuple[tuple[str, OrderLevel], ...] = (
    (r"\b(?:only|just|nur)\b.{0,20}\b(?:certain|sure|safe|high[- ]confidence|confident|obvious|"
     r"clear|sichere[nr]?)\b|\b(?:certain|sure|safe|high[- ]confidence|confident|obvious) "
     r"(?:ones?|fixes|changes|repairs|cases)(?: only)?\b|\bwhere (?:you are|you're) sure\b|\bwith "
     r"high confidence\b", "certain"),
    (r"\b(?:only|just|nur)\b.{0,20}\b(?:doubtful|unsure|uncertain|low[- ]confidence|unclear|"
     r"risky|likely)\b|\b(?:doubtful|unsure|uncertain|low[- ]confidence) (?:ones?|fixes|changes|"
     r"repairs|cases)\b", "others"),
)  # fmt: skip
_COMPILED_LEVELS: tuple[tuple[re.Pattern[str], OrderLevel], ...] = tuple(
    (rx(pattern), level) for pattern, level in _LEVELS
)
_FILLER = rx(
    r"\b(?:the|all|every|any|our|their|my|of them|these|those|wrong|bad|broken|messy|dirty|invalid|"
    r"inconsistent|incorrect|inaccurate|malformed|faulty|ugly|wrongly|formatted|missing|possible|"
    r"errors?|problems?|mistakes?|issues?|formats?|formatting|fields?|values?|data|everything|up|"
    r"properly|e\.?164|iso(?: names?| codes?| 639-1| 3166)?|standard|correct|international|common|"
    r"proper|to|into|as|please|that|are|is|and|or|,|also|with|out|some|right|form|format|according|"
    r"falsche[nr]?|alle[nr]?|die|der|das|unsere[rn]?|und|in|from|full|english|case|style|away|"
    r"there|how many|do we have|have|we|a|mess|look|looks|such|like|na|one|look like|been|not|"
    r"normali[sz]ed|where (?:you are|you're) sure|only|just|certain ones?|high[- ]confidence|"
    r"certain|sure ones?|the certain|fixes|repairs|back|first|records with|automatically)\b|[,;:&]"
)
_SPLIT = re.compile(
    r"\b(?:of|for|from|among|amongst|across|at|within|on|in|where|whose|who|with|that|bei|von|"
    r"für|aller|unter|without|owned by|created)\b",
    re.IGNORECASE,
)
_SOURCE = rx(
    r"\s(?:from|based on|using|out of|by) (?:the |their |all )*(?:job )?titles?\b(?! in\b)"
)
"""Where a derived value comes from; it is no scope."""
_EVERYTHING = rx(r"^\W*(?:everything|anything|all data)\s+(?:about|of|on|in|for|from|around)\s+")
_NUMBER = rx(r"^(?:(?:all|the|these|those|my)\s+)*[\d.,]+\s+(?=\w)")


def level_in(text: str) -> OrderLevel:
    """Return which repairs words ask for: the certain ones, the doubtful ones, or all."""
    for pattern, level in _COMPILED_LEVELS:
        if pattern.search(text):
            return level
    return "all"


def read_audit(text: str) -> Wish | None:
    """Return the audit that words ask for."""
    if _AUDIT.search(text) is None:
        return None
    match = _AUDIT_WHO.search(text)
    who = (match["who"] or match["audited"] or "") if match else ""
    topics = find_topics(who)
    detectors, fields = _flat([topic for _, _, topic in topics])
    if topics:
        who = _scope(who, topics)
    who = _counted_off(who)
    return Wish(
        work="audit", who="" if everybody(who) else who,
        subjects=subjects_in(who, ("contact", "company")), detectors=detectors, fields=fields,
    )  # fmt: skip


def read_merge(text: str) -> Wish | None:
    """Return the search for duplicates that words ask for."""
    if _MERGE.search(text) is None:
        return None
    subjects = subjects_in(text, ("contact",))
    rest = re.sub(MANNERS, "", text, count=1, flags=re.IGNORECASE)
    # What follows the first preposition after the word for duplicates says among whom.
    last = max(match.end() for match in _MERGE.finditer(rest))
    split = _SPLIT.search(rest, last)
    before = rest[:last] + " " + (rest[last : split.start()] if split else rest[last:])
    who = rest[split.start() :] if split else ""
    left = " ".join(_MERGE_WORDS.sub(" ", before).split()).strip(" .,?!")
    who = _tidy(who)
    if left and not everybody(left):
        who = f"{left} {who}" if who and not everybody(who) else left
    who = "" if everybody(who) else who
    counting = re.search(r"\b(?:how many|count|wie viele)\b", text, re.IGNORECASE) is not None
    return Wish(work="merge", who=who, subjects=subjects[:1], level=level_in(text),
                counting=counting)  # fmt: skip


def read_fill(text: str) -> Wish | Refusal | None:
    """Return which empty fields words ask to fill in; a refusal where no source can know them."""
    enrich = _ENRICH.search(text)
    start = enrich or _FILL.search(text)
    if start is None or not (enrich or _MISSING.search(text)):
        return None
    rest = text[start.end() :]
    found, who = _fill_fields(rest)
    derived = [name for name in found if name in _DERIVED]
    known = [name for name in found if name in FILLABLE]
    strange = [name for name in found if name not in {*derived, *known}]
    if strange:
        names = " and ".join(name.replace("_", " ") for name in strange)
        return Refusal(text=f"No source here knows the {names}. {INVENT}")
    who = _tidy(who)
    who = "" if everybody(who) else who
    if derived and not known:
        detectors = tuple(_DERIVED[name] for name in derived)
        subjects: tuple[RecordSubject, ...] = (
            ("company",) if derived == ["domain"] else ("contact",)
        )
        return Wish(work="repair", who=who, subjects=subjects, detectors=detectors,
                    fields=tuple(derived))  # fmt: skip
    if not known and not enrich and not re.search(r"\b(?:fields?|values?|data|gaps?|information|"
                                                  r"details|companies|compan(?:y|ies))\b", rest,
                                                  re.IGNORECASE):  # fmt: skip
        return None
    return Wish(work="fill", who=who, subjects=_fill_subjects(known, rest),
                fields=tuple(known))  # fmt: skip


def _fill_subjects(known: list[str], words: str) -> tuple[RecordSubject, ...]:
    """Return where these fields are: industry and size on companies, a company name on people."""
    firms = {"industry", "employees"}.intersection(known)
    people = "company_name" in known
    if firms or people:
        return (*(("contact",) if people else ()), *(("company",) if firms else ()))
    return subjects_in(words, ("contact", "company"))


def _fill_fields(rest: str) -> tuple[list[str], str]:
    """Return the fields that stand before the first preposition, and the words after it."""
    split = _SPLIT.search(rest)
    head = rest[: split.start()] if split else rest
    who = rest[split.start() :] if split else ""
    found, left = [], []
    for part in re.split(r",|\band\b|\bor\b|&|\bund\b", head):
        words = re.sub(r"^(?:(?:in|the|all|any|up|out|our|their|missing|empty|blank|unknown|"
                       r"fehlende"
                       r"[nr]?|leere[nr]?|values?|fields?|gaps?)\s+)+", "", part.strip(" .?!"),
                       flags=re.IGNORECASE)  # fmt: skip
        named = field_named(words) or field_named(re.sub(r"^compan(?:y|ies)'?s? ", "", words))
        if named is not None:
            found.append(named.name)
        elif words:
            left.append(words)
    words = " ".join(left)
    if not who and words and not everybody(_FILLER.sub(" ", words).strip()):
        who = words
    return found, who


def read_repair(text: str) -> Wish | None:
    """Return the repairs that words ask for."""
    text = _SWAP.sub("fix swapped names", _SOURCE.sub(" ", text))
    verb = _REPAIR.search(text)
    topics = find_topics(text[verb.end("verb") :] if verb else text)
    if topics and (verb or _COMPLAINT.search(text)):
        body = text[verb.end("verb") :] if verb else _COMPLAINT.sub(" ", text)
        topics = find_topics(body)
        if not topics:
            return None
        first = _first_topics(body, topics)
        who = _scope(body, first)
        detectors, fields = _flat([topic for _, _, topic in first])
        counting = bool(verb and _COUNTING.match(verb["verb"]))
        return Wish(
            work="repair", who="" if everybody(who) else who,
            subjects=_subjects(first, body, who), detectors=detectors, fields=fields,
            level=level_in(text), counting=counting,
        )  # fmt: skip
    if (plain := _BARE.search(text)) is not None:
        who = _tidy(_level_words(plain["rest"]))
        return Wish(
            work="repair", who="" if everybody(who) else who,
            subjects=subjects_in(who, ("contact", "company")),
            level=level_in(text),
        )  # fmt: skip
    return None


def _first_topics(
    body: str, topics: list[tuple[int, int, Topic]] | object
) -> list[tuple[int, int, Topic]]:
    """Return the topics that are asked for: those after a preposition describe whose."""
    found: list[tuple[int, int, Topic]] = []
    for start, end, topic in find_topics(body):
        if found:
            between = body[found[-1][1] : start]
            if not re.fullmatch(r"[\s,&]*(?:(?:and|or|und|as well as|the|all|their|our|any|wrong|"
                                r"missing|bad|invalid|also|plus|inconsistent|of|in)\b[\s,&]*)*",
                                between, re.IGNORECASE):  # fmt: skip
                break
        found.append((start, end, topic))
    return found


def _scope(body: str, topics: object) -> str:
    """Return whose records: what stands after the topics' preposition, else before the topics."""
    spans = _first_topics(body, topics)
    head, tail = body[: spans[0][0]], body[spans[-1][1] :]
    tail = _level_words(tail)
    split = _SPLIT.search(tail)
    lead = _FILLER.sub(" ", tail[: split.start()] if split else tail).strip(" .,?!-")
    who = _tidy(tail[split.start() :]) if split else ""
    before = re.sub(r"(?<=s)'(?=\s|$)|'s\b", "", _level_words(head))
    before = " ".join(_FILLER.sub(" ", before).split()).strip(" .,?!-'\"")
    before = re.sub(r"\s*\b(?:of|for|from|in)$", "", before)
    if before and not everybody(before):
        noun = "" if subjects_in(before, ()) else " contacts"
        who = f"{before}{noun} {who}".strip() if who and not everybody(who) else before + noun
    elif lead and not who:
        who = lead
    return _counted_off(who)


def _level_words(text: str) -> str:
    for pattern, _ in _COMPILED_LEVELS:
        text = pattern.sub(" ", text)
    return text


def _tidy(who: str) -> str:
    """Return words for people without the preposition before them and complaints after them."""
    who = _EVERYTHING.sub("", who)
    who = re.sub(r"^\W*(?:(?:of|for|from|among|amongst|across|within|on|in|bei|von|für|aller|unter)"
                 r"\s+)(?=(?:the|all|our|every|any|my|each|these|those|both|die|unsere[rn]?|\d|"
                 r"[\w-]*\s*(?:contacts?|people|customers?|leads?|companies|accounts?|everyone|"
                 r"everybody|mqls?|sqls?|subscribers?|records?|kontakte[n]?|kunden))\b)",
                 "", who, flags=re.IGNORECASE)  # fmt: skip
    who = re.sub(
        r"^\W*(?:of|among|amongst|across|for|von|bei|für|unter)\s+", "", who, flags=re.IGNORECASE
    )
    return _counted_off(who.strip(" .,;:?!"))


def _counted_off(who: str) -> str:
    """Return "contacts" for "1,204 contacts": how many there are is counted, not believed."""
    return _NUMBER.sub("", who).strip(" .,;:?!")


def _subjects(
    topics: list[tuple[int, int, Topic]], body: str, who: str
) -> tuple[RecordSubject, ...]:
    only: set[RecordSubject | None] = {topic.subject for _, _, topic in topics}
    if len(only) == 1:
        for one in only:
            if one is not None:
                return (one,)
    outside = body
    for start, end, _ in reversed(topics):
        outside = outside[:start] + " " + outside[end:]
    return subjects_in(who or outside, ("contact", "company"))


def _flat(topics: list[Topic]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the detectors in the catalogue's order, and the fields they may change."""
    anywhere = any(not topic.fields for topic in topics)
    wanted = {
        name
        for topic in topics
        for name in topic.detectors
        # beside a flaw of any field, a field brings its own detectors only: "phone numbers and
        # typos" is no leave to tidy blanks everywhere
        if not (anywhere and topic.fields and name in GENERAL)
    }
    detectors = tuple(one.name for one in DETECTORS if one.name in wanted)
    if anywhere:
        return detectors, ()
    return detectors, tuple(dict.fromkeys(name for topic in topics for name in topic.fields))
