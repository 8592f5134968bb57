"""Which words speak of which flaw: a flat table from words to detectors and fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tools.crm.port import RecordSubject

from .words import rx

__all__ = ["GENERAL", "TOPICS", "Topic", "find_topics"]


class Topic(NamedTuple):
    """One kind of flaw as people name it."""

    words: str
    """A pattern."""
    detectors: tuple[str, ...]
    fields: tuple[str, ...] = ()
    """Only repairs of these fields; empty: whatever the detectors repair."""
    subject: RecordSubject | None = None
    """Where only people or only companies have it."""


GENERAL = ("mojibake", "text_spacing", "placeholder")
"""Detectors of any text; part of cleaning up a field."""
_TEXT = GENERAL
_NAMES = ("name_salutation", "name_merged", "name_swapped", "name_case")
_WRONG = r"(?:typos?|misspel\w*|mistyped|slips?|spelling (?:mistakes?|errors?)|tippfehler|typing "
_WRONG += r"errors?)"
TOPICS: tuple[Topic, ...] = (
    # what is said of a field comes before the field itself
    Topic(rf"{_WRONG}(?: (?:in|of|from|bei))?(?: the| all| our)* (?:e-?mails?|mail|addresses)"
          r"(?:[- ](?:address(?:es)?))?(?:[- ](?:domains?|providers?))?|"
          rf"(?:mistyped|misspelt|misspelled|wrong|broken) (?:e-?mail|mail)[- ]domains?|"
          r"(?:e-?mail|mail)[- ]domains?(?: typos?| names)?|gmial\S*|e-?mail typos?",
          ("email_domain_typo",), ("email",), "contact"),
    Topic(r"(?:disposable|throw-?away|temporary)(?: e-?mails?| mail)?(?: address(?:es)?)?",
          ("email_disposable",), (), "contact"),
    Topic(r"role(?:[- ]based)?(?: e-?mails?| mail)?(?: address(?:es)?| accounts?)|shared mailboxes",
          ("email_role",), (), "contact"),
    Topic(r"free[- ]?mail(?: address(?:es)?| accounts?)?|private (?:e-?mails?|address(?:es)?)",
          ("email_free_mail",), (), "contact"),
    Topic(r"(?:upper|lower)[- ]?case names?|(?:names? )?in (?:all )?(?:caps|capitals)|"
          r"(?:name )?(?:casing|capitali[sz]ation|capitals)(?:(?: of| in)(?: the| all| our)* "
          r"(?:(?:first|last|family|given)[- ])?(?:names?|surnames?))?|shouting names?|"
          r"all[- ]caps (?:(?:first|last)[- ])?names?",
          ("name_case",), ("first_name", "last_name"), "contact"),
    Topic(r"(?:salutations?|honorifics?|anreden?|titles?|\bmrs?\b|\bdr\b)(?: (?:in|from|out of|"
          r"of))(?: the| all| our)* (?:(?:first|last)[- ])?names?|salutations?|honorifics?",
          ("name_salutation",), ("first_name", "last_name"), "contact"),
    Topic(r"swapped (?:first and last )?names?|names? (?:that are )?(?:swapped|the wrong way "
          r"round)|(?:first and last )?names? swapped",
          ("name_swapped",), ("first_name", "last_name"), "contact"),
    Topic(r"(?:merged|whole|full) names?(?: in one field)?|split (?:the |all )?names?",
          ("name_merged",), ("first_name", "last_name"), "contact"),
    Topic(r"mojibake|encoding(?: errors?| problems?| issues?)?|garbled (?:text|characters?|names?)|"
          r"broken (?:characters?|umlauts?|encoding|accents)|umlauts?|special characters|umlaute",
          ("mojibake",)),
    Topic(r"(?:stray |extra |double |trailing |leading |superfluous )?(?:white ?spaces?|blanks|"
          r"(?:stray|extra|double|trailing|leading) spaces)|invisible characters|leerzeichen",
          ("text_spacing",)),
    Topic(r"place ?holders?(?: values?)?|dummy values?|\"?n/?a\"? values?|platzhalter",
          ("placeholder",)),
    Topic(r"(?:pick ?list|drop-?down|enum(?:eration)?|list) values?(?: outside the list)?|values? "
          r"(?:outside|that are not (?:in|on)|not (?:in|on)) the (?:pick ?)?list",
          ("picklist_value",)),
    Topic(r"lifecycle(?: stages?)? (?:that )?(?:goes|go|going|gone|went|are|is) backwards?|"
          r"backwards? lifecycles?|lifecycle stages? (?:behind|that contradict|against)(?: the|"
          r" their)? deals?|life ?cycle(?: ?stages?)?|stages?",
          ("lifecycle_backwards", "picklist_value"), ("lifecycle_stage",), "contact"),
    Topic(r"consent(?: contradictions?| conflicts?| status)?|contradict\w* consents?|opt-?outs?",
          ("consent_contradiction",), ("consent",), "contact"),
    Topic(r"(?:company |companies' )?(?:domains?|web ?sites?)",
          ("company_domain_format", "company_domain_missing"), ("domain",), "company"),
    Topic(r"(?:missing )?company links?|links? (?:to|with|between) (?:their )?companies|"
          r"(?:contacts? )?without (?:a )?compan(?:y|ies)|missing compan(?:y|ies)(?! (?:size|ind|"
          r"dom|rev|cou))", ("contact_without_company",), ("company_name",), "contact"),
    Topic(r"company names?|firmennamen?", ("mojibake", "text_spacing", "placeholder"),
          ("company_name", "name")),
    Topic(r"invalid (?:tele|mobile )?phones?(?: numbers?)?|phones?(?: numbers?)? that cannot be "
          r"(?:dialled|called)", ("phone_format", "phone_invalid"), ("phone",)),
    Topic(r"(?:(?:mobile |cell |tele)?phones?(?: numbers?)?|telephone numbers?|mobile numbers?|"
          r"mobiles|telefonnummern?|rufnummern?)(?: (?:formats?|formatting))?",
          ("phone_format", *_TEXT), ("phone",)),
    Topic(r"(?:e-?mails?)(?:[- ]addresses| address(?:es)?|-adressen?)?(?: syntax)?|"
          r"mail addresses|adressen",
          ("email_syntax", "email_domain_typo", "text_spacing"), ("email",), "contact"),
    Topic(r"countr(?:y|ies)(?: names?| codes?| values?| fields?)?|länder(?:namen)?|land",
          ("country_name", *_TEXT), ("country",)),
    Topic(r"(?:states?|regions?|provinces?)(?: (?:names?|or regions?|codes?))?|bundesländer",
          ("state_name", *_TEXT), ("state",)),
    Topic(r"cit(?:y|ies)(?: names?)?|towns?|städte", _TEXT, ("city",)),
    Topic(r"languages?(?: codes?)?|sprachen?", ("language_code", *_TEXT), ("language",), "contact"),
    Topic(r"(?:job )?titles?|positions?|berufsbezeichnungen", _TEXT, ("job_title",), "contact"),
    Topic(r"seniorit(?:y|ies)(?: levels?)?", ("title_seniority", "picklist_value"),
          ("seniority",), "contact"),
    Topic(r"(?:job )?functions?|departments?|abteilungen", ("title_function", "picklist_value"),
          ("job_function",), "contact"),
    Topic(r"first names?|vornamen?", (*_NAMES, *_TEXT), ("first_name",), "contact"),
    Topic(r"(?:last|family) names?|surnames?|nachnamen?", (*_NAMES, *_TEXT), ("last_name",),
          "contact"),
    Topic(r"(?:people'?s? |contact |person(?:al)? )?names?|namen", (*_NAMES, *_TEXT),
          ("first_name", "last_name"), "contact"),
    Topic(r"industr(?:y|ies)|sectors?|branchen?", ("picklist_value", *_TEXT), ("industry",),
          "company"),
    Topic(r"lead (?:status(?:es)?|sources?)", ("picklist_value",), ("lead_status", "lead_source"),
          "contact"),
    Topic(_WRONG, ("email_domain_typo", "country_name", "state_name", "language_code",
                   "picklist_value")),
    # what only a person can put right
    Topic(r"(?:stale|outdated|old|dead|inactive|dormant) (?:records?|contacts?|companies|leads?|"
          r"data)", ("stale_record",)),
    Topic(r"(?:test|junk|spam|fake|dummy)(?: and (?:test|junk))? (?:records?|contacts?|leads?|"
          r"entries|accounts)", ("test_record",), (), "contact"),
    Topic(r"owners? (?:who|that) (?:have )?left|(?:former|departed|inactive) owners?",
          ("owner_left",)),
    Topic(r"bounced(?: but still marketable)?|hard bounces?|bounces", ("bounced_marketable",), (),
          "contact"),
    Topic(r"(?:opted[- ]out|unsubscribed) (?:contacts? |people )?(?:but )?(?:still )?on (?:a )?"
          r"lists?", ("opted_out_listed",), (), "contact"),
    Topic(r"missing (?:fields?|values?|data)|(?:empty|blank) fields?|gaps", ("missing_field",)),
    Topic(r"(?:numbers?|dates?|values?)(?: and (?:numbers?|dates?))? (?:that are )?(?:out of "
          r"range|in the future)|(?:future|impossible) dates?|impossible numbers?",
          ("number_range", "date_range", "date_order")),
    Topic(r"empty companies|companies without (?:any )?contacts?", ("company_without_contacts",),
          (), "company"),
)  # fmt: skip
_COMPILED = tuple((rx(rf"(?<![\w-])(?:{one.words})(?![\w-])"), one) for one in TOPICS)


def find_topics(text: str) -> Sequence[tuple[int, int, Topic]]:
    """Return the flaws that words speak of, in the order of the words: start, end, topic."""
    taken: list[tuple[int, int, Topic]] = []
    for pattern, topic in _COMPILED:
        for match in pattern.finditer(text):
            free = all(match.end() <= start or match.start() >= end for start, end, _ in taken)
            if free:
                taken.append((match.start(), match.end(), _narrowed(topic, match[0])))
    return sorted(taken, key=lambda one: one[0])


_FIRST, _LAST = (
    rx(r"\b(?:first|given)[- ]names?|vornamen?\b"),
    rx(r"\b(?:last|family)[- ]names?|surnames?|nachnamen?\b"),
)


def _narrowed(topic: Topic, said: str) -> Topic:
    """Return the topic for the one name that words speak of: "salutations in first names"."""
    first, last = _FIRST.search(said), _LAST.search(said)
    if topic.fields != ("first_name", "last_name") or bool(first) == bool(last):
        return topic
    return topic._replace(fields=("first_name",) if first else ("last_name",))
